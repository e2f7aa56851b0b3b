"""The reviewers' queue: what waits for whom, how late it is, and how an application is found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session, defer, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from domain.applications import UNDER_REVIEW, Application, FieldValue, Stage
from domain.calendars import calendar_of
from domain.identifiers import compact
from domain.people import SMS, Address
from domain.private import fingerprint
from domain.review import may_see
from domain.settings import figure
from domain.staff import OrganisationKind, Role, Staff
from domain.workdays import CHINA, Calendar, NotPublished

PAGE = 50
NAMES_READ = 3000  # names are sealed: a search by name opens those of this many applications, the newest first
PASSED = (Stage.AWAITING_MARKET, Stage.AWAITING_RETAILER, Stage.AWAITING_CERTIFICATE)
SHOWS: Mapping[str, tuple[Stage, ...]] = {
    "bureau": (Stage.BUREAU_REVIEW,),
    "centre": (Stage.CENTRE_REVIEW,),
    "returned": (Stage.RETURNED,),
    "passed": PASSED,
    "all": (),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The moments before which an application must have arrived to be late today; None where nothing can be."""

    orange: datetime | None = None
    red: datetime | None = None
    unknown: datetime | None = None  # the calendar of the days since is not published


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a member of staff asked the queue for. `show` is "due" or a key of SHOWS."""

    show: str = "due"
    colour: str = ""
    text: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the queue."""

    rows: list[Application]
    total: int
    pages: int
    cut: bool  # a search by name did not reach the older ones


def limits(session: Session, today: date) -> Limits:
    """The limits of today by the settings; they colour as `domain.review.colour` does."""
    orange_from, red_after = figure(session, "overdue_orange_days"), figure(session, "overdue_red_days")
    return limits_of(orange_from, red_after, today, calendar_of(session))


def limits_of(orange_from: int, red_after: int, today: date, calendar: Calendar) -> Limits:
    """Walk back from today, counting working days: an arrival on `day` has used `used` of them."""
    day, used, made = today, 0, Limits()
    while made.red is None or made.orange is None:
        try:
            used += calendar.is_workday(day)
        except NotPublished:
            return replace(made, unknown=_begin(day))
        if made.orange is None and used >= orange_from:
            made = replace(made, orange=_begin(day))
        if made.red is None and used > red_after:
            made = replace(made, red=_begin(day))
        day -= timedelta(days=1)
    return made


def waiting_for(staff: Staff) -> Select[Application]:
    """The applications that wait for this member of staff: the query of `domain.review.is_due`."""
    if staff.organisation.kind == OrganisationKind.BUREAU:
        due = Application.stage == Stage.BUREAU_REVIEW if staff.role in (Role.HANDLER, Role.PRINCIPAL) else false()
    elif staff.role in (Role.REVIEWER, Role.ADMINISTRATOR):
        unrouted = and_(Application.stage == Stage.BUREAU_REVIEW, Application.bureau_id.is_(None))
        due = or_(Application.stage == Stage.CENTRE_REVIEW, unrouted)
    else:
        due = false()
    return may_see(staff).where(due)


def counts(session: Session, staff: Staff, late: Limits) -> dict[str, int]:
    """How many applications wait for this member of staff, by colour, and all of them under "due"."""
    colour = _colour(late)
    query = waiting_for(staff).with_only_columns(colour, func.count()).group_by(colour)
    found = {str(name): number for name, number in session.execute(query)}
    return {"due": sum(found.values()), **{name: found.get(name, 0) for name in ("orange", "red", "unknown")}}


