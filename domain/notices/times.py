"""When a notice may leave: quiet hours, the next digest, and what came late."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from domain.settings import time_of
from domain.workdays import CHINA


def after_quiet(session: Session, moment: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours that it falls into."""
    begin, end = time_of(session, "quiet_from"), time_of(session, "quiet_to")
    clock = moment.astimezone(CHINA).time()
    quiet = begin <= clock < end if begin < end else begin != end and (clock >= begin or clock < end)
    return next_time(moment, end) if quiet else moment


def next_digest(session: Session, moment: datetime) -> datetime:
    """When the next digest leaves: at the hour of the setting, or when the night is over, whichever is sooner."""
    return min(next_time(moment, time_of(session, name)) for name in ("digest_at", "quiet_to"))


def next_time(moment: datetime, clock: time) -> datetime:
    """The next moment at which China's clocks show that time."""
    local = moment.astimezone(CHINA)
    today = datetime.combine(local.date(), clock, CHINA)
    return (today if today > local else today + timedelta(days=1)).astimezone(moment.tzinfo)


def shown(moment: datetime, now: datetime) -> str:
    """A moment as a short line names it: the time alone on the same day, else with its date."""
    local, today = moment.astimezone(CHINA), now.astimezone(CHINA).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local.month}月{local.day}日{local:%H:%M}"
