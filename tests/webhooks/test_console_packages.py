"""Packages on the console: a retail company writes one, the trading centre decides, users can read it; and nobody sees
what is not theirs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from domain.evidence import Evidence, broken_at
from domain.market.retailers import Retailer, RetailerState
from domain.packages import offers
from domain.packages.tables import Package, PackageVersion, VersionState
from domain.packages.terms import Kind
from domain.people.staff import Role
from domain.workdays import local_day
from tests.support.console import Visitor
from tests.support.market import retailer
from tests.support.terms import written
from tests.support.world import World

Enter = Callable[[str], Visitor]


@pytest.fixture
def enter(world: World, console: Flask) -> Enter:
    """Whoever is named, logged in: li and qian sell for R001, wu for R002, sun reviews for the centre, zhao for
    a bureau."""
    with world.app.store.write() as session:
        retailer(session, world.now)
        retailer(session, world.now, "R002", "滇能售电有限公司")
    people = {
        "li": (Role.HANDLER, "R001"),
        "qian": (Role.HANDLER, "R001"),
        "wu": (Role.PRINCIPAL, "R002"),
        "sun": (Role.REVIEWER, ""),
        "zhou": (Role.ADMINISTRATOR, ""),
        "zhao": (Role.HANDLER, "053001"),
    }
    numbers = {login: world.staff(login, *of) for login, of in people.items()}
    return lambda login: Visitor(console).enter(world, numbers[login])


def form(kind: Kind = Kind.FIXED, /, **changed: str) -> dict[str, str]:
    """A package as it is typed."""
    terms = written(kind)
    prices = {f"prices.{key}": price for key, price in terms.pop("prices").items()}
    plain = {name: str(value) for name, value in terms.items() if value is not None}
    return {**plain, **prices, "name": "安心固定价", "offered_from": "2026-11-23", "offered_to": "", **changed}


def states(world: World) -> list[str]:
    with world.app.store.read() as session:
        return list(session.scalars(select(PackageVersion.state).order_by(PackageVersion.id)))


def offered(world: World) -> list[str]:
    with world.app.store.read() as session:
        return [offers.code_of(each) for each in offers.offered(session, local_day(world.now))]


def written_by(visitor: Visitor, /, **changed: str) -> str:
    visitor.get("/packages/new")
    return visitor.post("/packages/new", **form(**changed))


def approved(enter: Enter) -> None:
    """li's first package, through both hands."""
    written_by(li := enter("li"))
    li.post("/packages/versions/1/submit")
    (sun := enter("sun")).get("/packages/versions/1")
    sun.post("/packages/versions/1/decide", decision="approve")


def test_of_two_packages_with_one_name_at_one_moment_one_is_written(world: World, enter: Enter) -> None:
    """Two of the company's people press at once; the other reads that the name is taken."""
    desks = [enter("li"), enter("qian")]
    for desk in desks:
        desk.get("/packages/new")

    def press(desk: Visitor) -> tuple[int, bool]:
        typed = {**form(), "csrf_token": desk.token()}
        answer = desk.client.post("/console/packages/new", data=typed, follow_redirects=True)
        return answer.status_code, "已经有一个套餐叫" in answer.get_data(as_text=True)

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(press, desks)) == [(200, False), (400, True)]
    assert states(world) == [VersionState.DRAFT]


def test_a_package_goes_from_a_draft_over_the_centre_to_the_users(world: World, enter: Enter) -> None:
    """The company sees the card before it hands in, the centre the same card before it decides."""
    li, sun = enter("li"), enter("sun")
    card = written_by(li)
    assert "固定价 385.50 元/兆瓦时" in card and "草稿" in card
    assert sun.get("/packages/versions/1", 404)
    assert "等交易中心审核" in li.post("/packages/versions/1/submit")
    assert "待审核 1" in sun.get("/packages") and "安心固定价" in sun.last
    assert "固定价 385.50 元/兆瓦时" in sun.get("/packages/versions/1")
    assert offered(world) == []
    assert "已通过" in sun.post("/packages/versions/1/decide", decision="approve")
    assert offered(world) == ["P0001-1"]
    public = world.web.test_client().get("/packages/P0001-1")
    assert public.status_code == 200 and "滇源售电有限公司" in public.get_data(as_text=True)
    assert "default-src 'none'" in public.headers["Content-Security-Policy"]


