"""The jobs: each finds, handles one thing at a time in its own transaction, counts, and says one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot import anchoring, batches, campaigns, contracts, proxies, reviews
from bot.app import App
from bot.doorbell import QUEUE
from bot.expiry import expire_questions
from bot.inquiry import inquire
from bot.outbox import settle_stuck
from bot.parties import tell_parties
from bot.redis import length
from bot.supplements import tend_supplements
from bot.turn import ring
from domain import jobs
from domain.jobs import JobRun
from domain.messages import messages
from domain.notices import fallback, overdue
from domain.notices.times import after_quiet
from domain.registration import registration
from domain.registration.applications import Application, Photo
from domain.review import claims
from domain.rules import troubles
from domain.settings import time_of
from domain.sources import records
from domain.teaching import hearing
from domain.workdays import CHINA, local_day

PATIENCE = timedelta(seconds=8)  # how long a message may stay untouched before the sweep takes it up
CROWDED = 200  # rings that nobody has heard yet

log = structlog.get_logger(__name__)


def sweep(app: App) -> None:
    """Take up what a crash or a lost ring has left: messages without a turn, rows claimed and never finished."""
    stuck = settle_stuck(app)
    expire_questions(app)
    tell_parties(app)
    contracts.lapse_requests(app)
    batches.ring_again(app)
    turns = 0 if length(app.redis, QUEUE) > CROWDED else _ring_again(app)
    if turns or stuck:
        log.info("sweep", turns=turns, stuck=stuck)


def _ring_again(app: App) -> int:
    """Ring for all that waits, as the first ring may be lost. While the workers have much before them this would only
    heap the same rings up, faster than they can hear them."""
    now = app.clock()
    with app.store.read() as session:
        found = [row.id for row in messages.unfinished(session, now, PATIENCE)]
    for inbound_id in found:
        app.doorbell.turn(inbound_id)
    ring(app, now)
    return len(found)


def tend(app: App) -> None:
    """Every minute: give up what nobody needs any more, let SMS take over what WeChat does not take, remind of what is
    overdue."""
    now = app.clock()
    with app.store.write() as session:
        expired = messages.expire(session, now)
        given_back = claims.expire(session, now)
        waiting = fallback.waiting_too_long(session, now)
    taken_over = 0
    for row_id in waiting:
        with app.store.write() as session:
            taken_over += fallback.give_up_waiting(session, row_id, now)
    reviews.decide_waiting(app)
    _remind(app, now)
    ring(app, now)
    if expired or taken_over or given_back:
        log.info("tend", expired=expired, taken_over=taken_over, given_back=given_back)


def _remind(app: App, now: datetime) -> None:
    """Once a day, from the hour of the setting on and not at night. The run is kept with what it wrote, or neither."""
    day = local_day(now)
    with app.store.read() as session:
        early = now.astimezone(CHINA).time() < time_of(session, "remind_at") or after_quiet(session, now) > now
        if early or jobs.was_run(session, "remind", day):
            return
    try:
        with app.store.write() as session:
            done = overdue.remind(session, now)
            run = JobRun(name="remind", day=day, found=done.found, handled=done.told, failed=done.failed, at=now)
            session.add(run)
    except IntegrityError:
        return  # another worker was as quick
    log.info("daily", job="remind", found=done.found, handled=done.told, failed=done.failed)


def catch_up(app: App) -> None:
    """Ask the sources again for what they could not say when a person needed it."""
    with app.store.read() as session:
        owed = {
            application.id: registration.owed(application) for application in session.scalars(registration.waiting())
        }
    for application_id, lookups in owed.items():
        facts = inquire(app, lookups, stand_in=False)
        if not facts.told:
            continue
        with app.store.write() as session:
            records.keep(session, facts)
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


def _once(change: Callable[[Session, datetime], int]) -> Callable[[App], Sequence[int]]:
    """A job that is one change in one transaction."""

    def job(app: App) -> Sequence[int]:
        with app.store.write() as session:
            done = change(session, app.clock())
        return done, done, 0

    return job


def _in_steps(change: Callable[[Session, datetime], int]) -> Callable[[App], Sequence[int]]:
    """A job whose change does some hundred at a time, each in a transaction of its own, until none is left."""

    def job(app: App) -> Sequence[int]:
        total = 0
        while True:
            with app.store.write() as session:
                done = change(session, app.clock())
            total += done
            if not done:
                return total, total, 0

    return job


_DAILY = {
    "forget_presences": reviews.forget_presences,
    "batches": batches.tidy,
    "erase_photos": _erase_photos,
    "erase_words": _in_steps(jobs.erase_words),
    "forget_heard": _in_steps(hearing.forget),
    "forget_codes": _once(jobs.forget_codes),
    "forget_sources": _once(records.forget),
    "supplements": tend_supplements,
    "troubles": _in_steps(troubles.give_up),
    "proxies": proxies.daily,
    "campaigns": campaigns.prompt_people,
    "contracts": contracts.tend_contracts,
    "anchors": anchoring.anchor,
}
