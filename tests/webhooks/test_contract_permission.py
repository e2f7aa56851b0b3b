"""A retail company's program signs in a person's name only after that person's own yes, on their own phone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from bot import proxies
from bot.evidence_pdf import pdf
from domain.contracts.tables import Request
from domain.evidence import Evidence
from domain.evidence_pack import check_pack, of_application, of_request
from domain.people.staff import Role, Staff
from domain.proxies.tables import ProxyKey
from domain.registration.applications import Application
from tests.support.console import Visitor, newest
from tests.support.contracts import COMPANIES, ZHANG, Market, open_market
from tests.support.proxies import Program, program
from tests.support.world import World
from webhooks.console.evidence_words import EVIDENCE

PATH, ASK = "/contract-requests", "/contract-permissions"


@pytest.fixture
def market(world: World) -> Market:
    """王芳 may choose; 张敏 sells for 滇源售电."""
    return open_market(world)


@pytest.fixture
def seller(market: Market) -> Program:
    """滇源售电's program, which nobody has allowed anything."""
    return program(market.world, code="R001", name=COMPANIES[0][1], days=360)


def wanted(market: Market, seller: Program) -> dict[str, Any]:
    """王芳 has chosen P1001 and signed; the yes that the program would send."""
    market.choose("P1001")
    market.sign()
    (seen,) = seller.get(PATH).json["items"]
    return {
        "path": f"{PATH}/{seen['number']}/answer",
        "body": {"staff": "r1", "answer": "yes", "digest": seen["digest"]},
    }


def answer(seller: Program, word: dict[str, Any]) -> Any:
    return seller.post(word["path"], word["body"])


def facts(world: World, what: str) -> list[Evidence]:
    with world.app.store.read() as session:
        return list(session.scalars(select(Evidence).where(Evidence.what == what).order_by(Evidence.id)))


def test_without_the_persons_yes_nothing_is_signed_and_the_answer_says_how_to_get_it(
    market: Market, seller: Program
) -> None:
    word = wanted(market, seller)
    said = answer(seller, word)
    assert (said.status_code, said.json["code"]) == (403, "not_permitted")
    assert "张敏还没有在自己的手机上同意" in said.json["detail"] and "POST /contract-permissions" in said.json["detail"]
    assert market.request().state == "open" and facts(market.world, "contract_answer_refused")
    refused = seller.post(PATH, {"staff": "r1", "user": str(newest(market.world).number), "package": "P1002"})
    assert refused.json["code"] == "not_permitted"


def test_the_person_is_asked_once_by_code_and_one_time_code_and_then_the_program_may(
    market: Market, seller: Program
) -> None:
    word = wanted(market, seller)
    asked = seller.post(ASK, {"staff": "r1"})
    assert (asked.status_code, asked.json["state"], asked.json["program"]) == (202, "asked", "生产系统")
    assert seller.post(ASK, {"staff": "r1"}).json["id"] == asked.json["id"]
    question = next(text for text in market.inbox(ZHANG) if "以您的名义" in text)
    assert all(part in question for part in ("滇源售电", "生产系统", "接受、拒绝、提出合同请求", "2027年", "撤回授权"))
    assert "已在问张敏本人" in answer(seller, word).json["detail"]
    market.retailer(ZHANG, f"同意 {market.code_of(ZHANG)}")
    assert answer(seller, word).json["code"] == "not_permitted"  # the one-time code is still out
    codes = [text for text in market.inbox(ZHANG) if "回复验证码" in text]
    assert "可以以您的名义" in market.retailer(ZHANG, re.findall(r"\d{6}", codes[-1])[-1])
    assert answer(seller, word).json["state"] == "agreed" and len(market.contracts()) == 1
    given = seller.get(ASK).json["items"][0]
    assert (given["staff"], given["state"], given["title"]) == ("r1", "given", "本人已同意")
    last = facts(market.world, "contract_consent")[-1]
    assert last.data["permission"] == given["id"] and last.data["permitted_until"].startswith("2027")


def test_a_no_counts_and_the_program_may_not_ask_again_at_once(market: Market, seller: Program) -> None:
    seller.post(ASK, {"staff": "r1"})
    assert "没有同意" in market.retailer(ZHANG, f"不同意 {market.code_of(ZHANG)}")
    assert seller.post(ASK, {"staff": "r1"}).json["code"] == "asked_before"
    assert seller.get(ASK).json["items"][0]["title"] == "本人不同意"
    assert answer(seller, wanted(market, seller)).json["code"] == "not_permitted"


def test_silence_is_no_yes_and_the_person_may_be_asked_again(market: Market, seller: Program) -> None:
    first = seller.post(ASK, {"staff": "r1"}).json
    market.world.wait(days=4)
    proxies.tend(market.world.app)
    assert seller.get(ASK).json["items"][0]["state"] == "lapsed"
    assert seller.post(ASK, {"staff": "r1"}).json["id"] != first["id"]


