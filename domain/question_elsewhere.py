"""An answer on one channel is told on the other one, where the same question stands: nobody answers twice."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.messages import InboundMessage, OutboundMessage
from domain.people import Address
from domain.question_match import SEEN
from domain.question_replies import CHANNELS
from domain.questions import Question
from domain.registration import Scene


def tell_elsewhere(session: Session, question: Question, inbound: InboundMessage, scene: Scene) -> None:
    """Write one short message to each other channel on whose screen the question stands, once."""
    rows = session.scalars(
        select(Address)
        .join(OutboundMessage)
        .where(
            OutboundMessage.question_id == question.id,
            OutboundMessage.state.in_(SEEN),
            Address.contact_id == question.contact_id,
            Address.channel != inbound.channel,
            Address.reachable,
            Address.notices,
        )
        .distinct()
    )
    for address in {row.channel: row for row in rows}.values():
        session.add(_message(question, address, CHANNELS.get(inbound.channel, "另一处"), scene))


def _message(question: Question, address: Address, where: str, scene: Scene) -> OutboundMessage:
    named = f"（{question.code}）" if question.code else ""
    text = f"您刚在{where}里回复了“{question.label(question.answer)}”{named}，这边不用再答。"
    return OutboundMessage(
        address_id=address.id,
        application_id=question.application_id,
        event="answered_elsewhere",
        key=f"answered:{question.id}:{address.channel}",
        body={"text": text, "options": [], "short": text},
        due_at=scene.now,
        created_at=scene.now,
    )
