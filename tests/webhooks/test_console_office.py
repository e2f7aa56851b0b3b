"""What the console offers besides reviewing: the queue's filters, rules, figures, messages, people, health."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from bot.channels.base import SendError
from domain.evidence import Evidence
from domain.jobs import JobRun
from domain.messages.messages import OutboundMessage, OutState
from domain.people.staff import Role, Staff
from domain.rules.rules import Rule, RuleVersion
from domain.settings import SettingChange, figure
from domain.sources.lookups import Where
from tests.support.console import Visitor, newest, submitted
from tests.support.world import ACCOUNT, CODE, PHONE, World
from webhooks.console.send_errors import WORDS


@pytest.fixture
def zhao(world: World, console: Flask) -> Visitor:
    """The bureau's handler."""
    return Visitor(console).enter(world, world.staff("zhao", Role.HANDLER, "053001"))


@pytest.fixture
def zhou(world: World, console: Flask) -> Visitor:
    """The administrator."""
    return Visitor(console).enter(world, world.staff("zhou", Role.ADMINISTRATOR))


# --- the queue ---


@pytest.mark.parametrize(
    "sought", ["number", CODE, CODE.lower(), ACCOUNT, PHONE, "滇星机械", "昆明滇星机械制造有限公司"]
)
def test_an_application_is_found_by_what_a_caller_says(world: World, zhao: Visitor, sought: str) -> None:
    """Number, code, account, phone, or a part of the name, though all but the number are sealed."""
    submitted(world)
    number = str(newest(world).number)
    page = zhao.client.get("/console/", query_string={"show": "all", "q": number if sought == "number" else sought})
    assert f">{number}</a>" in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "sought", ["ZC20991231000001", "91530100MA6K8X3W9L", "0539999999999999", "13900000000", "彩云", "%", "_"]
)
def test_what_is_not_there_is_not_found(world: World, zhao: Visitor, sought: str) -> None:
    """Also for the wildcards of SQL."""
    submitted(world)
    assert "没有符合条件" in zhao.get(f"/?show=all&q={sought.replace('%', '%25')}")


def test_a_late_application_is_counted_and_coloured(world: World, zhao: Visitor) -> None:
    """Orange from the 5th working day on, red after the 7th (2026-11-23 is a Monday)."""
    submitted(world)
    assert "没有符合条件" in zhao.get("/?colour=orange")
    world.now += timedelta(days=7)
    page = zhao.get("/?colour=orange")
    assert "<b>1</b>橙色" in page
    assert "5 天" in page
    assert "橙色提醒" in page
    world.now += timedelta(days=3)
    assert "<b>0</b>橙色" in zhao.get("/?colour=red")
    assert "红色超期" in zhao.last


def test_a_year_without_a_calendar_is_said_not_guessed(world: World, zhao: Visitor) -> None:
    """The State Council has not published 2027."""
    submitted(world)
    world.now += timedelta(days=60)
    assert "日历未公布" in zhao.get("/?colour=unknown")
    assert newest(world).number in zhao.last


def test_nonsense_in_the_address_shows_the_first_page(world: World, zhao: Visitor) -> None:
    """Nobody sees an error for a mistyped address."""
    submitted(world)
    assert newest(world).number in zhao.get("/?show=what&colour=blue&page=minus")


# --- rules ---


def rule_of(world: World, name: str) -> Rule:
    with world.app.store.read() as session:
        return session.query(Rule).filter_by(name=name).one()


def form(rule: Rule, **changed: str) -> dict[str, str]:
    return {
        "condition": rule.condition,
        "severity": rule.severity,
        "problem": rule.problem,
        "suggestion": rule.suggestion,
        "active": "yes",
        **changed,
    }


