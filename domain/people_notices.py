"""What people are told about their bindings and companies without having asked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.messages import OutboundMessage, Say
from domain.people import SMS, WECHAT, Address, addresses_of


def tell_contact(
    session: Session, contact_id: int, event: str, say: Say, key: str, now: datetime, *, not_to: int | None = None
) -> None:
    """Tell a contact in WeChat where they follow and on the phones that they proved, except for one address (it may be
    in other hands). Once per key and address."""
    for address in addresses_of(session, contact_id):
        knows = address.reachable and (address.channel == WECHAT or address.verified_at is not None)
        if knows and address.id != not_to:
            tell_address(session, address, event, say, key, now)


def tell_address(session: Session, address: Address, event: str, say: Say, key: str, now: datetime) -> None:
    """Tell one address, whoever it belongs to by now. Once per key and address."""
    key = f"{event}:{key}:{address.id}"
    if session.scalar(select(OutboundMessage.id).where(OutboundMessage.key == key)) is not None:
        return
    body = say.body() if address.channel != SMS else {**say.body(), "options": []}
    session.add(
        OutboundMessage(
            address_id=address.id,
            question_id=say.question_id if address.channel != SMS else None,
            event=event,
            key=key,
            body=body,
            due_at=now,
            created_at=now,
        )
    )
