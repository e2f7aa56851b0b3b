"""The daily look at campaigns: one person at a time, each in its own transaction."""

from __future__ import annotations

from collections.abc import Sequence

from bot.app import App
from bot.singly import one_by_one
from domain.market import campaigns


def prompt_people(app: App) -> Sequence[int]:
    """Prompt everybody for whom a campaign's step has come: found, handled, failed."""
    with app.store.read() as session:
        found = campaigns.people_due(session, app.clock())
    return one_by_one(app, "campaign", found, lambda session, each: campaigns.prompt(session, *each, app.clock()))
