"""Urging by hand: the centre urges a bureau, a principal the handlers; for many orders one message to each person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.evidence import record
from domain.notices.notices import tell_staff
from domain.notices.overdue import URGED, Reminder, last_told, numbers, responsible
from domain.people.staff import OrganisationKind, Role, Staff
from domain.registration.applications import Application, Stage
from domain.review.review import may_see
from domain.settings import figure


@dataclass(slots=True)
class Urged:
    """What came of it: names of the people told, and the orders of which nobody was, with the reason in Chinese."""

    people: list[str] = field(default_factory=list)
    orders: set[str] = field(default_factory=set)
    left_out: dict[str, str] = field(default_factory=dict)

    def in_words(self) -> str:
        """One line for whoever urged."""
        done = f"已催办 {len(self.orders)} 份，通知了{'、'.join(self.people)}。" if self.orders else ""
        return done + "".join(f"{number}：{why}。" for number, why in self.left_out.items())


def may_urge(application: Application, by: Staff) -> bool:
    """Whether this member of staff may urge those in whose hands the order is."""
    return bool(_roles(application, by))


def last_urged(session: Session, application_ids: Iterable[int]) -> dict[int, datetime]:
    """When each of these orders was last urged, for those that were."""
    query = select(Reminder.application_id, func.max(Reminder.at)).where(
        Reminder.kind == URGED, Reminder.application_id.in_(set(application_ids))
    )
    return dict(session.execute(query.group_by(Reminder.application_id)).all())


def urge(session: Session, application_ids: Sequence[int], by: Staff, now: datetime) -> Urged:
    """Urge whoever has to act on these orders. Nobody is urged twice for an order within the setting's minutes; what
    the one who urges may not see is not there."""
    result = Urged()
    query = may_see(by).where(Application.id.in_(application_ids)).order_by(Application.stage_since).with_for_update()
    for_whom: dict[int, tuple[Staff, list[Application]]] = {}
    for application in session.scalars(query):
        people = _whom(session, application, by)
        due = [staff for staff in people if not _urged_lately(session, application, staff, now)]
        if not due:
            result.left_out[application.number or ""] = _why_not(session, application, by, people)
        for staff in due:
            for_whom.setdefault(staff.id, (staff, []))[1].append(application)
    for staff, applications in for_whom.values():
        _urge_one(session, staff, applications, by, now, result)
    return result


def _urge_one(
    session: Session, staff: Staff, applications: Sequence[Application], by: Staff, now: datetime, result: Urged
) -> None:
    named = [application.number or "" for application in applications]
    params = {"who": f"{by.organisation.name}{by.name}", "count": str(len(named)), "number": named[0]}
    text = f"{params['who']}催办：请您尽快办理{len(named)}份工单：{numbers(named)}。请登录审核台办理。"
    if not tell_staff(session, URGED, [staff], params, now, key=f"{by.id}:{now.isoformat()}", text=text):
        for number in named:
            if number not in result.orders:
                result.left_out[number] = f"{staff.name}没有可用的手机或微信，请在人员里补充"
        return
    result.people.append(staff.name)
    for application in applications:
        session.add(Reminder(application_id=application.id, staff_id=staff.id, kind=URGED, by_id=by.id, at=now))
        record(session, "urged", ("application", application.id), f"staff:{by.id}", {"to": staff.id}, now)
        result.orders.add(application.number or "")
        result.left_out.pop(application.number or "", None)


def _roles(application: Application, by: Staff) -> tuple[Role, ...]:
    """Whom this member of staff may urge about the order; nobody: an empty tuple."""
    at_bureau = application.stage == Stage.BUREAU_REVIEW and application.bureau_id is not None
    if by.organisation.kind == OrganisationKind.CENTRE and by.role in (Role.REVIEWER, Role.ADMINISTRATOR):
        if at_bureau:
            return (Role.HANDLER, Role.PRINCIPAL)
        waits = application.stage in (Stage.BUREAU_REVIEW, Stage.CENTRE_REVIEW)
        return (Role.REVIEWER,) if waits and by.role == Role.ADMINISTRATOR else ()
    own = at_bureau and application.bureau_id == by.organisation_id
    return (Role.HANDLER,) if own and by.role == Role.PRINCIPAL else ()


def _whom(session: Session, application: Application, by: Staff) -> list[Staff]:
    roles = _roles(application, by)
    at_bureau = application.stage == Stage.BUREAU_REVIEW and application.bureau_id is not None
    place = application.bureau_id if at_bureau and application.bureau_id is not None else by.organisation_id
    return [staff for staff in responsible(session, place, roles) if staff.id != by.id] if roles else []


def _urged_lately(session: Session, application: Application, staff: Staff, now: datetime) -> bool:
    last = last_told(session, staff, URGED, [application.id]).get(application.id)
    return last is not None and now - last < timedelta(minutes=figure(session, "urge_minutes"))


def _why_not(session: Session, application: Application, by: Staff, people: Sequence[Staff]) -> str:
    if people:
        return f"{figure(session, 'urge_minutes')}分钟内已催过"
    return "没有可催的人，请先补充联系人" if may_urge(application, by) else "现在不能催办"
