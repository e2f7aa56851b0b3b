"""Notices: by the catalogue, not at night, several as one, given up when stale, and by the other channel where one
cannot take them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import jobs
from bot.channels.base import Inbound, Kind, SendError
from bot.channels.sms.inbound import Report
from domain.figures import FIGURES, BadSetting
from domain.messages.messages import OutboundMessage, OutState
from domain.messages.templates import SMS_TEMPLATES, WECHAT_TEMPLATES
from domain.notices import notices
from domain.notices.catalogue import CATALOGUE, Event
from domain.people.authority import Authority, Level
from domain.people.contacts import SMS, WECHAT, address_of, reachable
from domain.people.staff import Role, Staff
from domain.registration.applications import Application
from domain.review.review import send_back
from domain.settings import SettingValue
from tests.support.world import PHONE, World
from tests.support.world import approve_newest as approve

ROOT = Path(__file__).resolve().parents[2]
OTHER = "oZhao0123456789012345678901"


def setting(world: World, name: str, value: object) -> None:
    """Set a setting, as the console would."""
    with world.app.store.write() as session:
        session.merge(SettingValue(name=name, value=value))


def merging(world: World) -> None:
    """As shipped: a stage notice waits a minute for what follows, and the next one leaves a minute later at the
    earliest."""
    setting(world, "merge_seconds", 60)


def rows(world: World, *events: str) -> list[OutboundMessage]:
    """The rows of these events, oldest first."""
    with world.app.store.read() as session:
        query = select(OutboundMessage).where(OutboundMessage.event.in_(events)).order_by(OutboundMessage.id)
        found = list(session.scalars(query))
        for row in found:
            _ = row.address.channel
        return found


def submitted(world: World) -> None:
    """An application waits for its first review."""
    world.filled_in()
    world.say("确认提交")
    world.staff("handler", Role.HANDLER, "053001")
    world.staff("reviewer", Role.REVIEWER)


def names(world: World) -> list[str]:
    """The templates of the SMS that went out, the code aside."""
    return [name for _, name, _ in world.sms.sent if name != "code" and name != "confirm_code"]


# The catalogue


def test_every_event_has_its_templates_and_its_late_variable() -> None:
    for name, event in CATALOGUE.items():
        assert event.sms in SMS_TEMPLATES, name
        assert not event.wechat or event.wechat in WECHAT_TEMPLATES, name
        assert not event.late_in or event.late_in in SMS_TEMPLATES[event.sms].variables(), name


def test_what_waits_for_no_night_is_what_a_person_asked_for_or_must_know_at_once() -> None:
    assert {name for name, event in CATALOGUE.items() if event.waits} >= {"approved", "returned", "overdue_handler"}
    assert not any(CATALOGUE[name].waits for name in ("code", "staff", "security", "provider_stopped"))


def test_no_event_is_written_that_is_not_in_the_catalogue() -> None:
    """Every event that the code names, as an argument or to `tell`, stands in the catalogue."""
    told = re.compile(r'(?:tell|tell_staff|stage_changed)\(\s*session,\s*"(\w+)"|event="(\w+)"')
    found = {
        name
        for folder in ("domain", "bot", "webhooks")
        for path in (ROOT / folder).rglob("*.py")
        for names_found in told.findall(path.read_text())
        for name in names_found
        if name
    }
    assert {"code", "submitted", "provider_stopped"} <= found
    assert found <= set(CATALOGUE)


def test_an_event_that_nobody_knows_is_refused(world: World) -> None:
    world.say("你好")
    with pytest.raises(KeyError), world.app.store.write() as session:
        notices.tell(session, "unheard_of", 1, {}, world.now, key="1")


def documented(name: str, event: Event) -> str:
    """An event's row in docs/notices.md."""
    span = event.lasts or timedelta(0)
    lasts = f"{span.days} d" if span.days else f"{span.seconds // 60} min" if span else "always"
    cells = (
        f"`{name}`",
        event.title,
        event.audience,
        event.way,
        f"`{event.sms}`",
        f"`{event.wechat}`" if event.wechat else "—",
        "waits" if event.waits else "at once",
        "yes" if event.merges else "—",
        lasts,
        "yes" if event.switch else "—",
    )
    return f"| {' | '.join(cells)} |"


def test_the_documented_table_is_the_catalogue() -> None:
    rows_written = [line for line in (ROOT / "docs/notices.md").read_text().splitlines() if line.startswith("| `")]
    assert rows_written == [documented(name, event) for name, event in CATALOGUE.items()]


