"""Reviewing on the console: seeing, approving, returning, and two people at the same application."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from html import unescape

import pytest
from flask import Flask

from domain.dialogue.acts import Command
from domain.evidence import Evidence, broken_at
from domain.people.staff import Role
from domain.registration.applications import Photo, Stage
from domain.review.replies import StandardReply
from tests.support.console import Visitor, newest, photo_of, submitted
from tests.support.world import ACCOUNT, ARCHIVE, COMPANY, PHONE, World, reading

JPEG = b"\xff\xd8\xff\xe0 a small picture"


class Office:
    """The people of one case: two of the bureau, another bureau's handler, the centre's reviewer. Each comes when asked
    for."""

    def __init__(self, world: World, console: Flask) -> None:
        self._world, self._console = world, console
        world.wechat.pictures["media-1"] = JPEG

    @cached_property
    def zhao(self) -> Visitor:
        return self._in("zhao", Role.HANDLER, "053001")

    @cached_property
    def qian(self) -> Visitor:
        return self._in("qian", Role.PRINCIPAL, "053001")

    @cached_property
    def wu(self) -> Visitor:
        return self._in("wu", Role.HANDLER, "053002")

    @cached_property
    def sun(self) -> Visitor:
        return self._in("sun", Role.REVIEWER)

    def _in(self, login: str, role: Role, bureau: str = "") -> Visitor:
        return Visitor(self._console).enter(self._world, self._world.staff(login, role, bureau))


@pytest.fixture
def office(world: World, console: Flask) -> Office:
    """The office, still empty."""
    return Office(world, console)


def test_approved_by_the_bureau_and_by_the_centre_the_user_is_told_each_time(world: World, office: Office) -> None:
    """The whole way, with the SMS and the WeChat notice of each step."""
    application = submitted(world)
    assert "转交易中心审核" in office.zhao.decide(application, "approve")
    world.work()
    assert newest(world).stage == Stage.CENTRE_REVIEW
    assert "已通过供电局审核" in world.sms.texts()[-1]
    assert "审核完成" in office.sun.decide(application, "approve", remark="资料齐全")
    world.work()
    assert newest(world).stage == Stage.AWAITING_MARKET
    assert "已通过交易中心审核" in world.sms.texts()[-1]
    assert world.wechat.notices[-1]["character_string2"] == newest(world).number
    assert "都审完了" in office.sun.get("/")


def test_the_workers_are_rung_when_a_decision_owes_a_notice(world: World, office: Office) -> None:
    """The notice does not wait for the sweep."""
    application = submitted(world)
    world.work()
    office.zhao.decide(application, "approve")
    assert any(name == "deliver" for name, _ in world.bell.rings)


def test_a_step_names_the_organisation_the_person_and_the_remark(world: World, office: Office) -> None:
    """And the evidence says it, too."""
    application = submitted(world)
    world.now += timedelta(hours=3)
    office.zhao.decide(application, "approve", remark="已电话核实")
    step = newest(world).steps[-2]
    assert (step.stage, step.decision, step.mode, step.remark) == ("bureau_review", "approved", "manual", "已电话核实")
    page = office.sun.get(f"/applications/{application}")
    assert "昆明供电局 · zhao" in page
    assert "已电话核实" in page
    with world.app.store.read() as session:
        assert session.query(Evidence).filter_by(what="approved").one().data["remark"] == "已电话核实"
        assert broken_at(session) is None


def test_the_user_reads_the_reason_of_a_return(world: World, office: Office) -> None:
    """A standard reply and words of one's own arrive together, in WeChat in full."""
    application = submitted(world)
    world.rasa.taught["到哪了"] = Command("progress")
    with world.app.store.read() as session:
        reply = session.query(StandardReply).filter_by(field="licence").order_by(StandardReply.id).first()
        assert reply is not None
    office.zhao.decide(application, "return", reply=[str(reply.id)], reason="请连同副本编号一起拍")
    world.work()
    assert newest(world).stage == Stage.RETURNED
    assert f"{reply.text}（共2处）" in world.sms.texts()[-1]
    assert f"1. {reply.text}\n2. 请连同副本编号一起拍" in world.say("到哪了")


