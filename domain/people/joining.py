"""Two contacts that are one person become one; an address leaves its contact. Each with its evidence."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.base import Base
from domain.evidence import record
from domain.messages.messages import OutboundMessage, OutState
from domain.people.authority import Level, authorities_of, end
from domain.people.contacts import SMS, WECHAT, Address, Contact, addresses_of, is_live
from domain.people.notices import SECURITY
from domain.people.staff import Staff
from domain.private import fingerprint
from domain.registration.applications import of_contact
from domain.talks import conversations

# Every column that says which contact something belongs to: what a join takes along, and what stays as it was.
MOVES = (
    ("addresses", "contact_id"),
    ("applications", "contact_id"),
    ("photos", "contact_id"),
    ("questions", "contact_id"),
    ("authorities", "contact_id"),
    ("binding_requests", "contact_id"),
    ("conversations", "contact_id"),
    ("one_time_links", "contact_id"),
    ("batches", "contact_id"),
    ("invitations", "used_by"),
    ("invitations", "made_by_contact"),
    ("proxy_authorisations", "contact_id"),
)
STAYS = (("binding_requests", "holder_id"), ("staff", "contact_id"), ("proxies", "contact_id"))


def join(session: Session, from_id: int, to_id: int, who: str, why: str, now: datetime) -> None:
    """Two contacts are one person: all that the one has, addresses and history included, is the other's from now on.
    A console login is not: it is bound anew, by an invitation."""
    if from_id == to_id:
        return
    taken = [application.id for application in of_contact(session, from_id)]
    old, new = session.get_one(Contact, from_id), session.get_one(Contact, to_id)
    new.name, old.focus_id, old.pending = new.name or old.name, None, None
    unbind_staff(session, from_id, who, now)
    conversations.make_room(session, from_id, to_id, now)
    session.flush()
    for table, column in MOVES:
        _move(session, table, column, from_id, to_id)
    session.expire_all()
    _keep_highest(session, to_id, who, now)
    data = {"from": from_id, "applications": taken, "why": why}
    record(session, "contacts_joined", ("contact", to_id), who, data, now)


def hand_over(session: Session, from_id: int, to_id: int, who: str, now: datetime) -> None:
    """What a contact has goes to another one, except for the addresses: they are in other hands, or lost."""
    taken = [application.id for application in of_contact(session, from_id)]
    unbind_staff(session, from_id, who, now)
    conversations.make_room(session, from_id, to_id, now)
    session.flush()
    for table, column in MOVES:
        if table != "addresses":
            _move(session, table, column, from_id, to_id)
    session.expire_all()
    _keep_highest(session, to_id, who, now)
    record(session, "handed_over", ("contact", to_id), who, {"from": from_id, "applications": taken}, now)


def unfollowed(session: Session, address: Address, now: datetime) -> None:
    """A WeChat no longer follows: notices go by SMS. It stays its person's."""
    if address.reachable:
        who = f"contact:{address.contact_id}"
        record(session, "unfollowed", ("contact", address.contact_id), who, {"address": address.id}, now)
    address.reachable, address.pushes_left = False, 0


def followed(session: Session, address: Address, now: datetime) -> None:
    """A WeChat follows. Where it had left, it is the same person again, with all that is theirs."""
    if not address.reachable:
        who = f"contact:{address.contact_id}"
        record(session, "followed_again", ("contact", address.contact_id), who, {"address": address.id}, now)
    address.reachable = True


def retire(session: Session, address: Address, why: str, who: str, now: datetime) -> None:
    """An address leaves its contact. Its row stays for the history; whoever writes from that phone or openid later is a
    new contact. What waits to be sent there is not sent, but for
    warnings; no application counts on the phone any more."""
    contact_id, value = address.contact_id, address.value
    address.fingerprint = fingerprint("retired", f"{address.id}")
    address.reachable, address.notices, address.push_until, address.pushes_left = False, False, None, 0
    address.verified_at = None
    waiting = (OutState.PENDING, OutState.HELD)
    session.execute(
        update(OutboundMessage)
        .where(
            OutboundMessage.address_id == address.id,
            OutboundMessage.state.in_(waiting),
            OutboundMessage.event != SECURITY,
        )
        .values(state=OutState.EXPIRED, error="address_retired")
    )
    if address.channel == SMS:
        for application in of_contact(session, contact_id):
            if application.value("phone") == value:
                application.phone_verified_at = None
    record(session, "address_retired", ("contact", contact_id), who, {"address": address.id, "why": why}, now)
    session.flush()


def unbind(session: Session, address: Address, who: str, now: datetime) -> None:
    """A person gives up an address. With the last one that proves who they are, they speak for nobody any more; with
    the last WeChat, a console login loses its place in the chat."""
    contact_id = address.contact_id
    retire(session, address, "unbound", who, now)
    left = [each for each in addresses_of(session, contact_id) if is_live(each)]
    if not any(each.channel == WECHAT for each in left):
        unbind_staff(session, contact_id, who, now)
    if not left:
        for authority in authorities_of(session, contact_id):
            end(session, authority, "unbound", who, now)


def unbind_staff(session: Session, contact_id: int, who: str, now: datetime, only: int | None = None) -> None:
    """Console logins that were bound to a contact, or `only` one of them, are bound to nobody."""
    bound = select(Staff).where(Staff.contact_id == contact_id)
    for staff in session.scalars(bound if only is None else bound.where(Staff.id == only)).all():
        staff.contact_id = None
        record(session, "staff_unbound", ("staff", staff.id), who, {"contact": contact_id}, now)


def _move(session: Session, table: str, column: str, from_id: int, to_id: int) -> None:
    belongs = Base.metadata.tables[table].c[column]
    session.execute(update(Base.metadata.tables[table]).where(belongs == from_id).values({column: to_id}))


def _keep_highest(session: Session, contact_id: int, who: str, now: datetime) -> None:
    """One authority for each company: of two, the higher one stays."""
    best: dict[str, tuple[int, int]] = {}
    held = authorities_of(session, contact_id)
    for each in held:
        rank = (list(Level).index(Level(each.level)), each.id)
        best[each.company_mark] = max(best.get(each.company_mark, rank), rank)
    for each in held:
        if best[each.company_mark][1] != each.id:
            end(session, each, "joined", who, now)
