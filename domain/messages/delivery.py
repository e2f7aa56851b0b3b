"""What became of messages, for the console: per person, by reason, by day. Queries that change nothing; no texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, defer, selectinload

from domain.messages.messages import InboundMessage, InState, OutboundMessage, OutState
from domain.messages.sms_costs import month_of
from domain.people.contacts import Address
from domain.people.staff import Staff
from domain.registration.applications import Application
from domain.review.desk_views import messages_seen
from domain.review.review import may_see
from domain.workdays import CHINA, local_day

UNDELIVERED = (OutState.FAILED, OutState.HELD, OutState.EXPIRED)
DAYS = 7


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a person, in or out."""

    at: datetime
    channel: str
    came: InboundMessage | None = None
    went: OutboundMessage | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which messages: of a state, for an error code, of an event (empty: answers), written on a day, charged as SMS in
    the month that begins on a day; what is empty or None asks for nothing."""

    state: str = ""
    reason: str = ""
    event: str | None = None
    day: date | None = None
    charged: date | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """How many messages of one day are in which state, and how many SMS were charged."""

    day: date
    states: dict[str, int]
    segments: int


def listed(session: Session, staff: Staff, asked: Asked, page: int, size: int) -> tuple[list[OutboundMessage], int]:
    """The messages that were asked for, newest first, with how many there are. A bureau sees those about its own
    applications."""
    query = _asked(staff, asked)
    total = session.scalar(query.with_only_columns(func.count())) or 0
    rows = query.options(selectinload(OutboundMessage.address)).order_by(OutboundMessage.id.desc())
    return list(session.scalars(rows.limit(size).offset(size * (page - 1)))), total


def ids(session: Session, staff: Staff, asked: Asked, most: int) -> list[int]:
    """The same on all pages, at most so many."""
    query = _asked(staff, asked).with_only_columns(OutboundMessage.id).order_by(OutboundMessage.id.desc())
    return list(session.scalars(query.limit(most)))


def reasons(session: Session, staff: Staff, state: OutState) -> dict[str, int]:
    """How many messages are in that state for which reason, the most frequent first."""
    query = messages_seen(staff).where(OutboundMessage.state == state, OutboundMessage.error != "")
    grouped = query.with_only_columns(OutboundMessage.error, func.count()).group_by(OutboundMessage.error)
    return dict(session.execute(grouped.order_by(func.count().desc(), OutboundMessage.error)).all())


def counts(session: Session, staff: Staff) -> dict[str, int]:
    """How many messages this member of staff sees in each state that means that they did not arrive."""
    query = messages_seen(staff).where(OutboundMessage.state.in_(UNDELIVERED))
    grouped = query.with_only_columns(OutboundMessage.state, func.count()).group_by(OutboundMessage.state)
    found = dict(session.execute(grouped).all())
    return {state: found.get(state, 0) for state in UNDELIVERED}


def by_day(session: Session, staff: Staff, now: datetime) -> list[Day]:
    """The last seven days, today first."""
    return [_day(session, staff, local_day(now) - timedelta(days=back)) for back in range(DAYS)]


def of_contact(session: Session, staff: Staff, contact_id: int, page: int, size: int) -> tuple[list[Line], bool]:
    """A person's messages both ways on every channel, newest first, and whether there are older ones. What is about
    an application that this member of staff may not see is left out."""
    seen = may_see(staff).with_only_columns(Application.id)
    places = {row.id: row.channel for row in session.scalars(select(Address).where(Address.contact_id == contact_id))}
    most = size * page + 1
    came = session.scalars(
        select(InboundMessage)
        .where(InboundMessage.address_id.in_(places))
        .options(defer(InboundMessage.text), defer(InboundMessage.media))
        .order_by(InboundMessage.id.desc())
        .limit(most)
    )
    went = session.scalars(
        select(OutboundMessage)
        .where(OutboundMessage.address_id.in_(places))
        .where(OutboundMessage.application_id.is_(None) | OutboundMessage.application_id.in_(seen))
        .options(selectinload(OutboundMessage.address))
        .order_by(OutboundMessage.id.desc())
        .limit(most)
    )
    lines = [Line(row.received_at, row.channel, came=row) for row in came]
    lines += [Line(row.sent_at or row.created_at, places[row.address_id], went=row) for row in went]
    lines.sort(key=lambda line: (line.at, line.went is not None), reverse=True)
    return lines[size * (page - 1) : size * page], len(lines) > size * page


def received(session: Session, state: InState, page: int, size: int) -> tuple[list[InboundMessage], int]:
    """What people sent that is so far, the newest first, with how many there are; without the texts."""
    query = select(InboundMessage).where(InboundMessage.state == state)
    total = session.scalar(query.with_only_columns(func.count())) or 0
    rows = query.options(defer(InboundMessage.text), defer(InboundMessage.media), selectinload(InboundMessage.address))
    rows = rows.order_by(InboundMessage.id.desc()).limit(size).offset(size * (page - 1))
    return list(session.scalars(rows)), total


def _asked(staff: Staff, asked: Asked) -> Select[OutboundMessage]:
    row, query = OutboundMessage, messages_seen(staff)
    if asked.state:
        query = query.where(row.state == asked.state)
    if asked.reason:
        query = query.where(row.error == asked.reason)
    if asked.event is not None:
        query = query.where(row.event == asked.event)
    if asked.day is not None:
        begin = datetime.combine(asked.day, time(), CHINA)
        query = query.where(row.created_at >= begin, row.created_at < begin + timedelta(days=1))
    if asked.charged is not None:
        begin, end = month_of(asked.charged)
        query = query.where(row.segments > 0, row.sent_at >= begin, row.sent_at < end)
    return query


def _day(session: Session, staff: Staff, day: date) -> Day:
    begin = datetime.combine(day, time(), CHINA)
    query = messages_seen(staff).where(
        OutboundMessage.created_at >= begin, OutboundMessage.created_at < begin + timedelta(days=1)
    )
    columns = (OutboundMessage.state, func.count(), func.sum(OutboundMessage.segments))
    found = session.execute(query.with_only_columns(*columns).group_by(OutboundMessage.state)).all()
    return Day(day, {state: count for state, count, _ in found}, sum(segments or 0 for _, _, segments in found))
