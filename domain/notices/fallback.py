"""Where one channel cannot take a notice, the other one does: once, and only if it was not told there anyway."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.messages.messages import OutboundMessage, OutState
from domain.notices.catalogue import CATALOGUE
from domain.notices.merging import planned
from domain.notices.notices import may_reach, registered_phone, staff_phone
from domain.people.contacts import SMS, WECHAT, Address, reachable
from domain.people.staff import Staff
from domain.registration.applications import Application
from domain.settings import figure

LOOK_BACK = timedelta(days=2)


def take_over(session: Session, row: OutboundMessage, now: datetime) -> OutboundMessage | None:
    """Write the notice for the other channel, due now; None where it was told there, cannot be, or need not be."""
    known = CATALOGUE.get(row.event)
    if known is None or not known.falls_back or row.fallback_for is not None or not row.body or not row.key:
        return None
    place = None if row.body.get("only") else _other_place(session, row, now)
    if place is None or not may_reach(session, place, row.event):
        return None
    key = f"{row.key.rpartition(':')[0]}:{place.channel}"
    if session.scalar(select(OutboundMessage.id).where(OutboundMessage.key == key)) is not None:
        return None
    made = OutboundMessage(
        address_id=place.id,
        application_id=row.application_id,
        event=row.event,
        key=key,
        body={**row.body, "planned": planned(row).isoformat()},
        fallback_for=row.id,
        due_at=now,
        expires_at=row.expires_at,
        created_at=row.created_at,
    )
    session.add(made)
    session.flush()
    return made


def waiting_too_long(session: Session, now: datetime, limit: int = 500) -> list[int]:
    """The rows that WeChat has not taken for longer than the setting: held for want of a push, or refused for now."""
    query = (
        select(OutboundMessage)
        .join(Address)
        .where(
            Address.channel == WECHAT,
            OutboundMessage.state.in_((OutState.HELD, OutState.PENDING)),
            OutboundMessage.event.in_([name for name, event in CATALOGUE.items() if event.falls_back]),
            OutboundMessage.fallback_for.is_(None),
            OutboundMessage.created_at > now - LOOK_BACK,
            OutboundMessage.due_at <= now,
        )
    )
    patience = timedelta(minutes=figure(session, "fallback_minutes"))
    rows = session.scalars(query.order_by(OutboundMessage.id).limit(limit))
    return [row.id for row in rows if now - planned(row) >= patience]


def give_up_waiting(session: Session, row_id: int, now: datetime) -> bool:
    """Let SMS take over what WeChat does not take; the WeChat row then says that another one tells it."""
    row = session.get_one(OutboundMessage, row_id, with_for_update=True)
    if row.state not in (OutState.HELD, OutState.PENDING) or take_over(session, row, now) is None:
        return False
    row.state = OutState.MERGED
    return True


def _other_place(session: Session, row: OutboundMessage, now: datetime) -> Address | None:
    staff_id = (row.body or {}).get("staff")
    if staff_id is not None:
        staff = session.get_one(Staff, staff_id)
        if row.address.channel == WECHAT:
            return staff_phone(session, staff, now)
        return reachable(session, staff.contact_id, WECHAT) if staff.contact_id is not None else None
    if row.address.channel == SMS:
        return reachable(session, row.address.contact_id, WECHAT)
    application = session.get(Application, row.application_id) if row.application_id is not None else None
    if application is not None and application.contact_id == row.address.contact_id:
        return registered_phone(session, application)
    return reachable(session, row.address.contact_id, SMS)
