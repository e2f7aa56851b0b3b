"""Approving many at once: the preview, exactly what was in it, and nothing twice."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from domain.evidence import Evidence, broken_at
from domain.people.staff import Role, Staff
from domain.registration.applications import Application, Stage
from domain.review.batch import ReviewBatch
from domain.rules.rules import Rule, edit
from domain.sources.facts import AccountStatus
from domain.workdays import local_day
from tests.support.console import Visitor, submitted
from tests.support.orders import more_orders
from tests.support.statements import counted
from tests.support.tenants import OWNERS_PHONE, tenant_submitted
from tests.support.world import COMPANY, World


@pytest.fixture
def zhao(world: World, console: Flask) -> Visitor:
    """The bureau's handler."""
    return Visitor(console).enter(world, world.staff("zhao", Role.HANDLER, "053001"))


def look_at(visitor: Visitor, ids: list[int]) -> str:
    visitor.get("/")
    return visitor.post("/batch", order=[str(each) for each in ids])


def approve(visitor: Visitor, world: World) -> str:
    with world.app.store.read() as session:
        number = session.scalar(select(func.max(ReviewBatch.id)))
    return visitor.post(f"/batch/{number}/approve")


def stage(world: World, application_id: int) -> str:
    with world.app.store.read() as session:
        return session.get_one(Application, application_id).stage


def test_the_preview_changes_nothing_and_the_confirmation_approves_what_it_showed(world: World, zhao: Visitor) -> None:
    first = submitted(world)
    ids = [first, *more_orders(world, 2)]
    assert "将通过 3 份" in look_at(zhao, ids)
    assert stage(world, first) == Stage.BUREAU_REVIEW
    assert "已通过 3 份" in approve(zhao, world)
    assert {stage(world, each) for each in ids} == {Stage.CENTRE_REVIEW}


def test_what_would_fail_is_named_with_the_reason_and_stays(world: World, zhao: Visitor) -> None:
    """One was approved by a colleague, of one the account has been closed."""
    done = submitted(world)
    zhao.decide(done, "approve")
    closed, good = more_orders(world, 2)
    with world.app.store.write() as session:
        row = session.get_one(Application, closed)
        facts = dict(row.facts or {})
        row.facts = {**facts, "account": {**facts["account"], "status": AccountStatus.CLOSED.value}}
    page = look_at(zhao, [done, closed, good])
    assert "将通过 1 份，2 份不能通过" in page
    assert "不在您这里审核" in page
    assert "有“不通过”的问题" in page
    approve(zhao, world)
    assert (stage(world, closed), stage(world, good)) == (Stage.BUREAU_REVIEW, Stage.CENTRE_REVIEW)


def test_what_a_rule_leaves_to_a_person_is_read_beside_the_order_before_all_are_approved(
    world: World, zhao: Visitor
) -> None:
    """The carrier does not know the phone under that name."""
    world.sources.phones.clear()
    first = submitted(world)
    with world.app.store.write() as session:
        session.scalars(select(Rule).where(Rule.condition.contains("phone_name"))).first().needs_person = True
    page = look_at(zhao, [first])
    assert "将通过 1 份" in page and "其中 1 份有规则要人看的问题" in page
    assert "手机号不在联系人名下" in page
    assert "手机号不在联系人名下" not in approve(zhao, world)
    assert stage(world, first) == Stage.CENTRE_REVIEW


def test_what_a_source_says_otherwise_since_the_submission_is_looked_at_alone(world: World, zhao: Visitor) -> None:
    first = submitted(world)
    number, archive = next(iter(world.sources.accounts.items()))
    world.sources.accounts[number] = replace(archive, capacity_kva=100)
    world.wait(days=2)
    page = look_at(zhao, [first])
    assert "提交后有变化" in page
    assert stage(world, first) == Stage.BUREAU_REVIEW