def test_an_event_that_is_switched_off_is_not_told(world: World) -> None:
    submitted(world)
    setting(world, "notice_bureau_passed", False)
    approve(world, "handler")
    assert "bureau_passed" not in names(world)
    assert world.wechat.notices == []


def test_whoever_else_speaks_for_the_company_is_told_on_wechat_alone(world: World) -> None:
    submitted(world)
    with world.app.store.write() as session:
        application = session.scalars(select(Application)).one()
        colleague = address_of(session, WECHAT, OTHER, world.now)
        session.add(
            Authority(
                contact_id=colleague.contact_id,
                company_mark=application.code_mark or "",
                company_name="",
                level=Level.READ,
                ground="reviewer",
                since=world.now,
            )
        )
    approve(world, "handler")
    assert len(world.wechat.notices) == 2
    assert names(world).count("bureau_passed") == 1


# Quiet hours


def at_night(world: World, hour: int = 22) -> None:
    """It is that hour in China."""
    world.now = datetime(2026, 11, 23, hour - 8, 5, tzinfo=UTC)


def test_a_notice_of_the_night_leaves_in_the_morning_and_is_not_called_late(world: World) -> None:
    submitted(world)
    at_night(world)
    approve(world, "handler")
    assert names(world) == ["submitted"]
    world.wait(hours=9, minutes=54)
    assert names(world) == ["submitted"]
    world.wait(minutes=2)
    assert names(world) == ["submitted", "bureau_passed"]
    assert "补发" not in world.sms.texts()[-1]


def test_codes_and_answers_do_not_wait_for_the_morning(world: World) -> None:
    at_night(world)
    world.filled_in()
    assert world.sms.sent[0][1] == "code"
    assert world.say("帮助")


def test_the_night_may_also_lie_within_one_day_or_be_none(world: World) -> None:
    setting(world, "quiet_from", "08:00")
    setting(world, "quiet_to", "10:00")
    submitted(world)
    assert names(world) == []
    world.wait(hours=1)
    assert names(world) == ["submitted"]
    setting(world, "quiet_to", "08:00")
    approve(world, "handler")
    assert names(world) == ["submitted", "bureau_passed"]


@pytest.mark.parametrize("nonsense", ["25:00", "8点", "", "12:60", "noon"])
def test_a_time_that_is_none_is_refused_in_chinese(nonsense: str) -> None:
    with pytest.raises(BadSetting, match="24 小时制"):
        FIGURES["quiet_from"].parse(nonsense)


def test_a_time_may_be_typed_as_people_do() -> None:
    assert FIGURES["quiet_from"].parse(" 8：5 ") == "08:05"


# Several become one


def test_a_single_notice_leaves_when_its_minute_is_over(world: World) -> None:
    merging(world)
    submitted(world)
    world.wait(seconds=59)
    assert names(world) == []
    world.wait(seconds=2)
    assert names(world) == ["submitted"]


def test_three_stage_changes_in_a_minute_are_one_sms_that_names_them_all(world: World) -> None:
    merging(world)
    submitted(world)
    world.wait(seconds=25)
    approve(world, "handler")
    world.wait(seconds=25)
    approve(world, "reviewer")
    world.wait(minutes=5)
    assert names(world) == ["progress"]
    text = world.sms.texts()[-1]
    assert "提交成功、供电局通过、交易中心通过" in text
    assert "请选择批发市场或零售市场" in text
    assert len(world.wechat.notices) == 1
    states = [row.state for row in rows(world, "submitted", "bureau_passed", "approved") if row.address.channel == SMS]
    assert states == [OutState.MERGED, OutState.MERGED, OutState.SENT]


def test_after_one_has_left_the_others_of_the_same_minute_are_one_more(world: World) -> None:
    merging(world)
    setting(world, "merge_pause_seconds", 3)
    submitted(world)
    world.wait(seconds=4)
    approve(world, "handler")
    world.wait(seconds=20)
    approve(world, "reviewer")
    world.wait(seconds=20)
    assert names(world) == ["submitted"]
    world.wait(seconds=30)
    assert names(world) == ["submitted", "progress"]


def test_two_changes_two_minutes_apart_are_two_messages(world: World) -> None:
    merging(world)
    submitted(world)
    world.wait(minutes=2)
    approve(world, "handler")
    world.wait(minutes=2)
    assert names(world) == ["submitted", "bureau_passed"]


def test_a_return_keeps_its_reason_though_it_is_merged(world: World) -> None:
    merging(world)
    submitted(world)
    with world.app.store.write() as session:
        application = session.scalars(select(Application)).one()
        handler = session.scalars(select(Staff).where(Staff.login == "handler")).one()
        send_back(session, application, handler, "户号与企业名称不符", world.now)
    world.wait(seconds=61)
    assert names(world) == ["returned"]
    assert "户号与企业名称不符" in world.sms.texts()[-1]


