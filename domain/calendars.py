"""Working days of years that the calendar library does not know yet: an administrator enters them from the State
Council's notice. What was entered counts; a year that nobody has entered is never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, UtcDateTime
from domain.evidence import record
from domain.people.staff import Staff
from domain.settings import figure
from domain.workdays import PUBLISHED, Calendar, NotPublished, in_words

LEGAL = 13  # paid holidays of a year, 全国年节及纪念日放假办法 (2024): one on a weekend is made up on a working day
ALWAYS_OFF = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))  # those that fall on fixed days
WEEKDAYS = "一二三四五六日"

_DAY = re.compile(r"(?:(\d{4})[年.\-/])?(\d{1,2})[月.\-/](\d{1,2})日?号?")
_TO = re.compile(r"\s*(?:至|到|—+|–|~|～)\s*(?:(?:(\d{4})[年.\-/])?(\d{1,2})[月.\-/])?(\d{1,2})日?号?")
_OFF, _ON = re.compile(r"放假|休息|休"), re.compile(r"上班|补班|班")


class BadCalendar(ValueError):
    """What was typed is no calendar; the text says in Chinese what is wrong."""


class CalendarYear(Base):
    """A year that an administrator entered, and who did."""

    __tablename__ = "calendar_years"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CalendarDay(Base):
    """A day of an entered year that differs from Monday to Friday."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool]
    note: Mapped[str] = mapped_column(default="")  # the line in which it stood


@dataclass(slots=True)
class Entered:
    """A year as it was typed: the days that differ from Monday to Friday, and what looks odd about them."""

    year: int
    days: dict[date, bool] = field(default_factory=dict)
    said: dict[date, bool] = field(default_factory=dict)  # every day that was named, days off of a weekend, too
    notes: dict[date, str] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)

    @property
    def workdays(self) -> int:
        """How many days of the year are worked."""
        return _count(self.year, self.days)


def calendar_of(session: Session) -> Calendar:
    """The calendar that holds, read once in a session."""
    if "calendar" not in session.info:
        entered: dict[int, dict[date, bool]] = {year: {} for year in session.scalars(select(CalendarYear.year))}
        if entered:
            for row in session.scalars(select(CalendarDay)):
                entered.setdefault(row.day.year, {})[row.day] = row.is_workday
        session.info["calendar"] = Calendar(entered) if entered else PUBLISHED
    calendar: Calendar = session.info["calendar"]
    return calendar


def after(session: Session, start: date, workdays: int) -> tuple[date, int | None]:
    """The day on which so many working days have begun since `start`. Where a year has no calendar they are counted
    from Monday to Friday, and the year is named, so that it can be said: a deadline of companies waits for nobody."""
    try:
        return calendar_of(session).after(start, workdays), None
    except NotPublished as missing:
        return Calendar({start.year: {}, start.year + 1: {}}).after(start, workdays), missing.year


def missing_soon(session: Session, today: date, days: int | None = None) -> list[int]:
    """The years without a calendar that the next days reach, by the setting unless `days` says how many."""
    ahead = today + timedelta(days=figure(session, "calendar_warn_days") if days is None else days)
    calendar = calendar_of(session)
    return [year for year in range(today.year, ahead.year + 1) if not calendar.knows(year)]


def read_typed(year: int, text: str) -> Entered:
    """The days in the words of the State Council's notice (“1月1日至3日放假，1月4日上班”), or a day a line. BadCalendar
    where they cannot be a calendar; what only looks odd is listed."""
    found = Entered(year)
    for line in re.split(r"[。；;\n]", re.sub(r"[（(][^（）()]*[）)]", "", text)):
        _read_line(found, line.replace("调休", ""))
    if not any(not worked for worked in found.days.values()):
        raise BadCalendar("没有读到放假的日子，请按“1月1日至3日放假，1月4日上班”这样写")
    _check(found)
    return found


def enter(session: Session, entered: Entered, staff: Staff, now: datetime) -> None:
    """Keep a year as it was typed, in place of what was entered for it before; with evidence."""
    _forget(session, entered.year)
    session.add(CalendarYear(year=entered.year, staff_id=staff.id, at=now))
    for day, worked in sorted(entered.days.items()):
        session.add(CalendarDay(day=day, is_workday=worked, note=entered.notes[day]))
    days = {day.isoformat(): worked for day, worked in sorted(entered.days.items())}
    record(session, "calendar_entered", ("calendar", entered.year), f"staff:{staff.id}", {"days": days}, now)
    session.info.pop("calendar", None)


def withdraw(session: Session, year: int, staff: Staff, now: datetime) -> None:
    """Forget what was entered for a year: the library's calendar counts, or none."""
    if session.get(CalendarYear, year) is None:
        return
    _forget(session, year)
    record(session, "calendar_withdrawn", ("calendar", year), f"staff:{staff.id}", {}, now)
    session.info.pop("calendar", None)


