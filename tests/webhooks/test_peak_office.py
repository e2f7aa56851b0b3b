"""The weekly peak's reviewers (benchmarks/peak_office.py) at the true console: they find what they click."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from benchmarks.peak_office import Reviewer, Seat, make_key, set_modes
from domain.people.staff import Organisation, Role
from domain.registration.applications import Application, Stage
from domain.review.modes import Mode, mode_of
from domain.rules.troubles import settled
from tests.support.console import submitted
from tests.support.orders import more_orders
from tests.support.world import ARCHIVE, PASSWORD, World


def stages(world: World) -> dict[int, str]:
    with world.app.store.read() as session:
        return dict(session.execute(select(Application.id, Application.stage)).all())


def anothers_phone(world: World, order: int) -> None:
    """The operator knows the phone of an order under another name."""
    with world.app.store.write() as session:
        application = session.get_one(Application, order)
        application.facts = {**(application.facts or {}), "phone_name": "mismatch"}
        settled(session, application, world.now)


def test_what_is_plain_goes_through_together_and_what_has_a_problem_is_given_back(world: World, host: str) -> None:
    world.staff("zhao", Role.HANDLER, "053001")
    odd = submitted(world)
    plain = more_orders(world, 3)
    anothers_phone(world, odd)
    reviewer = Reviewer(Seat(host, "zhao", PASSWORD), fills_in=lambda account: None)
    while reviewer.once():
        pass
    found = stages(world)
    assert [found[each] for each in plain] == [Stage.CENTRE_REVIEW] * 3
    assert found[odd] == Stage.RETURNED
    assert reviewer.did == {"approved together": 3, "returned": 1}
    assert reviewer.refusals == []


def test_an_account_without_capacity_is_filled_in_before_it_is_approved(world: World, host: str) -> None:
    world.staff("zhao", Role.HANDLER, "053001")
    world.sources.accounts[ARCHIVE.number] = replace(ARCHIVE, capacity_kva=None)
    order, filled = submitted(world), []
    Reviewer(Seat(host, "zhao", PASSWORD), fills_in=filled.append).once()
    assert filled == [ARCHIVE.number]
    assert stages(world)[order] == Stage.CENTRE_REVIEW


def test_the_administrator_sets_ways_of_deciding_and_hands_out_a_key(world: World, host: str) -> None:
    world.staff("zhao", Role.HANDLER, "053001")
    world.staff("admin", Role.ADMINISTRATOR)
    admin = Seat(host, "admin", PASSWORD)
    with world.app.store.read() as session:
        bureau = session.scalars(select(Organisation).where(Organisation.code == "053001")).one()
    set_modes(admin, {bureau.name: "automatic", "交易中心": "automatic_but"})
    with world.app.store.read() as session:
        centre = session.scalars(select(Organisation).where(Organisation.code == "centre")).one()
        assert mode_of(session, bureau.id) == Mode.AUTOMATIC
        assert mode_of(session, centre.id) == Mode.AUTOMATIC_BUT
    assert make_key(admin).startswith("dk_")