def test_one_phone_with_many_accounts_gets_a_digest_instead_of_the_eleventh_sms(world: World) -> None:
    merging(world)
    setting(world, "digest_from", 2)
    submitted(world)
    world.wait(minutes=2)
    with world.app.store.write() as session:
        application = session.scalars(select(Application)).one()
        phone = notices.registered_phone(session, application)
        assert phone is not None
        for number in range(4):
            more = Application(
                contact_id=application.contact_id,
                number=f"ZC2026112300010{number}",
                stage="centre_review",
                stage_since=world.now,
                created_at=world.now,
                updated_at=world.now,
            )
            session.add(more)
            session.flush()
            params = {"company": f"第{number}分厂", "number": more.number or ""}
            notices.tell(
                session,
                "bureau_passed",
                more.contact_id,
                params,
                world.now,
                key=f"{number}",
                at=phone,
                application=more,
            )
    world.wait(minutes=2)
    assert names(world) == ["submitted", "bureau_passed"]
    world.wait(hours=9)
    assert names(world) == ["submitted", "bureau_passed", "digest"]
    assert "3份" in world.sms.texts()[-1]
    assert "第3分厂" in world.sms.texts()[-1]


# Stale, and late


def test_what_nobody_needs_any_more_is_given_up_and_says_so(world: World) -> None:
    submitted(world)
    world.sms.refuse = [SendError("isp.SYSTEM_ERROR", retry="soon")] * 3
    approve(world, "handler")
    world.now += timedelta(days=8)
    jobs.tend(world.app)
    world.work()
    assert [row.state for row in rows(world, "bureau_passed") if row.address.channel == SMS] == [OutState.EXPIRED]
    assert "bureau_passed" not in names(world)


def test_a_code_that_has_run_out_is_not_sent_and_not_kept(world: World) -> None:
    world.say("我要注册")
    world.photo()
    world.say("1")
    world.say("0530010686818433")
    world.say("王芳")
    world.sms.refuse = [SendError("isp.SYSTEM_ERROR", retry="soon")]
    world.say(PHONE)
    world.wait(minutes=20)
    assert world.sms.sent == []
    code = rows(world, "code")[0]
    assert (code.state, code.body) == (OutState.EXPIRED, None)


def test_what_leaves_late_says_when_it_was_meant(world: World) -> None:
    submitted(world)
    world.sms.refuse = [SendError("isp.SYSTEM_ERROR", retry="soon")]
    world.wechat.refuse = [SendError("-1", retry="soon")]
    approve(world, "handler")
    world.wait(minutes=41)
    assert "补发：昆明滇星" in world.sms.texts()[-1]
    assert world.wechat.notices[-1]["thing4"].startswith("补发：")


def test_a_text_that_is_pushed_late_names_its_time(world: World) -> None:
    ticket = world.receive(world.text("你好"))
    world.wechat.refuse = [SendError("-1", retry="soon")]
    world.desk._leave_to_push(ticket.inbound_id)
    world.work()
    world.wait(minutes=41)
    assert "（补发，原回复时间 09:00）" in world.wechat.texts[-1]


# The other channel


@pytest.mark.parametrize("code", ["43004", "40003", "43019", "43101", "48002"])
def test_who_cannot_be_reached_on_wechat_is_told_by_sms_once(world: World, code: str) -> None:
    world.staff("admin", Role.ADMINISTRATOR)
    bound(world, "admin")
    world.wechat.refuse = [SendError(code, retry="never")]
    told(world, "admin")
    world.wait(minutes=1)
    assert names(world) == ["staff_alert"]
    world.wait(hours=3)
    assert names(world) == ["staff_alert"]
    assert [row.state for row in rows(world, "talk_waiting")] == [OutState.FAILED, OutState.SENT]


def test_a_stage_that_went_by_sms_anyway_is_not_sent_there_twice(world: World) -> None:
    submitted(world)
    world.wechat.refuse = [SendError("43004", retry="never")]
    approve(world, "handler")
    world.wait(minutes=5)
    assert names(world) == ["submitted", "bureau_passed"]


@pytest.mark.parametrize("code", ["45015", "45047"])
def test_a_closed_window_leaves_the_notice_to_sms_after_the_setting(world: World, code: str) -> None:
    world.staff("admin", Role.ADMINISTRATOR)
    bound(world, "admin")
    world.wechat.refuse = [SendError(code, retry="later")]
    told(world, "admin")
    assert rows(world, "talk_waiting")[0].state == OutState.HELD
    world.wait(minutes=29)
    jobs.tend(world.app)
    world.work()
    assert names(world) == []
    world.wait(minutes=2)
    jobs.tend(world.app)
    world.work()
    assert names(world) == ["staff_alert"]
    assert rows(world, "talk_waiting")[0].state == OutState.MERGED