def test_every_step_is_in_the_evidence_with_the_terms_as_they_were(world: World, enter: Enter) -> None:
    approved(enter)
    with world.app.store.read() as session:
        rows = session.scalars(select(Evidence).where(Evidence.about_kind == "package").order_by(Evidence.id)).all()
        assert broken_at(session) is None
    assert [row.what for row in rows] == ["package_written", "package_submitted", "package_approved"]
    assert {row.data["terms"]["prices"]["all"] for row in rows} == {"385.50"}


def test_a_card_says_what_it_costs_at_the_three_usages_of_the_settings(world: World, enter: Enter) -> None:
    """20,000 kWh at 385.50 元/兆瓦时 are 7,710 元."""
    approved(enter)
    page = world.web.test_client().get("/packages/P0001").get_data(as_text=True)
    for kwh, yuan in (("20,000", "7,710.00"), ("200,000", "77,100.00"), ("2,000,000", "771,000.00")):
        assert f"{kwh} 度" in page and f"{yuan} 元" in page


def test_a_refusal_needs_a_reason_which_the_company_reads(world: World, enter: Enter) -> None:
    li, sun = enter("li"), enter("sun")
    written_by(li)
    li.post("/packages/versions/1/submit")
    sun.get("/packages/versions/1")
    assert "请写明不通过的原因" in sun.post("/packages/versions/1/decide", decision="refuse", why="")
    assert states(world) == [VersionState.SUBMITTED]
    sun.post("/packages/versions/1/decide", decision="refuse", why="保底价高于省内上限，请调整")
    assert "保底价高于省内上限" in li.get("/packages/versions/1")
    li.get("/packages/1/edit")
    li.post("/packages/1/edit", **form(**{"prices.all": "360"}))
    assert states(world) == [VersionState.REFUSED, VersionState.DRAFT]


def test_an_approved_version_never_changes_a_new_one_takes_its_place(world: World, enter: Enter) -> None:
    approved(enter)
    li, sun = enter("li"), enter("sun")
    li.get("/packages/1/edit")
    li.post("/packages/1/edit", **form(**{"prices.all": "379.90"}))
    with world.app.store.read() as session:
        kept = session.scalars(select(PackageVersion).order_by(PackageVersion.number)).all()
        assert [each.terms["prices"]["all"] for each in kept] == ["385.50", "379.90"]
    assert offered(world) == ["P0001-1"]
    li.post("/packages/versions/2/submit")
    sun.get("/packages/versions/2")
    sun.post("/packages/versions/2/decide", decision="approve")
    assert offered(world) == ["P0001-2"]
    page = world.web.test_client().get("/packages/P0001").get_data(as_text=True)
    assert page.index("379.90 元/兆瓦时</li>") < page.index("385.50 元/兆瓦时</li>")
    assert "现在不能选" in world.web.test_client().get("/packages/P0001-1").get_data(as_text=True)


def test_a_package_that_is_withdrawn_does_not_come_back_in_an_older_version(world: World, enter: Enter) -> None:
    approved(enter)
    li, sun = enter("li"), enter("sun")
    li.get("/packages/1/edit")
    li.post("/packages/1/edit", **form())
    li.post("/packages/versions/2/submit")
    sun.get("/packages/versions/2")
    sun.post("/packages/versions/2/decide", decision="approve")
    li.get("/packages/versions/2")
    assert "已下架" in li.post("/packages/versions/2/withdraw")
    assert offered(world) == [] and states(world) == [VersionState.WITHDRAWN] * 2


def test_what_waits_for_the_centre_is_taken_back_before_it_is_changed(world: World, enter: Enter) -> None:
    li = enter("li")
    written_by(li)
    li.post("/packages/versions/1/submit")
    li.get("/packages/1/edit")
    assert "先撤回" in li.post("/packages/1/edit", 400, **form())
    li.get("/packages/versions/1")
    li.post("/packages/versions/1/take-back")
    assert states(world) == [VersionState.DRAFT]


