"""What happened, who did it, on what words: rows chained by hash, so that a change does not go unnoticed.

The canonical form, which a third party computes in the same way (`docs/evidence.md`): a row's content is the JSON list
[at, what, about_kind, about_id, who, data] with `, ` and `: ` between its parts, keys sorted and nothing escaped that
JSON lets stand, in UTF-8; `at` is ISO 8601 in UTC with +00:00. Its digest is the SHA-256 of the content, and its mark
the SHA-256 of “mark of the row before” + newline + “digest”, all in lower-case hex. So a stretch of the chain can be
shown by digests alone, without what the rows of others hold.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import Index, event, select
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from domain.base import Base, SealedJson, UtcDateTime

START = "0" * 64
_END = "evidence"  # the mark of the last fact, where this transaction wrote it


class Evidence(Base):
    """One fact. `mark` holds the row before it and everything in this one."""

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_about", "about_kind", "about_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[str]
    about_kind: Mapped[str]
    about_id: Mapped[int]
    who: Mapped[str]  # contact:7, staff:3, system
    data: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    before: Mapped[str] = mapped_column(unique=True)
    mark: Mapped[str]


def record(
    session: Session, what: str, about: tuple[str, int], who: str, data: dict[str, Any], now: datetime
) -> Evidence:
    """Add a fact to the chain. Two writers cannot both follow the same row: `before` is unique. So a transaction that
    has written its first fact owns the chain's end until it is over, and its other facts follow without asking."""
    mine = session.info.get(_END)
    before = mine or session.scalar(select(Evidence.mark).order_by(Evidence.id.desc()).limit(1)) or START
    row = Evidence(at=now, what=what, about_kind=about[0], about_id=about[1], who=who, data=data, before=before)
    row.mark = session.info[_END] = mark_of(before, digest_of(row))
    session.add(row)
    if mine is None:
        session.flush()
    return row


def broken_at(session: Session) -> int | None:
    """The id of the first row that does not follow from the one before it; None when the chain holds."""
    before = START
    for row in session.scalars(select(Evidence).order_by(Evidence.id)).yield_per(500):
        if row.before != before or row.mark != mark_of(row.before, digest_of(row)):
            return row.id
        before = row.mark
    return None


def content_of(row: Evidence) -> str:
    """A row's content in its canonical form; see the head of this file."""
    content = [row.at.isoformat(), row.what, row.about_kind, row.about_id, row.who, row.data]
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def digest_of(row: Evidence) -> str:
    """The digest of a row's content."""
    return hashlib.sha256(content_of(row).encode()).hexdigest()


def mark_of(before: str, digest: str) -> str:
    """The mark of a row with this digest that follows the row with the mark `before`."""
    return hashlib.sha256(f"{before}\n{digest}".encode()).hexdigest()


@event.listens_for(Session, "after_transaction_end")
def _end_is_open(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(_END, None)


@event.listens_for(Session, "after_soft_rollback")
def _end_is_another(session: Session, _ended: SessionTransaction) -> None:
    session.info.pop(_END, None)
