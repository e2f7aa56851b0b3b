"""What happened, who did it, on what words: rows chained by hash, so that a change does not go unnoticed."""

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
    """One fact. `mark` is the SHA-256 of the row before it and of everything in this one."""

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
    row.mark = session.info[_END] = _mark(row)
    session.add(row)
    if mine is None:
        session.flush()
    return row


def broken_at(session: Session) -> int | None:
    """The id of the first row that does not follow from the one before it; None when the chain holds."""
    before = START
    for row in session.scalars(select(Evidence).order_by(Evidence.id)).yield_per(500):
        if row.before != before or row.mark != _mark(row):
            return row.id
        before = row.mark
    return None


@event.listens_for(Session, "after_transaction_end")
def _end_is_open(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(_END, None)


@event.listens_for(Session, "after_soft_rollback")
def _end_is_another(session: Session, _ended: SessionTransaction) -> None:
    session.info.pop(_END, None)


def _mark(row: Evidence) -> str:
    content = [row.before, row.at.isoformat(), row.what, row.about_kind, row.about_id, row.who, row.data]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
