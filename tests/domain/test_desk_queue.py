"""The queue's queries say the same as the rules that they stand for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from domain.people.contacts import Contact
from domain.people.staff import OrganisationKind, Role, Staff, organisation
from domain.queue.filters import Limits, Wanted
from domain.queue.queue import counts, ids, limits_of, listed, next_waiting, waiting_for
from domain.registration.applications import Application, Source, Stage, StageStep, put
from domain.review.review import colour, is_due
from domain.rules.rules import Problem, Severity
from domain.rules.troubles import settled
from domain.workdays import PUBLISHED
from tests.support.world import World

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def by_limits(since: datetime, late: Limits) -> str:
    for name, before in (("unknown", late.unknown), ("red", late.red), ("orange", late.orange)):
        if before is not None and since < before:
            return name
    return ""


@pytest.mark.parametrize("today", [date(2026, 2, 26), date(2026, 10, 12), date(2026, 11, 23), date(2027, 1, 6)])
@pytest.mark.parametrize(("orange", "red"), [(5, 7), (1, 1), (3, 20)])
def test_the_limits_colour_every_day_as_the_rule_does(today: date, orange: int, red: int) -> None:
    """Across the Spring Festival, the National Day and its swaps, a plain week, and a year without a calendar."""
    late = limits_of(orange, red, today, PUBLISHED)
    end = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    for hours in range(0, 24 * 60, 5):
        since = end - timedelta(hours=hours)
        application = Application(stage=Stage.BUREAU_REVIEW, stage_since=since)
        assert by_limits(since, late) == colour(application, orange, red, today, PUBLISHED), since


def test_what_waits_for_somebody_is_what_the_rule_says(world: World) -> None:
    """Every stage, bureau and role: the query and `is_due` agree."""
    with world.app.store.write() as session:
        kunming = organisation(session, OrganisationKind.BUREAU, "053001", "昆明供电局")
        qujing = organisation(session, OrganisationKind.BUREAU, "053002", "曲靖供电局")
        centre = organisation(session, OrganisationKind.CENTRE, "centre", "电力交易中心")
        contact = Contact(created_at=NOON)
        session.add(contact)
        session.flush()
        for stage, bureau in product(Stage, (None, kunming.id, qujing.id)):
            submitted = None if stage == Stage.FILLING else NOON
            row = Application(contact_id=contact.id, stage=stage, stage_since=NOON, bureau_id=bureau)
            row.created_at = row.updated_at = NOON
            row.submitted_at = submitted
            session.add(row)
        session.flush()
        everything = session.query(Application).all()
        for place, role in product((kunming, centre), Role):
            staff = Staff(organisation_id=place.id, organisation=place, role=role, login="x", name="x", password="x")
            session.expunge(staff) if staff in session else None
            due = {row.id for row in everything if row.submitted_at and is_due(row, staff)}
            assert {row.id for row in session.scalars(waiting_for(staff))} == due, (place.name, role)
        session.rollback()


@pytest.fixture
def many(world: World) -> Staff:
    """120 applications of one bureau, one an hour; its handler."""
    zhao = world.staff("zhao", Role.HANDLER, "053001")
    with world.app.store.write() as session:
        staff = session.get_one(Staff, zhao)
        contact = Contact(created_at=NOON)
        session.add(contact)
        session.flush()
        for hour in range(120):
            at = NOON - timedelta(hours=hour)
            row = Application(contact_id=contact.id, stage=Stage.BUREAU_REVIEW, stage_since=at)
            row.number, row.bureau_id, row.submitted_at = f"ZC20261123{hour:06d}", staff.organisation_id, at
            row.created_at = row.updated_at = at
            session.add(row)
        return staff


def test_the_queue_has_pages_oldest_first(world: World, many: Staff) -> None:
    """50 on a page; the last one has the rest."""
    with world.app.store.read() as session:
        pages = [listed(session, many, Wanted(page=number), Limits()) for number in (1, 2, 3, 4)]
    assert [len(page.rows) for page in pages] == [50, 50, 20, 0]
    assert (pages[0].total, pages[0].pages) == (120, 3)
    since = [row.stage_since for page in pages for row in page.rows]
    assert since == sorted(since)


def test_counts_and_lists_by_colour_agree(world: World, many: Staff) -> None:
    """What the door counts is what the link shows."""
    late = limits_of(1, 2, date(2026, 11, 23), PUBLISHED)
    with world.app.store.read() as session:
        counted = counts(session, many, late)
        shown = {name: listed(session, many, Wanted(colour=name), late).total for name in ("orange", "red", "unknown")}
    assert counted == {"due": 120, **shown}
    assert counted["orange"] and counted["red"]


def test_next_goes_through_the_queue_and_begins_again(world: World, many: Staff) -> None:
    """After the last one comes the first that was left."""
    with world.app.store.read() as session:
        rows = [row for page in (1, 2, 3) for row in listed(session, many, Wanted(page=page), Limits()).rows]
        assert next_waiting(session, many, (rows[0].stage_since, rows[0].id)) == rows[1].id
        assert next_waiting(session, many, (rows[-1].stage_since, rows[-1].id)) == rows[0].id


def test_every_choice_shows_as_many_as_its_count_says(world: World, many: Staff) -> None:
    """Stage, colour, bureau, kind, channel: each alone and with another one."""
    with world.app.store.write() as session:
        for at, row in enumerate(session.query(Application)):
            row.kind, row.channel = ("owner", "tenant", "payer")[at % 3], ("wechat", "api")[at % 2]
            row.stage = (Stage.BUREAU_REVIEW, Stage.RETURNED, Stage.AWAITING_MARKET)[at % 5 % 3]
    late = limits_of(1, 2, date(2026, 11, 23), PUBLISHED)
    for wanted in (Wanted(), Wanted(show="all"), Wanted(show="all", kind="tenant"), Wanted(channel="api")):
        with world.app.store.read() as session:
            facets = listed(session, many, wanted, late).facets

            def shown(**choice: object) -> int:
                found = listed(session, many, replace(wanted, **choice), late)  # noqa: B023
                assert found.total == len(ids(session, many, replace(wanted, **choice), late, 1000))  # noqa: B023
                return found.total

            assert facets.total == shown()
            assert all(count == shown(show=show) for show, count in facets.shows.items())
            assert all(count == shown(kind=kind) for kind, count in facets.kinds.items())
            assert all(count == shown(channel=channel) for channel, count in facets.channels.items())
            assert all(count == shown(colour=colour) for colour, count in facets.colours.items() if colour)


def test_a_company_is_found_by_any_part_of_its_name_however_old(world: World, many: Staff) -> None:
    """In step with every change of the name; a pair that stands apart does not pass for the text."""
    with world.app.store.write() as session:
        rows = session.query(Application).order_by(Application.id).all()
        for row, name in zip(rows, ("昆明滇星机械制造有限公司", "曲靖星机电有限公司机械部"), strict=False):
            put(row, "name", Source.REGISTRY, name, NOON)
        first = rows[0].id
    assert found_by(world, many, "机械") == 2
    assert found_by(world, many, "滇星机械") == 1
    assert found_by(world, many, "星机械") == 1
    assert found_by(world, many, "有限公司") == 0
    with world.app.store.write() as session:
        put(session.get_one(Application, first), "name", Source.REGISTRY, "昆明新名字", NOON)
    assert (found_by(world, many, "滇星机械"), found_by(world, many, "新名字")) == (0, 1)


def found_by(world: World, staff: Staff, text: str) -> int:
    with world.app.store.read() as session:
        return listed(session, staff, Wanted(show="all", text=text), Limits()).total


def test_an_order_with_a_problem_is_found_by_its_rule_and_by_who_must_look(world: World, many: Staff) -> None:
    """The rule, how grave it is, and whether a person should look."""
    with world.app.store.write() as session:
        row = session.query(Application).first()
        assert row is not None
        settled(session, row, NOON, [Problem("甲", 1, Severity.HINT, "", "", needs_person=True)])
        step = StageStep(application_id=row.id + 1, stage=row.stage, entered_at=NOON, for_person="照片不清")
        session.add(step)
    with world.app.store.read() as session:
        chosen = [
            Wanted(rule="甲"),
            Wanted(rule="乙"),
            Wanted(severity="hint"),
            Wanted(person=True),
            Wanted(person=False),
        ]
        assert [listed(session, many, wanted, Limits()).total for wanted in chosen] == [1, 0, 1, 2, 120]


def test_a_bureau_that_a_login_was_made_for_by_its_code_alone_gets_its_name_from_the_archive(world: World) -> None:
    with world.app.store.write() as session:
        organisation(session, OrganisationKind.BUREAU, "053002", "053002")
        assert organisation(session, OrganisationKind.BUREAU, "053002", "曲靖供电局").name == "曲靖供电局"
        assert organisation(session, OrganisationKind.BUREAU, "053002", "别的名字").name == "曲靖供电局"