def listed(session: Session, staff: Staff, wanted: Wanted, late: Limits) -> Found:
    """One page of what was asked for; never anything that this member of staff may not see."""
    query = _asked(staff, wanted, late)
    cut = False
    if wanted.text:
        mark = _mark(compact(wanted.text))
        if mark is None:
            ids, cut = _named(session, query, wanted.text)
            mark = Application.id.in_(ids)
        query = query.where(mark)
    total = session.scalar(query.with_only_columns(func.count()).order_by(None)) or 0
    # Ids first: a sort that carried whole rows would carry every sealed fact of every application.
    ids = list(session.scalars(query.with_only_columns(Application.id).limit(PAGE).offset(PAGE * (wanted.page - 1))))
    found = session.scalars(select(Application).where(Application.id.in_(ids)).options(*_for_a_row()))
    rows = {row.id: row for row in found}
    return Found([rows[each] for each in ids], total, max(1, -(-total // PAGE)), cut)


def next_waiting(session: Session, staff: Staff, after: tuple[datetime, int]) -> int | None:
    """The application to look at after this one (its `stage_since` and id): the next in the queue, else the first."""
    since, application_id = after
    later = or_(
        Application.stage_since > since, and_(Application.stage_since == since, Application.id > application_id)
    )
    query = waiting_for(staff).where(Application.id != application_id).with_only_columns(Application.id)
    query = query.order_by(Application.stage_since, Application.id).limit(1)
    return session.scalar(query.where(later)) or session.scalar(query)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA).astimezone(UTC)


def _colour(late: Limits) -> ColumnElement[str]:
    since = Application.stage_since
    known = [(name, before) for name, before in _in_order(late) if before is not None]
    rules = [(and_(Application.stage.in_(UNDER_REVIEW), since < before), name) for name, before in known]
    return case(*rules, else_="") if rules else case((false(), ""), else_="")


def _in_order(late: Limits) -> tuple[tuple[str, datetime | None], ...]:
    return ("unknown", late.unknown), ("red", late.red), ("orange", late.orange)


def _asked(staff: Staff, wanted: Wanted, late: Limits) -> Select[Application]:
    stages = SHOWS.get(wanted.show)
    query = waiting_for(staff) if stages is None else may_see(staff)
    if stages:
        query = query.where(Application.stage.in_(stages))
    if wanted.colour:
        query = query.where(_colour(late) == wanted.colour)
    oldest_first = stages is None or set(stages) & set(UNDER_REVIEW)
    if oldest_first:
        return query.order_by(Application.stage_since, Application.id)
    return query.order_by(Application.stage_since.desc(), Application.id.desc())


def _mark(text: str) -> ColumnElement[bool] | None:
    """What to search by, where the text is a number; None for a name."""
    if text.startswith("ZC"):
        return Application.number.startswith(text, autoescape=True)
    if len(text) == 16 and text.isdigit():
        return Application.account_mark == fingerprint("account", text)
    if len(text) == 18 or (len(text) == 15 and text.isdigit()):
        return Application.code_mark == fingerprint("code", text)
    if len(text) == 11 and text.isdigit():
        owner = select(Address.contact_id).where(Address.channel == SMS, Address.fingerprint == fingerprint(SMS, text))
        return Application.contact_id.in_(owner)
    return Application.number.endswith(text, autoescape=True) if text.isdigit() else None


def _named(session: Session, query: Select[Application], text: str) -> tuple[list[int], bool]:
    newest = query.with_only_columns(Application.id).order_by(None).order_by(Application.id.desc())
    ids = list(session.scalars(newest.limit(NAMES_READ + 1)))
    names = select(FieldValue.application_id, FieldValue.value).where(
        FieldValue.name.in_(("name", "account_name")), FieldValue.application_id.in_(ids[:NAMES_READ])
    )
    sought = compact(text)
    found = {owner for owner, name in session.execute(names) if sought and sought in compact(name)}
    return sorted(found), len(ids) > NAMES_READ


def _for_a_row() -> tuple[ORMOption, ...]:
    shown = FieldValue.name.in_(("name", "account_number"))
    return (
        defer(Application.facts),
        selectinload(Application.values.and_(shown)),
        selectinload(Application.bureau),
    )
