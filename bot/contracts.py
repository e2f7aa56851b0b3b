"""The nightly look at contracts, and the sweep of requests that nobody answered: one at a time, each in its own
transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from bot.app import App
from bot.singly import one_by_one
from domain.contracts import asking, expiry, requests
from domain.contracts.tables import Request
from domain.workdays import local_day

log = structlog.get_logger(__name__)


def tend_contracts(app: App) -> Sequence[int]:
    """Tell of ends, renew by silence, end what is over: found, handled, failed. A bad row stops nobody."""
    with app.store.read() as session:
        found = expiry.due(session, local_day(app.clock()))
    return one_by_one(app, "contract", found, lambda session, each: expiry.tend(session, each, app.clock()))


def lapse_requests(app: App) -> None:
    """Close what was not agreed to in time, and tell both sides."""
    now = app.clock()
    with app.store.read() as session:
        found = requests.overdue(session, now)
    count, lapsed, failed = one_by_one(app, "request", found, lambda session, each: _lapse(session, each, now))
    if found:
        log.info("contracts.lapsed", found=count, lapsed=lapsed, failed=failed)


def _lapse(session: Session, request_id: int, now: datetime) -> bool:
    row = session.get_one(Request, request_id, with_for_update=True)
    lapsed = requests.lapse(session, row, now)
    if lapsed:
        asking.tell_closed(session, row, now)
    return lapsed
