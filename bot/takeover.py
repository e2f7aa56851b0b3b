"""The minute's look at the talks with staff: each one in its own transaction, one line about what was done."""

from __future__ import annotations

from collections import Counter

import structlog

from bot.app import App
from bot.turn import ring
from domain.registration.registration import Scene
from domain.sources.lookups import Facts
from domain.talks import watch

log = structlog.get_logger(__name__)


def watch_talks(app: App) -> None:
    """Call staff for who waits too long, and give back to the bot what has gone quiet. A second run changes nothing."""
    with app.store.read() as session:
        found = watch.found(session)
    done: Counter[str] = Counter()
    for conversation_id in found:
        try:
            with app.store.write() as session:
                done[watch.look(session, conversation_id, Scene(app.clock(), Facts(), app.random))] += 1
        except Exception as error:
            log.error("talk.failed", conversation=conversation_id, error=type(error).__name__, exc_info=True)
    if any(done[name] for name in ("alarm", "back", "missed")):
        ring(app, app.clock())
        log.info("talks", found=len(found), alarms=done["alarm"], back=done["back"], missed=done["missed"])
