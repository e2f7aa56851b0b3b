"""Asking the sources, after a look at what they said before. Nothing here is inside of a write transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.app import App
from domain.lookups import Facts, Lookup, Where
from domain.registration import fallbacks
from domain.source_records import SourceRecord, is_fresh, kept, may_serve


def inquire(app: App, lookups: Sequence[Lookup], *, within: timedelta | None = None) -> Facts:
    """The answers to these lookups: kept ones that are fresh (or, where `within` is given, not older than that), else
    new ones; Tianyancha where the registry is down; what is kept of a source that is down, with its age.

    Whoever uses the answers keeps the new ones in their own transaction: `domain.source_records.keep`.
    """
    facts = Facts()
    if not lookups:
        return facts
    now, wanted = app.clock(), list(dict.fromkeys(lookups))
    with app.store.read() as session:
        known = kept(session, [*wanted, *_in_its_place(wanted)], now)
        fresh = {each for each, row in known.items() if _usable(session, each, row, now, within)}
        old = {each for each, row in known.items() if may_serve(session, row, now)}
    _use(facts, known, fresh.intersection(wanted))
    _ask(app, facts, wanted, now)
    second = fallbacks(wanted, facts)
    _use(facts, known, fresh.intersection(second))
    _ask(app, facts, second, now)
    _use(facts, known, {each for each in old & facts.down if not _answered_elsewhere(facts, each)})
    return facts


def _in_its_place(lookups: Sequence[Lookup]) -> list[Lookup]:
    return [Lookup(Where.TIANYANCHA, each.key) for each in lookups if each.where == Where.REGISTRY]


def _usable(session: Session, lookup: Lookup, row: SourceRecord, now: datetime, within: timedelta | None) -> bool:
    if within is None:
        return is_fresh(session, lookup, row, now)
    return row.found and now - row.asked_at < within


def _ask(app: App, facts: Facts, lookups: Sequence[Lookup], now: datetime) -> None:
    asked = facts.missing(lookups)
    app.sources.ask(asked, facts)
    for lookup in asked:
        if lookup in facts.told:
            facts.tell(lookup, facts.told[lookup], now)


def _use(facts: Facts, known: dict[Lookup, SourceRecord], which: set[Lookup]) -> None:
    for lookup in which:
        row = known[lookup]
        facts.tell(lookup, row.told(), row.asked_at)
        facts.kept.add(lookup)
        facts.down.discard(lookup)


def _answered_elsewhere(facts: Facts, lookup: Lookup) -> bool:
    return lookup.where == Where.REGISTRY and facts.company(lookup.key)[0] is not None
