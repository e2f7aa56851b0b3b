"""What a person's next word means while something about themselves waits for it: a phone, a code, a company."""

from __future__ import annotations

from sqlalchemy.orm import Session

from domain.dialogue import focus, pending
from domain.dialogue.acts import Command
from domain.identifiers import InvalidIdentifier, normalise_phone
from domain.messages.messages import InboundMessage
from domain.people import codes
from domain.people.invitations import is_token

_NEVER_MIND = {"取消", "返回", "不换了", "算了", "不用了"}


def heard(session: Session, inbound: InboundMessage) -> Command | None:
    """The command that stands behind the words, if something waits for them; an invitation's code always counts."""
    text, contact_id = inbound.text.strip(), inbound.address.contact_id
    if is_token(text):
        return Command("scan", text)
    held = pending.waiting(session, contact_id, now=inbound.received_at)
    if held is None:
        return None
    if text in _NEVER_MIND:
        return Command("never_mind")
    if held["kind"] == "which":
        return focus.said(session, contact_id, text, inbound.received_at)
    if held["kind"] == "complaint":
        return Command("complained", text)
    if held["kind"] == "lost":
        return Command("lost_said", text)
    if held["kind"] == "new_phone" and _is_phone(text):
        return Command("new_phone", text)
    if held["kind"] in ("phone_code", "staff_code") and codes.fold(text) is not None:
        return Command(held["kind"], text)
    return None


def _is_phone(text: str) -> bool:
    try:
        return bool(normalise_phone(text))
    except InvalidIdentifier:
        return False
