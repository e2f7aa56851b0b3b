"""Overdue orders (A11): from the orange day the handlers are told, after the red day the principals, once a working
day each. Where nobody can be told, the centre's administrators are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, UtcDateTime
from domain.calendars import calendar_of, missing_soon
from domain.notices.notices import tell_staff
from domain.people.contacts import SMS, WECHAT
from domain.people.staff import Organisation, OrganisationKind, Role, Staff
from domain.queue.filters import Limits
from domain.queue.queue import limits
from domain.registration.applications import UNDER_REVIEW, Application, Stage
from domain.settings import figure, value
from domain.workdays import NotPublished, local_day

HANDLER, PRINCIPAL, URGED = "overdue_handler", "overdue_principal", "urged"
SWITCHES: Mapping[str, str] = {HANDLER: "remind_handler", PRINCIPAL: "remind_principal"}
# Who has to act on an order, at a bureau and at the centre.
ROLES: Mapping[str, tuple[Role, ...]] = {
    HANDLER: (Role.HANDLER, Role.REVIEWER),
    PRINCIPAL: (Role.PRINCIPAL, Role.ADMINISTRATOR),
}
TOLD_AHEAD = 30  # days before a year begins without a calendar, the administrators are told
NAMED = 5  # so many order numbers are written out


class Reminder(Base):
    """One order of which one member of staff was reminded, or for which they were urged by hand."""

    __tablename__ = "reminders"
    __table_args__ = (Index("ix_reminders_application", "application_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str]  # the event: overdue_handler, overdue_principal, urged
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # who urged
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Order:
    """One order that waits, as a reminder needs it. `place`: the organisation in whose hands it is."""

    id: int
    number: str
    since: datetime
    place: int
    red: bool


@dataclass(frozen=True, slots=True)
class Reminded:
    """What a day's reminding came to: orders that were late, people told, orders that nobody can date or be told of."""

    found: int = 0
    told: int = 0
    failed: int = 0


def remind(session: Session, now: datetime) -> Reminded:
    """Remind everybody who is due for it today. A second time on the same day nobody is told again; on a day off
    nobody is. Where the calendar is not published nothing is guessed: the administrators are told so."""
    today = local_day(now)
    try:
        if not calendar_of(session).is_workday(today):
            return Reminded()
    except NotPublished as missing:
        return Reminded(failed=_say_unpublished(session, str(missing), now))
    for year in missing_soon(session, today, TOLD_AHEAD):
        text = f"{year}年还没有工作日历，请在审核台的工作日历里录入"
        tell_staff(session, "calendar_missing", administrators(session), {"text": text}, now, key=f"soon:{year}")
    late = limits(session, today)
    orders = _late_orders(session, late)
    undated = _undated(session, late)
    if undated:
        _say_unpublished(session, f"有{undated}份工单到达的年份没有工作日历，无法计算是否超期", now)
    told, alone = 0, defaultdict[int, int](int)
    for kind in (HANDLER, PRINCIPAL):
        wanted = [order for order in orders if kind == HANDLER or order.red]
        for place, theirs in _by_place(wanted).items():
            reached = _remind_place(session, kind, place, theirs, now)
            told += reached or 0
            if reached is None:
                alone[place] = max(alone[place], len(theirs))
    if alone:
        _escalate(session, alone, now)
    return Reminded(len(orders) + undated, told, undated + sum(alone.values()))


def of_application(session: Session, application_id: int) -> list[tuple[Reminder, Staff]]:
    """Who was reminded of an order or urged, newest first."""
    query = select(Reminder, Staff).join(Staff, Reminder.staff_id == Staff.id)
    query = query.where(Reminder.application_id == application_id).order_by(Reminder.id.desc())
    return [(reminder, staff) for reminder, staff in session.execute(query)]


def responsible(session: Session, place: int, roles: Sequence[Role]) -> list[Staff]:
    """The people of an organisation with these roles whose logins are open."""
    query = select(Staff).where(Staff.organisation_id == place, Staff.role.in_(roles), Staff.active.is_(True))
    return list(session.scalars(query.order_by(Staff.id)))


def last_told(session: Session, staff: Staff, kind: str, orders: Sequence[int]) -> dict[int, datetime]:
    """When this person was last told of each of these orders, for those of which they were."""
    query = select(Reminder.application_id, func.max(Reminder.at)).where(
        Reminder.staff_id == staff.id, Reminder.kind == kind, Reminder.application_id.in_(orders)
    )
    return dict(session.execute(query.group_by(Reminder.application_id)).all())


