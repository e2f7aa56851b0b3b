"""What the sources said, each answer with its moment: used again while it is fresh, and for a while when its source is
down. Rows are only ever added; the newest one of a key counts, the older ones go on schedule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, SealedJson, UtcDateTime
from domain.private import fingerprint
from domain.settings import figure
from domain.sources.facts import Account, Company
from domain.sources.lookups import Facts, Lookup, Told, Where

# Whose setting says how long an answer is fresh; a name is looked up in the registry, too.
FRESH: Mapping[Where, str] = {
    Where.MARKETING: "fresh_hours_marketing",
    Where.REGISTRY: "fresh_hours_registry",
    Where.REGISTRY_NAME: "fresh_hours_registry",
    Where.TIANYANCHA: "fresh_hours_tianyancha",
    Where.TELECOM: "fresh_hours_telecom",
}


class SourceRecord(Base):
    """One answer of one source. What was asked stands here only as a fingerprint."""

    __tablename__ = "source_records"
    __table_args__ = (Index("ix_source_records_newest", "key_mark", "asked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]  # `domain.sources.lookups.Where`
    key_mark: Mapped[str]
    found: Mapped[bool]
    answer: Mapped[Any] = mapped_column(SealedJson, nullable=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ms: Mapped[int]

    def told(self) -> Told:
        """The answer as the source gave it, with its moment."""
        if not self.found:
            return None
        if self.source == Where.MARKETING:
            return Account.from_json({**self.answer, "said_at": self.asked_at.isoformat()})
        if self.source == Where.TELECOM:
            return str(self.answer)
        return Company.from_json({**self.answer, "said_at": self.asked_at.isoformat()})


def newest(session: Session, lookups: Iterable[Lookup], since: datetime) -> dict[Lookup, SourceRecord]:
    """The newest answer to each lookup since a moment, for those that were answered."""
    marks = {_mark(lookup): lookup for lookup in lookups}
    query = select(SourceRecord).where(SourceRecord.key_mark.in_(marks), SourceRecord.asked_at >= since)
    rows = session.scalars(query.order_by(SourceRecord.asked_at, SourceRecord.id))
    return {marks[row.key_mark]: row for row in rows}


def kept(session: Session, lookups: Sequence[Lookup], now: datetime) -> dict[Lookup, SourceRecord]:
    """What is kept of these lookups and young enough to be of any use."""
    hours = [figure(session, FRESH[lookup.where]) for lookup in lookups]
    hours.append(figure(session, "source_old_days") * 24)
    return newest(session, lookups, now - timedelta(hours=max(hours)))


def is_fresh(session: Session, lookup: Lookup, row: SourceRecord, now: datetime) -> bool:
    """Whether the answer may be used without asking again. “Not found” and “cannot say” are always asked again: a
    company that was founded yesterday, or a phone that was registered since, must not be refused from memory."""
    if not row.found or row.answer == "unknown":
        return False
    return now - row.asked_at < timedelta(hours=figure(session, FRESH[lookup.where]))


def may_serve(session: Session, row: SourceRecord, now: datetime) -> bool:
    """Whether the answer may be used while its source is down."""
    return row.found and now - row.asked_at <= timedelta(days=figure(session, "source_old_days"))


def keep(session: Session, facts: Facts) -> int:
    """Keep what was just asked, in the transaction that uses it: how many. What came from here is not kept again."""
    new = [lookup for lookup in facts.at if lookup not in facts.kept]
    for lookup in new:
        told = facts.told[lookup]
        answer = told.to_json() if isinstance(told, Account | Company) else told
        session.add(
            SourceRecord(
                source=lookup.where,
                key_mark=_mark(lookup),
                found=told is not None,
                answer=answer,
                asked_at=facts.at[lookup],
                ms=facts.ms.get(lookup, 0),
            )
        )
    facts.kept.update(new)
    return len(new)


def forget(session: Session, now: datetime) -> int:
    """Delete answers older than the setting says: how many."""
    old = now - timedelta(days=figure(session, "source_keep_days"))
    gone = session.execute(delete(SourceRecord).where(SourceRecord.asked_at < old))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def age(at: datetime, now: datetime) -> str:
    """How old an answer is, as people say it: 刚刚, 5分钟前, 3小时前, 3天前."""
    minutes = int((now - at).total_seconds()) // 60
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes}分钟前"
    return f"{minutes // 60}小时前" if minutes < 24 * 60 else f"{minutes // (24 * 60)}天前"


def _mark(lookup: Lookup) -> str:
    return fingerprint(f"source:{lookup.where}", lookup.key)
