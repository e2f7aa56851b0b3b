"""The working calendar: which years are known, and entering one from the State Council's notice."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from domain import calendars
from domain.calendars import WEEKDAYS, BadCalendar, Entered, calendar_of
from domain.people.staff import Staff
from domain.workdays import local_day
from webhooks.console.parts import desk, me, page
from webhooks.guards import guarded

EARLIEST, LATEST, MOST = 2020, 2100, 8000


@guarded("administrator")
def calendar() -> ResponseReturnValue:
    """The years, and the special days of the one that is looked at."""
    today = local_day(desk().clock())
    with desk().store.read() as session:
        return _shown(session, _year(request.args.get("year", today.year, type=int)))


@guarded("administrator")
def calendar_enter() -> ResponseReturnValue:
    """First what was read from the text, with what looks odd; then, confirmed, it counts."""
    app, form = desk(), request.form
    year = _year(form.get("year", 0, type=int))
    with app.store.read() as session:
        try:
            entered = calendars.read_typed(year, form.get("text", "")[:MOST])
        except BadCalendar as bad:
            flash(str(bad), "bad")
            return _shown(session, year, form.get("text", "")), 400
        if form.get("sure") != "yes" or (entered.odd and form.get("odd") != "yes"):
            return _shown(session, year, form.get("text", ""), entered)
    with app.store.write() as session:
        calendars.enter(session, entered, session.get_one(Staff, me().id), app.clock())
    flash(f"{year} 年的工作日历已录入，共 {entered.workdays} 个工作日，现在起按它计算。", "good")
    return redirect(url_for("console.calendar", year=year))


@guarded("administrator")
def calendar_withdraw() -> ResponseReturnValue:
    """Forget what was entered for a year."""
    app, year = desk(), _year(request.form.get("year", 0, type=int))
    with app.store.write() as session:
        calendars.withdraw(session, year, session.get_one(Staff, me().id), app.clock())
    flash(f"{year} 年录入的日历已撤销。", "good")
    return redirect(url_for("console.calendar", year=year))


def _shown(session: Session, year: int, text: str = "", entered: Entered | None = None) -> str:
    today = local_day(desk().clock())
    known = calendar_of(session).knows(year)
    special = calendars.special_days(calendar_of(session), year) if known else {}
    return page(
        "calendar.html",
        years=calendars.years(session, today),
        year=year,
        known=known,
        special=_by_month(special),
        read=_by_month(entered.days) if entered else {},
        entered=entered,
        text=text,
        differ=calendars.entered_against_published(session, year),
        missing=calendars.missing_soon(session, today),
    )


def _by_month(days: dict[date, bool]) -> dict[int, list[tuple[str, bool]]]:
    """Special days as a page lists them: by month, “3日（周三）” and whether it is worked."""
    months: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    for day, worked in sorted(days.items()):
        months[day.month].append((f"{day.day}日（周{WEEKDAYS[day.weekday()]}）", worked))
    return dict(months)


def _year(year: int) -> int:
    return max(EARLIEST, min(year, LATEST))
