"""Taking a decision back on the console: in time, by the same person, while nothing has come of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from bot import outbox
from domain.evidence import Evidence, broken_at
from domain.messages.messages import OutboundMessage, OutState, claim
from domain.people.authority import Authority, Level, grant, level_of
from domain.people.contacts import SMS, address_of
from domain.people.notices import CHANGED
from domain.people.staff import Role
from domain.registration.applications import Application, Stage
from domain.review.batch import ReviewBatch
from domain.settings import SettingValue
from tests.support.console import Visitor, newest, submitted
from tests.support.orders import more_orders
from tests.support.proxies import program
from tests.support.world import World


@pytest.fixture
def zhao(world: World, console: Flask) -> Visitor:
    """The bureau's handler; notices of a stage wait their minute, as they do outside of tests."""
    with world.app.store.write() as session:
        session.merge(SettingValue(name="merge_seconds", value=60))
    return staff(world, console, "zhao", Role.HANDLER, "053001")


def staff(world: World, console: Flask, login: str, role: Role, bureau: str = "") -> Visitor:
    return Visitor(console).enter(world, world.staff(login, role, bureau))


def take_back(visitor: Visitor, application: int) -> str:
    return visitor.post(f"/applications/{application}/undo")


def told(world: World, event: str) -> list[OutboundMessage]:
    with world.app.store.read() as session:
        return list(session.scalars(select(OutboundMessage).where(OutboundMessage.event == event)))


def test_an_approval_is_taken_back_and_the_user_never_hears_of_it(world: World, zhao: Visitor) -> None:
    application = submitted(world)
    since = newest(world).stage_since
    world.wait(minutes=3)
    page = zhao.decide(application, "approve")
    assert "撤回刚才的审核" in page
    world.wait(seconds=30)
    assert "已撤回" in take_back(zhao, application)
    world.wait(minutes=5)
    it = newest(world)
    assert (it.stage, it.stage_since) == (Stage.BUREAU_REVIEW, since)
    assert {row.state for row in told(world, "bureau_passed")} == {OutState.EXPIRED}
    assert not any("通过供电局审核" in text for text in world.sms.texts())
    assert "通过，已撤回" in zhao.get(f"/applications/{application}")
    with world.app.store.read() as session:
        assert broken_at(session) is None
        kept = session.scalars(select(Evidence).where(Evidence.what == "approval_undone")).one()
        assert (kept.about_id, kept.data["back_to"]) == (application, Stage.BUREAU_REVIEW)


def test_the_review_that_runs_again_knows_what_it_had_found(world: World, zhao: Visitor) -> None:
    """The phone was not the contact's: that was seen at the submission, and the next reviewer has to see it, too."""
    world.sources.phones = {}
    application = submitted(world)
    found = newest(world).steps[-1].problems
    assert "手机与姓名不符" in [each["rule"] for each in found]
    world.wait(minutes=3)
    zhao.decide(application, "return", reason="请换一张照片")
    take_back(zhao, application)
    assert newest(world).steps[-1].problems == found


def test_after_it_the_application_can_be_decided_again_and_is_told(world: World, zhao: Visitor) -> None:
    application = submitted(world)
    world.wait(minutes=3)
    zhao.decide(application, "approve")
    take_back(zhao, application)
    zhao.decide(application, "approve")
    world.wait(minutes=3)
    assert newest(world).stage == Stage.CENTRE_REVIEW
    assert "已通过供电局审核" in world.sms.texts()[-1]


def test_a_return_is_taken_back(world: World, zhao: Visitor) -> None:
    application = submitted(world)
    world.wait(minutes=3)
    zhao.decide(application, "return", reason="请换一张照片")
    assert "已撤回" in take_back(zhao, application)
    world.wait(minutes=5)
    assert newest(world).stage == Stage.BUREAU_REVIEW
    assert not any("被退回" in text for text in world.sms.texts())


def test_after_the_minute_it_is_too_late(world: World, zhao: Visitor) -> None:
    application = submitted(world)
    zhao.decide(application, "approve")
    world.now += timedelta(seconds=61)
    assert "已超过60秒" in take_back(zhao, application)
    assert newest(world).stage == Stage.CENTRE_REVIEW


def test_a_colleague_cannot_take_it_back(world: World, console: Flask, zhao: Visitor) -> None:
    application = submitted(world)
    zhao.decide(application, "approve")
    qian = staff(world, console, "qian", Role.PRINCIPAL, "053001")
    assert "不是您刚才的审核" in take_back(qian, application)
    assert newest(world).stage == Stage.CENTRE_REVIEW


def test_what_the_next_reviewer_has_decided_stands(world: World, console: Flask, zhao: Visitor) -> None:
    application = submitted(world)
    zhao.decide(application, "approve")
    staff(world, console, "sun", Role.REVIEWER).decide(application, "approve")
    assert "不能撤回" in take_back(zhao, application)
    assert newest(world).stage == Stage.AWAITING_MARKET


