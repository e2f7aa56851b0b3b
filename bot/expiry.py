"""Questions that nobody answered: closed one at a time, each in its own transaction."""

from __future__ import annotations

import structlog

from bot.app import App
from domain.questions import silence
from domain.registration.registration import Scene
from domain.sources.lookups import Facts

log = structlog.get_logger(__name__)


def expire_questions(app: App) -> int:
    """Close what is past its deadline, and do what was announced for silence. Killed in between, it goes on where it
    stopped; called twice, it does nothing twice. How many."""
    with app.store.read() as session:
        found = silence.overdue(session, app.clock())
    closed = 0
    for question_id in found:
        try:
            with app.store.write() as session:
                closed += silence.expire(session, question_id, Scene(app.clock(), Facts(), app.random))
        except Exception as error:  # one that cannot be closed stops none of the others
            log.error("questions.not_closed", question=question_id, error=type(error).__name__, exc_info=True)
    if closed:
        log.info("questions.expired", found=len(found), closed=closed)
    return closed
