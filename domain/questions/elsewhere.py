"""An answer on one channel is told on the other one, where the same question stands: nobody answers twice."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.messages.messages import InboundMessage, OutboundMessage
from domain.notices.notices import tell
from domain.people.contacts import Address
from domain.questions.questions import Question
from domain.questions.replies import CHANNELS
from domain.questions.shown import SEEN
from domain.registration.registration import Scene


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
        )
        .distinct()
    )
    for address in {row.channel: row for row in rows}.values():
        named = f"（{question.code}）" if question.code else ""
        where = CHANNELS.get(inbound.channel, "另一处")
        text = f"您刚在{where}里回复了“{question.label(question.answer)}”{named}，这边不用再答。"
        tell(
            session,
            "answered_elsewhere",
            question.contact_id,
            {"text": text},
            scene.now,
            key=str(question.id),
            text=text,
            at=address,
        )