def test_an_edited_rule_has_a_new_version_and_says_who_changed_what(world: World, zhou: Visitor) -> None:
    """The change is kept with person and time, and shown."""
    rule = rule_of(world, "容量缺失")
    zhou.get(f"/rules/{rule.id}")
    assert "第 2 版" in zhou.post(f"/rules/{rule.id}", act="save", **form(rule, suggestion="请联系供电局补录。"))
    assert rule_of(world, "容量缺失").suggestion == "请联系供电局补录。"
    page = zhou.get(f"/rules/{rule.id}")
    assert "<ins>请联系供电局补录。</ins>" in page
    assert "· zhou" in page
    with world.app.store.read() as session:
        versions = session.query(RuleVersion).filter_by(rule_id=rule.id).order_by(RuleVersion.version).all()
        assert [each.suggestion for each in versions] == [rule.suggestion, "请联系供电局补录。"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"condition": "capacity_kva ==="}, "条件写法有误"),
        ({"condition": "capasity_kva < 1"}, "不认识的名称：capasity_kva"),
        ({"condition": ""}, "条件"),
        ({"problem": "容量是 {capasity}"}, "{capasity} 不能用"),
        ({"problem": "容量是 {capacity_kva"}, "花括号要成对"),
        ({"problem": "{code.__class__}"}, "不能用"),
        ({"suggestion": " "}, "建议要写"),
        ({"severity": "deadly"}, "严重程度"),
    ],
)
def test_a_rule_that_would_not_work_is_not_saved(
    world: World, zhou: Visitor, changed: dict[str, str], said: str
) -> None:
    """It would stop every submission, or silently none; what was typed stays on the form."""
    rule = rule_of(world, "容量缺失")
    zhou.get(f"/rules/{rule.id}")
    page = zhou.post(f"/rules/{rule.id}", 400, act="save", **form(rule, **changed))
    assert said in page
    assert rule_of(world, "容量缺失").version == 1


def test_a_rule_is_tried_on_an_application_and_nothing_is_saved(world: World, zhou: Visitor) -> None:
    """The administrator reads what the user would read."""
    submitted(world)
    rule = rule_of(world, "容量缺失")
    zhou.get(f"/rules/{rule.id}")
    typed = form(rule, condition="capacity_kva > 600", problem="容量是 {capacity_kva} 千伏安。")
    page = zhou.post(f"/rules/{rule.id}", act="try", number=str(newest(world).number), **typed)
    assert "条件成立" in page
    assert "容量是 630 千伏安。" in page
    typed["condition"] = "capacity_kva > 700"
    assert "条件不成立" in zhou.post(f"/rules/{rule.id}", act="try", number=str(newest(world).number), **typed)
    assert rule_of(world, "容量缺失").version == 1
    assert "没有找到这个申请编号" in zhou.post(f"/rules/{rule.id}", act="try", number="ZC1", **typed)


# --- figures ---


def test_a_changed_figure_holds_at_once_and_the_change_is_kept(world: World, zhou: Visitor) -> None:
    """With person and time."""
    zhou.get("/settings")
    page = zhou.post("/settings", name="overdue_orange_days", value="3")
    assert "已保存" in page
    with world.app.store.read() as session:
        assert figure(session, "overdue_orange_days") == 3
        change = session.query(SettingChange).one()
    assert (change.old, change.new) == (5, 3)
    assert "<del>5</del> → <ins>3</ins>" in page


@pytest.mark.parametrize(
    ("value", "said"), [("many", "要填一个整数"), ("0", "要在 1 和 60 之间"), ("61", "要在 1 和 60 之间")]
)
def test_a_figure_that_cannot_be_is_refused_in_words(world: World, zhou: Visitor, value: str, said: str) -> None:
    """And nothing changes."""
    zhou.get("/settings")
    assert said in zhou.post("/settings", name="overdue_orange_days", value=value)
    with world.app.store.read() as session:
        assert figure(session, "overdue_orange_days") == 5


def test_a_switch_is_turned(world: World, zhou: Visitor) -> None:
    """On and off are words here."""
    zhou.get("/settings")
    assert "<del>开</del> → <ins>关</ins>" in zhou.post("/settings", name="notify_by_sms", value="关")


def test_a_figure_that_does_not_exist_cannot_be_set(zhou: Visitor) -> None:
    """A made-up form."""
    zhou.get("/settings")
    zhou.post("/settings", 404, name="password", value="1")


# --- messages ---


def refused(world: World, code: str) -> OutboundMessage:
    """An application whose first notice was refused for good."""
    world.filled_in()
    world.sms.refuse.append(SendError(code, retry="never"))
    world.say("1")
    world.work()
    with world.app.store.read() as session:
        return session.query(OutboundMessage).filter_by(state=OutState.FAILED).one()


def test_what_failed_for_good_is_shown_with_a_reason_and_sent_again(world: World, zhao: Visitor) -> None:
    """The button puts it among what is due, the worker sends it, the evidence says who pressed."""
    row = refused(world, "isv.AMOUNT_NOT_ENOUGH")
    page = zhao.get("/messages")
    assert "短信账户余额不足" in page
    assert "138****4321" in page
    assert PHONE not in page
    sent = len(world.sms.sent)
    assert "已重新排队" in zhao.post(f"/messages/{row.id}/again")
    world.work()
    assert len(world.sms.sent) == sent + 1
    assert "没有发送失败的消息" in zhao.get("/messages")
    with world.app.store.read() as session:
        assert session.query(Evidence).filter_by(what="sent_again").one().data["error"] == "isv.AMOUNT_NOT_ENOUGH"


