"""The queue: what waits for me, and everything else that I may look at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from domain.calendars import calendar_of
from domain.groups.units import units_of
from domain.notices.urging import last_urged, may_urge
from domain.people.staff import OrganisationKind
from domain.queue import queue as desk_queue
from domain.queue.filters import CHANNELS, COLOURS, SHOWS, TAKEN, Facets, Wanted
from domain.queue.rows import bureaus, open_rules, owing, problems_of, proxies_named
from domain.registration.applications import Application
from domain.registration.kinds import KIND_NAMES, Kind
from domain.review import claims, presence
from domain.review.review import colour, is_due
from domain.rules.rules import Severity
from domain.rules.troubles import monday
from domain.settings import figure
from domain.supplements import desk as supplement_desk
from domain.workdays import Calendar, NotPublished, local_day
from webhooks.console.parts import desk, me, page, page_number
from webhooks.console.words import CAME_BY
from webhooks.guards import guarded

# What the door counts of the documents that are owed, where there is any; each leads to its list.
OWED_TILES = {"overdue": "容缺逾期", "soon": "容缺快到期", "handed_in": "补交待核对", "undated": "容缺日期待定"}
WEEKS = 12  # so many weeks of submission are offered


@guarded("staff")
def queue() -> ResponseReturnValue:
    """One page of the queue; what is shown stands in the address, so that it can be kept and sent."""
    app, staff = desk(), me()
    if staff.organisation.kind == OrganisationKind.RETAILER:  # nothing to review; their door is another one
        return redirect(url_for("console.packages"))
    now = app.clock()
    wanted = wanted_from(request.args)
    with app.store.read() as session:
        late = desk_queue.limits(session, local_day(now))
        found = desk_queue.listed(session, staff, wanted, late)
        rows = _rows(session, found.rows, now)
        shown = {
            "counts": desk_queue.counts(session, staff, late),
            "taken": claims.count(session, staff),
            "owed_tiles": OWED_TILES,
            "owed": supplement_desk.counts(session, staff, local_day(now)),
            "orange_days": figure(session, "overdue_orange_days"),
            "red_days": figure(session, "overdue_red_days"),
            "urge_minutes": figure(session, "urge_minutes"),
            **_choices(session, found.facets, now),
        }
    link = Links(wanted)
    chosen = any(name not in ("show", "page") for name in link.kept)
    return page("queue.html", found=found, wanted=wanted, link=link, chosen=chosen, rows=rows, **_acts(rows), **shown)


def wanted_from(args: MultiDict[str, str] | Mapping[str, str]) -> Wanted:
    """What an address asks for; what it does not know is left aside."""
    given = MultiDict(args)
    return Wanted(
        show=_one_of(given, "show", ("due", *SHOWS)) or "due",
        colour=_one_of(given, "colour", COLOURS),
        bureau=given.get("bureau", 0, type=int),
        kind=_one_of(given, "kind", tuple(Kind)),
        channel=_one_of(given, "channel", CHANNELS),
        rule=given.get("rule", "")[:80],
        severity=_one_of(given, "severity", tuple(Severity)),
        person=given.get("person") == "1",
        owes=_one_of(given, "owes", ("open", "late", "came")),
        mode=_one_of(given, "mode", ("automatic", "manual")),
        taken=_one_of(given, "taken", TAKEN),
        missing=given.get("missing", "")[:30],
        proxy=given.get("proxy", 0, type=int),
        week=given.get("week", None, type=date.fromisoformat),
        text=given.get("q", "").strip()[:60],
        page=page_number(),
    )


def address_of(wanted: Wanted) -> dict[str, str]:
    """The choices as an address carries them; what is as usual is left out."""
    named = ("show", "colour", "kind", "channel", "rule", "severity", "owes", "mode", "taken", "missing")
    kept = {name: value for name in named if (value := getattr(wanted, name)) != (name == "show" and "due" or "")}
    numbers = {name: str(getattr(wanted, name)) for name in ("bureau", "proxy") if getattr(wanted, name)}
    rest = {"person": "1" if wanted.person else "", "q": wanted.text, "week": str(wanted.week or "")}
    return {**kept, **numbers, **{name: text for name, text in rest.items() if text}}


class Links:
    """Links of the queue: this list with one choice more, less, or another."""

    def __init__(self, wanted: Wanted) -> None:
        self.kept = address_of(wanted)

    def __call__(self, endpoint: str = "console.queue", **changed: Any) -> str:
        """An address with these choices changed; None takes one away. The page begins anew."""
        return url_for(endpoint, **{**self.kept, **changed})

    @property
    def query(self) -> str:
        """The choices as a form hands them on."""
        return urlencode(self.kept)


def _acts(rows: list[dict[str, Any]]) -> dict[str, bool]:
    """What this person can do with orders that are ticked."""
    known = current_app.view_functions
    return {
        "can_batch": "console.batch_preview" in known,
        "can_export": "console.export_queue" in known,
        "may_decide": any(is_due(row["it"], me()) for row in rows),
        "urgeable": any(row["urge"] for row in rows),
    }


def _choices(session: Session, facets: Facets, now: datetime) -> dict[str, Any]:
    """The choices of each filter as (value, label, count); no count where it would cost a walk of its own."""
    centre = me().organisation.kind == OrganisationKind.CENTRE
    places = bureaus(session) if centre else {}
    return {
        "places": places,
        "placed": [(place, name, facets.bureaus.get(place, 0)) for place, name in places.items()],
        "kinds": [(kind, name, facets.kinds.get(kind, 0)) for kind, name in KIND_NAMES.items()],
        "channels": [(each, CAME_BY[each], facets.channels.get(each, 0)) for each in CHANNELS],
        "ruled": [(rule, rule, None) for rule in open_rules(session, me())],
        "proxied": [(proxy, name, None) for proxy, name in proxies_named(session).items()] if centre else [],
        "weeks": [(f"{week}", f"{week:%m月%d日} 起的一周", None) for week in _weeks(now)],
    }


def _rows(session: Session, found: list[Application], now: datetime) -> list[dict[str, Any]]:
    """The rows with all that they show: a few queries for the whole page."""
    staff, today = me(), local_day(now)
    orange, red = figure(session, "overdue_orange_days"), figure(session, "overdue_red_days")
    calendar, ids = calendar_of(session), [row.id for row in found]
    urged, watched = last_urged(session, ids), presence.others(session, ids, staff, now)
    taken = claims.holders(session, ids, now)
    owed, units, problems = owing(session, ids), units_of(session, found), problems_of(session, ids)
    return [
        {
            "it": row,
            "colour": colour(row, orange, red, today, calendar),
            "days": _days(row.stage_since, today, calendar),
            "urge": may_urge(row, staff),
            "urged": urged.get(row.id),
            "watched": watched.get(row.id, []),
            "taken": taken.get(row.id),
            "owed": owed.get(row.id, 0),
            "unit": units[row.id],
            "problems": problems.get(row.id, []),
        }
        for row in found
    ]


def _weeks(now: datetime) -> list[date]:
    return [monday(now) - timedelta(weeks=back) for back in range(WEEKS)]


def _one_of(given: MultiDict[str, str], name: str, known: tuple[str, ...]) -> str:
    value = given.get(name, "")
    return value if value in known else ""


def _days(since: datetime, today: date, calendar: Calendar) -> int | None:
    try:
        return calendar.workdays_since(local_day(since), today)
    except NotPublished:
        return None
