"""The automatic review, where it could not decide at the submission: after a source is back, an undo's time is over, or
an administrator has switched it on for what waits."""

from __future__ import annotations

import structlog

from bot.app import App
from bot.turn import ring
from domain.registration.applications import Application
from domain.review import automatic, presence

log = structlog.get_logger(__name__)


def decide_waiting(app: App) -> None:
    """Every minute: let the rules decide what waits for them, one application at a time."""
    with app.store.read() as session:
        waiting = automatic.waiting(session, app.clock())
    decided = sum(_decide(app, application_id) for application_id in waiting)
    if waiting:
        ring(app, app.clock())
        log.info("automatic_review", waiting=len(waiting), decided=decided)


def forget_presences(app: App) -> tuple[int, int, int]:
    """Every day: forget who looked at what."""
    with app.store.write() as session:
        gone = presence.forget(session, app.clock())
    return gone, gone, 0


def _decide(app: App, application_id: int) -> int:
    """One application; how many of its reviews the rules decided. One that fails does not stop the rest."""
    try:
        with app.store.write() as session:
            application = session.get_one(Application, application_id, with_for_update=True)
            return automatic.decide(session, application, app.clock())
    except Exception:
        log.exception("automatic_review.failed", application=application_id)
        return 0
