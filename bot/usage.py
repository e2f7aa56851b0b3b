"""Keeping what admitted accounts used fresh: side by side at the source, each account in a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from bot.app import App
from bot.singly import alone
from bot.sources.base import SourceDown
from bot.sources.desk import MOST_AT_ONCE
from domain.usage import asking
from domain.usage.asking import Wish

LEASE = 120  # seconds after which a worker that died no longer keeps the others from it

log = structlog.get_logger(__name__)


def refresh_usage(app: App) -> None:
    """Every half minute: ask the marketing system what the next accounts used. While it is down nothing is noted, so
    that they are asked for again. One worker at a time, or an account would be asked for twice."""
    alone(app.redis, "usage", lambda: _refresh(app), lasts=LEASE)


def _refresh(app: App) -> None:
    with app.store.read() as session:
        wishes = asking.due(session, app.clock())
    asked = changed = 0
    for first in range(0, len(wishes), MOST_AT_ONCE):
        told, months = _ask(app, wishes[first : first + MOST_AT_ONCE])
        asked, changed = asked + told, changed + months
        if not told:
            break  # it is down: the others wait for the next run
    if wishes:
        log.info("usage", due=len(wishes), told=asked, months=changed)


def _ask(app: App, wishes: Sequence[Wish]) -> tuple[int, int]:
    """Ask for some accounts side by side: for how many it answered, and how many months changed."""
    with ThreadPoolExecutor(max_workers=len(wishes)) as threads:
        answers = list(threads.map(lambda wish: app.sources.usage(wish.number, wish.first, wish.last), wishes))
    told = [(wish, each) for wish, each in zip(wishes, answers, strict=True) if not isinstance(each, SourceDown)]
    changed = 0
    for wish, records in told:
        with app.store.write() as session:
            changed += asking.take(session, wish, records, app.clock())
    return len(told), changed