def test_a_number_that_sms_cannot_reach_is_told_by_wechat(world: World) -> None:
    submitted(world)
    setting(world, "notify_by_wechat", False)
    world.sms.refuse = [SendError("isv.MOBILE_NUMBER_ILLEGAL", retry="never")]
    approve(world, "handler")
    assert world.wechat.notices == []
    setting(world, "notify_by_wechat", True)
    world.sms.refuse = [SendError("isv.MOBILE_NUMBER_ILLEGAL", retry="never")]
    approve(world, "reviewer")
    assert len(world.wechat.notices) == 1


def test_a_report_of_failure_brings_the_other_channel_in(world: World) -> None:
    submitted(world)
    setting(world, "notify_by_wechat", False)
    approve(world, "handler")
    setting(world, "notify_by_wechat", True)
    sent = next(row for row in rows(world, "bureau_passed") if row.address.channel == SMS)
    world.desk.delivery(Report(sent.provider_id, PHONE, False, "MOBILE_NOT_ON_SERVICE", f"row-{sent.id}", None))
    world.wait(seconds=1)
    assert [notice["phrase3"] for notice in world.wechat.notices] == ["中心审核"]


def test_a_template_notice_that_the_reader_blocks_goes_by_sms(world: World) -> None:
    setting(world, "wechat_template_notice", "T-notice")
    world.staff("admin", Role.ADMINISTRATOR)
    bound(world, "admin")
    told(world, "admin")
    extra = {"msgid": "template-1", "status": "failed:user block"}
    world.desk.receive(Inbound("wechat", "report-1", OTHER, Kind.REPORT, extra=extra))
    world.wait(seconds=1)
    assert names(world) == ["staff_alert"]


def test_what_is_meant_for_one_address_goes_nowhere_else(world: World) -> None:
    submitted(world)
    with world.app.store.write() as session:
        at = reachable(session, 1, WECHAT)
        notices.tell(session, "security", 1, {"text": "您的手机号刚刚更换"}, world.now, key="1", at=at)
    world.wechat.refuse = [SendError("43004", retry="never")]
    world.wait(seconds=1)
    assert names(world) == ["submitted"]
    assert rows(world, "security")[0].state == OutState.FAILED


def test_who_has_stopped_sms_gets_no_fallback_there(world: World) -> None:
    world.staff("admin", Role.ADMINISTRATOR)
    bound(world, "admin")
    with world.app.store.write() as session:
        address_of(session, SMS, "13800000001", world.now).notices = False
    world.wechat.refuse = [SendError("43004", retry="never")]
    told(world, "admin")
    assert names(world) == []


def test_the_same_event_is_told_once_however_often_it_is_said(world: World) -> None:
    world.staff("admin", Role.ADMINISTRATOR)
    bound(world, "admin")
    for _ in range(3):
        told(world, "admin")
    assert len(world.wechat.texts) == 1


def test_staff_without_wechat_are_told_by_sms_and_without_a_phone_not_at_all(world: World) -> None:
    world.staff("admin", Role.ADMINISTRATOR)
    assert told(world, "admin") == []
    phone(world, "admin", "13800000002")
    assert told(world, "admin", key="2") == ["admin"]
    assert names(world) == ["staff_alert"]


def bound(world: World, login: str) -> None:
    """That member of staff has bound a WeChat, which follows and has just written, and has a phone on file."""
    with world.app.store.write() as session:
        address = address_of(session, WECHAT, OTHER, world.now)
        staff = session.scalars(select(Staff).where(Staff.login == login)).one()
        staff.contact_id, staff.phone = address.contact_id, "13800000001"
        address.push_until, address.pushes_left = world.now + timedelta(hours=48), 5


def phone(world: World, login: str, number: str) -> None:
    """That member of staff has this phone on file."""
    with world.app.store.write() as session:
        session.scalars(select(Staff).where(Staff.login == login)).one().phone = number


def told(world: World, login: str, key: str = "1") -> list[str]:
    """Tell a member of staff that somebody waits; the logins that could be told."""
    with world.app.store.write() as session:
        staff = session.scalars(select(Staff).where(Staff.login == login)).all()
        params = {"text": "有用户等待人工"}
        found = notices.tell_staff(session, "talk_waiting", staff, params, world.now, key=key)
        reached = [each.login for each in found]
    world.wait(seconds=1)
    return reached
