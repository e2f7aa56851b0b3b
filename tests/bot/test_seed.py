"""The demonstration's data: what a laptop shows at once, made the way people make it, and made once."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.seed import LOGINS, seed
from domain.evidence import Evidence, broken_at
from domain.market import prices, roll
from domain.packages import offers
from domain.people.staff import OrganisationKind, Staff
from domain.workdays import local_day
from tests.support.console import Visitor
from tests.support.world import World

PASSWORDS = {variable: f"{login} password" for login, (variable, *_) in LOGINS.items()}


def seeded(world: World) -> World:
    with world.app.store.write() as session:
        seed(session, world.now, PASSWORDS)
    return world


def test_a_laptop_has_companies_with_packages_on_offer_and_two_years_of_prices(world: World) -> None:
    seeded(world)
    with world.app.store.read() as session:
        offered = offers.offered(session, local_day(world.now))
        sellers = {version.package.retailer.name for version in offered}
        assert sellers == {each.name for each in roll.listed(session)} and len(sellers) == 4
        assert len({version.terms["kind"] for version in offered}) == 5
        assert len(prices.known(session)) == 24
        assert broken_at(session) is None


def test_a_second_start_makes_nothing_twice(world: World) -> None:
    seeded(world)
    with world.app.store.read() as session:
        facts = session.scalar(select(func.count(Evidence.id)))
    seeded(world)
    with world.app.store.read() as session:
        assert session.scalar(select(func.count(Evidence.id))) == facts


def test_a_retail_company_logs_in_and_finds_its_own_packages(world: World) -> None:
    seeded(world)
    with world.app.store.read() as session:
        kinds = {each.login: each.organisation.kind for each in session.scalars(select(Staff))}
    assert kinds["retailer"] == kinds["retailer2"] == OrganisationKind.RETAILER
    shown = Visitor(world.web).log_in("retailer", "retailer password")
    assert "云岭安心固定价" in shown and "滇源" not in shown