def test_a_yes_is_for_one_program_one_person_and_its_days(market: Market, seller: Program) -> None:
    market.lend_name(seller, ZHANG, "r1")
    word = wanted(market, seller)
    with market.world.app.store.write() as session:
        other = session.scalars(select(Staff).where(Staff.login == "r1")).one()
        colleague = Staff(login="r9", name="李四", role=Role.HANDLER, password="00:00")
        colleague.organisation_id = other.organisation_id
        session.add(colleague)
        key = session.scalars(select(ProxyKey)).one()
        key.name = "测试系统"
    assert answer(seller, word).json["code"] == "not_permitted"  # her yes was to 生产系统
    with market.world.app.store.write() as session:
        session.scalars(select(ProxyKey)).one().name = "生产系统"
    told = seller.post(word["path"], {**word["body"], "staff": "r9"}).json
    assert told["code"] == "not_permitted" and "李四" in told["detail"]
    assert seller.post(ASK, {"staff": "r9"}).json["code"] == "unreachable"
    assert seller.post(ASK, {"staff": "r2"}).json["code"] == "not_staff"


def test_after_its_last_day_a_yes_is_over(market: Market, seller: Program) -> None:
    market.lend_name(seller, ZHANG, "r1")
    with market.world.app.store.write() as session:
        for key in session.scalars(select(ProxyKey)):
            key.expires_at += timedelta(days=30)  # the key goes on for longer than the yes
    market.world.now += timedelta(days=366)
    assert seller.get(ASK).json["items"][0]["state"] == "expired"
    assert seller.post(ASK, {"staff": "r1"}).json["state"] == "asked"


def test_the_person_takes_it_back_in_chat_and_what_was_signed_stays(market: Market, seller: Program) -> None:
    market.lend_name(seller, ZHANG, "r1")
    assert "生产系统" in market.retailer(ZHANG, "我的授权")
    market.retailer(ZHANG, "撤回授权")
    assert "不能再以您的名义" in market.retailer(ZHANG, f"确认撤回 {market.code_of(ZHANG)}")
    assert answer(seller, wanted(market, seller)).json["code"] == "not_permitted"
    assert facts(market.world, "proxy_withdrawn")[-1].who.startswith("contact:")
    assert seller.post(ASK, {"staff": "r1"}).json["state"] == "asked"


def test_the_login_given_to_somebody_else_does_not_bring_the_yes_along(market: Market, seller: Program) -> None:
    market.lend_name(seller, ZHANG, "r1")
    with market.world.app.store.write() as session:
        staff = {each.login: each for each in session.scalars(select(Staff))}
        staff["r1"].contact_id, staff["r2"].contact_id = staff["r2"].contact_id, None
    assert answer(seller, wanted(market, seller)).json["code"] == "not_permitted"


def test_an_administrator_ends_it_with_a_reason_and_the_person_is_told(
    console: Flask, market: Market, seller: Program
) -> None:
    market.lend_name(seller, ZHANG, "r1")
    zhou = Visitor(console).enter(market.world, market.world.staff("zhou", Role.ADMINISTRATOR))
    page = zhou.get(f"/proxies/{seller.proxy_id}")
    assert "张敏" in page and "被署名的工作人员本人" in page
    end = f"/proxies/{seller.proxy_id}/permissions/1/end"
    assert "请写明原因" in zhou.post(end, why=" ")
    assert "授权已结束" in zhou.post(end, why="密钥外泄")
    assert answer(seller, wanted(market, seller)).json["code"] == "not_permitted"
    market.world.wait(minutes=2)
    assert any("已结束程序以您名义" in text for text in market.inbox(ZHANG))
    assert "这项授权已经不在了" in zhou.post(end, why="密钥外泄")


@pytest.mark.parametrize("whole", [True, False], ids=["of the application", "of the request"])
def test_the_pack_names_the_permission_and_its_time(market: Market, seller: Program, whole: bool) -> None:
    market.lend_name(seller, ZHANG, "r1")
    answer(seller, wanted(market, seller))
    with market.world.app.store.write() as session:
        sun = session.scalars(select(Staff).where(Staff.login == "sun")).one()
        if whole:
            pack = of_application(session, session.scalars(select(Application)).one(), sun, market.world.now)
        else:
            pack = of_request(session, session.scalars(select(Request)).one(), sun, market.world.now)
    (said,) = pack["weaker"].values()
    assert re.search(r"本人2026-\d\d-\d\d \d\d:\d\d在自己的手机上同意过由该程序署名（授权编号1，有效到2027-", said)
    asked, given = (
        next(row for row in pack["rows"] if row["what"] == each) for each in ("proxy_asked", "proxy_answered")
    )
    assert "接受、拒绝、提出合同请求" in asked["data"]["shown"] and given["data"]["program_name"] == "生产系统"
    proof = next(row for row in pack["rows"] if row["data"].get("purpose") == "authorise_proxy")
    assert proof["data"]["second_factor"] and check_pack(pack) == []
    assert pdf(pack, EVIDENCE)
