"""Batches at work: a file is taken, its rows are looked at and handed in one at a time, and the person is told.

Rows remember how far they are. Killed in between, the next worker goes on with the next row; run twice, nothing is
done twice.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from bot import spreadsheets
from bot.app import App
from bot.inquiry import inquire
from bot.turn import ring
from domain.groups import batch_consent, batch_ending, batch_rows, batch_told, batches
from domain.groups.batches import Batch, BatchRow, BatchState
from domain.people.contacts import Contact
from domain.people.staff import Staff
from domain.registration import filing
from domain.registration.registration import Scene
from domain.settings import figure
from domain.sources import records
from domain.sources.lookups import Facts

AT_ONCE = 10  # rows whose sources are asked side by side: gently, others use them, too
IN_ONE_TASK = 5  # times; then others have their turn
TRIES = 3  # where another writer was quicker

log = structlog.get_logger(__name__)


def take(app: App, contact_id: int, name: str, content: bytes, staff: Staff | None = None) -> int:
    """Take a person's file: the batch's id. NoBatch says in Chinese why it is not taken."""
    with app.store.read() as session:
        most = figure(session, "batch_rows")
    rows = spreadsheets.read(content, most)
    with app.store.write() as session:
        contact = session.get_one(Contact, contact_id)
        by = session.get_one(Staff, staff.id) if staff is not None else None
        batch_id = batches.begin(session, contact, name, batch_rows.twice(rows), app.clock(), by).id
    app.doorbell.batch(batch_id)
    log.info("batch.taken", batch=batch_id, rows=len(rows))
    return batch_id


def work(app: App, batch_id: int) -> None:
    """Work on some rows of a batch that nobody else works on, and ring for the rest. At its end, tell the person."""
    with app.store.write() as session:
        if not batches.lease(session, batch_id, app.clock()):
            return
    done = 0
    for _ in range(IN_ONE_TASK):
        rows = _next(app, batch_id)
        if not rows:
            _finish(app, batch_id)
            break
        _chunk(app, rows)
        done += len(rows)
        with app.store.write() as session:
            session.get_one(Batch, batch_id).lease_until = app.clock() + batches.LEASE
    with app.store.write() as session:
        batch = session.get_one(Batch, batch_id)
        batch.lease_until = None
        more = batch.state in batches.OPEN_ROWS
    if more:
        app.doorbell.batch(batch_id)
    log.info("batch.worked", batch=batch_id, rows=done, more=more)


def ring_again(app: App) -> int:
    """Ring for the batches that a crash or a lost ring has left; how many."""
    with app.store.read() as session:
        found = batches.waiting(session, app.clock())
    for batch_id in found:
        app.doorbell.batch(batch_id)
    return len(found)


def tidy(app: App) -> tuple[int, int, int]:
    """Once a day: who has not confirmed a file is told that it comes to its end; files whose days are over are
    removed, a few rows in each transaction. One that fails stops none of the others."""
    now = app.clock()
    with app.store.read() as session:
        work = [(_warn, each) for each in batch_ending.ending(session, now)]
        work += [(_remove, each) for each in batch_ending.ended(session, now)]
    done = failed = 0
    for act, batch_id in work:
        try:
            done += act(app, batch_id)
        except Exception as error:
            failed += 1
            log.error("batch.tidy_failed", batch=batch_id, error=type(error).__name__, exc_info=True)
    ring(app, now)
    return len(work), done, failed


def _warn(app: App, batch_id: int) -> bool:
    with app.store.write() as session:
        scene = Scene(app.clock(), Facts(), app.random)
        return batch_ending.warn(session, batch_id, scene, app.settings.public_url)


def _remove(app: App, batch_id: int) -> bool:
    with app.store.write() as session:
        closed = batch_ending.close(session, batch_id, app.clock())
    erased = 0
    while True:
        with app.store.write() as session:
            some = batch_ending.erase(session, batch_id, app.clock())
        erased += some
        if not some:
            break
    log.info("batch.removed", batch=batch_id, closed=closed, rows=erased)
    return closed or erased > 0


def _next(app: App, batch_id: int) -> list[BatchRow]:
    with app.store.read() as session:
        return batches.next_rows(session, session.get_one(Batch, batch_id), AT_ONCE)


def _chunk(app: App, rows: Sequence[BatchRow]) -> None:
    """A few rows: their sources side by side, then all in one transaction, each behind a savepoint: what the rows have
    in common is looked up once. Rows that fail in it are tried again, each in a transaction of its own."""
    checking = rows[0].state == batches.OPEN_ROWS[BatchState.CHECKING]
    facts = _facts(app, rows) if checking else Facts()
    for row_id in _together(app, [row.id for row in rows], facts, checking):
        _one(app, row_id, facts, checking)


def _together(app: App, row_ids: Sequence[int], facts: Facts, checking: bool) -> list[int]:
    """Work on these rows in one transaction; those that are left."""
    left = []
    try:
        with app.store.write() as session:
            for row_id in row_ids:
                try:
                    with session.begin_nested():
                        _work_on(session, app, row_id, facts, checking)
                except Exception as error:
                    log.warning("batch.row_alone", row=row_id, error=type(error).__name__)
                    left.append(row_id)
            if checking and facts.at:
                records.keep(session, facts)
    except (IntegrityError, OperationalError) as error:
        log.warning("batch.rows_alone", rows=len(row_ids), error=type(error).__name__)
        return list(row_ids)
    return left


def _work_on(session: Session, app: App, row_id: int, facts: Facts, checking: bool) -> None:
    if checking:
        batch_rows.check(session, row_id, facts, app.clock(), app.random)
    else:
        batch_rows.submit(session, row_id, app.clock())


def _facts(app: App, rows: Sequence[BatchRow]) -> Facts:
    """What the sources say of these rows, and then of what follows from that (the company behind an account)."""
    facts = Facts()
    for _ in range(3):
        wanted = list(dict.fromkeys(each for row in rows for each in filing.wanted_of(row.cells, facts)))
        if not wanted:
            break
        told = inquire(app, wanted)
        for part in ("told", "at", "ms"):
            getattr(facts, part).update(getattr(told, part))
        facts.down |= told.down
        facts.kept |= told.kept
    return facts


def _one(app: App, row_id: int, facts: Facts, checking: bool) -> None:
    """One row. One that fails says so, and stops none of the others."""
    for attempt in range(TRIES):
        try:
            with app.store.write() as session:
                _work_on(session, app, row_id, facts, checking)
            return
        except (IntegrityError, OperationalError) as error:
            log.warning("batch.row_again", row=row_id, attempt=attempt, error=type(error).__name__)
        except Exception as error:
            log.error("batch.row_failed", row=row_id, error=type(error).__name__, exc_info=True)
            break
    with app.store.write() as session:
        batch_rows.give_up(session, row_id)


def _finish(app: App, batch_id: int) -> None:
    """Every row was looked at, or handed in: close that stage once, and tell the person."""
    now = app.clock()
    with app.store.write() as session:
        batch = session.get_one(Batch, batch_id, with_for_update=True)
        if batch_consent.settle(session, batch, now):
            scene = Scene(now, Facts(), app.random)
            batch_told.tell(session, batch, scene, app.settings.public_url)
    ring(app, now)
