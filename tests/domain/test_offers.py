"""What is offered on a day, and how a package's price went."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain.market.retailers import Retailer, RetailerState
from domain.packages import offers
from domain.packages.tables import Package, PackageVersion, VersionState
from domain.workdays import local_day
from tests.support.market import approved, package, retailer
from tests.support.terms import written
from tests.support.world import START, World

TODAY = local_day(START)
DAY = timedelta(days=1)


def offered(world: World, day: date = TODAY) -> list[str]:
    with world.app.store.read() as session:
        return [offers.code_of(version) for version in offers.offered(session, day)]


@pytest.fixture
def sold(world: World) -> World:
    """P0001 in two versions, the second from tomorrow on, and P0002 until today."""
    with world.app.store.write() as session:
        company = retailer(session, world.now)
        first = package(session, company, world.now)
        approved(session, first, 1, TODAY - DAY, now=world.now)
        approved(session, first, 2, TODAY + DAY, now=world.now, terms=written(prices={"all": "380.00"}))
        approved(session, package(session, company, world.now, "P0002", "丰枯"), 1, TODAY - DAY, TODAY, now=world.now)
    return world


def test_only_what_is_within_its_dates_is_offered_and_the_newest_of_a_package(sold: World) -> None:
    assert offered(sold, TODAY - 2 * DAY) == []
    assert offered(sold) == ["P0001-1", "P0002-1"]
    assert offered(sold, TODAY + DAY) == ["P0001-2"]


def test_an_older_version_does_not_come_back_when_the_newer_one_is_over(world: World) -> None:
    with world.app.store.write() as session:
        only = package(session, retailer(session, world.now), world.now)
        approved(session, only, 1, TODAY - 9 * DAY, now=world.now)
        approved(session, only, 2, TODAY - DAY, TODAY, now=world.now)
    assert offered(world, TODAY - 2 * DAY) == ["P0001-1"]
    assert offered(world) == ["P0001-2"]
    assert offered(world, TODAY + DAY) == []


def test_a_single_version_is_asked_about_as_the_whole_list_is(sold: World) -> None:
    for day in (TODAY - 2 * DAY, TODAY, TODAY + DAY):
        with sold.app.store.read() as session:
            every = session.scalars(select(PackageVersion)).all()
            alone = {offers.code_of(each) for each in every if offers.is_offered(each, day)}
        assert alone == set(offered(sold, day))


@pytest.mark.parametrize("state", [each for each in VersionState if each != VersionState.APPROVED])
def test_only_an_approved_version_is_offered(sold: World, state: VersionState) -> None:
    with sold.app.store.write() as session:
        for version in session.scalars(select(PackageVersion)):
            version.state = state
    assert offered(sold) == []


@pytest.mark.parametrize("state", [each for each in RetailerState if each != RetailerState.ACTIVE])
def test_a_company_that_may_not_sell_offers_nothing(sold: World, state: RetailerState) -> None:
    with sold.app.store.write() as session:
        session.scalars(select(Retailer)).one().state = state
    assert offered(sold) == []


def test_a_version_is_found_by_its_code_and_a_package_by_its_newest_approved_one(sold: World) -> None:
    with sold.app.store.read() as session:
        found = {code: offers.version(session, code) for code in (" p0001 ", "P0001-1", "P0001-3", "P9999", "x")}
    assert {code: each and each.number for code, each in found.items()} == {
        " p0001 ": 2,
        "P0001-1": 1,
        "P0001-3": None,
        "P9999": None,
        "x": None,
    }


def test_the_price_history_has_every_price_that_was_ever_offered_from_when_it_could_be_chosen(sold: World) -> None:
    """The first version says that it holds from yesterday on, but was only approved today."""
    with sold.app.store.read() as session:
        found = session.scalars(select(Package).where(Package.code == "P0001")).one()
        points = offers.price_history(session, found)
    assert [(point.since, str(point.terms.prices[0])) for point in points] == [
        (TODAY, "385.50"),
        (TODAY + DAY, "380.00"),
    ]