def test_a_decision_on_what_was_taken_back_meanwhile_changes_nothing(world: World, enter: Enter) -> None:
    li, sun = enter("li"), enter("sun")
    written_by(li)
    li.post("/packages/versions/1/submit")
    sun.get("/packages/versions/1")
    token = sun.token()
    li.post("/packages/versions/1/take-back")
    sun.post("/packages/versions/1/decide", 404, decision="approve", csrf_token=token)
    assert states(world) == [VersionState.DRAFT]


def test_staff_of_another_company_see_and_change_nothing(world: World, enter: Enter) -> None:
    li, wu = enter("li"), enter("wu")
    written_by(li)
    assert "安心固定价" not in wu.get("/packages")
    for path in ("/packages/versions/1", "/packages/1/edit"):
        assert "385.50" not in wu.get(path, 404)
    wu.get("/packages/new")
    token = wu.token()
    for act in ("submit", "take-back", "withdraw", "decide"):
        wu.post(f"/packages/versions/1/{act}", 404, csrf_token=token)
    wu.post("/packages/1/edit", 404, csrf_token=token, **form(**{"prices.all": "1"}))
    assert states(world) == [VersionState.DRAFT]


def test_a_company_does_not_decide_on_its_own_package(world: World, enter: Enter) -> None:
    li = enter("li")
    written_by(li)
    li.post("/packages/versions/1/submit")
    assert "只有交易中心能审核" in li.post("/packages/versions/1/decide", decision="approve")
    assert states(world) == [VersionState.SUBMITTED]


def test_a_bureau_has_nothing_to_do_with_packages(enter: Enter) -> None:
    zhao = enter("zhao")
    assert "套餐" not in zhao.get("/")
    for path in ("/packages", "/packages/new", "/retailers", "/market-prices"):
        zhao.get(path, 403)


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_of_price_has_its_own_fields_and_comes_back_into_the_form(enter: Enter, kind: Kind) -> None:
    li = enter("li")
    li.get(f"/packages/new?kind={kind}")
    fields = form(kind)
    assert all(f'name="{name}"' in li.last for name in fields if name.startswith("prices."))
    li.post("/packages/new", **fields)
    again = li.get("/packages/1/edit")
    assert all(
        f'name="{name}" value="{value}"' in again for name, value in fields.items() if name.startswith("prices.")
    )


def test_what_cannot_be_is_said_beside_its_field_and_the_rest_stays(world: World, enter: Enter) -> None:
    li = enter("li")
    li.get("/packages/new")
    shown = li.post("/packages/new", 400, **form(**{"prices.all": "三百", "months": "99", "offered_to": "2026-01-01"}))
    assert 'value="三百"' in shown and 'value="安心固定价"' in shown
    for words in ("电价要填 0 到 5000 的数", "期限要填 1 到 60 的整数", "最后可选的日期不能早于开始日期"):
        assert words in shown
    assert states(world) == []


def test_two_packages_of_a_company_do_not_share_a_name(world: World, enter: Enter) -> None:
    li = enter("li")
    written_by(li)
    li.get("/packages/new")
    assert "已经有一个套餐叫" in li.post("/packages/new", 400, **form())
    with world.app.store.read() as session:
        assert len(session.scalars(select(Package)).all()) == 1


def test_a_company_that_may_not_sell_hands_nothing_in(world: World, enter: Enter) -> None:
    li = enter("li")
    written_by(li)
    with world.app.store.write() as session:
        session.scalars(select(Retailer)).first().state = RetailerState.SUSPENDED  # type: ignore[union-attr]
    assert "暂停新签" in li.post("/packages/versions/1/submit")
    assert states(world) == [VersionState.DRAFT]


@pytest.mark.parametrize("code", ["P0001-1", "P0001", "P9999", "..", "%00"])
def test_nobody_reads_a_card_that_was_never_approved(world: World, enter: Enter, code: str) -> None:
    written_by(enter("li"))
    answer = world.web.test_client().get(f"/packages/{code}")
    assert answer.status_code == 404 and "385.50" not in answer.get_data(as_text=True)
