"""The roll of retail companies and the market's monthly price on the console."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from domain.evidence import Evidence
from domain.market import prices
from domain.market.months import code, month_of
from domain.market.retailers import Retailer, RetailerState
from domain.people.staff import Role
from domain.workdays import local_day
from tests.support.console import Visitor
from tests.support.market import retailer
from tests.support.world import START, World

LAST = month_of(local_day(START)) - 1


@pytest.fixture
def zhou(world: World, console: Flask) -> Visitor:
    """The centre's administrator, logged in; one company is on the roll."""
    with world.app.store.write() as session:
        retailer(session, world.now)
    return Visitor(console).enter(world, world.staff("zhou", Role.ADMINISTRATOR))


def state(world: World) -> str:
    with world.app.store.read() as session:
        return session.scalars(select(Retailer)).one().state


def known(world: World) -> dict[int, Decimal]:
    with world.app.store.read() as session:
        return prices.known(session)


def test_a_company_is_put_on_the_roll_once(zhou: Visitor) -> None:
    zhou.get("/retailers")
    assert "已列入名录" in zhou.post("/retailers", code="R009", name="新源售电有限公司")
    zhou.get("/retailers")
    assert "已在名录里" in zhou.post("/retailers", 400, code="R009", name="新源售电有限公司")
    assert "新源售电有限公司" in zhou.get("/retailers")


def test_a_state_is_changed_with_a_reason_that_stays(world: World, zhou: Visitor) -> None:
    zhou.get("/retailers/1")
    assert "请写明原因" in zhou.post("/retailers/1/state", state="suspended", why="")
    assert state(world) == RetailerState.ACTIVE
    assert "暂停新签" in zhou.post("/retailers/1/state", state="suspended", why="履约保函到期未续")
    assert state(world) == RetailerState.SUSPENDED
    assert "履约保函到期未续" in zhou.get("/retailers/1")
    assert "滇源售电" in zhou.get("/retailers?state=suspended")
    assert "滇源售电" not in zhou.get("/retailers?state=active")
    with world.app.store.read() as session:
        fact = session.scalars(select(Evidence).where(Evidence.what == "retailer_state")).one()
    assert (fact.data["old"], fact.data["new"], fact.who) == ("active", "suspended", "staff:1")


@pytest.mark.parametrize("score", ["101", "-1", "好"])
def test_a_service_score_is_of_a_hundred(zhou: Visitor, score: str) -> None:
    zhou.get("/retailers/1")
    assert "0 到 100 的整数" in zhou.post("/retailers/1/about", service_score=score)
    zhou.get("/retailers/1")
    assert "服务评分 77" in zhou.post("/retailers/1/about", service_score="77", about="国企", phone="0871-1")


def test_a_price_is_published_corrected_and_both_stay_to_be_seen(world: World, zhou: Visitor) -> None:
    zhou.get("/market-prices")
    zhou.post("/market-prices", month=code(LAST), price="372.5")
    shown = zhou.post("/market-prices", month=code(LAST), price="371.20")
    assert "<del>372.5</del> → <ins>371.20</ins>" in shown
    assert known(world) == {LAST: Decimal("371.20")}


@pytest.mark.parametrize(
    ("month", "price"),
    [(code(LAST), "0"), (code(LAST), "三百"), (code(LAST), "372.555"), (code(LAST + 1), "372"), ("x", "372")],
)
def test_no_price_is_published_that_cannot_be(world: World, zhou: Visitor, month: str, price: str) -> None:
    zhou.get("/market-prices")
    zhou.post("/market-prices", 400, month=month, price=price)
    assert known(world) == {}


def test_a_retail_company_reads_prices_and_publishes_none(world: World, zhou: Visitor, console: Flask) -> None:
    li = Visitor(console).enter(world, world.staff("li", Role.HANDLER, "R001"))
    token = zhou.get("/market-prices") and zhou.token()
    assert token and "公布或更正" not in li.get("/market-prices")
    li.post("/market-prices", 403, csrf_token=_token_of(li), month=code(LAST), price="1")
    li.post("/retailers/1/state", 403, csrf_token=_token_of(li), state="left", why="不想做了")
    assert known(world) == {} and state(world) == RetailerState.ACTIVE


def _token_of(visitor: Visitor) -> str:
    visitor.get("/packages/new")
    return visitor.token()
