"""A question goes to somebody who did not write just now: on their phone as an SMS that fits, in WeChat whole."""

from __future__ import annotations

from datetime import datetime
from random import Random

from sqlalchemy.orm import Session

from domain.messages.messages import OutboundMessage, Say
from domain.messages.sms_texts import written
from domain.notices.times import after_quiet
from domain.people.contacts import SMS, WECHAT, Address, addresses_of


def places_of(session: Session, contact_id: int) -> list[Address]:
    """Where somebody is asked who did not write just now: the newest phone and the newest WeChat, as far as notices may
    go there."""
    newest = [addresses_of(session, contact_id, channel)[-1:] for channel in (SMS, WECHAT)]
    return [place for places in newest for place in places if place.reachable and place.notices]


def show_at(
    session: Session,
    place: Address,
    say: Say,
    *,
    event: str,
    key: str,
    expires: datetime,
    random: Random,
    now: datetime,
) -> None:
    """Write the row that shows a question at one address, not at night, and no more once nobody may answer it."""
    shown = written(session, place, say, random, now) if place.channel == SMS else say
    session.add(
        OutboundMessage(
            address_id=place.id,
            question_id=say.question_id,
            event=event,
            key=key,
            body=shown.body(),
            due_at=after_quiet(session, now),
            expires_at=expires,
            created_at=now,
        )
    )
