"""What SMS cost: the segments that were charged, times the price of one, which is a setting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from domain.messages.messages import OutboundMessage
from domain.people.contacts import SMS, Address
from domain.settings import figure
from domain.workdays import CHINA, local_day


@dataclass(frozen=True, slots=True)
class Cost:
    """How many SMS were sent, as how many segments they were charged, and for how much."""

    messages: int
    segments: int
    fen: int

    @property
    def yuan(self) -> str:
        """The price as people read it: 1234 分 is 12.34."""
        return f"{self.fen / 100:.2f}"


@dataclass(frozen=True, slots=True)
class Month:
    """The SMS of one month, all together and by what they were for (the event; empty: an answer), dearest first."""

    first: date
    total: Cost
    events: list[tuple[str, Cost]]


def months(session: Session, now: datetime) -> list[Month]:
    """This month and the one before, by China's calendar."""
    this = local_day(now).replace(day=1)
    before = (this - timedelta(days=1)).replace(day=1)
    return [_month(session, this), _month(session, before)]


def of_contact(session: Session, contact_id: int) -> Cost:
    """Everything that was sent to one person's phones."""
    phones = select(Address.id).where(Address.contact_id == contact_id, Address.channel == SMS)
    return _sum(session, [cost for _, cost in _by_event(session, OutboundMessage.address_id.in_(phones))])


def month_of(first: date) -> tuple[datetime, datetime]:
    """When the month that begins on this day begins and ends, by China's calendar."""
    after = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    return datetime.combine(first.replace(day=1), time(), CHINA), datetime.combine(after, time(), CHINA)


def _month(session: Session, first: date) -> Month:
    begins, ends = month_of(first)
    events = _by_event(session, OutboundMessage.sent_at >= begins, OutboundMessage.sent_at < ends)
    return Month(first, _sum(session, [cost for _, cost in events]), events)


def _by_event(session: Session, *which: ColumnElement[bool]) -> list[tuple[str, Cost]]:
    row, price = OutboundMessage, figure(session, "sms_fen_per_segment")
    query = select(row.event, func.count(), func.sum(row.segments)).where(row.segments > 0, *which).group_by(row.event)
    found = [(event, Cost(count, segments, segments * price)) for event, count, segments in session.execute(query)]
    return sorted(found, key=lambda each: (-each[1].segments, each[0]))


def _sum(session: Session, costs: list[Cost]) -> Cost:
    segments = sum(cost.segments for cost in costs)
    return Cost(sum(cost.messages for cost in costs), segments, segments * figure(session, "sms_fen_per_segment"))
