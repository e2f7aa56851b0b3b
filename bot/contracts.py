"""The nightly look at contracts, and the sweep of requests that nobody answered: one at a time, each in its own
transaction."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.app import App
from domain.contracts import asking, expiry, requests
from domain.contracts.tables import Request
from domain.workdays import local_day

log = structlog.get_logger(__name__)


def tend_contracts(app: App) -> Sequence[int]:
    """Tell of ends, renew by silence, end what is over: found, handled, failed. A bad row stops nobody."""
    with app.store.read() as session:
        found = expiry.due(session, local_day(app.clock()))
    handled = failed = 0
    for contract_id in found:
        try:
            with app.store.write() as session:
                handled += bool(expiry.tend(session, contract_id, app.clock()))
        except Exception as error:  # one bad row stops nobody else
            failed += 1
            log.error("contract.failed", contract=contract_id, error=type(error).__name__)
    return len(found), handled, failed


def lapse_requests(app: App) -> None:
    """Close what was not agreed to in time, and tell both sides."""
    now = app.clock()
    with app.store.read() as session:
        found = requests.overdue(session, now)
    for request_id in found:
        with app.store.write() as session:
            row = session.get_one(Request, request_id, with_for_update=True)
            if requests.lapse(session, row, now):
                asking.tell_closed(session, row, now)
    if found:
        log.info("contracts.lapsed", found=len(found))