def test_one_that_changed_after_the_preview_is_left_out(world: World, zhao: Visitor) -> None:
    first = submitted(world)
    (second,) = more_orders(world, 1)
    look_at(zhao, [first, second])
    world.wait(seconds=5)
    with world.app.store.write() as session:
        session.get_one(Application, first).updated_at = world.now
    page = approve(zhao, world)
    assert "预览之后有变化" in page
    assert (stage(world, first), stage(world, second)) == (Stage.BUREAU_REVIEW, Stage.CENTRE_REVIEW)


def test_a_rule_that_holds_since_the_preview_stops_the_approval(world: World, zhao: Visitor) -> None:
    """The orders have not changed; what is asked of them has."""
    ids = [submitted(world), *more_orders(world, 1)]
    look_at(zhao, ids)
    administrator = world.staff("admin", Role.ADMINISTRATOR)
    new = {"condition": "capacity_kva > 0", "severity": "blocking", "problem": "容量要重新核实。"}
    with world.app.store.write() as session:
        rule = session.scalars(select(Rule).where(Rule.name == "容量缺失")).one()
        edit(session, rule.id, new, administrator, world.now)
    assert "容量要重新核实" in approve(zhao, world)
    assert {stage(world, each) for each in ids} == {Stage.BUREAU_REVIEW}


def test_a_rule_that_begins_on_the_day_after_the_preview_stops_the_approval(world: World, zhao: Visitor) -> None:
    first = submitted(world)
    tomorrow = local_day(world.now) + timedelta(days=1)
    administrator = world.staff("admin", Role.ADMINISTRATOR)
    new = {"condition": "capacity_kva > 0", "severity": "blocking", "problem": "新规。", "valid_from": tomorrow}
    with world.app.store.write() as session:
        rule = session.scalars(select(Rule).where(Rule.name == "容量缺失")).one()
        edit(session, rule.id, new, administrator, world.now)
    assert "将通过 1 份" in look_at(zhao, [first])
    world.wait(days=1)
    assert "新规" in approve(zhao, world)
    assert stage(world, first) == Stage.BUREAU_REVIEW


def test_one_that_fails_leaves_the_others_and_the_chain_whole(world: World, zhao: Visitor) -> None:
    """In one transaction: the second of three is refused, the third follows the first."""
    ids = [submitted(world), *more_orders(world, 2)]
    look_at(zhao, ids)
    with world.app.store.write() as session:
        session.get_one(Application, ids[1]).updated_at += timedelta(seconds=1)
    approve(zhao, world)
    assert [stage(world, each) for each in ids] == [Stage.CENTRE_REVIEW, Stage.BUREAU_REVIEW, Stage.CENTRE_REVIEW]
    with world.app.store.read() as session:
        assert broken_at(session) is None
        about = session.scalars(select(Evidence.about_id).where(Evidence.what == "approved").order_by(Evidence.id))
        assert list(about) == [ids[0], ids[2]]


def test_the_page_of_a_batch_asks_as_little_for_many_orders_as_for_few(world: World, zhao: Visitor) -> None:
    first = submitted(world)
    asked = []
    for ids in ([first], more_orders(world, 9)):
        look_at(zhao, ids)
        with world.app.store.read() as session:
            number = session.scalar(select(func.max(ReviewBatch.id)))
        with counted(world) as statements:
            page = zhao.get(f"/batch/{number}")
        assert page.count(COMPANY.name) == len(ids)
        asked.append(len(statements))
    assert asked[0] == asked[1]


@pytest.mark.parametrize("when", ["before the preview", "after it"])
def test_what_the_owner_objects_to_is_passed_by_no_list(world: World, zhao: Visitor, when: str) -> None:
    """The list does not show it; who opens the order reads it and decides."""
    order = tenant_submitted(world).id
    if when == "before the preview":
        world.sms_in("有异议", phone=OWNERS_PHONE)
        assert "产权人有异议" in look_at(zhao, [order])
    else:
        assert "将通过 1 份" in look_at(zhao, [order])
        world.sms_in("有异议", phone=OWNERS_PHONE)
        assert "产权人有异议" in approve(zhao, world)
    assert stage(world, order) == Stage.BUREAU_REVIEW
    zhao.decide(order, "approve")
    assert stage(world, order) == Stage.CENTRE_REVIEW


