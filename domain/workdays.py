"""Working days in mainland China, with the State Council's swaps. Years that are not published yet are not guessed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar  # type: ignore[import-untyped]

CHINA = ZoneInfo("Asia/Shanghai")


class NotPublished(LookupError):
    """The State Council's calendar for that year is not known to the library yet."""

    def __init__(self, year: int) -> None:
        super().__init__(f"{year}年的放假安排尚未公布，无法计算工作日")


def local_day(moment: datetime) -> date:
    """The day in China on which a moment falls."""
    return moment.astimezone(CHINA).date()


def is_workday(day: date) -> bool:
    """Whether people work that day. NotPublished for a year without a calendar."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        raise NotPublished(day.year) from None


def workdays_since(start: date, today: date) -> int:
    """How many working days have begun after `start` up to today; the day on which an order arrives is day 0."""
    days = (start + timedelta(days=n) for n in range(1, (today - start).days + 1))
    return sum(is_workday(day) for day in days)
