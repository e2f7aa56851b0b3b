"""Keeping what admitted accounts used fresh: a few at a time, side by side, each in a transaction of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import structlog

from bot.app import App
from bot.sources.base import SourceDown
from bot.sources.desk import MOST_AT_ONCE
from domain.usage import asking

log = structlog.get_logger(__name__)


def refresh_usage(app: App) -> None:
    """Every half minute: ask the marketing system what the next accounts used. While it is down nothing is noted, so
    that they are asked for again."""
    with app.store.read() as session:
        wishes = asking.due(session, app.clock())
    if not wishes:
        return
    with ThreadPoolExecutor(max_workers=min(len(wishes), MOST_AT_ONCE)) as threads:
        answers = list(threads.map(lambda wish: app.sources.usage(wish.number, wish.first, wish.last), wishes))
    changed = down = 0
    for wish, answer in zip(wishes, answers, strict=True):
        if isinstance(answer, SourceDown):
            down += 1
            continue
        with app.store.write() as session:
            changed += asking.take(session, wish, answer, app.clock())
    log.info("usage", asked=len(wishes), months=changed, down=down)
