"""The queue: what waits for me, and everything else that I may look at."""

from __future__ import annotations

from datetime import date, datetime

from flask import request
from flask.typing import ResponseReturnValue

from domain import desk_queue
from domain.calendars import calendar_of
from domain.desk_filters import SHOWS, Wanted
from domain.review import colour
from domain.settings import figure
from domain.urging import last_urged, may_urge
from domain.workdays import Calendar, NotPublished, local_day
from webhooks.console.parts import desk, me, page, page_number
from webhooks.guards import guarded


@guarded("staff")
def queue() -> ResponseReturnValue:
    """One page of the queue; what is shown stands in the address, so that it can be kept and sent."""
    app, staff = desk(), me()
    today = local_day(app.clock())
    wanted = _wanted()
    with app.store.read() as session:
        late = desk_queue.limits(session, today)
        found = desk_queue.listed(session, staff, wanted, late)
        counts = desk_queue.counts(session, staff, late)
        orange, red = figure(session, "overdue_orange_days"), figure(session, "overdue_red_days")
        urgeable = {row.id for row in found.rows if may_urge(row, staff)}
        urged = last_urged(session, urgeable)
        minutes = figure(session, "urge_minutes")
        calendar = calendar_of(session)
    rows = [
        {
            "it": row,
            "colour": colour(row, orange, red, today, calendar),
            "days": _days(row.stage_since, today, calendar),
        }
        for row in found.rows
    ]
    urging = {"urgeable": urgeable, "urged": urged, "urge_minutes": minutes}
    days = {"orange_days": orange, "red_days": red}
    return page("queue.html", rows=rows, found=found, wanted=wanted, counts=counts, **days, **urging)


def _wanted() -> Wanted:
    show, tint = request.args.get("show", "due"), request.args.get("colour", "")
    return Wanted(
        show=show if show in SHOWS else "due",
        colour=tint if tint in ("orange", "red", "unknown") else "",
        text=request.args.get("q", "").strip()[:60],
        page=page_number(),
    )


def _days(since: datetime, today: date, calendar: Calendar) -> int | None:
    try:
        return calendar.workdays_since(local_day(since), today)
    except NotPublished:
        return None
