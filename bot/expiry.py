"""Questions that nobody answered: closed one at a time, each in its own transaction."""

from __future__ import annotations

import structlog

from bot.app import App
from bot.singly import one_by_one
from domain.questions import silence
from domain.registration.registration import Scene
from domain.sources.lookups import Facts

log = structlog.get_logger(__name__)


def expire_questions(app: App) -> int:
    """Close what is past its deadline, and do what was announced for silence. Killed in between, it goes on where it
    stopped; called twice, it does nothing twice. How many."""
    with app.store.read() as session:
        found = silence.overdue(session, app.clock())
    _, closed, _ = one_by_one(app, "question", found, lambda session, each: silence.expire(session, each, _scene(app)))
    if closed:
        log.info("questions.expired", found=len(found), closed=closed)
    return closed


def _scene(app: App) -> Scene:
    return Scene(app.clock(), Facts(), app.random)
