"""A retail company's program answers and proposes contracts: what was seen is what is agreed to, in a person's name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pypdfium2 import PdfDocument
from sqlalchemy import select

from bot.evidence_pdf import pdf
from domain.contracts.tables import Request
from domain.evidence import Evidence
from domain.evidence_pack import of_request
from domain.people.staff import Staff
from domain.settings import SettingValue
from tests.support.console import newest
from tests.support.contracts import COMPANIES, ZHANG, Market, open_market
from tests.support.proxies import Program, program
from tests.support.world import World
from webhooks.console.evidence_words import EVIDENCE

PATH = "/contract-requests"


@pytest.fixture
def market(world: World) -> Market:
    """王芳 may choose; 滇源售电 and 云岭售电 sell."""
    return open_market(world)


@pytest.fixture
def seller(market: Market) -> Program:
    """The program of 滇源售电, whose 张敏 has the login r1 and lets it sign in her name."""
    made = program(market.world, code="R001", name=COMPANIES[0][1], days=360)
    market.lend_name(made, ZHANG, "r1")
    return made


def wanted(market: Market) -> None:
    """王芳 has chosen P1001 and signed."""
    market.choose("P1001")
    market.sign()


def word(seen: dict[str, Any], answer: str = "yes", **changed: str) -> dict[str, str]:
    """What the program answers to what it has seen."""
    return {"staff": "r1", "answer": answer, "digest": seen["digest"], **changed}


def facts(world: World, what: str) -> list[Evidence]:
    with world.app.store.read() as session:
        return list(session.scalars(select(Evidence).where(Evidence.what == what).order_by(Evidence.id)))


def test_a_program_sees_what_waits_agrees_to_exactly_that_and_the_contract_is_there(
    market: Market, seller: Program
) -> None:
    wanted(market)
    (seen,) = seller.get(PATH).json["items"]
    assert "安心固定价" in seen["shown"] and seen["waits_for_mine"] and seen["mine"] == "new"
    done = seller.post(f"{PATH}/{seen['number']}/answer", word(seen))
    assert (done.status_code, done.json["state"]) == (200, "agreed") and "已办好" in done.json["said"]
    assert len(market.contracts()) == 1 and seller.get(PATH).json == {"items": []}
    last = facts(market.world, "contract_consent")[-1]
    assert last.data["channel"] == "api" and last.data["program"] == f"proxy:{seller.proxy_id}"
    assert last.data["digest"] == seen["digest"] and last.who.startswith("staff:")
    assert last.data["rules"]["contract_consent_by_api"] is True


def test_who_was_named_learns_what_was_said_in_their_name(market: Market, seller: Program) -> None:
    wanted(market)
    (seen,) = seller.get(PATH).json["items"]
    seller.post(f"{PATH}/{seen['number']}/answer", word(seen, "no"))
    market.world.wait(minutes=1)
    assert any("程序以您的名义答复“不同意”：签订零售合同" in text for text in market.inbox(ZHANG))
    assert market.request().state == "refused" and market.contracts() == []


def test_the_same_answer_twice_is_one(market: Market, seller: Program) -> None:
    wanted(market)
    (seen,) = seller.get(PATH).json["items"]
    first, second = (seller.post(f"{PATH}/{seen['number']}/answer", word(seen), repeat="one") for _ in range(2))
    assert first.json == second.json and second.headers["Idempotency-Replayed"] == "true"
    assert len(facts(market.world, "contract_consent")) == 2


def test_a_stale_hash_counts_for_nothing_and_is_kept(market: Market, seller: Program) -> None:
    wanted(market)
    (seen,) = seller.get(PATH).json["items"]
    said = seller.post(f"{PATH}/{seen['number']}/answer", word(seen, digest="0" * 64))
    assert (said.status_code, said.json["code"]) == (409, "changed") and "重新查询" in said.json["detail"]
    assert market.request().state == "open"
    assert facts(market.world, "contract_answer_refused")[-1].data["channel"] == "api"


def test_another_companys_program_finds_nothing_and_its_try_is_kept(market: Market, seller: Program) -> None:
    wanted(market)
    (seen,) = seller.get(PATH).json["items"]
    other = program(market.world, code="R002", name=COMPANIES[1][1])
    assert other.get(PATH).json == {"items": []}
    assert other.get(f"{PATH}/{seen['number']}").status_code == 404
    said = other.post(f"{PATH}/{seen['number']}/answer", word(seen, staff="r2"))
    assert (said.status_code, said.json["code"]) == (404, "not_found")
    assert market.request().state == "open"
    assert facts(market.world, "contract_answer_refused")[-1].who == f"proxy:{other.proxy_id}"


@pytest.mark.parametrize("login", ["r2", "sun", "nobody"])
def test_only_the_companys_own_people_can_be_named(market: Market, seller: Program, login: str) -> None:
    wanted(market)
    (seen,) = seller.get(PATH).json["items"]
    said = seller.post(f"{PATH}/{seen['number']}/answer", word(seen, staff=login))
    assert (said.status_code, said.json["code"]) == (403, "not_staff")
    assert market.request().state == "open" and facts(market.world, "contract_answer_refused")


def test_a_late_answer_changes_nothing_and_says_so(market: Market, seller: Program) -> None:
    wanted(market)
    (seen,) = seller.get(PATH).json["items"]
    market.world.now = market.request().deadline + timedelta(seconds=30)
    said = seller.post(f"{PATH}/{seen['number']}/answer", word(seen))
    assert (said.status_code, said.json["code"]) == (409, "too_late") and "答复时间已过" in said.json["detail"]
    assert market.contracts() == []


def test_where_the_market_takes_no_word_by_program_nothing_is_changed_and_the_try_is_kept(
    market: Market, seller: Program
) -> None:
    wanted(market)
    (seen,) = seller.get(PATH).json["items"]
    with market.world.app.store.write() as session:
        session.merge(SettingValue(name="contract_consent_by_api", value=False))
    said = seller.post(f"{PATH}/{seen['number']}/answer", word(seen))
    assert (said.status_code, said.json["code"]) == (403, "not_allowed") and "审核台" in said.json["detail"]
    assert market.contracts() == [] and facts(market.world, "contract_answer_refused")
    assert "已办好" in market.accept(ZHANG)


def test_what_the_user_has_not_signed_is_not_there_for_the_program(market: Market, seller: Program) -> None:
    market.choose("P1001")
    number = market.request().number
    assert seller.get(PATH).json == {"items": []} and seller.get(f"{PATH}/{number}").status_code == 404


def test_a_program_proposes_signs_what_it_was_shown_and_only_then_is_the_user_asked(
    market: Market, seller: Program
) -> None:
    made = seller.post(PATH, {"staff": "r1", "user": order(market), "package": "P1001"})
    assert made.status_code == 201 and made.headers["Location"] == f"/api/v1{PATH}/{made.json['number']}"
    before = len(market.world.sms.sent)
    assert [each["number"] for each in seller.get(PATH).json["items"]] == [made.json["number"]]
    said = seller.post(f"{PATH}/{made.json['number']}/answer", word(made.json))
    assert said.json["state"] == "open" and "还等用户答复" in said.json["said"]
    market.world.wait(minutes=2)
    assert len(market.world.sms.sent) > before
    assert market.contracts() == []
    market.sign()
    assert len(market.contracts()) == 1


def test_with_a_contract_it_must_say_from_when(market: Market, seller: Program) -> None:
    wanted(market)
    (seen,) = seller.get(PATH).json["items"]
    seller.post(f"{PATH}/{seen['number']}/answer", word(seen))
    number = market.contracts()[0].number
    asked = {"staff": "r1", "user": number, "package": "P1002"}
    market.world.now = market.world.now.replace(year=2027, month=3, day=1)
    assert [each["field"] for each in seller.post(PATH, asked).json["problems"]] == ["begins"]
    later = seller.post(PATH, {**asked, "begins": "end"}).json
    assert (later["first_month"], later["kind"]) == ("2027-12", "package")
    assert seller.post(PATH, {**asked, "begins": "now"}).json["first_month"] == "2027-04"


def test_it_proposes_only_its_own_packages_to_users_it_may_know(market: Market, seller: Program) -> None:
    whole = {"staff": "r1", "user": order(market), "package": "P1001"}
    assert seller.post(PATH, {**whole, "package": "P2001"}).json["code"] == "not_found"
    assert seller.post(PATH, {**whole, "user": "HT20200101000001"}).json["code"] == "not_found"
    assert seller.post(PATH, {**whole, "staff": "r2"}).json["code"] == "not_staff"
    assert seller.post(PATH, whole).status_code == 201
    assert market.request().proposer.startswith("staff:")


def test_nobody_looks_a_whole_market_up_by_proposing(market: Market, seller: Program) -> None:
    """What found nobody counts as well; the next day it goes on."""
    with market.world.app.store.write() as session:
        session.merge(SettingValue(name="proxy_offers_a_day", value=2))
    tried = [seller.post(PATH, {"staff": "r1", "user": f"053000000000000{n}", "package": "P1001"}) for n in range(3)]
    assert [each.json["code"] for each in tried] == ["not_found", "not_found", "too_many"]
    market.world.wait(days=1)
    assert seller.post(PATH, {"staff": "r1", "user": order(market), "package": "P1001"}).status_code == 201


def test_a_key_without_the_scope_and_a_company_on_no_roll_are_told_so(market: Market) -> None:
    without = program(market.world, code="R001", name=COMPANIES[0][1], scopes=("read", "packages"))
    said = without.get(PATH).json
    assert said["code"] == "scope_missing" and "答复和提议合同" in said["detail"]
    assert program(market.world, code="R007", name="不在名录的公司").get(PATH).json["code"] == "not_a_retailer"


def order(market: Market) -> str:
    """The number of 王芳's application."""
    return str(newest(market.world).number)


def test_the_pack_says_honestly_that_such_a_word_is_weaker(market: Market, seller: Program) -> None:
    wanted(market)
    (seen,) = seller.get(PATH).json["items"]
    seller.post(f"{PATH}/{seen['number']}/answer", word(seen))
    with market.world.app.store.write() as session:
        sun = session.scalars(select(Staff).where(Staff.login == "sun")).one()
        pack = of_request(session, session.scalars(select(Request)).one(), sun, market.world.now)
    (said,) = pack["weaker"].values()
    assert "没有本人手机上的验证码" in said and list(pack["weaker"]) == [str(by_program(pack))]
    text = "".join(page.get_textpage().get_text_range() for page in PdfDocument(pdf(pack, EVIDENCE)))
    assert "证明力弱于" in text.replace("\r\n", "") and "渠道接口" in text.replace("\r\n", "").replace(" ", "")


def by_program(pack: dict[str, Any]) -> int:
    """The row of the pack that holds the program's word."""
    return next(row["id"] for row in pack["rows"] if row["data"].get("channel") == "api")
