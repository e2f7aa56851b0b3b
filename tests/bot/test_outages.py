"""A provider refuses or is down for an hour: each notice arrives once, in order, late but marked so."""

from __future__ import annotations

from datetime import date
from typing import NoReturn

import pytest
from sqlalchemy import select

from bot import jobs
from bot.channels.base import SendError
from bot.channels.sms.errors import RETRY
from bot.channels.sms.errors import send_error as aliyun_error
from bot.channels.wechat.errors import send_error as wechat_error
from domain.messages.messages import OutboundMessage, OutState
from domain.notices.notices import tell
from domain.notices.outages import SMS_GATE, failed, shut
from domain.people.contacts import SMS, WECHAT, Address, address_of
from domain.people.staff import Role, Staff
from domain.settings import SettingValue
from tests.support.world import World
from tests.support.world import approve_newest as approve

OTHER = "oZhao0123456789012345678901"
PEOPLE = 6  # who wait beside 王芳: enough that, without a gate, they alone would ask more often than is allowed


class Down:
    """A provider that fails every call with the same error until it is mended, and counts the calls."""

    def __init__(self, world: World, channel: str, error: SendError) -> None:
        self.world, self.error, self.calls, self.is_down = world, error, 0, True
        self.fake = world.sms if channel == SMS else world.wechat
        for name in ("send", "report") if channel == SMS else ("send_text", "send_template"):
            setattr(self.fake, name, self._instead_of(getattr(self.fake, name)))

    def _instead_of(self, real):  # type: ignore[no-untyped-def]
        def call(*given: object, **named: object) -> object:
            if not self.is_down:
                return real(*given, **named)
            self.calls += 1
            raise SendError(self.error.code, retry=self.error.retry)

        return call


def rows(world: World, event: str, channel: str = SMS) -> list[OutboundMessage]:
    """The rows of an event on one channel, oldest first."""
    with world.app.store.read() as session:
        query = select(OutboundMessage).join(Address).where(OutboundMessage.event == event, Address.channel == channel)
        return list(session.scalars(query.order_by(OutboundMessage.id)))


def submitted(world: World) -> None:
    """An application waits for its first review."""
    world.filled_in()
    world.say("确认提交")
    world.staff("handler", Role.HANDLER, "053001")
    world.staff("reviewer", Role.REVIEWER)


def pass_minutes(world: World, minutes: int) -> None:
    """Time passes with its sweeps (here one a minute instead of every three seconds) and its minutely work."""
    for _ in range(minutes):
        world.wait(minutes=1)
        jobs.tend(world.app)
        world.work()


