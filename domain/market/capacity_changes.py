"""What became of each change of capacity (C5): what it opened, until when, and who or what has closed that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain.base import Base, Sealed, UtcDateTime
from domain.evidence import record
from domain.messages.messages import OutboundMessage
from domain.questions.questions import Question
from domain.questions.reached import tried
from domain.registration.applications import Application

NOT_REACHED = "silence_not_reached"  # the fact that silence changed nothing because nobody was reached


THRESHOLD = "threshold"  # the source of a change in which the market's threshold moved, not the capacity


class ChangeState(StrEnum):
    """How far a change is."""

    WAITING = "waiting"
    UNREACHED = "unreached"  # the time was over, and no question had arrived with anybody: a person sees to it
    ANSWERED = "answered"
    SILENT = "silent"  # nobody answered, and what was announced for that holds
    OVER = "over"  # the question was taken back, or nothing came of the answer
    NOTHING = "nothing"  # there was nothing to ask


OPEN = (ChangeState.WAITING, ChangeState.UNREACHED)


class CapacityChange(Base):
    """One change of one account's capacity."""

    __tablename__ = "capacity_changes"
    __table_args__ = (Index("ix_capacity_changes_state", "state", "deadline"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    old_kva: Mapped[str] = mapped_column(Sealed, default="")  # empty: it was not known
    new_kva: Mapped[str] = mapped_column(Sealed)
    source: Mapped[str]
    state: Mapped[str] = mapped_column(default=ChangeState.NOTHING)
    market: Mapped[str] = mapped_column(default="")  # the market that the question is about; empty: none was put
    deadline: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(default="")  # retail, wholesale, stay; empty: nothing was changed
    settled_by: Mapped[str] = mapped_column(default="")  # contact:7, staff:3, system
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_by: Mapped[str] = mapped_column(default="")  # staff:3, who has reached the user themselves
    told_how: Mapped[str] = mapped_column(Sealed, default="")  # whom, when and how, in their words
    application: Mapped[Application] = relationship()


def keep(
    session: Session, application: Application, values: tuple[Decimal | None, Decimal], source: str, now: datetime
) -> CapacityChange:
    """Keep a change, from the old value to the new one; nothing is asked about it yet."""
    old, new = values
    words = f"{old:f}" if old is not None else ""
    row = CapacityChange(application_id=application.id, at=now, old_kva=words, new_kva=f"{new:f}", source=source)
    session.add(row)
    session.flush()
    return row


def asks(row: CapacityChange, to: str, deadline: datetime, places: int) -> None:
    """The question that it opens, sent to so many places. Where there was none, nobody is reached from the start,
    unless a person has reached them."""
    row.market, row.deadline, row.settled_at, row.settled_by = to, deadline, None, ""
    row.state = ChangeState.WAITING if places or row.told_by else ChangeState.UNREACHED


def open_of(session: Session, application: Application) -> CapacityChange | None:
    """The change of an application whose question is not settled, if there is one."""
    query = select(CapacityChange).where(
        CapacityChange.application_id == application.id, CapacityChange.state.in_(OPEN)
    )
    return session.scalar(query.order_by(CapacityChange.id.desc()).limit(1))


def is_by_threshold(session: Session, application: Application) -> bool:
    """Whether the newest change of an application is one of the market's threshold."""
    query = select(CapacityChange.source).where(CapacityChange.application_id == application.id)
    return session.scalar(query.order_by(CapacityChange.id.desc()).limit(1)) == THRESHOLD


def asked_by(session: Session, question: Question) -> CapacityChange | None:
    """The open change that this question was put for."""
    query = select(CapacityChange).where(
        CapacityChange.application_id == question.application_id,
        CapacityChange.state.in_(OPEN),
        CapacityChange.deadline == question.deadline,
    )
    return session.scalar(query.order_by(CapacityChange.id.desc()).limit(1))


def settle(row: CapacityChange, state: ChangeState, answer: str, by: str, now: datetime) -> None:
    """Close it: how, with which answer, by whom."""
    row.state, row.answer, row.settled_by, row.settled_at = state, answer, by, now


def told_in_person(session: Session, question: Question) -> bool:
    """Whether a member of staff has said that they reached the user, and how."""
    row = asked_by(session, question)
    return row is not None and bool(row.told_by)


def ended(session: Session, question: Question, reached: bool, now: datetime) -> CapacityChange | None:
    """The time for a question is over, and nothing is changed by that: because it was announced so, or because nobody
    was reached. The latter is kept with each message that did not arrive; it is returned, for a person to see to it."""
    row = asked_by(session, question)
    if row is None or (row.state == ChangeState.UNREACHED and row.settled_by):
        return None
    settle(row, ChangeState.SILENT if reached else ChangeState.UNREACHED, "", "system", now)
    if reached:
        return None
    data = {"change": row.id, "deadline": question.deadline.isoformat(), "tried": _said(tried(session, question))}
    record(session, NOT_REACHED, ("application", row.application_id), "system", data, now)
    return row


def _said(rows: Sequence[OutboundMessage]) -> list[dict[str, str]]:
    return [{"channel": each.address.channel, "state": each.state, "error": each.error} for each in rows]
