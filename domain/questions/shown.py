"""What stood on a person's screen: a number means what was shown there last, a consent what was shown there whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.messages.messages import PAGE, InboundMessage, OutboundMessage, OutState
from domain.people.contacts import SMS
from domain.questions.questions import Question

SEEN = (OutState.SENDING, OutState.SENT, OutState.DELIVERED)


def last_screen(session: Session, address_id: int, before: datetime) -> OutboundMessage | None:
    """The latest message with options that was on this phone's or this WeChat's screen by then."""
    latest = session.scalars(
        select(OutboundMessage)
        .where(
            OutboundMessage.address_id == address_id,
            OutboundMessage.state.in_(SEEN),
            OutboundMessage.claimed_at <= before,
        )
        .order_by(OutboundMessage.claimed_at.desc(), OutboundMessage.id.desc())
        .limit(10)
    )
    return next((row for row in latest if options_of(row)), None)


def options_of(row: OutboundMessage) -> list[list[str]]:
    """The options of a message: label and choice."""
    return (row.body or {}).get("options") or []


def was_shown(session: Session, question: Question, inbound: InboundMessage) -> bool:
    """Whether the question stood whole on the screen that the answer comes from: its text in WeChat, its essentials in
    an SMS. A page shows it whole by itself."""
    if inbound.kind == PAGE:
        return True
    rows = session.scalars(
        select(OutboundMessage).where(
            OutboundMessage.question_id == question.id,
            OutboundMessage.address_id == inbound.address_id,
            OutboundMessage.state.in_(SEEN),
            OutboundMessage.claimed_at <= inbound.received_at,
        )
    )
    essential = question.short if inbound.channel == SMS else question.text
    return bool(essential) and any(_letters(essential or "") in _said(row.body or {}, inbound.channel) for row in rows)


def _said(body: Mapping[str, Any], channel: str) -> str:
    if channel == SMS and "params" in body:
        return _letters("".join(body["params"].values()))
    return _letters(str(body.get("text", "")))


def _letters(text: str) -> str:
    """Without marks and white space: an SMS parts a text where its variables end."""
    return re.sub(r"\W+", "", text)
