"""Asking the sources, after a look at what they said before. Nothing here is inside of a write transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.app import App
from domain.registration.registration import fallbacks
from domain.sources.lookups import Facts, Lookup, Where
from domain.sources.records import SourceRecord, is_fresh, kept, may_serve


def inquire(app: App, lookups: Sequence[Lookup], *, within: timedelta | None = None, stand_in: bool = True) -> Facts:
    """The answers to these lookups: kept ones that are fresh, else new ones. Where a source is down, Tianyancha in the
    registry's place, and then what is kept of it, with its age; without `stand_in` nobody answers in its place. With
    `within`, only what was said within that time counts.

    Whoever uses the answers keeps the new ones in their own transaction: `domain.sources.records.keep`.
    """
    facts = Facts()
    if not lookups:
        return facts
    now, wanted = app.clock(), list(dict.fromkeys(lookups))
    with app.store.read() as session:
        known = kept(session, [*wanted, *_in_its_place(wanted)], now)
        fresh = {each for each, row in known.items() if _usable(session, each, row, now, within)}
        serves = stand_in and within is None
        old = {each for each, row in known.items() if serves and may_serve(session, row, now)}
    _use(facts, known, fresh.intersection(wanted))
    _ask(app, facts, wanted, now)
    second = fallbacks(wanted, facts) if stand_in else []
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
