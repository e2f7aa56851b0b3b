"""Contracts on the console: a retail company answers there what it may answer in chat, and sees its own alone."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from domain.evidence import Evidence
from domain.people.staff import Role, Staff
from tests.support.console import Visitor
from tests.support.contracts import LIN, ZHANG, Market, open_market
from tests.support.world import World


@pytest.fixture
def market(world: World) -> Market:
    """王芳 has chosen P1001 and signed; 滇源售电 is asked."""
    made = open_market(world)
    made.choose("P1001")
    made.sign()
    return made


def of(market: Market, console: Flask, login: str) -> Visitor:
    """A retail company's person, logged in."""
    with market.world.app.store.read() as session:
        staff = session.scalars(select(Staff).where(Staff.login == login)).one()
    return Visitor(console).enter(market.world, staff.id)


def digest(page: str) -> str:
    return re.search(r'name="digest" value="(\w+)"', page)[1]


def test_a_retail_company_reads_accepts_and_the_contract_is_there(market: Market, console: Flask) -> None:
    zhang = of(market, console, "r1")
    assert "等本单位答复 1" in zhang.get("/contract-requests")
    page = zhang.get("/contract-requests/1")
    assert "签订零售合同" in page and "385.50" in page and "由我代表本公司答复" in page
    said = zhang.post("/contract-requests/1/answer", answer="yes", digest=digest(page))
    assert "还没有算答复" in said
    assert market.contracts() == []
    said = zhang.post("/contract-requests/1/answer", answer="yes", digest=digest(page), read="yes")
    assert "已办好" in said
    (made,) = market.contracts()
    assert made.number in zhang.get("/contracts?show=coming")
    assert "条款（签订时的）" in zhang.get(f"/contracts/{made.id}")
    with market.world.app.store.read() as session:
        last = session.scalars(select(Evidence).where(Evidence.what == "contract_consent")).all()[-1]
        assert last.who.startswith("staff:") and last.data["channel"] == "console"


def test_what_was_answered_in_chat_is_not_answered_again(market: Market, console: Flask) -> None:
    zhang = of(market, console, "r1")
    page = zhang.get("/contract-requests/1")
    market.accept(ZHANG)
    said = zhang.post("/contract-requests/1/answer", answer="no", digest=digest(page), read="yes")
    assert "没有再改变什么" in said
    assert len(market.contracts()) == 1


def test_another_company_sees_nothing_of_it(market: Market, console: Flask) -> None:
    lin = of(market, console, "r2")
    assert "共 <b>0</b> 件" in lin.get("/contract-requests?show=open")
    lin.get("/contract-requests/1", 404)
    lin.get("/contract-requests")
    lin.post("/contract-requests/1/answer", 404, answer="yes", digest="x", read="yes")
    assert market.inbox(LIN) == []


def test_the_trading_centre_reads_all_and_answers_for_nobody(market: Market, console: Flask) -> None:
    sun = Visitor(console).enter(market.world, market.world.staff("sun", Role.REVIEWER))
    page = sun.get("/contract-requests/1")
    assert "新售电公司（滇源售电有限公司）" in page
    assert "由我代表本公司答复" not in page
    said = sun.post("/contract-requests/1/answer", answer="yes", digest=digest_of(market), read="yes")
    assert "没有再改变什么" in said
    assert market.contracts() == []


def digest_of(market: Market) -> str:
    return market.request().digest
