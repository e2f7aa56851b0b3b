"""The chain of evidence: every fact follows the one before it, whatever becomes of a transaction."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.evidence import Evidence, broken_at, record
from tests.support.world import World

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def note(session: Session, what: str) -> None:
    record(session, what, ("application", 1), "system", {"what": what}, NOW)


def told(world: World) -> list[str]:
    """What the chain says, after it was found whole."""
    with world.app.store.read() as session:
        assert broken_at(session) is None
        return list(session.scalars(select(Evidence.what).order_by(Evidence.id)))


def test_facts_of_one_transaction_and_of_the_next_follow_each_other(world: World) -> None:
    for start in (0, 30):
        with world.app.store.write() as session:
            for number in range(start, start + 30):
                note(session, f"fact {number}")
    assert told(world) == [f"fact {number}" for number in range(60)]


def test_what_is_taken_back_leaves_no_gap(world: World) -> None:
    with world.app.store.write() as session:
        note(session, "first")
        taken_back = session.begin_nested()
        note(session, "never was")
        note(session, "nor this")
        taken_back.rollback()
        note(session, "second")
        with session.begin_nested():
            note(session, "third")
        note(session, "fourth")
    assert told(world) == ["first", "second", "third", "fourth"]


def test_a_session_that_goes_on_after_its_transaction_asks_for_the_end_anew(world: World) -> None:
    """Another writer may have added a fact in between."""
    with Session(world.app.store.engine) as session:
        note(session, "mine")
        session.commit()
        with world.app.store.write() as other:
            note(other, "theirs")
        note(session, "mine again")
        session.commit()
    assert told(world) == ["mine", "theirs", "mine again"]


def test_a_fact_that_was_changed_is_found(world: World) -> None:
    with world.app.store.write() as session:
        for what in ("one", "two", "three"):
            note(session, what)
    with world.app.store.write() as session:
        second = session.scalars(select(Evidence.id).where(Evidence.what == "two")).one()
        session.execute(update(Evidence).where(Evidence.id == second).values(who="staff:1"))
    with world.app.store.read() as session:
        assert broken_at(session) == second
