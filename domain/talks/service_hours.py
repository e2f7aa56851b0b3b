"""When staff answer: the hours of a working day. A year without a published calendar is not guessed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from domain.calendars import calendar_of
from domain.settings import time_of
from domain.workdays import CHINA, Calendar, NotPublished

LONGEST_REST = 15  # days; no holiday is as long


def is_open(session: Session, now: datetime) -> bool:
    """Whether staff are there at this moment. In a year without a calendar: Monday to Friday."""
    local = now.astimezone(CHINA)
    begin, end = time_of(session, "service_from"), time_of(session, "service_to")
    return begin <= local.time() < end and _works(calendar_of(session), local.date())


def opens_at(session: Session, now: datetime) -> datetime | None:
    """When staff will be there again; None when the calendar that says so is not published yet."""
    local, begin = now.astimezone(CHINA), time_of(session, "service_from")
    for days in range(LONGEST_REST):
        opening = datetime.combine(local.date() + timedelta(days=days), begin, CHINA)
        try:
            if opening > local and calendar_of(session).is_workday(opening.date()):
                return opening
        except NotPublished:
            return None
    return None


def waited_from(session: Session, since: datetime, now: datetime) -> datetime:
    """From when on a person counts as waiting: nobody waits for staff before the doors of this day have opened."""
    opening = datetime.combine(now.astimezone(CHINA).date(), time_of(session, "service_from"), CHINA)
    return max(since, opening)


def hours(session: Session) -> str:
    """The hours as people read them: 09:00—17:30."""
    return f"{time_of(session, 'service_from'):%H:%M}—{time_of(session, 'service_to'):%H:%M}"


def _works(calendar: Calendar, day: date) -> bool:
    try:
        return calendar.is_workday(day)
    except NotPublished:
        return day.weekday() < 5
