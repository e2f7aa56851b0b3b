"""Whether a user may trade: one answer in chat, on the SMS page and on the console, from the choice to the contract."""

from __future__ import annotations

import html

import pytest

from domain.market.months import first_day, month_of
from domain.market.readiness import readiness
from domain.people.staff import Role
from domain.registration.applications import Application
from domain.workdays import local_day
from tests.support.console import Visitor, newest
from tests.support.contracts import LIN, Market, open_market
from tests.support.world import World


@pytest.fixture
def market(world: World) -> Market:
    return open_market(world)


def words(market: Market) -> str:
    """What the one function says now."""
    world = market.world
    with world.app.store.read() as session:
        application = session.get_one(Application, newest(world).id)
        return readiness(session, application, month_of(local_day(world.now))).words


def everywhere(market: Market) -> str:
    """The same words in chat and on the console, or this fails."""
    said = words(market)
    office = Visitor(market.world.web).enter(market.world, market.world.staff("zhou", Role.ADMINISTRATOR))
    shown = html.unescape(office.get(f"/applications/{newest(market.world).id}"))
    assert said in market.say("进度") and said in shown
    return said


def test_until_somebody_is_chosen_and_has_agreed_nobody_trades(market: Market) -> None:
    """Each step says what is still to come, and who is waited for."""
    assert "还没有售电公司，回复“套餐”可以选" in everywhere(market)
    market.choose("P2001")
    assert "还要您确认" in everywhere(market)
    market.sign()
    assert "等" in everywhere(market) and "答复，最迟" in words(market)
    market.accept(LIN)
    assert "合同从" in everywhere(market)
    until = first_day(market.contracts()[0].first_month) - local_day(market.world.now)
    market.world.wait(days=until.days)
    assert everywhere(market).startswith("可以交易：云岭售电有限公司“安心固定价”")


def test_who_moves_to_wholesale_leaves_no_request_behind(market: Market) -> None:
    """What was still asked for is closed with the move, and the retail company hears so."""
    market.choose("P2001")
    market.sign()
    market.say("转到批发市场")
    market.sign("转到批发市场")
    assert market.request().closed_why.startswith("用户已转到批发市场")
    assert "用户已转到批发市场" in market.inbox(LIN)[-1]
    assert "数字证书" in everywhere(market)
