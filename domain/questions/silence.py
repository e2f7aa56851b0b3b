"""When nobody answers by the deadline: the question is closed, and what was announced for silence happens, where
somebody was reached with it. Who was never asked has not agreed to anything by saying nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from domain.dialogue.answers import Given, act
from domain.evidence import record
from domain.market import capacity_changes, capacity_staff
from domain.market.changing import PURPOSE as MARKET
from domain.messages.messages import InboundMessage, InState, OutboundMessage
from domain.notices.notices import tell
from domain.people.contacts import Address
from domain.questions.questions import Question, QuestionState, close
from domain.questions.reached import was_reached
from domain.questions.replies import silence_did, title
from domain.questions.shown import SEEN
from domain.registration.registration import Scene

GRACE = timedelta(minutes=2)  # what came in time and is still being worked on goes first
SYSTEM = "system"


def overdue(session: Session, now: datetime, limit: int = 500) -> list[int]:
    """The open questions whose time is over, and whose contact has nothing in hand that came in time."""
    in_hand = exists().where(
        InboundMessage.address_id == Address.id,
        Address.contact_id == Question.contact_id,
        InboundMessage.state == InState.KEPT,
        InboundMessage.received_at <= Question.deadline,
    )
    query = select(Question.id).where(
        Question.state == QuestionState.OPEN, Question.deadline < now - GRACE, ~in_hand.correlate(Question)
    )
    return list(session.scalars(query.order_by(Question.deadline).limit(limit)))


def expire(session: Session, question_id: int, scene: Scene) -> bool:
    """Close a question that nobody answered, once. What was announced for silence acts, unless nobody was reached;
    where the matter binds, it is kept as evidence and the person is told."""
    question = session.get_one(Question, question_id, with_for_update=True)
    if question.deadline >= scene.now:
        return False
    reached = was_reached(session, question) or capacity_changes.told_in_person(session, question)
    answer = question.silence if reached else ""
    if not close(session, question, QuestionState.EXPIRED, answer, None, scene.now):
        return False
    if question.binding:
        _keep(session, question, reached, scene.now)
        _tell(session, question, scene)
    if answer:
        act(session, Given(question, answer, SYSTEM), scene)
    elif question.purpose == MARKET and capacity_changes.ended(session, question, reached, scene.now):
        capacity_staff.unreached(session, scene.now)
    return True


def _keep(session: Session, question: Question, reached: bool, now: datetime) -> None:
    data = {
        "question": question.id,
        "purpose": question.purpose,
        "shown": question.text,
        "answer": question.answer,
        "reached": reached,
    }
    record(session, "silence", _about(question), SYSTEM, data, now)


def _about(question: Question) -> tuple[str, int]:
    return ("application", question.application_id) if question.application_id else ("question", question.id)


def _tell(session: Session, question: Question, scene: Scene) -> None:
    """Where the question was last seen."""
    address = session.scalar(
        select(Address)
        .join(OutboundMessage)
        .where(OutboundMessage.question_id == question.id, OutboundMessage.state.in_(SEEN))
        .order_by(OutboundMessage.id.desc())
        .limit(1)
    )
    if address is None or address.contact_id != question.contact_id:
        return
    short = f"编号{question.code}的答复时间已过。{silence_did(question)}"
    text = f"“{title(session, question)}”的答复时间已过。{silence_did(question)}"
    key = str(question.id)
    tell(session, "question_expired", question.contact_id, {"text": short}, scene.now, key=key, text=text, at=address)
