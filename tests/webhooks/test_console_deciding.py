"""Deciding with care: one's own company, several points of a return, standard replies, and who else looks."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from domain.evidence import Evidence
from domain.people.contacts import WECHAT, address_of
from domain.people.staff import Role, Staff
from domain.registration.applications import Application, Stage
from domain.review.replies import StandardReply
from domain.rules.troubles import Trouble
from tests.support.console import Visitor, newest, submitted
from tests.support.world import OPENID, PHONE, World, reading


@pytest.fixture
def zhao(world: World, console: Flask) -> Visitor:
    """The bureau's handler."""
    return staff(world, console, "zhao", Role.HANDLER, "053001")


def staff(world: World, console: Flask, login: str, role: Role, bureau: str = "") -> Visitor:
    return Visitor(console).enter(world, world.staff(login, role, bureau))


def change_staff(world: World, **values: object) -> None:
    with world.app.store.write() as session:
        row = session.scalars(select(Staff).where(Staff.login == "zhao")).one()
        for name, value in values.items():
            setattr(row, name, value)


def reply(world: World, field: str) -> str:
    with world.app.store.read() as session:
        found = session.scalars(select(StandardReply.id).where(StandardReply.field == field)).first()
    return str(found)


@pytest.mark.parametrize("named", ["phone", "name", "contact_id"])
def test_nobody_approves_their_own_companys_application(world: World, zhao: Visitor, named: str) -> None:
    """By the phone, by the name, by the WeChat that handed it in; the page says so, and that it was tried is kept."""
    application = submitted(world)
    with world.app.store.read() as session:
        contact = address_of(session, WECHAT, OPENID, world.now).contact_id
    known = {"phone": PHONE, "name": "王芳", "contact_id": contact}
    change_staff(world, **{named: known[named]})
    page = zhao.get(f"/applications/{application}")
    assert "按回避要求请同事审核" in page
    assert 'id="approve"' not in page
    step = zhao.field("step")
    page = zhao.post(f"/applications/{application}/decision", decision="approve", step=step)
    assert "按回避要求请同事审核" in page
    assert newest(world).stage == Stage.BUREAU_REVIEW
    with world.app.store.read() as session:
        assert session.scalars(select(Evidence).where(Evidence.what == "own_company_refused")).one().data["why"]


def test_the_user_is_led_through_exactly_the_points_of_a_return(world: World, zhao: Visitor) -> None:
    """Two values are marked and a word is said: they are read as a list, asked one by one, then it goes in again."""
    application = submitted(world)
    world.wait(minutes=1)
    zhao.decide(application, "return", reply=[reply(world, "contact_name")], about=["legal_person"], reason="谢谢配合")
    world.wait(minutes=1)
    assert "（共3处）" in world.sms.texts()[-1]
    shown = world.say("修改")
    assert "有3处要改" in shown
    assert "3. 谢谢配合" in shown
    assert "请发正确的联系人" in shown
    world.wait(seconds=5)
    asked = world.say("李梅")
    assert "法定代表人" in asked
    world.wait(seconds=5)
    assert "确认提交" in world.say("不改了") or "确认提交" in world.say("cmd:keep")
    world.say("1")
    it = newest(world)
    assert (it.stage, it.value("contact_name")) == (Stage.BUREAU_REVIEW, "李梅")


def test_a_point_about_a_photo_asks_for_the_photo(world: World, zhao: Visitor) -> None:
    application = submitted(world)
    world.wait(minutes=1)
    zhao.decide(application, "return", reply=[reply(world, "licence")])
    world.wait(minutes=1)
    assert "请重新拍营业执照照片" in world.say("修改")
    world.wait(seconds=5)
    world.photo(reading())
    for _ in range(5):
        if newest(world).stage == Stage.BUREAU_REVIEW:
            break
        world.say("1")
    assert newest(world).stage == Stage.BUREAU_REVIEW


def test_a_rules_problem_is_ticked_and_read_in_its_words(world: World, zhao: Visitor) -> None:
    """And it is counted among what goes wrong most. What a hint tells the reviewer to do is not told the user."""
    world.sources.phones.clear()
    application = submitted(world)
    page = zhao.get(f"/applications/{application}")
    rule = page.split('name="problem" value="', 1)[1].split('"', 1)[0]
    zhao.decide(application, "return", problem=[rule])
    point = newest(world).steps[-1].problems[0]
    assert point["rule"] == rule
    shown = world.say("修改")
    assert point["problem"] in shown and "请核对，改好后重新提交" in shown
    assert "审核时" in page and "审核时" not in shown
    with world.app.store.read() as session:
        assert session.scalars(select(Trouble).where(Trouble.rule == rule)).one().outcome == "returned"


