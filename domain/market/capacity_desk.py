"""Changes of capacity as the console lists them: a bureau sees its own users, the trading centre all. Where nobody was
reached, a person of the centre reaches them and sets a new deadline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from domain.evidence import record
from domain.market import capacity, changing
from domain.market.capacity_changes import CapacityChange, ChangeState
from domain.messages.messages import OutboundMessage
from domain.people.roles import called
from domain.people.staff import OrganisationKind, Role, Staff
from domain.questions.questions import Question
from domain.questions.reached import arrived, tried
from domain.registration.applications import Application
from domain.registration.registration import Scene
from domain.review.review import NotAllowed, may_see

PAGE = 50
# The ways to look at the list, with their words; each is a link.
SHOWS: Mapping[str, str] = {
    ChangeState.UNREACHED: "没能通知到",
    ChangeState.WAITING: "等用户答复",
    ChangeState.ANSWERED: "已答复",
    ChangeState.SILENT: "到期没答复",
    ChangeState.OVER: "已收回",
    ChangeState.NOTHING: "不用选市场",
}
ASKED: Mapping[str, str] = {
    changing.TO_RETAIL: "转到零售还是留在批发",
    changing.TO_WHOLESALE: "转到批发还是留在零售",
}
_STAYS: Mapping[str, str] = {changing.TO_RETAIL: "留在批发市场", changing.TO_WHOLESALE: "留在零售市场"}


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of the list."""

    rows: Sequence[CapacityChange]
    total: int
    pages: int


def listed(session: Session, staff: Staff, show: str, page: int = 1) -> Listed:
    """One page of the changes of one kind: open ones by their deadline, the others the newest first."""
    query = _seen(staff).where(CapacityChange.state == show)
    total = session.scalar(query.with_only_columns(func.count())) or 0
    rows = session.scalars(_ordered(query, show).limit(PAGE).offset(PAGE * (page - 1)))
    return Listed(list(rows), total, max(1, -(-total // PAGE)))


def ids(session: Session, staff: Staff, show: str, most: int) -> list[int]:
    """The same list on all pages, at most so many."""
    query = _ordered(_seen(staff).where(CapacityChange.state == show), show)
    return list(session.scalars(query.with_only_columns(CapacityChange.id).limit(most)))


def counts(session: Session, staff: Staff) -> dict[str, int]:
    """How many there are of each kind; nothing that this member of staff may not see."""
    query = _seen(staff).with_only_columns(CapacityChange.state, func.count()).group_by(CapacityChange.state)
    found = dict(session.execute(query).all())
    return {show: int(found.get(show, 0)) for show in SHOWS}


def visible(session: Session, staff: Staff, change_id: int) -> CapacityChange | None:
    """One change, locked, if this member of staff may see it."""
    query = _seen(staff).where(CapacityChange.id == change_id)
    return session.scalar(query.with_for_update(of=CapacityChange))


def may_reach(staff: Staff) -> bool:
    """Whether this member of staff may say that they reached a user: the trading centre's people may."""
    of_centre = staff.organisation.kind == OrganisationKind.CENTRE
    return staff.active and of_centre and staff.role in (Role.REVIEWER, Role.ADMINISTRATOR)


def reached(session: Session, row: CapacityChange, staff: Staff, how: str, scene: Scene) -> None:
    """A person has reached the user and says how: the question is put anew, with a new deadline, and silence counts."""
    if not may_reach(staff):
        raise NotAllowed("联系用户、重新计时由交易中心审核员或管理员办")
    if row.state != ChangeState.UNREACHED:
        raise NotAllowed("这件事已经有结果了，可能同事刚处理过，请刷新")
    if not 4 <= len(how.strip()) <= 300:
        raise NotAllowed("请写明什么时候、联系到谁、怎么说的（4 到 300 个字）")
    asked = capacity.again(session, row, scene.now)
    if asked is None:
        raise NotAllowed("用户的市场、合同或容量已经变了，这个问题现在不用再问")
    row.told_by, row.told_how = f"staff:{staff.id}", how.strip()
    capacity.put_to(session, row, asked, scene)
    data = {"change": row.id, "how": row.told_how, "deadline": asked.deadline.isoformat()}
    record(session, "market_reached", ("application", row.application_id), row.told_by, data, scene.now)


def unseen(session: Session, rows: Sequence[CapacityChange]) -> set[int]:
    """Those of these changes whose question has not been seen to arrive with anybody so far."""
    slots = {changing.slot(row.application) for row in rows}
    there = arrived(session, slots) if slots else set()
    return {row.id for row in rows if row.deadline and (changing.slot(row.application), row.deadline) not in there}


def messages_of(session: Session, row: CapacityChange) -> list[OutboundMessage]:
    """What was sent to ask about a change."""
    query = select(Question).where(Question.slot == changing.slot(row.application), Question.deadline == row.deadline)
    question = session.scalar(query.limit(1))
    return tried(session, question) if question is not None else []


def answer_words(row: CapacityChange) -> str:
    """The answer that a change was closed with, as it was shown."""
    return _STAYS[row.market] if row.answer == changing.STAY else changing.LABELS.get(row.answer, "市场不变")


def answered_by(session: Session, row: CapacityChange) -> str:
    """Who has answered; empty where nobody has."""
    kind, _, number = row.settled_by.partition(":")
    return called(session, int(number)) if kind == "contact" else ""


def _ordered(query: Select[CapacityChange], show: str) -> Select[CapacityChange]:
    if show in (ChangeState.UNREACHED, ChangeState.WAITING):
        return query.order_by(CapacityChange.deadline, CapacityChange.id)
    return query.order_by(CapacityChange.id.desc())


def _seen(staff: Staff) -> Select[CapacityChange]:
    ours = may_see(staff).with_only_columns(Application.id)
    return select(CapacityChange).where(CapacityChange.application_id.in_(ours))
