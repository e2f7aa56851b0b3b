"""The reviewers' queue: what waits for whom, how late it is, and one page of what was asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, load_only, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from domain.calendars import calendar_of
from domain.people.staff import Staff
from domain.queue.filters import SHOWS, Facets, Limits, Wanted, chosen, colour_of, facets, is_mine
from domain.queue.search import search
from domain.registration.applications import UNDER_REVIEW, Application, FieldValue
from domain.review import claims
from domain.review.review import may_see
from domain.settings import figure
from domain.workdays import CHINA, Calendar, NotPublished

PAGE = 50
_SHOWN = FieldValue.name.in_(("name", "account_number"))


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the queue, with the counts of every choice."""

    rows: list[Application]
    facets: Facets
    short: bool = False  # the text was too short, or too common, to search by

    @property
    def total(self) -> int:
        """How many orders were found on all pages."""
        return self.facets.total

    @property
    def pages(self) -> int:
        """How many pages they fill; one, if none."""
        return max(1, -(-self.total // PAGE))


def limits(session: Session, today: date) -> Limits:
    """The limits of today by the settings; they colour as `domain.review.review.colour` does."""
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
    """The applications that wait for this member of staff: the query of `domain.review.review.is_due`."""
    return may_see(staff).where(is_mine(staff))


def counts(session: Session, staff: Staff, late: Limits) -> dict[str, int]:
    """How many applications wait for this member of staff, by colour, and all of them under "due"."""
    colour = colour_of(late)
    query = waiting_for(staff).with_only_columns(colour, func.count()).group_by(colour)
    found = {str(name): number for name, number in session.execute(query)}
    return {"due": sum(found.values()), **{name: found.get(name, 0) for name in ("orange", "red", "unknown")}}


def listed(session: Session, staff: Staff, wanted: Wanted, late: Limits) -> Found:
    """One page of what was asked for; never anything that this member of staff may not see."""
    text, short = _text(session, wanted)
    query = _asked(staff, wanted, late, text)
    # Ids first: a sort that carried whole rows would carry every sealed fact of every application.
    ids = list(session.scalars(query.limit(PAGE).offset(PAGE * (wanted.page - 1))))
    found = session.scalars(select(Application).where(Application.id.in_(ids)).options(*for_a_row(_SHOWN)))
    rows = {row.id: row for row in found}
    return Found([rows[each] for each in ids], facets(session, staff, wanted, late, text), short)


def ids(session: Session, staff: Staff, wanted: Wanted, late: Limits, most: int) -> list[int]:
    """The applications that were asked for on all pages, in the list's order, at most so many."""
    text, _ = _text(session, wanted)
    return list(session.scalars(_asked(staff, wanted, late, text).limit(most)))


def next_waiting(session: Session, staff: Staff, after: tuple[datetime, int]) -> int | None:
    """The application to look at after this one (its `stage_since` and id): the next in the queue, else the first.
    What a colleague has taken is passed over."""
    since, application_id = after
    later = or_(
        Application.stage_since > since, and_(Application.stage_since == since, Application.id > application_id)
    )
    query = waiting_for(staff).where(Application.id != application_id).with_only_columns(Application.id)
    query = query.where(Application.id.not_in(claims.of_others(staff)))
    query = query.order_by(Application.stage_since, Application.id).limit(1)
    return session.scalar(query.where(later)) or session.scalar(query)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA).astimezone(UTC)


def _text(session: Session, wanted: Wanted) -> tuple[ColumnElement[bool] | None, bool]:
    if not wanted.text:
        return None, False
    found = search(session, wanted.text)
    return found.condition, found.short


def _asked(staff: Staff, wanted: Wanted, late: Limits, text: ColumnElement[bool] | None) -> Select[int]:
    """The ids that were asked for: what waits, the oldest first; the rest, the newest first."""
    query = may_see(staff).where(*chosen(wanted, staff, late)).with_only_columns(Application.id)
    if text is not None:
        query = query.where(text)
    if wanted.show == "due" or set(SHOWS[wanted.show]) & set(UNDER_REVIEW):
        return query.order_by(Application.stage_since, Application.id)
    return query.order_by(Application.stage_since.desc(), Application.id.desc())


def for_a_row(shown: ColumnElement[bool]) -> tuple[ORMOption, ...]:
    """Only what a row shows: the sealed rest is neither read nor opened."""
    it = Application
    return (
        load_only(
            it.number,
            it.kind,
            it.channel,
            it.stage,
            it.stage_since,
            it.submitted_at,
            it.bureau_id,
            it.decided,
            it.code_mark,
            it.account_mark,
        ),
        selectinload(it.values.and_(shown)),
        selectinload(it.bureau),
    )
