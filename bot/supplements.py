"""The nightly look at what applications owe: one at a time, each in its own transaction."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.app import App
from domain.registration.applications import Application
from domain.supplements import days

log = structlog.get_logger(__name__)


def tend_supplements(app: App) -> Sequence[int]:
    """Remind of what falls due, and do what was said beforehand where it did not come: found, handled, failed."""
    with app.store.read() as session:
        found = days.to_look_at(session)
    handled = failed = 0
    for application_id in found:
        try:
            with app.store.write() as session:
                application = session.get_one(Application, application_id, with_for_update=True)
                handled += bool(days.tend(session, application, app.clock()))
        except Exception as error:  # one bad row stops nobody else
            failed += 1
            log.error("supplement.failed", application=application_id, error=type(error).__name__)
    return len(found), handled, failed
