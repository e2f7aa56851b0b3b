"""What is traded as one (交易单元): an account, a company or a group, as the setting says now.

It is derived, never stored: what the setting was is in its changes, who belonged to a group when is in the members'
rows. A contract keeps the mark of the unit that it was made for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.groups.groups import Group, GroupMember
from domain.registration.applications import Application, Stage
from domain.settings import value


class UnitKind(StrEnum):
    """By what the market trades."""

    ACCOUNT = "account"
    CODE = "code"
    GROUP = "group"


# The words of the setting.
KINDS: Mapping[str, UnitKind] = {
    "户号": UnitKind.ACCOUNT,
    "统一社会信用代码": UnitKind.CODE,
    "集团": UnitKind.GROUP,
}

# What the setting means for many accounts at once.
MEANING: Mapping[UnitKind, str] = {
    UnitKind.ACCOUNT: "每个户号单独交易",
    UnitKind.CODE: "同一统一社会信用代码下的户号合并交易",
    UnitKind.GROUP: "同一集团的户号合并交易",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """One trading unit. `mark` is the same for all that belong to it; `members` is how many accounts that are."""

    kind: str
    mark: str
    label: str
    members: int

    @property
    def line(self) -> str:
        """The unit as one line of a summary."""
        return f"交易单元：{self.label}"


def kind_now(session: Session) -> UnitKind:
    """By what the market trades now."""
    return KINDS[str(value(session, "trading_unit"))]


def unit_of(session: Session, application: Application) -> Unit:
    """The trading unit that an application's account belongs to, or will belong to."""
    return units_of(session, [application])[application.id]


def units_of(session: Session, applications: Sequence[Application], kind: UnitKind | None = None) -> dict[int, Unit]:
    """The trading units of several applications, by the application's id; of another kind than now where one is named.
    A few queries, however many applications."""
    kind = kind or kind_now(session)
    places = places_of(session, {each.code_mark for each in applications if each.code_mark})
    if kind == UnitKind.ACCOUNT:
        return {each.id: _alone(each) for each in applications}
    together = {each.id: places.get(each.code_mark or "") if kind == UnitKind.GROUP else None for each in applications}
    marks = {each.code_mark for each in applications if each.code_mark}
    marks |= {mark for group in together.values() if group is not None for mark in marks_in(group)}
    counted = _counted(session, marks)
    return {each.id: _of(each, together[each.id], counted) for each in applications}


def places_of(session: Session, marks: Iterable[str]) -> dict[str, Group]:
    """The groups that companies belong to now, by the company's mark."""
    query = select(GroupMember).where(GroupMember.company_mark.in_(set(marks)), GroupMember.live.is_(True))
    return {member.company_mark: member.group for member in session.scalars(query)}


def marks_in(group: Group) -> list[str]:
    """The marks of a group's companies."""
    return [member.company_mark for member in group.live()]


def _counted(session: Session, marks: Iterable[str]) -> dict[str, int]:
    """How many accounts each company has handed in."""
    query = (
        select(Application.code_mark, func.count(Application.account_mark.distinct()))
        .where(Application.code_mark.in_(set(marks)), Application.submitted_at.is_not(None))
        .where(Application.stage != Stage.CANCELLED)
        .group_by(Application.code_mark)
    )
    return {mark: count for mark, count in session.execute(query) if mark is not None}


def _alone(application: Application) -> Unit:
    number = application.value("account_number")
    label = f"本户号单独交易（尾号{number[-4:]}）" if number else MEANING[UnitKind.ACCOUNT]
    return Unit(UnitKind.ACCOUNT, application.account_mark or f"application:{application.id}", label, 1)


def _of(application: Application, group: Group | None, counted: Mapping[str, int]) -> Unit:
    """By company, or by group. An account that was not handed in yet counts as one more."""
    mark = application.code_mark
    if mark is None:
        return Unit(UnitKind.CODE, f"application:{application.id}", "与本企业其他户号合并交易", 1)
    more = application.submitted_at is None
    if group is None:
        members = counted.get(mark, 0) + more
        return Unit(UnitKind.CODE, mark, f"{application.value('name') or '本企业'}，共{members}个户号合并交易", members)
    marks = marks_in(group)
    members = sum(counted.get(each, 0) for each in marks) + more
    label = f"{group.name}，{len(marks)}家企业共{members}个户号合并交易"
    return Unit(UnitKind.GROUP, f"group:{group.id}", label, members)