def test_a_standard_reply_is_filled_in_and_counted(world: World, zhao: Visitor, console: Flask) -> None:
    zhou = staff(world, console, "zhou", Role.ADMINISTRATOR)
    zhou.get("/replies")
    assert "已保存" in zhou.post(
        "/replies/save", text="户号{户号}查不到，请核对", step="", field="account_number", active="yes"
    )
    application = submitted(world)
    with world.app.store.read() as session:
        made = session.scalars(select(StandardReply).order_by(StandardReply.id.desc())).first()
    assert made is not None
    assert "户号0530010686818433查不到" in zhao.get(f"/applications/{application}")
    zhao.decide(application, "return", reply=[str(made.id)])
    assert "户号0530010686818433查不到，请核对" in newest(world).steps[-2].remark
    with world.app.store.read() as session:
        assert session.get_one(StandardReply, made.id).uses == 1
    assert zhou.get("/replies").index("户号{户号}查不到") < zhou.last.index("营业执照照片不清晰")


def test_a_reply_that_cannot_be_kept_stays_on_the_page(world: World, console: Flask) -> None:
    zhou = staff(world, console, "zhou", Role.ADMINISTRATOR)
    zhou.get("/replies")
    page = zhou.post("/replies/save", 400, text="短", step="", field="")
    assert "标准回复要有" in page
    assert 'value="短"' in page


def test_two_reviewers_on_one_order_see_each_other(world: World, console: Flask, zhao: Visitor) -> None:
    application = submitted(world)
    qian = staff(world, console, "qian", Role.PRINCIPAL, "053001")
    zhao.get(f"/applications/{application}")
    step = zhao.field("step")
    zhao.post(f"/applications/{application}/here", step=step)
    assert "zhao（昆明供电局）正在看这份" in qian.get(f"/applications/{application}")
    assert "zhao 正在看" in qian.get("/")
    qian.get(f"/applications/{application}")
    qian.decide(application, "approve")
    zhao.get("/")
    answer = zhao.client.post(
        f"/console/applications/{application}/here", data={"csrf_token": zhao.token(), "step": step}
    )
    assert "qian 刚刚已处理这份申请（通过）" in answer.text


def test_who_has_closed_the_page_is_gone(world: World, console: Flask, zhao: Visitor) -> None:
    application = submitted(world)
    qian = staff(world, console, "qian", Role.PRINCIPAL, "053001")
    zhao.get(f"/applications/{application}")
    token, step = zhao.token(), zhao.field("step")
    for said in ({}, {"gone": "1"}):
        data = {"csrf_token": token, "step": step, **said}
        zhao.client.post(f"/console/applications/{application}/here", data=data)
        assert ("正在看这份" in qian.get(f"/applications/{application}")) == (not said)


def test_who_says_nothing_for_a_minute_counts_as_gone(world: World, console: Flask, zhao: Visitor) -> None:
    application = submitted(world)
    qian = staff(world, console, "qian", Role.PRINCIPAL, "053001")
    zhao.get(f"/applications/{application}")
    zhao.post(f"/applications/{application}/here", step="")
    world.wait(seconds=90)
    assert "正在看这份" not in qian.get(f"/applications/{application}")


def test_a_blocking_problem_stops_an_approval(world: World, zhao: Visitor) -> None:
    """What cannot be handed in cannot pass either, whoever presses."""
    application = submitted(world)
    with world.app.store.write() as session:
        row = session.get_one(Application, application)
        facts = dict(row.facts or {})
        row.facts = {**facts, "account": {**facts["account"], "status": "closed"}}
    page = zhao.get(f"/applications/{application}")
    assert "项“不通过”的问题，不能通过" in page
    step = zhao.field("step")
    assert "请退回" in zhao.post(f"/applications/{application}/decision", decision="approve", step=step)
    assert newest(world).stage == Stage.BUREAU_REVIEW


def test_a_step_says_how_it_was_decided_and_how_long_it_took(world: World, zhao: Visitor) -> None:
    application = submitted(world)
    world.wait(hours=3)
    zhao.decide(application, "approve")
    page = zhao.get(f"/applications/{application}")
    assert "人工审核" in page
    assert "用时 3 小时" in page
