"""Asking the sources again about applications under review: before an approval, and by and by in the background."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy import select

from bot.app import App
from bot.inquiry import inquire
from domain.registration.applications import Application
from domain.settings import figure
from domain.sources import rechecks, records
from domain.sources.lookups import Lookup
from domain.sources.rechecks import Change

log = structlog.get_logger(__name__)


def recheck(app: App, application_ids: Sequence[int]) -> dict[int, list[Change]]:
    """Ask again what is too old to approve these applications on, and take it over, each in its own transaction: the
    changes by application. The sources are asked before anything is locked."""
    with app.store.read() as session:
        now = app.clock()
        found = session.scalars(select(Application).where(Application.id.in_(application_ids)))
        wanted = {each.id: rechecks.stale(session, each, now) for each in found}
        hours = figure(session, "recheck_hours")
    asked = {application_id: lookups for application_id, lookups in wanted.items() if lookups}
    everything: list[Lookup] = [lookup for lookups in asked.values() for lookup in lookups]
    facts = inquire(app, everything, within=timedelta(hours=hours))
    changes = {}
    for application_id in asked:
        with app.store.write() as session:
            records.keep(session, facts)
            application = session.get_one(Application, application_id, with_for_update=True)
            if rechecks.stale(session, application, now):  # a colleague may have been as quick
                changes[application_id] = rechecks.take_over(session, application, facts, app.clock())
    return {application_id: found for application_id, found in changes.items() if found}


def recheck_due(app: App) -> None:
    """Every half minute: ask again about the next applications under review whose data has grown old."""
    with app.store.read() as session:
        due = rechecks.due(session, app.clock())
    if due:
        changes = recheck(app, due)
        log.info("recheck", asked=len(due), changed=len(changes))
