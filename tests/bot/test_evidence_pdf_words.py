"""No code of ours is left in the evidence pack's PDF: purposes, channels, states and reasons are in Chinese."""

from __future__ import annotations

import re
from typing import Any

import pypdfium2
from sqlalchemy import select

from bot.evidence_pdf import pdf
from domain.contracts.tables import Request
from domain.evidence_pack import of_application
from domain.people.staff import Role, Staff
from domain.registration.applications import Application
from domain.settings import change
from tests.support.console import newest
from tests.support.contracts import COMPANIES, LIN, ZHANG, Market, open_market
from tests.support.proxies import program
from tests.support.world import World
from webhooks.console.evidence_words import EVIDENCE


def whole_life(market: Market) -> None:
    """A first contract by a program's word, a change refused, another company, an end not agreed to, a renewal by
    silence, a 不续约, and the end."""
    seller = program(market.world, code="R001", name=COMPANIES[0][1], days=360)
    market.lend_name(seller, ZHANG, "r1")
    market.choose("P1001")
    market.sign()
    (seen,) = seller.get("/contract-requests").json["items"]
    word = {"staff": "r1", "answer": "yes", "digest": seen["digest"]}
    seller.post(f"/contract-requests/{seen['number']}/answer", {**word, "digest": "0" * 64})
    seller.post(f"/contract-requests/{seen['number']}/answer", word)
    market.choose("P1002", "now")
    market.sign()
    market.accept(ZHANG, "不同意")
    market.choose("P2002", "now")
    market.sign()
    market.accept(ZHANG)
    market.accept(LIN)
    market.say("提前终止")
    market.sign()
    market.nights(20)
    skip(market, 4, 1)
    market.nights(65)
    skip(market, 9, 1)
    market.say("不续约")
    market.say("确认不续约")
    market.nights(5)
    skip(market, 11, 28)
    market.nights(5)


def skip(market: Market, month: int, day: int) -> None:
    """Nothing happens until that day of the next year."""
    market.world.now = market.world.now.replace(year=2027, month=month, day=day)


def taken(world: World) -> dict[str, Any]:
    """The pack of the application with all its contracts, as sun of the trading centre takes it away."""
    with world.app.store.write() as session:
        sun = session.scalars(select(Staff).where(Staff.login == "sun")).one()
        assert len(session.scalars(select(Request)).all()) == 4
        return of_application(session, session.get_one(Application, newest(world).id), sun, world.now)


def codes_in(pack: dict[str, Any]) -> set[str]:
    """The English words of the PDF, but for marks, message numbers, people's names and the formula itself."""
    pages = pypdfium2.PdfDocument(pdf(pack, EVIDENCE))
    text = "".join("".join(page.get_textpage().get_text_range() for page in pages).split())
    for known in (pack["canonical"], *(each["name"] for each in pack["people"].values() if each["name"])):
        text = text.replace("".join(known.split()), "")
    text = re.sub(r"[0-9a-f]{12,}|api:\S+?-\d+|dk_\w+|\bs\d+|SHA-256|JSON|UTF-8|ASCII", "", text)
    return set(re.findall(r"[a-z]{2,}[a-z_:]*", text))


def test_no_code_is_left_in_the_pack_of_a_contracts_whole_life(world: World) -> None:
    market = open_market(world)
    admin = world.staff("zhou2", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        change(session, "second_factor_for", "submit,contract,not_renew,authorise_proxy", admin, world.now)
    whole_life(market)
    pack = taken(world)
    whats = {row["what"] for row in pack["rows"]}
    assert {"contract_over", "contract_expiry_told", "contract_not_renewed", "contract_answer_refused"} <= whats
    assert codes_in(pack) == set()
