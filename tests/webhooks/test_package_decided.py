"""When the trading centre has decided about a package, the retail company's people hear it: which, why, what next."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from domain.messages.messages import OutboundMessage
from domain.packages.tables import PackageVersion
from domain.people.staff import Role
from tests.support.console import Visitor
from tests.support.contracts import COMPANIES, LIN, ZHANG, Market, open_market
from tests.support.proxies import program
from tests.support.terms import written
from tests.support.world import World


@pytest.fixture
def market(world: World) -> Market:
    """张敏 of 滇源售电 and 林涛 of 云岭售电 answer by SMS."""
    return open_market(world)


def decided(market: Market, console: Flask, **decision: str) -> str:
    """滇源售电 hands a package in, and sun of the trading centre decides on the console; its code."""
    seller = program(market.world, code="R001", name=COMPANIES[0][1])
    body = {**written(), "name": "彩云固定价", "offered_from": "2026-12-01"}
    number = seller.post("/packages", body).json["id"]
    seller.post(f"/packages/{number}/submit")
    with market.world.app.store.read() as session:
        newest = select(PackageVersion).order_by(PackageVersion.id.desc()).limit(1)
        version = session.scalars(newest).one()
        of, code = version.id, f"{version.package.code}-1"
    sun = Visitor(console).enter(market.world, market.world.staff("chen", Role.REVIEWER))
    sun.get(f"/packages/versions/{of}")
    sun.post(f"/packages/versions/{of}/decide", **decision)
    market.world.wait(minutes=2)
    return code


def told(market: Market, code: str) -> str:
    """The whole notice about a package, as WeChat and the console show it."""
    with market.world.app.store.read() as session:
        rows = session.scalars(select(OutboundMessage).where(OutboundMessage.event == "package_decided")).all()
        return "".join(row.body["text"] for row in rows if code in row.body["text"])


def test_an_approval_says_from_when_it_can_be_chosen_and_how_to_propose_it(market: Market, console: Flask) -> None:
    code = decided(market, console, decision="approve")
    assert f"套餐{code}已审核通过，12月1日起可选" in market.inbox(ZHANG)[-1]
    assert f"回复“提议 用户编号 {code.partition('-')[0]}”" in told(market, code)


def test_a_refusal_says_the_reason_and_what_to_do_next(market: Market, console: Flask) -> None:
    code = decided(market, console, decision="refuse", why="价格高于省内上限")
    assert f"套餐{code}未通过：价格高于省内上限。请登录审核台处理" in market.inbox(ZHANG)[-1]
    assert "改好后再提交" in told(market, code) and "价格高于省内上限" in told(market, code)


def test_nobody_else_hears_of_it(market: Market, console: Flask) -> None:
    code = decided(market, console, decision="refuse", why="价格高于省内上限")
    assert not any(code in text for text in market.inbox(LIN))