def numbers(orders: Sequence[str]) -> str:
    """Order numbers as a text names them: the first few, and how many there are."""
    more = f" 等{len(orders)}份" if len(orders) > NAMED else ""
    return "、".join(orders[:NAMED]) + more


def _late_orders(session: Session, late: Limits) -> list[Order]:
    """The orders that are orange or red, oldest first; those that nobody can date are left out."""
    if late.orange is None:
        return []
    columns = (Application.id, Application.number, Application.stage, Application.stage_since, Application.bureau_id)
    query = select(*columns).where(Application.stage.in_(UNDER_REVIEW), Application.stage_since < late.orange)
    if late.unknown is not None:
        query = query.where(Application.stage_since >= late.unknown)
    centre = _centre(session)
    found = []
    for order, number, stage, since, bureau in session.execute(query.order_by(Application.stage_since)):
        place = bureau if stage == Stage.BUREAU_REVIEW and bureau is not None else centre
        found.append(Order(order, number or "", since, place, late.red is not None and since < late.red))
    return found


def _undated(session: Session, late: Limits) -> int:
    if late.unknown is None:
        return 0
    query = select(func.count()).where(Application.stage.in_(UNDER_REVIEW), Application.stage_since < late.unknown)
    return session.scalar(query) or 0


def _by_place(orders: Sequence[Order]) -> dict[int, list[Order]]:
    places: dict[int, list[Order]] = defaultdict(list)
    for order in orders:
        places[order.place].append(order)
    return places


def _remind_place(session: Session, kind: str, place: int, orders: Sequence[Order], now: datetime) -> int | None:
    """Remind an organisation's people of its orders, one message each: how many. None where nobody can be told."""
    if not value(session, SWITCHES[kind]):
        return 0
    people, reachable, told = responsible(session, place, ROLES[kind]), False, 0
    for staff in people:
        due = _not_told_lately(session, staff, kind, orders, local_day(now))
        if not due:
            reachable = True
        elif _remind_one(session, staff, kind, due, now):
            reachable, told = True, told + 1
    return told if reachable else None


def _remind_one(session: Session, staff: Staff, kind: str, orders: Sequence[Order], now: datetime) -> bool:
    red = sum(order.red for order in orders)
    params = {"what": "工单提醒", "orange": str(len(orders) - red), "red": str(red), "number": orders[0].number}
    text = (
        f"工单提醒：有{len(orders)}份等您办理（橙色{len(orders) - red}份、红色{red}份）："
        f"{numbers([order.number for order in orders])}。请登录审核台办理。"
    )
    key = f"{local_day(now)}"
    if not tell_staff(session, kind, [staff], params, now, key=key, text=text, by=_channels(session)):
        return False
    session.add_all(Reminder(application_id=order.id, staff_id=staff.id, kind=kind, at=now) for order in orders)
    return True


def _not_told_lately(session: Session, staff: Staff, kind: str, orders: Sequence[Order], today: date) -> list[Order]:
    every, since = figure(session, "remind_every_days"), calendar_of(session).workdays_since
    last = last_told(session, staff, kind, [order.id for order in orders])
    return [order for order in orders if order.id not in last or since(local_day(last[order.id]), today) >= every]


def _channels(session: Session) -> tuple[str, ...]:
    switches = {WECHAT: "remind_by_wechat", SMS: "remind_by_sms"}
    return tuple(channel for channel, switch in switches.items() if value(session, switch))


def _escalate(session: Session, alone: Mapping[int, int], now: datetime) -> None:
    names = [f"{session.get_one(Organisation, place).name}{count}份" for place, count in sorted(alone.items())]
    text = f"超期工单无人可提醒：{'、'.join(names)}，请补充联系人"
    tell_staff(session, "overdue_unmanned", administrators(session), {"text": text}, now, key=f"{local_day(now)}")


def _say_unpublished(session: Session, text: str, now: datetime) -> int:
    tell_staff(session, "calendar_missing", administrators(session), {"text": text}, now, key=f"{local_day(now):%Y}")
    return 1


def administrators(session: Session) -> list[Staff]:
    """The trading centre's administrators who can be told."""
    return responsible(session, _centre(session), (Role.ADMINISTRATOR,))


def _centre(session: Session) -> int:
    query = select(Organisation.id).where(Organisation.kind == OrganisationKind.CENTRE).order_by(Organisation.id)
    return session.scalar(query.limit(1)) or 0
