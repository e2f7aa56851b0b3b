"""Trading months (交易月): a calendar month, counted as one whole number, so that months can be added and compared."""

from __future__ import annotations

from datetime import date


def month(year: int, number: int) -> int:
    """The month as a number: year × 12 + (1 to 12) − 1."""
    return year * 12 + number - 1


def month_of(day: date) -> int:
    """The trading month that a day of China's calendar belongs to."""
    return month(day.year, day.month)


def first_day(of: int) -> date:
    """The month's first day."""
    return date(of // 12, of % 12 + 1, 1)


def last_day(of: int) -> date:
    """The month's last day."""
    return date.fromordinal(first_day(of + 1).toordinal() - 1)


def words(of: int) -> str:
    """As people read it: 2027年3月."""
    return f"{of // 12}年{of % 12 + 1}月"


def code(of: int) -> str:
    """As files and programs write it: 2027-03."""
    return f"{of // 12:04d}-{of % 12 + 1:02d}"


def parse(text: str) -> int:
    """The month of “2027-03”. ValueError for anything else."""
    year, _, number = text.partition("-")
    if not (year.isdecimal() and number.isdecimal() and len(year) == 4 and 1 <= int(number) <= 12):
        raise ValueError(f"no month: {text!r}")
    return month(int(year), int(number))
