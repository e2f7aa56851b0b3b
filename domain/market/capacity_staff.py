"""The trading centre's people hear of changes of capacity that they have to see to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.market.capacity_changes import THRESHOLD, CapacityChange
from domain.notices.notices import tell_staff
from domain.people.staff import Organisation, OrganisationKind, Role, Staff
from domain.workdays import local_day

EVENT = "market_staff"


def stays(session: Session, row: CapacityChange, now: datetime) -> None:
    """A user whose capacity is too small for wholesale wants to stay: whether they may trade on is to be looked at."""
    it = row.application
    is_now = "是" if row.source == THRESHOLD else "降到"
    brief = f"{it.number}容量{row.new_kva}千伏安，用户留在批发市场"
    text = (
        f"{it.value('name')}（申请{it.number}）的受电容量{is_now}{row.new_kva}千伏安，低于批发市场要求，"
        "用户答复“留在批发市场”。请核对能否继续交易，并联系用户。记录在审核台“容量变化”。"
    )
    _tell(session, brief, text, f"stays:{row.id}:{row.deadline}", now)


def unreached(session: Session, now: datetime) -> None:
    """The time of a question is over, and nobody was reached with it. Once a day, however many there are."""
    brief = "有用户没能通知到容量变化，请打电话联系"
    text = (
        "有用户的受电容量变了，到期没有答复，也没有一条消息送到，市场没有变。请在审核台“容量变化”里看是谁，打电话联系。"
    )
    _tell(session, brief, text, f"unreached:{local_day(now)}", now)


def _tell(session: Session, brief: str, text: str, key: str, now: datetime) -> None:
    """The reviewers; where none of them can be told, the administrators."""
    for role in (Role.REVIEWER, Role.ADMINISTRATOR):
        if tell_staff(session, EVENT, _people(session, role), {"text": brief}, now, key=key, text=text):
            return


def _people(session: Session, role: Role) -> list[Staff]:
    centre = select(Organisation.id).where(Organisation.kind == OrganisationKind.CENTRE)
    query = select(Staff).where(Staff.active, Staff.organisation_id.in_(centre), Staff.role == role)
    return list(session.scalars(query.order_by(Staff.id)))
