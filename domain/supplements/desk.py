"""What members of staff see of what is owed, and do with it: accept, waive, put the day off, hand in for the user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.orm import Session

from domain.calendars import calendar_of
from domain.evidence import record
from domain.notices.notices import tell
from domain.people.staff import OrganisationKind, Role, Staff
from domain.registration.applications import Application, Photo
from domain.review.review import NotAllowed, may_see
from domain.rules.rules import paper_of
from domain.settings import value
from domain.supplements.days import RESTS
from domain.supplements.supplements import (
    OWED,
    UNSETTLED,
    Supplement,
    SupplementState,
    day_words,
    due_day,
    lift,
    settle,
)
from domain.workdays import NotPublished, local_day

PAGE = 50
MAY_DECIDE: Mapping[str, tuple[Role, ...]] = {
    OrganisationKind.BUREAU: (Role.HANDLER, Role.PRINCIPAL),
    OrganisationKind.CENTRE: (Role.REVIEWER, Role.ADMINISTRATOR),
}
# The ways to look at the list, with their words; each is a link.
SHOWS: Mapping[str, str] = {
    "open": "等用户补",
    "soon": "快到期",
    "handed_in": "等核对",
    "overdue": "逾期",
    "undated": "日期待定",
    "settled": "已了结",
}


@dataclass(frozen=True, slots=True)
class Owed:
    """One page of the list."""

    rows: list[Supplement]
    total: int
    pages: int


def counts(session: Session, staff: Staff, today: date) -> dict[str, int]:
    """How many things are owed, by the ways to look at them; nothing that this member of staff may not see."""
    sums = [func.sum(case((_is(session, show, today), 1), else_=0)) for show in SHOWS]
    found = session.execute(_seen(staff).with_only_columns(*sums)).one()
    return dict(zip(SHOWS, (int(each or 0) for each in found), strict=True))


def listed(session: Session, staff: Staff, show: str, today: date, page: int = 1) -> Owed:
    """One page of what is owed, the next to fall due first; what was settled, the newest first."""
    query = _seen(staff).where(_is(session, show if show in SHOWS else "open", today))
    total = session.scalar(query.with_only_columns(func.count())) or 0
    order = (Supplement.settled_at.desc(),) if show == "settled" else (Supplement.due.is_(None), Supplement.due)
    rows = session.scalars(query.order_by(*order, Supplement.id).limit(PAGE).offset(PAGE * (page - 1)))
    return Owed(list(rows), total, max(1, -(-total // PAGE)))


def ids(session: Session, staff: Staff, show: str, today: date, most: int) -> list[int]:
    """The same list on all pages, at most so many."""
    query = _seen(staff).where(_is(session, show, today)).with_only_columns(Supplement.id)
    return list(session.scalars(query.order_by(Supplement.due.is_(None), Supplement.due, Supplement.id).limit(most)))


def may_decide(staff: Staff) -> bool:
    """Whether this member of staff may settle what is owed by the applications that they may see."""
    return staff.active and staff.role in MAY_DECIDE.get(staff.organisation.kind, ())


def visible(session: Session, staff: Staff, item_id: int) -> Supplement | None:
    """One owed thing, if this member of staff may see its application; locked together with that."""
    found = session.get(Supplement, item_id)
    if found is None:
        return None
    query = may_see(staff).where(Application.id == found.application_id).with_for_update()
    if session.scalar(query) is None:
        return None
    session.refresh(found, with_for_update=True)
    return found


def accept(session: Session, row: Supplement, staff: Staff, remark: str, now: datetime) -> None:
    """What came is good enough, whatever the rules think of it."""
    _must_be_owed(row, staff)
    _settle(session, row, SupplementState.ACCEPTED, staff, remark, now)


def waive(session: Session, row: Supplement, staff: Staff, reason: str, now: datetime) -> None:
    """It need not be handed in; the reason is kept and told."""
    _must_be_owed(row, staff)
    _must_have(reason, "请写明为什么可以免交")
    _settle(session, row, SupplementState.WAIVED, staff, reason, now)


def refuse(session: Session, row: Supplement, staff: Staff, reason: str, now: datetime) -> None:
    """What came is not good enough: the user reads why, and it is owed as before."""
    _must_be_owed(row, staff)
    _must_have(reason, "请写明哪里不行，用户会看到这句话")
    if row.state != SupplementState.HANDED_IN:
        raise NotAllowed("这项材料还没有交来，不能退回重交")
    row.state = SupplementState.OPEN if row.lapsed_at is None else SupplementState.OVERDUE
    row.remark = reason
    rested = _give_days_back(session, row, local_day(now)) if row.lapsed_at is None else False
    _keep(session, row, "supplement_refused", staff, {"reason": reason, "due": str(row.due or "")}, now)
    until = f"，{day_words(row.due)}前" if rested and row.due is not None else "，"
    _news(session, row, f"{row.title}还不行：{reason.rstrip('。')}{until}请重新拍一张发来", now)


def extend(session: Session, row: Supplement, staff: Staff, until: date, reason: str, now: datetime) -> None:
    """Give the user more time; what followed from being late is taken back where that can be."""
    _must_be_owed(row, staff)
    _must_have(reason, "请写明为什么延期")
    if until <= max(row.due or date.min, local_day(now) - timedelta(days=1)):
        raise NotAllowed("新的日期要晚于原来的期限，也不能早于今天")
    old, row.due, row.due_from = row.due, until, row.due_from or local_day(now)
    row.reminded, row.lapsed_at = None, None
    row.state = SupplementState.OPEN if row.state == SupplementState.OVERDUE else row.state
    _keep(session, row, "supplement_extended", staff, {"from": str(old or ""), "to": str(until), "reason": reason}, now)
    lift(session, row.application, f"staff:{staff.id}", now)
    _news(session, row, f"{row.title}的补交期限延到{day_words(until)}", now)


def hand_in(session: Session, row: Supplement, staff: Staff, file: str, remark: str, now: datetime) -> Photo:
    """A member of staff hands in what the user brought to the counter: who has seen it vouches for it."""
    _must_be_owed(row, staff)
    _must_have(remark, "请写明材料从哪里来，例如“窗口交来原件，已核对”")
    kind, party = paper_of(row.document)
    photo = Photo(
        contact_id=row.application.contact_id,
        application_id=row.application_id,
        file=file,
        kind=kind,
        party=party,
        received_at=now,
    )
    session.add(photo)
    session.flush()
    row.photo, row.handed_in_at = photo, now
    _settle(session, row, SupplementState.ACCEPTED, staff, remark, now)
    return photo


def colour(session: Session, row: Supplement, today: date) -> str:
    """ "red" once it is late, "orange" from the first reminder on, "unknown" without a day, else empty."""
    if row.state not in OWED:
        return ""
    if row.due is None:
        return "unknown" if row.due_from is not None else ""
    if row.due < today:
        return "red"
    return "orange" if row.due <= _soon(session, today) else ""


def _give_days_back(session: Session, row: Supplement, today: date) -> bool:
    """While what came lay with staff the user's days rested: the last day moves on by as many working days. Where the
    calendar does not say how many, the days begin again from today. Whether anything moved."""
    if row.due is None or row.handed_in_at is None:
        return False
    calendar, old = calendar_of(session), row.due
    try:
        row.due = calendar.after(old, calendar.workdays_since(local_day(row.handed_in_at), today))
    except NotPublished:
        row.due_from, row.due = today, due_day(session, today)
    if row.due != old:
        row.reminded = None
    return row.due != old


def _settle(
    session: Session, row: Supplement, state: SupplementState, staff: Staff, remark: str, now: datetime
) -> None:
    settle(session, row, state, f"staff:{staff.id}", remark, now, organisation=staff.organisation.name)
    lifted = lift(session, row.application, f"staff:{staff.id}", now)
    done = "不用再交了" if state == SupplementState.WAIVED else "已收到，符合要求"
    _news(session, row, f"{row.title}{done}{'，申请恢复办理' if lifted else ''}", now)


def _must_be_owed(row: Supplement, staff: Staff) -> None:
    if not may_decide(staff):
        raise NotAllowed("您不能处理容缺材料，请联系供电单位经办人或交易中心审核员")
    if row.state not in UNSETTLED:
        raise NotAllowed("这项材料已经了结，可能同事刚处理过，请刷新")


def _must_have(words: str, otherwise: str) -> None:
    if not words.strip():
        raise NotAllowed(otherwise)


def _keep(
    session: Session, row: Supplement, what: str, staff: Staff, data: Mapping[str, object], now: datetime
) -> None:
    kept = {"rule": row.rule, "document": row.document, **data}
    record(session, what, ("application", row.application_id), f"staff:{staff.id}", kept, now)


def _news(session: Session, row: Supplement, text: str, now: datetime) -> None:
    application = row.application
    words = f"{application.number}：{text}"
    key = f"{row.id}:{now.isoformat()}"
    tell(session, "supplement_news", application.contact_id, {"text": words}, now, key=key, application=application)


def _seen(staff: Staff) -> Select[Supplement]:
    its_own = may_see(staff).where(Application.id == Supplement.application_id).with_only_columns(Application.id)
    return select(Supplement).where(its_own.correlate(Supplement).exists())


def _is(session: Session, show: str, today: date) -> ColumnElement[bool]:
    """The condition of one way to look at the list. What rests in the user's own hands is not late."""
    runs = exists().where(Application.id == Supplement.application_id, Application.stage.not_in(RESTS))
    runs = runs.correlate(Supplement)
    is_open = Supplement.state == SupplementState.OPEN
    return {
        "open": is_open,
        "soon": and_(is_open, runs, Supplement.due >= today, Supplement.due <= _soon(session, today)),
        "handed_in": Supplement.state == SupplementState.HANDED_IN,
        "overdue": Supplement.state == SupplementState.OVERDUE,
        "undated": and_(is_open, Supplement.due.is_(None), Supplement.due_from.is_not(None)),
        "settled": Supplement.state.in_((SupplementState.ACCEPTED, SupplementState.WAIVED)),
    }[show]


def _soon(session: Session, today: date) -> date:
    """The last day that counts as soon: as many working days ahead as the first reminder comes."""
    marks = [int(days) for days in str(value(session, "supplement_remind_days")).split(",") if days]
    try:
        return calendar_of(session).after(today, max(marks, default=0))
    except NotPublished:
        return today
