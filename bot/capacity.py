"""Reading the capacity of admitted accounts anew: side by side at the source, each change in its own transaction."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.app import App
from bot.singly import alone
from bot.usage import LEASE
from domain.market import capacity, threshold
from domain.market.capacity import Wish
from domain.registration.applications import Application
from domain.registration.registration import Scene
from domain.sources.lookups import Facts

AT_ONCE = 50  # accounts that are asked about, and noted, together

log = structlog.get_logger(__name__)


def read_capacities(app: App) -> None:
    """Every half minute: read the next accounts that were not read for long. While the marketing system is down nothing
    is taken for a change, and they are read again soon. One worker at a time."""
    alone(app.redis, "capacity", lambda: _read(app), lasts=LEASE)


def _read(app: App) -> None:
    with app.store.read() as session:
        wishes = capacity.due(session, app.clock())
    changed = 0
    for first in range(0, len(wishes), AT_ONCE):
        some = wishes[first : first + AT_ONCE]
        facts = app.sources.ask([each.lookup for each in some], Facts())
        changed += _take(app, some, facts)
        if not facts.told:
            break  # it is down: the others wait for the next run
    if wishes:
        log.info("capacity", due=len(wishes), changed=changed)


def _take(app: App, wishes: Sequence[Wish], facts: Facts) -> int:
    """Hold each against a threshold that has moved, take over what differs, then note that all were read: killed in
    between, they are read again."""
    with app.store.read() as session:
        found = [(each, session.get_one(Application, each.application_id)) for each in wishes]
        differ = [wish for wish, row in found if capacity.differs(row, facts.account(wish.lookup.key))]
        moved = [wish for wish, row in found if threshold.moved(session, row) is not None]
    changed = 0
    for wish in moved:
        with app.store.write() as session:
            row = session.get_one(Application, wish.application_id, with_for_update=True)
            changed += threshold.apply(session, row, Scene(app.clock(), Facts(), app.random))
    for wish in differ:
        account = facts.account(wish.lookup.key)
        if account is None:
            continue
        with app.store.write() as session:
            row = session.get_one(Application, wish.application_id, with_for_update=True)
            changed += capacity.take(session, row, account, Scene(app.clock(), Facts(), app.random))
    with app.store.write() as session:
        for wish in wishes:
            capacity.note(session, wish, app.clock(), down=wish.lookup in facts.down)
    return changed
