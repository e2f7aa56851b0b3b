"""The nightly look at what applications owe: one at a time, each in its own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.app import App
from bot.singly import one_by_one
from domain.registration.applications import Application
from domain.supplements import days


def tend_supplements(app: App) -> Sequence[int]:
    """Remind of what falls due, and do what was said beforehand where it did not come: found, handled, failed."""
    with app.store.read() as session:
        found = days.to_look_at(session)
    return one_by_one(app, "supplement", found, lambda session, each: _tend(session, each, app.clock()))


def _tend(session: Session, application_id: int, now: datetime) -> object:
    return days.tend(session, session.get_one(Application, application_id, with_for_update=True), now)
