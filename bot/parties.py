"""The other parties of a registration are told: one at a time, each in its own transaction."""

from __future__ import annotations

import structlog

from bot.app import App
from bot.singly import one_by_one
from domain.registration import parties_told

log = structlog.get_logger(__name__)


def tell_parties(app: App) -> int:
    """Tell whoever is to be told now. Killed in between, it goes on where it stopped; called twice, it tells nobody
    twice. How many."""
    with app.store.read() as session:
        found = parties_told.due(session, app.clock())
    _, told, _ = one_by_one(
        app, "party", found, lambda session, each: parties_told.tell(session, each, app.clock(), app.random)
    )
    if told:
        log.info("parties.told", found=len(found), told=told)
    return told
