"""Daily work, done once a day and made up when a day was missed: rows say what has been done."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, UtcDateTime
from domain.messages.messages import InboundMessage, InState, OutboundMessage, OutState
from domain.people import codes
from domain.registration.applications import EDITABLE, Application, Photo, Stage
from domain.settings import figure


class JobRun(Base):
    """One job on one day."""

    __tablename__ = "job_runs"
    __table_args__ = (UniqueConstraint("name", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    day: Mapped[date]
    found: Mapped[int]
    handled: Mapped[int]
    failed: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def was_run(session: Session, name: str, day: date) -> bool:
    """Whether the job has been done that day."""
    return session.scalar(select(JobRun.id).where(JobRun.name == name, JobRun.day == day)) is not None


def photos_to_erase(session: Session, now: datetime) -> list[int]:
    """Photos of drafts that nobody has touched for longer than the setting says, and of cancelled applications."""
    old = now - timedelta(days=figure(session, "photo_days"))
    abandoned = Application.stage.in_(EDITABLE) & (Application.updated_at < old)
    query = (
        select(Photo.id)
        .outerjoin(Application, Photo.application_id == Application.id)
        .where(
            Photo.erased_at.is_(None),
            abandoned
            | (Application.stage == Stage.CANCELLED)
            | (Photo.application_id.is_(None) & (Photo.received_at < old)),
        )
    )
    return list(session.scalars(query))


def erase_words(session: Session, now: datetime, limit: int = 1000) -> int:
    """Empty the texts of messages older than the setting says; that they were sent stays known. How many."""
    old = now - timedelta(days=figure(session, "message_days"))
    inbound = session.scalars(
        select(InboundMessage)
        .where(InboundMessage.received_at < old, InboundMessage.state == InState.DONE, InboundMessage.media.is_(None))
        .where(InboundMessage.decided_by != "erased")
        .limit(limit)
    ).all()
    for row in inbound:
        row.text, row.decided_by = "", "erased"
    gone = (OutState.SENT, OutState.DELIVERED, OutState.FAILED, OutState.MERGED, OutState.EXPIRED)
    outbound = session.scalars(
        select(OutboundMessage)
        .where(OutboundMessage.created_at < old, OutboundMessage.state.in_(gone), OutboundMessage.body.is_not(None))
        .limit(limit)
    ).all()
    for sent in outbound:
        sent.body = None
    return len(inbound) + len(outbound)


def forget_codes(session: Session, now: datetime) -> int:
    """Delete one-time codes that no rate limit needs any longer. How many."""
    return codes.forget(session, now - timedelta(days=2))
