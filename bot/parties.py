"""The other parties of a registration are told: one at a time, each in its own transaction."""

from __future__ import annotations

import structlog

from bot.app import App
from domain.registration import parties_told

log = structlog.get_logger(__name__)


def tell_parties(app: App) -> int:
    """Tell whoever is to be told now. Killed in between, it goes on where it stopped; called twice, it tells nobody
    twice. How many."""
    with app.store.read() as session:
        found = parties_told.due(session, app.clock())
    told = 0
    for party_id in found:
        try:
            with app.store.write() as session:
                told += parties_told.tell(session, party_id, app.clock(), app.random)
        except Exception as error:  # one that cannot be told stops none of the others
            log.error("parties.not_told", party=party_id, error=type(error).__name__, exc_info=True)
    if told:
        log.info("parties.told", found=len(found), told=told)
    return told