def test_pressed_twice_nothing_is_approved_twice(world: World, zhao: Visitor) -> None:
    look_at(zhao, [submitted(world)])
    approve(zhao, world)
    approve(zhao, world)
    with world.app.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Evidence).where(Evidence.what == "approved")) == 1


def test_all_that_a_filter_finds_can_be_asked_for(world: World, zhao: Visitor) -> None:
    submitted(world)
    more_orders(world, 2)
    zhao.get("/")
    assert "将通过 3 份" in zhao.post("/batch", all="1", filter="show=due")


def test_what_another_bureau_ticks_is_not_there(world: World, console: Flask) -> None:
    first = submitted(world)
    wu = Visitor(console).enter(world, world.staff("wu", Role.HANDLER, "053002"))
    assert "没有可以通过的" in look_at(wu, [first])


def test_a_batch_is_its_makers_alone(world: World, console: Flask, zhao: Visitor) -> None:
    look_at(zhao, [submitted(world)])
    qian = Visitor(console).enter(world, world.staff("qian", Role.PRINCIPAL, "053001"))
    qian.get("/batch/1", 404)
    qian.get("/")
    qian.post("/batch/1/approve", 404)


def test_own_company_fails_in_the_preview(world: World, zhao: Visitor) -> None:
    first = submitted(world)
    with world.app.store.write() as session:
        session.scalars(select(Staff).where(Staff.login == "zhao")).one().phone = "13887654321"
    page = look_at(zhao, [first])
    assert "申请里留的手机号是您的" in page
    assert not re.search(r"确认通过", page)


class TestWhatAColleagueHasTaken:
    """“我来办”: named in the preview, and left out unless it is ticked."""

    def take(self, world: World, console: Flask, application_id: int) -> None:
        qian = Visitor(console).enter(world, world.staff("qian", Role.PRINCIPAL, "053001"))
        qian.get(f"/applications/{application_id}")
        qian.post(f"/applications/{application_id}/claim", act="take")

    def test_it_is_shown_and_left_out(self, world: World, console: Flask, zhao: Visitor) -> None:
        taken = submitted(world)
        (free,) = more_orders(world, 1)
        self.take(world, console, taken)
        page = look_at(zhao, [taken, free])
        assert "将通过 1 份" in page and "同事在办 1 份" in page and "qian" in page
        approve(zhao, world)
        assert (stage(world, taken), stage(world, free)) == (Stage.BUREAU_REVIEW, Stage.CENTRE_REVIEW)

    def test_it_passes_where_it_is_ticked_and_that_is_kept(self, world: World, console: Flask, zhao: Visitor) -> None:
        taken = submitted(world)
        self.take(world, console, taken)
        look_at(zhao, [taken])
        also = re.findall(r'name="also" value="(\d+)"', zhao.last)
        with world.app.store.read() as session:
            number = session.scalar(select(func.max(ReviewBatch.id)))
        zhao.post(f"/batch/{number}/approve", also=also)
        assert stage(world, taken) == Stage.CENTRE_REVIEW
        with world.app.store.read() as session:
            assert session.scalar(select(Evidence.about_id).where(Evidence.what == "claim_passed_over")) == taken

    def test_taken_after_the_preview_it_stays(self, world: World, console: Flask, zhao: Visitor) -> None:
        first = submitted(world)
        look_at(zhao, [first])
        world.now += timedelta(seconds=5)
        self.take(world, console, first)
        assert "预览之后qian" in approve(zhao, world)
        assert stage(world, first) == Stage.BUREAU_REVIEW
