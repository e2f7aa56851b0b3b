"""The jobs: each finds, handles one thing at a time in its own transaction, counts, and says one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog
from sqlalchemy.exc import IntegrityError

from bot.app import App
from bot.outbox import settle_stuck
from bot.turn import ring
from domain import jobs, messages, registration
from domain.applications import Application, Photo
from domain.jobs import JobRun
from domain.workdays import local_day

PATIENCE = timedelta(seconds=8)  # how long a message may stay untouched before the sweep takes it up

log = structlog.get_logger(__name__)


def sweep(app: App) -> None:
    """Take up what a crash or a lost ring has left: messages without a turn, rows claimed and never finished."""
    now = app.clock()
    with app.store.read() as session:
        found = [(row.id, row.kind) for row in messages.unfinished(session, now, PATIENCE)]
    for inbound_id, _ in found:
        app.doorbell.turn(inbound_id)
    stuck = settle_stuck(app)
    ring(app, now)
    if found or stuck:
        log.info("sweep", turns=len(found), stuck=stuck)


def catch_up(app: App) -> None:
    """Ask the sources again for what they could not say when a person needed it."""
    with app.store.read() as session:
        owed = {
            application.id: registration.owed(application) for application in session.scalars(registration.waiting())
        }
    for application_id, lookups in owed.items():
        facts = app.sources.ask(lookups)
        if not facts.told:
            continue
        with app.store.write() as session:
            application = session.get_one(Application, application_id, with_for_update=True)
            registration.catch_up(session, application, facts, app.clock())
        log.info("catch_up", application=application_id)


def daily(app: App) -> None:
    """Every daily job that has not been done today."""
    for name, job in _DAILY.items():
        _once_a_day(app, name, job)


def _once_a_day(app: App, name: str, job: Callable[[App], Sequence[int]]) -> None:
    now = app.clock()
    day = local_day(now)
    with app.store.read() as session:
        if jobs.was_run(session, name, day):
            return
    found, handled, failed = job(app)
    try:
        with app.store.write() as session:
            session.add(JobRun(name=name, day=day, found=found, handled=handled, failed=failed, at=now))
    except IntegrityError:
        return  # another worker was as quick; what both did is the same
    log.info("daily", job=name, found=found, handled=handled, failed=failed)


def _erase_photos(app: App) -> Sequence[int]:
    with app.store.read() as session:
        found = jobs.photos_to_erase(session, app.clock())
    failed = 0
    for photo_id in found:
        try:
            with app.store.write() as session:
                photo = session.get_one(Photo, photo_id)
                app.photos.erase(photo.file)
                photo.file, photo.reading, photo.erased_at = "", None, app.clock()
        except OSError:
            failed += 1
    return len(found), len(found) - failed, failed


def _erase_words(app: App) -> Sequence[int]:
    total = 0
    while True:
        with app.store.write() as session:
            erased = jobs.erase_words(session, app.clock())
        total += erased
        if not erased:
            return total, total, 0


def _forget_codes(app: App) -> Sequence[int]:
    with app.store.write() as session:
        gone = jobs.forget_codes(session, app.clock())
    return gone, gone, 0


_DAILY = {"erase_photos": _erase_photos, "erase_words": _erase_words, "forget_codes": _forget_codes}