def test_a_notice_that_is_being_sent_stops_the_undo(world: World, zhao: Visitor) -> None:
    """The sender and the one who takes back meet at the row: one of the two wins."""
    application = submitted(world)
    world.wait(minutes=3)
    zhao.decide(application, "approve")
    row = told(world, "bureau_passed")[0]
    with world.app.store.write() as session:
        assert claim(session, row.id, world.now)
    assert "通知已经发给用户了，不能撤回" in take_back(zhao, application)
    assert newest(world).stage == Stage.CENTRE_REVIEW


def test_a_notice_that_was_withdrawn_is_not_sent_by_a_worker_that_comes_later(world: World, zhao: Visitor) -> None:
    application = submitted(world)
    world.wait(minutes=3)
    sent = len(world.sms.sent)
    zhao.decide(application, "approve")
    take_back(zhao, application)
    world.now = world.now.replace(minute=world.now.minute + 5)
    outbox.deliver(world.app, told(world, "bureau_passed")[0].address_id)
    assert len(world.sms.sent) == sent


def test_who_was_admitted_speaks_for_nobody_after_it_was_taken_back(
    world: World, console: Flask, zhao: Visitor
) -> None:
    application = submitted(world)
    zhao.decide(application, "approve")
    sun = staff(world, console, "sun", Role.REVIEWER)
    world.wait(minutes=3)
    sun.decide(application, "approve")
    take_back(sun, application)
    with world.app.store.read() as session:
        authority = session.scalars(select(Authority)).one()
    assert (authority.ended_why, newest(world).stage) == ("undone", Stage.CENTRE_REVIEW)


def test_what_had_been_before_the_admission_is_again(world: World, console: Flask, zhao: Visitor) -> None:
    """Who might only look, only looks again; and who manages the company hears that the news was wrong."""
    application = submitted(world)
    zhao.decide(application, "approve")
    sun = staff(world, console, "sun", Role.REVIEWER)
    with world.app.store.write() as session:
        row = session.get_one(Application, application)
        manager = address_of(session, SMS, "13900001111", world.now)
        manager.verified_at = world.now
        company = {"company_mark": row.code_mark or "", "company_name": "甲", "ground": "invitation", "who": "x"}
        grant(session, contact_id=manager.contact_id, level=Level.MANAGE, now=world.now, **company)
        grant(session, contact_id=row.contact_id, level=Level.READ, now=world.now, **company)
    world.wait(minutes=3)
    sun.decide(application, "approve")
    world.wait(seconds=1)
    with world.app.store.write() as session:
        news = session.scalars(select(OutboundMessage).where(OutboundMessage.event == CHANGED)).one()
        news.state = OutState.SENT
    assert "已撤回" in take_back(sun, application)
    with world.app.store.read() as session:
        row = session.get_one(Application, application)
        assert level_of(session, row.contact_id, row.code_mark) == Level.READ
    assert any("更正" in str(each.body) for each in told(world, CHANGED))


def test_what_a_proxy_has_mended_meanwhile_is_not_undone(world: World, zhao: Visitor) -> None:
    """Nobody was asked anything, and yet the application is no longer what was decided on."""
    proxy = program(world)
    done = proxy.submitted()
    world.wait(minutes=3)
    zhao.decide(done["id"], "return", reason="联系人不对")
    world.now += timedelta(seconds=5)
    assert proxy.patch(f"/registrations/{done['id']}", {"contact_name": "王方"}).status_code == 200
    assert "不能撤回" in take_back(zhao, done["id"])
    assert newest(world).stage == Stage.RETURNED


def test_what_the_user_has_done_meanwhile_is_not_undone(world: World, zhao: Visitor) -> None:
    application = submitted(world)
    world.wait(minutes=3)
    zhao.decide(application, "return", reason="请换一张照片")
    world.say("修改")
    assert "用户已经接着办理了" in take_back(zhao, application)
    assert newest(world).stage == Stage.RETURNED


def test_a_batch_is_taken_back_as_a_whole(world: World, zhao: Visitor) -> None:
    submitted(world)
    ids = [str(each) for each in more_orders(world, 3)]
    world.wait(minutes=3)
    zhao.get("/")
    zhao.post("/batch", order=ids)
    number = batch_id(world)
    assert "已通过 3 份" in zhao.post(f"/batch/{number}/approve")
    assert "已撤回 3 份" in zhao.post(f"/batch/{number}/undo")
    world.wait(minutes=5)
    assert newest(world).stage == Stage.BUREAU_REVIEW
    assert {row.state for row in told(world, "bureau_passed")} == {OutState.EXPIRED}


def batch_id(world: World) -> int:
    with world.app.store.read() as session:
        return session.scalars(select(ReviewBatch.id).order_by(ReviewBatch.id.desc())).first() or 0