def administrator(world: World, *, on_wechat: bool) -> None:
    """An administrator with a phone, and with a WeChat that has just written."""
    world.staff("admin", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        staff = session.scalars(select(Staff).where(Staff.login == "admin")).one()
        staff.phone = "13800000001"
        if on_wechat:
            address = address_of(session, WECHAT, OTHER, world.now)
            staff.contact_id, address.pushes_left = address.contact_id, 5
            address.push_until = world.now.replace(day=25)


def many_people(world: World, count: int) -> None:
    """So many people have a notice due now, each on a phone of their own."""
    with world.app.store.write() as session:
        for number in range(count):
            phone = f"139000000{number:02d}"
            place = address_of(session, SMS, phone, world.now)
            tell(session, "security", place.contact_id, {"text": f"第{number}位"}, world.now, key=phone, at=place)


def sms_of(world: World, phone: str = "13887654321") -> list[str]:
    """The templates of what that phone got, codes aside."""
    return [name for to, name, _ in world.sms.sent if to == phone and "code" not in name]


@pytest.mark.parametrize(
    "error",
    [
        SendError("SDK.HttpError", retry="ask"),
        SendError("isp.SYSTEM_ERROR", retry="soon"),
        SendError("isv.AMOUNT_NOT_ENOUGH", retry="alarm"),
        SendError("InvalidAccessKeyId.NotFound", retry="alarm"),
    ],
    ids=["silent", "busy", "no-money", "bad-key"],
)
def test_aliyun_is_away_for_an_hour_and_every_notice_arrives_once_in_order_and_marked(
    world: World, error: SendError
) -> None:
    submitted(world)
    down = Down(world, SMS, error)
    approve(world, "handler")
    pass_minutes(world, 10)
    approve(world, "reviewer")
    many_people(world, PEOPLE)
    pass_minutes(world, 50)
    assert sms_of(world) == ["submitted"]
    down.is_down = False
    pass_minutes(world, 5)
    assert sms_of(world) == ["submitted", "bureau_passed", "approved"]
    late = [params for to, name, params in world.sms.sent if name in ("bureau_passed", "approved")]
    assert all(params["company"].startswith("补发：昆明滇星") for params in late)
    for number in range(PEOPLE):
        assert sms_of(world, f"139000000{number:02d}") == ["security"]
    assert down.calls < 100


@pytest.mark.parametrize(
    "error",
    [
        SendError("unreachable", retry="soon"),
        SendError("-1", retry="soon"),
        SendError("48001", retry="alarm"),
        SendError("40164", retry="alarm"),
    ],
    ids=["silent", "busy", "no-right", "not-on-the-list"],
)
def test_wechat_is_away_for_an_hour_and_every_notice_arrives_once_in_order_and_marked(
    world: World, error: SendError
) -> None:
    submitted(world)
    down = Down(world, WECHAT, error)
    approve(world, "handler")
    pass_minutes(world, 20)
    approve(world, "reviewer")
    pass_minutes(world, 40)
    assert world.wechat.notices == []
    down.is_down = False
    pass_minutes(world, 5)
    assert [notice["phrase3"] for notice in world.wechat.notices] == ["中心审核", "审核通过"]
    assert all(notice["thing4"].startswith("补发：") for notice in world.wechat.notices)
    assert sms_of(world) == ["submitted", "bureau_passed", "approved"]
    assert down.calls < 100


def test_an_outage_uses_up_nobodys_attempts_and_loses_nothing_in_two_days(world: World) -> None:
    submitted(world)
    down = Down(world, SMS, SendError("isv.OUT_OF_SERVICE", retry="alarm"))
    approve(world, "handler")
    for _ in range(48):
        world.wait(hours=1)
    assert rows(world, "bureau_passed")[0].state == OutState.PENDING
    assert rows(world, "bureau_passed")[0].attempts == 0
    down.is_down = False
    pass_minutes(world, 2)
    assert sms_of(world)[-1] == "bureau_passed"


def test_what_had_backed_off_for_half_an_hour_leaves_as_soon_as_a_probe_goes_well(world: World) -> None:
    phones = [one_notice(world, SMS)]
    many_people(world, 2)
    with world.app.store.write() as session:
        waiting = session.scalars(select(OutboundMessage)).first()
        assert waiting is not None
        waiting.error, waiting.attempts, waiting.due_at = "isp.SYSTEM_ERROR", 6, world.now.replace(hour=1, minute=30)
        failed(session, SMS_GATE, "isp.SYSTEM_ERROR", True, world.now)
    pass_minutes(world, 2)
    assert sms_of(world, phones[0]) == ["security"]


def test_while_one_is_down_the_other_is_not_disturbed(world: World) -> None:
    submitted(world)
    Down(world, SMS, SendError("isv.OUT_OF_SERVICE", retry="alarm"))
    approve(world, "handler")
    approve(world, "reviewer")
    pass_minutes(world, 5)
    assert [notice["phrase3"] for notice in world.wechat.notices] == ["中心审核", "审核通过"]
    assert "审核" in world.say("进度")


def test_five_hundred_phones_that_wait_do_not_hide_a_wechat_that_can_be_reached(world: World) -> None:
    submitted(world)
    Down(world, SMS, SendError("isv.OUT_OF_SERVICE", retry="alarm"))
    with world.app.store.write() as session:
        for number in range(510):
            phone = f"13900000{number:03d}"
            place = address_of(session, SMS, phone, world.now)
            tell(session, "security", place.contact_id, {"text": "提醒"}, world.now, key=phone, at=place)
    world.wait(seconds=1)
    world.bell.rings.clear()
    approve(world, "handler")
    world.wait(seconds=3)
    assert len(world.wechat.notices) == 1


def test_the_alarm_is_raised_once_and_by_the_other_channel(world: World) -> None:
    administrator(world, on_wechat=True)
    submitted(world)
    Down(world, SMS, SendError("isv.AMOUNT_NOT_ENOUGH", retry="alarm"))
    approve(world, "handler")
    pass_minutes(world, 60)
    alarms = [text for text in world.wechat.texts if "短信发不出去（isv.AMOUNT_NOT_ENOUGH）" in text]
    assert len(alarms) == 1


def test_when_wechat_is_down_the_administrator_gets_an_sms(world: World) -> None:
    administrator(world, on_wechat=True)
    submitted(world)
    Down(world, WECHAT, SendError("48001", retry="alarm"))
    approve(world, "handler")
    pass_minutes(world, 60)
    assert sms_of(world, "13800000001") == ["staff_alert"]


def test_one_template_that_is_wrong_stops_nobody_else(world: World) -> None:
    submitted(world)
    taken = world.sms.send

    def refuse_one(phone: str, code: str, params: dict[str, str], out_id: str) -> str:
        if code == "T-bureau_passed":
            raise SendError("isv.SMS_TEMPLATE_ILLEGAL", retry="alarm")
        return taken(phone, code, params, out_id)

    world.sms.send = refuse_one  # type: ignore[method-assign, assignment]
    approve(world, "handler")
    many_people(world, 3)
    pass_minutes(world, 2)
    with world.app.store.read() as session:
        assert shut(session) == []
    assert [sms_of(world, f"139000000{number:02d}") for number in range(3)] == [["security"]] * 3
    world.sms.send = taken  # type: ignore[method-assign]
    pass_minutes(world, 31)
    assert sms_of(world)[-1] == "bureau_passed"


def test_a_message_that_always_fails_does_not_keep_the_gate_shut(world: World) -> None:
    """The probe that failed lets another row try next."""
    submitted(world)
    taken = world.sms.send

    def poison(phone: str, code: str, params: dict[str, str], out_id: str) -> str:
        if code == "T-bureau_passed":
            raise SendError("isp.SYSTEM_ERROR", retry="soon")
        return taken(phone, code, params, out_id)

    world.sms.send = poison  # type: ignore[method-assign, assignment]
    approve(world, "handler")
    for _ in range(12):
        world.wait(minutes=10)
    many_people(world, 3)
    pass_minutes(world, 5)
    assert [sms_of(world, f"139000000{number:02d}") for number in range(3)] == [["security"]] * 3


def test_a_code_does_not_wait_behind_a_notice_that_cannot_go(world: World) -> None:
    submitted(world)
    world.sms.refuse = [SendError("isv.BUSINESS_LIMIT_CONTROL", retry="later")]
    approve(world, "handler")
    with world.app.store.write() as session:
        place = session.scalars(select(Address).where(Address.channel == SMS)).first()
        assert place is not None
        tell(session, "security", place.contact_id, {"text": "提醒"}, world.now, key="1", at=place)
    world.wait(seconds=1)
    assert sms_of(world) == ["submitted", "security"]


def test_an_sms_whose_fate_is_unknown_holds_the_next_stage_back(world: World) -> None:
    """Order holds also where Aliyun gave no answer: first the report is asked for."""
    submitted(world)
    world.sms.refuse = [SendError("SDK.HttpError", retry="ask")]
    approve(world, "handler")
    approve(world, "reviewer")
    assert sms_of(world) == ["submitted"]
    pass_minutes(world, 2)
    assert sms_of(world) == ["submitted", "bureau_passed", "approved"]


def test_the_report_interface_may_be_down_too_and_is_not_hammered(world: World) -> None:
    submitted(world)
    asked = []

    def no_report(phone: str, biz_id: str, day: date, *, out_id: str = "") -> NoReturn:
        asked.append(out_id)
        raise SendError("SDK.HttpError", retry="soon")

    known, world.sms.report = world.sms.report, no_report  # type: ignore[method-assign]
    world.sms.refuse = [SendError("SDK.HttpError", retry="ask")] * 20
    many_people(world, 20)
    world.wait(seconds=1)
    for _ in range(600):
        world.wait(seconds=3)
    assert len(asked) < 60
    world.sms.report, world.sms.refuse = known, []  # type: ignore[method-assign]
    pass_minutes(world, 10)
    assert [sms_of(world, f"139000000{number:02d}") for number in range(20)] == [["security"]] * 20


# What each class of refusal does to a row

ALIYUN = {
    "soon": ("isp.SYSTEM_ERROR", OutState.SENT),
    "later": ("isv.BUSINESS_LIMIT_CONTROL", OutState.SENT),
    "ask": ("SDK.HttpError", OutState.SENT),
    "alarm": ("isv.AMOUNT_NOT_ENOUGH", OutState.SENT),
    "never": ("isv.MOBILE_NUMBER_ILLEGAL", OutState.FAILED),
}


@pytest.mark.parametrize("code", sorted(code for code in RETRY if not code.endswith("*")))
def test_after_each_refusal_of_aliyun_a_row_is_sent_once_or_given_up_with_its_reason(world: World, code: str) -> None:
    error = aliyun_error(code)
    place = one_notice(world, SMS)
    world.sms.refuse = [error]
    world.wait(seconds=1)
    pass_minutes(world, 35)
    row = rows(world, "security")[0]
    assert row.state == ALIYUN[error.retry][1]
    assert row.error == (code if error.retry == "never" else "")
    assert len(sms_of(world, place)) == (0 if error.retry == "never" else 1)


@pytest.mark.parametrize(
    "code",
    [-1, 40001, 40003, 40037, 43004, 43019, 43101, 45009, 45011, 45015, 45047, 47003, 48001, 48002, 48004, 50002],
)
def test_after_each_refusal_of_wechat_a_row_is_sent_once_held_or_given_up(world: World, code: int) -> None:
    error = wechat_error(code)
    one_notice(world, WECHAT)
    world.wechat.refuse = [error]
    world.wait(seconds=1)
    pass_minutes(world, 35)
    row = rows(world, "security", WECHAT)[0]
    wanted = OutState.HELD if code in (45015, 45047) else OutState.FAILED if error.retry == "never" else OutState.SENT
    assert row.state == wanted
    assert len(world.wechat.texts) == (1 if wanted == OutState.SENT else 0)


def test_what_wechat_refused_has_used_no_push(world: World) -> None:
    one_notice(world, WECHAT)
    world.wechat.refuse = [wechat_error(-1)]
    world.wait(seconds=1)
    world.wait(seconds=10)
    with world.app.store.read() as session:
        assert session.scalars(select(Address).where(Address.channel == WECHAT)).one().pushes_left == 4


def one_notice(world: World, channel: str) -> str:
    """One person has one notice due on one address; where."""
    where = "13900000999" if channel == SMS else OTHER
    with world.app.store.write() as session:
        place = address_of(session, channel, where, world.now)
        place.push_until, place.pushes_left = world.now.replace(day=25), 5
        tell(session, "security", place.contact_id, {"text": "提醒"}, world.now, key="1", at=place)
    return where


def test_a_setting_says_after_how_many_failures_a_way_out_is_shut(world: World) -> None:
    with world.app.store.write() as session:
        session.add(SettingValue(name="stop_after_failures", value=2))
    down = Down(world, SMS, SendError("isp.SYSTEM_ERROR", retry="soon"))
    many_people(world, 10)
    world.wait(seconds=1)
    assert down.calls == 2