def test_a_return_needs_a_reason(world: World, office: Office) -> None:
    """Without one nothing happens, and the reviewer is told."""
    application = submitted(world)
    assert "请选择或填写退回原因" in office.zhao.decide(application, "return", reason="   ")
    assert newest(world).stage == Stage.BUREAU_REVIEW


def test_a_remark_is_shown_as_text_never_as_markup(world: World, office: Office) -> None:
    """Words of a person do not become part of the page."""
    application = submitted(world)
    office.zhao.decide(application, "return", reason="<script>alert(1)</script>")
    page = office.zhao.get(f"/applications/{application}")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_second_reviewer_is_told_who_was_first(world: World, office: Office) -> None:
    """Both have the page open; only the first decides."""
    application = submitted(world)
    office.qian.get(f"/applications/{application}")
    step = office.qian.field("step")
    office.zhao.decide(application, "approve")
    page = office.qian.post(f"/applications/{application}/decision", decision="return", step=step, reason="照片不清晰")
    assert "zhao 刚刚已处理这份申请（通过），您的操作没有生效" in page
    assert newest(world).stage == Stage.CENTRE_REVIEW


def test_an_application_handed_in_again_meanwhile_is_looked_at_again(world: World, office: Office) -> None:
    """The page from before the return must not approve what came after it."""
    application = submitted(world)
    office.qian.get(f"/applications/{application}")
    step = office.qian.field("step")
    world.wait(minutes=1)
    office.zhao.decide(application, "return", reason="请换一张照片")
    world.wait(minutes=1)
    world.say("修改")
    world.photo(reading())
    for _ in range(6):
        if newest(world).stage == Stage.BUREAU_REVIEW:
            break
        world.say("1")
    assert newest(world).stage == Stage.BUREAU_REVIEW
    page = office.qian.post(f"/applications/{application}/decision", decision="approve", step=step)
    assert "您的操作没有生效" in page
    assert newest(world).stage == Stage.BUREAU_REVIEW


def test_whose_turn_it_is_not_sees_no_buttons_and_is_refused(world: World, office: Office) -> None:
    """The centre may look on while the bureau reviews, and no more."""
    application = submitted(world)
    step = str(newest(world).steps[-1].id)
    assert 'id="approve"' not in office.sun.get(f"/applications/{application}")
    page = office.sun.post(f"/applications/{application}/decision", decision="approve", step=step)
    assert "不在您这里审核" in page
    assert newest(world).stage == Stage.BUREAU_REVIEW


def test_another_bureau_finds_neither_the_application_nor_its_photo(world: World, office: Office) -> None:
    """404, as if there were none; also for the forms."""
    application = submitted(world)
    picture = photo_of(world, application).id
    assert "没有等您审核" in office.wu.get("/")
    office.wu.get(f"/applications/{application}", 404)
    office.wu.get(f"/photos/{picture}", 404)
    office.wu.get("/")
    office.wu.post(f"/applications/{application}/decision", 404, decision="approve", step="1")
    office.wu.post(f"/applications/{application}/phone", 404)
    assert "没有符合条件" in office.wu.get(f"/?show=all&q={newest(world).number}")


def test_a_draft_that_was_never_handed_in_is_nobodys_to_see(world: World, office: Office) -> None:
    """Not even the centre's, and not its photo."""
    world.filled_in()
    draft = newest(world).id
    picture = photo_of(world, draft).id
    for visitor in (office.zhao, office.sun):
        visitor.get(f"/applications/{draft}", 404)
        visitor.get(f"/photos/{picture}", 404)


