"""What the console shows of conversations: who sees which, who waits longest, and what the bot knows of the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from domain.evidence import record
from domain.messages.messages import InboundMessage
from domain.people.contacts import SMS, WECHAT, Address
from domain.people.staff import Organisation, OrganisationKind, Staff
from domain.questions.questions import Question, QuestionState
from domain.registration.applications import Application
from domain.review.review import may_see
from domain.settings import figure
from domain.talks.conversations import OPEN, Conversation, ConversationState
from domain.talks.service_hours import is_open, waited_from


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person can be answered now."""

    address: Address
    open: bool  # it can leave at once
    left: int  # pushes that WeChat still allows; 0 on SMS


def seen_by(staff: Staff) -> Select[Conversation]:
    """The conversations that a member of staff may read: the centre all of them, another organisation those of contacts
    with an application there, and those that were passed to it."""
    query = select(Conversation)
    if staff.organisation.kind == OrganisationKind.CENTRE:
        return query
    theirs = select(Application.contact_id).where(Application.submitted_at.is_not(None))
    theirs = theirs.where(Application.bureau_id == staff.organisation_id)
    passed = Conversation.organisation_id == staff.organisation_id
    return query.where(passed | Conversation.contact_id.in_(theirs))


def seen(session: Session, staff: Staff, conversation_id: int, *, lock: bool = False) -> Conversation | None:
    """One conversation, if this member of staff may read it."""
    query = seen_by(staff).where(Conversation.id == conversation_id)
    return session.scalar(query.with_for_update() if lock else query)


def listed(session: Session, staff: Staff, limit: int = 100) -> list[Conversation]:
    """What is open: who waits comes first, the longest on top; then the others by age."""
    query = seen_by(staff).where(Conversation.state.in_(OPEN)).options(joinedload(Conversation.staff))
    order = (Conversation.waiting_since.is_(None), Conversation.waiting_since, Conversation.id)
    return list(session.scalars(query.order_by(*order).limit(limit)))


def ended(session: Session, staff: Staff, limit: int = 30) -> list[Conversation]:
    """The latest that are over."""
    query = seen_by(staff).where(Conversation.state == ConversationState.CLOSED)
    return list(session.scalars(query.order_by(Conversation.closed_at.desc()).limit(limit)))


def is_late(session: Session, row: Conversation, now: datetime) -> bool:
    """Whether the person has waited longer than the setting allows, in the hours in which staff answer."""
    if row.waiting_since is None or not is_open(session, now):
        return False
    patience = timedelta(minutes=figure(session, "takeover_alarm_minutes"))
    return waited_from(session, row.waiting_since, now) + patience <= now


def waiting_counts(session: Session, staff: Staff, now: datetime) -> tuple[int, int]:
    """How many people wait for an answer, and how many of them for too long."""
    query = seen_by(staff).where(Conversation.state.in_(OPEN), Conversation.waiting_since.is_not(None))
    rows = session.scalars(query).all()
    return len(rows), sum(is_late(session, row, now) for row in rows)


def places(session: Session, contact_id: int, now: datetime) -> list[Place]:
    """Where the person can be answered, the one where they wrote last first."""
    last = select(func.max(InboundMessage.id)).where(InboundMessage.address_id == Address.id).scalar_subquery()
    rows = session.scalars(
        select(Address).where(Address.contact_id == contact_id).order_by(last.desc().nulls_last(), Address.id)
    )
    return [_place(row, now) for row in rows if row.reachable]


def open_questions(session: Session, contact_id: int) -> list[Question]:
    """What the person is being asked."""
    query = select(Question).where(Question.contact_id == contact_id, Question.state == QuestionState.OPEN)
    return list(session.scalars(query.order_by(Question.id)))


def applications(session: Session, staff: Staff, contact_id: int) -> list[Application]:
    """The contact's applications that this member of staff may look at; the centre sees drafts, too."""
    query = select(Application) if staff.organisation.kind == OrganisationKind.CENTRE else may_see(staff)
    return list(session.scalars(query.where(Application.contact_id == contact_id).order_by(Application.id.desc())))


def colleagues(session: Session, staff: Staff) -> list[Staff]:
    """To whom a conversation may be passed: those of the own organisation, and for the centre everybody's."""
    query = select(Staff).join(Organisation).where(Staff.active.is_(True), Staff.id != staff.id)
    if staff.organisation.kind != OrganisationKind.CENTRE:
        query = query.where(Staff.organisation_id == staff.organisation_id)
    return list(session.scalars(query.order_by(Organisation.name, Staff.name)))


def organisations(session: Session, row: Conversation) -> list[Organisation]:
    """To which organisations a conversation may be passed: the centre, and the bureaus of this contact."""
    theirs = select(Application.bureau_id).where(Application.contact_id == row.contact_id)
    query = select(Organisation).where((Organisation.kind == OrganisationKind.CENTRE) | Organisation.id.in_(theirs))
    return list(session.scalars(query.order_by(Organisation.kind, Organisation.name)))


def show_phones(session: Session, row: Conversation, staff: Staff, now: datetime) -> list[str]:
    """The contact's whole phone numbers; that they were looked at is kept."""
    record(session, "phone_shown", ("conversation", row.id), f"staff:{staff.id}", {}, now)
    query = select(Address).where(Address.contact_id == row.contact_id, Address.channel == SMS)
    return [each.value for each in session.scalars(query.order_by(Address.id))]


def _place(address: Address, now: datetime) -> Place:
    if address.channel != WECHAT:
        return Place(address, True, 0)
    left = address.pushes_left if address.push_until is not None and address.push_until > now else 0
    return Place(address, left > 0, left)