def test_a_message_goes_again_once_however_often_the_button_is_pressed(world: World, zhao: Visitor) -> None:
    """The second press finds that it has gone."""
    row = refused(world, "isv.AMOUNT_NOT_ENOUGH")
    zhao.get("/messages")
    token = zhao.token()
    zhao.post(f"/messages/{row.id}/again", csrf_token=token)
    assert "现在不能重发" in zhao.post(f"/messages/{row.id}/again", csrf_token=token)


def test_an_old_code_is_not_sent_again(world: World, zhao: Visitor) -> None:
    """It has run out; the user asks for a new one."""
    row = refused(world, "isv.AMOUNT_NOT_ENOUGH")
    with world.app.store.write() as session:
        session.get_one(OutboundMessage, row.id).event = "code"
    assert "再发一次" not in zhao.get("/messages")
    zhao.get("/")
    assert "不能重发" in zhao.post(f"/messages/{row.id}/again")


def test_another_bureaus_messages_are_not_mine(world: World, console: Flask) -> None:
    """Neither to see nor to send."""
    row = refused(world, "isv.AMOUNT_NOT_ENOUGH")
    wu = Visitor(console).enter(world, world.staff("wu", Role.HANDLER, "053002"))
    assert "没有发送失败的消息" in wu.get("/messages")
    wu.post(f"/messages/{row.id}/again", 404)


def test_held_messages_say_until_when(world: World, zhao: Visitor) -> None:
    """WeChat allows no push now."""
    row = refused(world, "isv.AMOUNT_NOT_ENOUGH")
    with world.app.store.write() as session:
        session.get_one(OutboundMessage, row.id).state = OutState.HELD
    assert "48小时内没有发言" in zhao.get("/messages?state=held")


def test_the_codes_that_end_a_message_are_explained() -> None:
    """What the channels call final or a matter for a person has words here."""
    from bot.channels.sms.errors import RETRY

    sms = {code for code, retry in RETRY.items() if retry in ("never", "alarm") and "*" not in code}
    missing = sms - set(WORDS) - UNEXPLAINED
    assert missing == set()


# Programming errors and variants that a person cannot do more about than call support.
UNEXPLAINED = {
    "isv.MOBILE_COUNT_OVER_LIMIT",
    "isv.INVALID_JSON_PARAM",
    "isv.PARAM_NOT_SUPPORT_URL",
    "isv.UNSUPPORTED_CONTENT",
    "SignatureNonceUsed",
    "isv.SMS_SIGN_ILLEGAL",
    "isv.SIGN_STATE_ILLEGAL",
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL",
    "isv.EXTEND_CODE_ERROR",
    "isv.DENY_IP_RANGE",
}


# --- people ---


def test_a_login_is_closed_and_opened_again(world: World, zhou: Visitor) -> None:
    """And the evidence says by whom."""
    zhao = world.staff("zhao", Role.HANDLER, "053001")
    zhou.get("/people")
    assert "已停用" in zhou.post(f"/people/{zhao}/active", active="no")
    with world.app.store.read() as session:
        assert session.get_one(Staff, zhao).active is False
        assert session.query(Evidence).filter_by(what="staff_deactivated").one().about_id == zhao
    zhou.post(f"/people/{zhao}/active", active="yes")
    with world.app.store.read() as session:
        assert session.get_one(Staff, zhao).active is True


def test_nobody_closes_their_own_login(world: World, zhou: Visitor) -> None:
    """Or nobody could open it again."""
    with world.app.store.read() as session:
        mine = session.query(Staff).filter_by(login="zhou").one().id
    zhou.get("/people")
    assert "不能停用自己" in zhou.post(f"/people/{mine}/active", active="no")


# --- health ---


def test_health_says_what_waits_and_which_source_owes_answers(world: World, zhou: Visitor) -> None:
    """Counted from the rows."""
    world.sources.down.add(Where.MARKETING)
    submitted(world)
    with world.app.store.write() as session:
        session.add(JobRun(name="erase_photos", day=world.now.date(), found=3, handled=2, failed=1, at=world.now))
    page = zhou.get("/health?chain=check")
    assert "1 份申请待补查" in page
    assert "失败 1" in page
    assert "完整" in page
