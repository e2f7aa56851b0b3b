"""“我来办”: whose an order is stands in the queue and on its page; it shuts nobody out, and ends by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from bot import jobs
from domain.evidence import Evidence
from domain.people.staff import Role
from domain.review import claims
from domain.review.claims import Claim
from domain.settings import SettingValue
from tests.support.console import Visitor, submitted
from tests.support.orders import more_orders
from tests.support.statements import counted
from tests.support.world import World


@pytest.fixture
def zhao(world: World, console: Flask) -> Visitor:
    """A handler of the bureau."""
    return Visitor(console).enter(world, world.staff("zhao", Role.HANDLER, "053001"))


@pytest.fixture
def qian(world: World, console: Flask) -> Visitor:
    """A colleague there."""
    return Visitor(console).enter(world, world.staff("qian", Role.PRINCIPAL, "053001"))


def press(visitor: Visitor, application_id: int, act: str = "take") -> str:
    """Press 我来办, or give the order back; the page that follows."""
    visitor.get(f"/applications/{application_id}")
    return visitor.post(f"/applications/{application_id}/claim", act=act)


def kept(world: World) -> list[tuple[str, str, object]]:
    """What the evidence says of taking and giving back."""
    with world.app.store.read() as session:
        rows = session.scalars(select(Evidence).where(Evidence.what.like("claim%")).order_by(Evidence.id))
        return [(row.what, row.who, row.data.get("from")) for row in rows]


def test_a_colleague_sees_whose_it_is_in_the_queue_and_on_the_page(world: World, zhao: Visitor, qian: Visitor) -> None:
    number = submitted(world)
    assert "您在办" in press(zhao, number)
    assert "您在办" in zhao.get("/")
    assert "zhao 在办" in qian.get("/")
    page = qian.get(f"/applications/{number}")
    assert "zhao 在办" in page and "改由我办" in page


def test_the_filters_find_mine_my_colleagues_and_what_nobody_has(world: World, zhao: Visitor, qian: Visitor) -> None:
    """And the door counts mine."""
    first = submitted(world)
    more_orders(world, 2)
    press(zhao, first)
    assert "<b>1</b>我在办的" in zhao.get("/")
    for visitor, taken, total in ((zhao, "mine", 1), (zhao, "free", 2), (qian, "mine", 0), (qian, "others", 1)):
        assert f"共 <b>{total}</b> 份" in visitor.get(f"/?taken={taken}"), (taken, total)


def test_nobody_is_locked_out(world: World, zhao: Visitor, qian: Visitor) -> None:
    """The colleague decides without taking it; what is decided is nobody's any more."""
    number = submitted(world)
    press(zhao, number)
    assert "已通过" in qian.decide(number, "approve")
    assert "您在办" not in zhao.get(f"/applications/{number}")
    assert "<b>0</b>我在办的" in zhao.get("/")


def test_it_is_taken_over_and_given_back_with_evidence(world: World, zhao: Visitor, qian: Visitor) -> None:
    """Who had it before is kept; who has it no more cannot give it back."""
    number = submitted(world)
    press(zhao, number)
    assert "您在办" in press(qian, number)
    assert "不是您在办" in press(zhao, number, "release")
    assert "已放回" in press(qian, number, "release")
    (_, first, _), (_, second, before), (last, who, _) = kept(world)
    assert (f"staff:{before}", second, last) == (first, who, "claim_released")
    assert "我来办" in zhao.get(f"/applications/{number}")


def test_after_the_hours_of_the_setting_it_is_everybodys_again(world: World, zhao: Visitor) -> None:
    with world.app.store.write() as session:
        session.add(SettingValue(name="claim_hours", value=2))
    number = submitted(world)
    assert "2 小时内没有审就放回" in press(zhao, number)
    world.wait(minutes=119)
    jobs.tend(world.app)
    assert "您在办" in zhao.get("/")
    world.wait(minutes=2)
    jobs.tend(world.app)
    assert "您在办" not in zhao.get("/")
    assert [what for what, _, _ in kept(world)] == ["claimed", "claim_expired"]


def test_the_next_one_passes_over_what_a_colleague_has(world: World, zhao: Visitor, qian: Visitor) -> None:
    """After a decision the page goes on to an order that is still free."""
    first = submitted(world)
    second, third = more_orders(world, 2)
    press(qian, second)
    page = zhao.get(f"/applications/{first}")
    assert f"/console/applications/{third}" in page
    assert f"/console/applications/{second}" not in page


def test_what_is_not_mine_to_review_cannot_be_taken(world: World, console: Flask) -> None:
    """Another bureau does not see it; the centre sees it, and it is not their turn."""
    number = submitted(world)
    wu = Visitor(console).enter(world, world.staff("wu", Role.HANDLER, "053002"))
    wu.get("/")
    wu.post(f"/applications/{number}/claim", 404)
    chen = Visitor(console).enter(world, world.staff("chen", Role.REVIEWER))
    assert "不在您这里审核" in press(chen, number)


def test_a_row_of_what_has_moved_on_is_swept_away(world: World, zhao: Visitor) -> None:
    """Without a word of evidence: the decision has said it."""
    number = submitted(world)
    press(zhao, number)
    zhao.decide(number, "approve")
    jobs.tend(world.app)
    with world.app.store.read() as session:
        assert session.scalars(select(Claim)).all() == []
    assert [what for what, _, _ in kept(world)] == ["claimed"]


def test_many_that_run_out_are_given_back_by_as_many_statements_as_one(world: World, zhao: Visitor) -> None:
    """But for the fact of each, which is a row of its own."""

    def run_out(ids: list[int]) -> int:
        for each in ids:
            press(zhao, each)
        world.now += timedelta(hours=25)
        with counted(world) as asked, world.app.store.write() as session:
            assert claims.expire(session, world.now) == len(ids)
        return len([each for each in asked if not each.startswith("INSERT")])

    first = submitted(world)
    assert run_out([first]) == run_out(more_orders(world, 3))
