"""Groups on the console: each company with its accounts by bureau and stage, and what an administrator changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.groups.groups import Group, GroupMember, NoGroup, representative_of
from domain.people.staff import Organisation
from domain.registration.applications import Application, Stage


@dataclass(frozen=True, slots=True)
class Company:
    """One company of a group: its place in it, the registration that lends its documents, its accounts by bureau and
    stage."""

    member: GroupMember
    representative: Application | None
    accounts: Sequence[tuple[str, str, int]]

    @property
    def total(self) -> int:
        """How many accounts it has handed in."""
        return sum(count for _, _, count in self.accounts)


def has_any(session: Session) -> bool:
    """Whether any company belongs to a group now."""
    return session.scalar(select(GroupMember.id).where(GroupMember.live.is_(True)).limit(1)) is not None


def companies(session: Session, group: Group) -> list[Company]:
    """The companies of a group, the leading one first."""
    return [
        Company(member, representative_of(session, member.company_mark), _accounts(session, member.company_mark))
        for member in group.live()
    ]


def order(session: Session, number: str) -> Application:
    """The order of that number. NoGroup where there is none."""
    found = session.scalar(select(Application).where(Application.number == number.strip().upper()))
    if found is None or found.stage == Stage.CANCELLED:
        raise NoGroup("没有这个申请编号，请在审核列表里复制编号")
    return found


def _accounts(session: Session, mark: str) -> list[tuple[str, str, int]]:
    query = (
        select(func.coalesce(Organisation.name, "未确定"), Application.stage, func.count())
        .select_from(Application)
        .outerjoin(Organisation, Application.bureau_id == Organisation.id)
        .where(Application.code_mark == mark, Application.submitted_at.is_not(None))
        .where(Application.stage != Stage.CANCELLED)
        .group_by(Organisation.name, Application.stage)
        .order_by(Organisation.name, Application.stage)
    )
    return [(bureau, stage, count) for bureau, stage, count in session.execute(query)]
