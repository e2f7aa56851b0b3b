"""A retail company's program keeps its packages: the same catalogue as on the console, and nobody else's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from domain.evidence import Evidence
from domain.packages import catalogue
from domain.people.staff import Role, Staff
from tests.support.market import retailer
from tests.support.proxies import NAME, Program, program
from tests.support.terms import written
from tests.support.world import World

BODY: dict[str, Any] = {**written(), "name": "安心固定价", "offered_from": "2026-11-23"}


@pytest.fixture
def seller(world: World) -> Program:
    """The program of a company on the roll."""
    with world.app.store.write() as session:
        retailer(session, world.now, "R001", NAME)
    return program(world)


def decided(world: World, version_id: int, why: str = "") -> None:
    """The trading centre decides, as the console would."""
    world.staff("sun", Role.REVIEWER)
    with world.app.store.write() as session:
        sun = session.scalars(select(Staff).where(Staff.login == "sun")).one()
        version = catalogue.locked(session, version_id)
        assert version is not None
        if why:
            catalogue.refuse(session, sun, version, why, world.now)
        else:
            catalogue.approve(session, sun, version, world.now)


def test_a_package_goes_its_whole_way(world: World, seller: Program) -> None:
    made = seller.post("/packages", BODY)
    assert made.status_code == 201 and made.headers["Location"] == "/api/v1/packages/1"
    (draft,) = made.json["versions"]
    assert (draft["code"], draft["state"], draft["prices"], draft["page"]) == (
        "P0001-1",
        "draft",
        {"all": "385.50"},
        None,
    )
    assert seller.post("/packages/1/submit").json["versions"][0]["state"] == "submitted"
    decided(world, 1)
    (shown,) = seller.get("/packages/1").json["versions"]
    assert (shown["state"], shown["page"]) == ("approved", "/packages/P0001-1")
    assert world.door.get(shown["page"]).status_code == 200
    assert seller.post("/packages/1/versions", {**BODY, "prices": {"all": "379.00"}}).status_code == 201
    assert [each["state"] for each in seller.get("/packages/1").json["versions"]] == ["approved", "draft"]
    assert seller.post("/packages/1/withdraw").json["versions"][0]["state"] == "withdrawn"
    with world.app.store.read() as session:
        whos = session.scalars(select(Evidence.who).where(Evidence.what == "package_submitted")).all()
    assert whos == [f"proxy:{seller.proxy_id}"]


def test_of_two_packages_with_one_name_at_one_moment_one_is_made(world: World, seller: Program) -> None:
    """Two requests of the company's program at once: the other reads in Chinese that the name is taken."""

    def make(key: str) -> Any:
        headers = {"Authorization": f"Bearer {seller.key}", "Idempotency-Key": key}
        return world.web.test_client().post("/api/v1/packages", json=BODY, headers=headers)

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(make, ("first-0001", "second-0001")), key=lambda each: each.status_code)
    assert [each.status_code for each in answers] == [201, 409]
    assert "已经有一个套餐叫" in answers[1].get_data(as_text=True)
    assert len(seller.get("/packages").json["items"]) == 1


def test_a_refusal_is_read_with_its_reason(world: World, seller: Program) -> None:
    seller.post("/packages", BODY)
    seller.post("/packages/1/submit")
    decided(world, 1, "价格高于省内上限")
    assert seller.get("/packages").json["items"][0]["versions"][0]["refusal"] == "价格高于省内上限"


def test_what_is_wrong_is_named_field_by_field(seller: Program) -> None:
    answer = seller.post("/packages", {**BODY, "months": 99, "offered_to": "2026-01-01"})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert {each["field"] for each in answer.json["problems"]} == {"months", "offered_to"}
    assert seller.get("/packages").json == {"items": []}


@pytest.mark.parametrize("price", [385.5, "385.505", "-1", "1e3", "三百"])
def test_a_price_that_is_no_exact_text_is_refused(seller: Program, price: object) -> None:
    assert seller.post("/packages", {**BODY, "prices": {"all": price}}).json["code"] == "invalid"


def test_the_same_request_twice_makes_one_package(seller: Program) -> None:
    first, second = (seller.post("/packages", BODY, repeat="one") for _ in range(2))
    assert first.json == second.json and second.headers["Idempotency-Replayed"] == "true"
    assert len(seller.get("/packages").json["items"]) == 1


@pytest.mark.parametrize("act", ["submit", "take-back", "withdraw"])
def test_what_cannot_be_done_now_says_so(seller: Program, act: str) -> None:
    seller.post("/packages", BODY)
    seller.post("/packages/1/submit")
    decided(seller.world, 1, "价格高于省内上限")
    assert seller.post(f"/packages/1/{act}").json["code"] == "wrong_stage"


def test_another_companys_package_is_as_little_there_as_none(world: World, seller: Program) -> None:
    seller.post("/packages", BODY)
    with world.app.store.write() as session:
        retailer(session, world.now, "R002", "滇能售电有限公司")
    other = program(world, code="R002", name="滇能售电有限公司")
    assert other.get("/packages").json == {"items": []}
    assert other.get("/packages/1").status_code == 404
    assert other.post("/packages/1/versions", BODY).status_code == 404
    assert other.post("/packages/1/submit").status_code == 404


def test_a_program_needs_the_scope_and_its_company_a_place_on_the_roll(world: World) -> None:
    assert program(world, scopes=("read",)).get("/packages").json["code"] == "scope_missing"
    assert program(world, code="R007", name="不在名录的公司").get("/packages").json["code"] == "not_a_retailer"
