"""What people are told about their bindings and companies without having asked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from domain.messages.messages import OutboundMessage, OutState, Say
from domain.notices.catalogue import CATALOGUE
from domain.notices.notices import tell
from domain.people.contacts import WECHAT, Address, addresses_of

SECURITY, CHANGED, CLAIMED = "security", "people_changed", "phone_claimed"


def tell_contact(
    session: Session,
    contact_id: int,
    event: str,
    text: str,
    key: str,
    now: datetime,
    *,
    short: str = "",
    not_to: int | None = None,
) -> None:
    """Tell a contact in WeChat where they follow and on the phones that they proved, except for one address (it may be
    in other hands). `short` is what an SMS has room for. Once per key and address."""
    for address in addresses_of(session, contact_id):
        knows = address.reachable and (address.channel == WECHAT or address.verified_at is not None)
        if knows and address.id != not_to:
            tell_address(session, address, event, text, key, now, short=short)


def tell_address(
    session: Session, address: Address, event: str, text: str, key: str, now: datetime, *, short: str = ""
) -> None:
    """Tell one address. Once per key and address."""
    params = {"text": short or text.split("。")[0]}
    tell(session, event, address.contact_id, params, now, key=f"{key}:{address.id}", text=text, at=address)


def show_question(session: Session, contact_id: int, say: Say, key: str, now: datetime) -> None:
    """Show an open question in the contact's WeChat: now where a push is allowed, else as soon as they write."""
    for address in addresses_of(session, contact_id, WECHAT):
        if address.reachable:
            lasts = CATALOGUE[CLAIMED].lasts
            session.add(
                OutboundMessage(
                    address_id=address.id,
                    question_id=say.question_id,
                    event=CLAIMED,
                    key=f"{CLAIMED}:{key}:{address.id}",
                    body=say.body(),
                    state=OutState.PENDING,
                    due_at=now,
                    expires_at=now + lasts if lasts else None,
                    created_at=now,
                )
            )
