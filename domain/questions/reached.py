"""Whether a question has arrived anywhere. Silence says something only where somebody was asked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from domain.messages.messages import PAGE, OutboundMessage, OutState
from domain.notices.outages import PUSH_GATE
from domain.questions.questions import Question

PASSIVE = "passive"
_NEEDS_NO_REPORT = (PASSIVE, PAGE, PUSH_GATE)  # WeChat and the browser took it themselves; nobody reports it later


def was_reached(session: Session, question: Question) -> bool:
    """Whether the question, as it was put to this person or to others who may answer it as well, has arrived with one
    of them on any channel."""
    query = select(OutboundMessage.id).where(_shows(question), _arrived()).limit(1)
    return session.scalar(query) is not None


def arrived(session: Session, slots: Collection[str]) -> set[tuple[str, datetime]]:
    """The questions of these slots that have arrived with anybody, each as slot and deadline."""
    query = select(Question.slot, Question.deadline).join(OutboundMessage, OutboundMessage.question_id == Question.id)
    found = session.execute(query.where(Question.slot.in_(slots), _arrived()).distinct())
    return {(row.slot, row.deadline) for row in found}


def tried(session: Session, question: Question) -> list[OutboundMessage]:
    """The messages that were to show it to any of them, oldest first."""
    return list(session.scalars(select(OutboundMessage).where(_shows(question)).order_by(OutboundMessage.id)))


def _shows(question: Question) -> ColumnElement[bool]:
    """The messages with this question, or with what others were asked together with it."""
    asked = select(Question.id).where(Question.slot == question.slot, Question.deadline == question.deadline)
    return OutboundMessage.question_id.in_(asked) if question.slot else OutboundMessage.question_id == question.id


def _arrived() -> ColumnElement[bool]:
    """That an SMS was sent is no proof: its report is."""
    taken = and_(OutboundMessage.state == OutState.SENT, OutboundMessage.via.in_(_NEEDS_NO_REPORT))
    return or_(OutboundMessage.state == OutState.DELIVERED, taken)