def years(session: Session, today: date) -> list[tuple[int, str, CalendarYear | None]]:
    """Last year to the year after next, each "entered", "published" or "missing"."""
    by_hand = {row.year: row for row in session.scalars(select(CalendarYear))}
    wanted = sorted({today.year - 1, today.year, today.year + 1, today.year + 2} | set(by_hand))
    known = {year: "published" if PUBLISHED.knows(year) else "missing" for year in wanted}
    return [(year, "entered" if year in by_hand else known[year], by_hand.get(year)) for year in wanted]


def special_days(calendar: Calendar, year: int) -> dict[date, bool]:
    """The days of a year that differ from Monday to Friday. NotPublished for a year without a calendar."""
    days = {day: calendar.is_workday(day) for day in _days_of(year)}
    return {day: worked for day, worked in days.items() if worked != (day.weekday() < 5)}


def entered_against_published(session: Session, year: int) -> list[date]:
    """Where a year was entered and the library has come to know it: the days on which the two differ."""
    if session.get(CalendarYear, year) is None or not PUBLISHED.knows(year):
        return []
    calendar = calendar_of(session)
    return [day for day in _days_of(year) if calendar.is_workday(day) != PUBLISHED.is_workday(day)]


def _read_line(found: Entered, line: str) -> None:
    """Take the dates of one sentence in; each belongs to the next 放假 or 上班 behind it."""
    waiting: list[date] = []
    at = 0
    while at < len(line):
        if day := _DAY.match(line, at):
            first = _date(found.year, *day.groups())
            at = day.end()
            if until := _TO.match(line, at):
                last = _date(found.year, until[1], until[2] or str(first.month), until[3])
                at = until.end()
            else:
                last = first
            waiting += _between(first, last)
        elif word := _OFF.match(line, at) or _ON.match(line, at):
            _keep(found, waiting, _ON.match(line, at) is not None, line)
            waiting, at = [], word.end()
        else:
            at += 1
    if waiting:
        raise BadCalendar(f"“{line.strip()[:40]}”里没有写明放假还是上班")


def _keep(found: Entered, days: list[date], worked: bool, line: str) -> None:
    for day in days:
        if day.year != found.year:
            raise BadCalendar(f"{_named(day)}不在{found.year}年")
        if found.said.setdefault(day, worked) != worked:
            raise BadCalendar(f"{_named(day)}既写了放假又写了上班")
        if worked and day.weekday() < 5:
            raise BadCalendar(f"{_named(day)}本来就是工作日，请核对调休上班的日子")
        if worked or day.weekday() < 5:
            found.days[day], found.notes[day] = worked, line.strip()[:100]


def _date(year: int, written: str | None, month: str, day: str) -> date:
    try:
        return date(int(written or year), int(month), int(day))
    except ValueError:
        raise BadCalendar(f"没有“{month}月{day}日”这一天") from None


def _between(first: date, last: date) -> list[date]:
    if not 0 <= (last - first).days <= 31:
        raise BadCalendar(f"{_named(first)}到{_named(last)}不像一个假期，请核对")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _check(found: Entered) -> None:
    """What a year's calendar usually is; an administrator may know better."""
    year, days = found.year, found.days
    fixed = [date(year, month, day) for month, day in ALWAYS_OFF]
    worked = [day for day in fixed if days.get(day, day.weekday() < 5)]
    found.odd += [f"{_named(day)}是法定假日，没有写放假" for day in worked]
    for name, first, last in (("春节", (1, 20), (2, 25)), ("清明节", (4, 4), (4, 6)), ("端午节", (5, 27), (6, 27))):
        if not any(not worked and date(year, *first) <= day <= date(year, *last) for day, worked in days.items()):
            found.odd.append(f"没有读到{name}的假期")
    usual = sum(day.weekday() < 5 for day in _days_of(year)) - LEGAL
    if found.workdays != usual:
        found.odd.append(f"按每年{LEGAL}天法定假日应有{usual}个工作日，这里有{found.workdays}个")


def _count(year: int, days: Mapping[date, bool]) -> int:
    return sum(days.get(day, day.weekday() < 5) for day in _days_of(year))


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def _named(day: date) -> str:
    return f"{in_words(day)}（周{WEEKDAYS[day.weekday()]}）"


def _forget(session: Session, year: int) -> None:
    session.execute(
        delete(CalendarDay).where(CalendarDay.day >= date(year, 1, 1), CalendarDay.day <= date(year, 12, 31))
    )
    session.execute(delete(CalendarYear).where(CalendarYear.year == year))
    session.flush()
