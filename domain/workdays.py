"""Working days in mainland China, with the State Council's swaps. Years that are not published yet are not guessed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar  # type: ignore[import-untyped]

CHINA = ZoneInfo("Asia/Shanghai")


class NotPublished(LookupError):
    """The calendar for that year is known neither to the library nor from an administrator."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(f"{year}年的放假安排尚未公布，无法计算工作日")


@lru_cache(maxsize=10_000)
def _published(day: date) -> bool:
    """As the library says. A page of the queue asks some thousand times for the same hundred days."""
    return bool(chinese_calendar.is_workday(day))


class Calendar:
    """Which days are worked. A year that an administrator entered counts as entered; any other one as the library
    knows it. `domain.calendars.calendar_of` gives the one that holds."""

    def __init__(self, entered: Mapping[int, Mapping[date, bool]] | None = None) -> None:
        """`entered`: by year, the days that differ from Monday to Friday and whether they are worked."""
        self._entered = entered or {}

    def is_workday(self, day: date) -> bool:
        """Whether people work that day. NotPublished for a year without a calendar."""
        if day.year in self._entered:
            return self._entered[day.year].get(day, day.weekday() < 5)
        try:
            return _published(day)
        except NotImplementedError:
            raise NotPublished(day.year) from None

    def workdays_since(self, start: date, today: date) -> int:
        """How many working days have begun after `start` up to today; the day on which an order arrives is day 0."""
        return _counted(self, start, today)

    def after(self, start: date, workdays: int) -> date:
        """The day on which so many working days have begun since `start`, which is day 0."""
        day = start
        while workdays > 0:
            day += timedelta(days=1)
            workdays -= self.is_workday(day)
        return day

    def knows(self, year: int) -> bool:
        """Whether the year has a calendar."""
        try:
            self.is_workday(date(year, 1, 1))
        except NotPublished:
            return False
        return True


@lru_cache(maxsize=4096)
def _counted(calendar: Calendar, start: date, today: date) -> int:
    """A page of the queue asks twice for each of its rows, most of which came on the same few days."""
    days = (start + timedelta(days=n) for n in range(1, (today - start).days + 1))
    return sum(calendar.is_workday(day) for day in days)


PUBLISHED = Calendar()  # what the library knows, and nothing else


def local_day(moment: datetime) -> date:
    """The day in China on which a moment falls."""
    return moment.astimezone(CHINA).date()


def in_words(day: date) -> str:
    """A day as people read it: 2027年3月1日."""
    return f"{day.year}年{day.month}月{day.day}日"
