"""The daily look at campaigns: one person at a time, each in its own transaction."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.app import App
from domain.market import campaigns

log = structlog.get_logger(__name__)


def prompt_people(app: App) -> Sequence[int]:
    """Prompt everybody for whom a campaign's step has come: found, handled, failed."""
    with app.store.read() as session:
        found = campaigns.people_due(session, app.clock())
    handled = failed = 0
    for campaign_id, contact_id in found:
        try:
            with app.store.write() as session:
                handled += campaigns.prompt(session, campaign_id, contact_id, app.clock())
        except Exception as error:  # one bad row stops nobody else
            failed += 1
            log.error("campaign.failed", campaign=campaign_id, error=type(error).__name__)
    return len(found), handled, failed