def test_a_photo_is_the_picture_as_it_came_and_is_kept_nowhere(world: World, office: Office) -> None:
    """Its own kind, no caching, no guessing by the browser."""
    application = submitted(world)
    answer = office.zhao.client.get(f"/console/photos/{photo_of(world, application).id}")
    assert answer.data == JPEG
    assert answer.content_type == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_is_no_picture_is_never_shown_as_a_page(world: World, office: Office) -> None:
    """What somebody sent as a photo may be anything."""
    world.wechat.pictures["media-1"] = b"<html><script>alert(1)</script>"
    answer = office.zhao.client.get(f"/console/photos/{photo_of(world, submitted(world)).id}")
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment"


def test_an_erased_photo_is_gone(world: World, office: Office) -> None:
    """The page stays, and says so."""
    application = submitted(world)
    picture = photo_of(world, application).id
    with world.app.store.write() as session:
        session.get_one(Photo, picture).file = ""
    office.zhao.get(f"/photos/{picture}", 404)
    assert "没有照片" in office.zhao.get(f"/applications/{application}")


def test_differences_and_doubts_are_marked(world: World, office: Office) -> None:
    """The photo says one legal person, the registry another; the name was read badly."""
    world.say("我要注册")
    world.photo(reading(legal_person=("李国张", 0.6, ("low_score",))))
    world.say("1")
    _fill_in_the_rest(world)
    page = office.zhao.get(f"/applications/{newest(world).id}")
    row = unescape(page).split("法定代表人<span", 1)[1].split("</tr>", 1)[0]
    assert "有出入" in row
    assert "李国张" in row
    assert "李国强" in row
    assert "字迹不清" in row
    assert "名称<span" not in unescape(page)


def test_the_problems_now_stand_on_the_page_with_what_to_do(world: World, office: Office) -> None:
    """The carrier does not know the phone under that name: a hint, with its suggestion."""
    world.sources.phones.clear()
    page = office.zhao.get(f"/applications/{submitted(world)}")
    assert "手机号不在联系人名下" in page
    assert "可能是单位号码" in page
    assert "请留意" in page


def test_after_a_decision_the_next_one_that_waits_is_opened(world: World, office: Office) -> None:
    """A reviewer works through the queue without going back to it."""
    first = submitted(world)
    second = _another(world)
    office.zhao.get(f"/applications/{first}")
    step = office.zhao.field("step")
    answer = office.zhao.client.post(
        f"/console/applications/{first}/decision",
        data={"csrf_token": office.zhao.token(), "decision": "approve", "step": step},
    )
    assert answer.headers["Location"] == f"/console/applications/{second}"


def test_the_notices_and_their_delivery_stand_on_the_page(world: World, office: Office) -> None:
    """What was sent, where to (masked), and how it ended."""
    application = submitted(world)
    world.work()
    page = office.zhao.get(f"/applications/{application}")
    assert "提交成功通知" in page
    assert "已发送" in page
    assert "短信 138****4321" in page


def _fill_in_the_rest(world: World) -> None:
    for _ in range(8):
        if newest(world).licence_confirmed:
            break
        world.say("1")
    for words in (ACCOUNT, "王芳", PHONE):
        world.say(words)
    world.say(world.code())
    world.say("1")
    assert newest(world).stage == Stage.BUREAU_REVIEW


def _another(world: World) -> int:
    """A second company's application, from another person, a minute later."""
    other, code, account, phone = "oLi00123456789012345678901", "9153011292834488X2", "0530010686818434", "13987654321"
    world.now += timedelta(minutes=1)
    company = replace(COMPANY, uscc=code, name="昆明彩云纺织有限公司")
    world.sources.companies[code] = company
    world.sources.accounts[account] = replace(ARCHIVE, number=account, name=company.name, uscc=code)
    world.say("我要注册", openid=other)
    world.photo(reading(code=code, name=company.name), openid=other)
    for words in ("1", account, "李梅", phone):
        world.say(words, openid=other)
    world.say(world.code(), openid=other)
    world.say("1", openid=other)
    assert newest(world).stage == Stage.BUREAU_REVIEW
    return newest(world).id
