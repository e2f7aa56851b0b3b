"""The roll of retail companies (售电公司名录), kept by the trading centre: who is on it, whether they may sell, their
service score. Each change is a fact of the evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.evidence import Evidence, record
from domain.market.retailers import STATE_NAMES, Retailer, RetailerState
from domain.packages.tables import Package, PackageVersion, VersionState
from domain.people.staff import Organisation, OrganisationKind, Role, Staff, organisation
from domain.review.review import NotAllowed


def listed(session: Session, state: str = "") -> list[Retailer]:
    """The companies on the roll, by name; only those in a state where one is given."""
    query = select(Retailer).join(Organisation, Retailer.organisation_id == Organisation.id)
    if state:
        query = query.where(Retailer.state == state)
    return list(session.scalars(query.order_by(Organisation.name)))


def of_code(session: Session, code: str) -> Retailer | None:
    """The company that the market knows by this number."""
    query = select(Retailer).join(Organisation, Retailer.organisation_id == Organisation.id)
    return session.scalar(query.where(Organisation.code == code))


def counts(session: Session) -> dict[int, int]:
    """How many packages each company has on offer (approved; dates aside)."""
    query = (
        select(Package.retailer_id, func.count(func.distinct(Package.id)))
        .join(PackageVersion, PackageVersion.package_id == Package.id)
        .where(PackageVersion.state == VersionState.APPROVED)
        .group_by(Package.retailer_id)
    )
    return dict(session.execute(query).all())


def may_keep(staff: Staff) -> bool:
    """Whether a member of staff keeps the roll: the trading centre's administrators do."""
    return staff.role == Role.ADMINISTRATOR and staff.organisation.kind == OrganisationKind.CENTRE


def enter(session: Session, staff: Staff, code: str, name: str, now: datetime) -> Retailer:
    """Put a company on the roll. An organisation that is known by that number becomes one."""
    _only_keepers(staff)
    code, name = code.strip(), name.strip()
    if not code or not 2 <= len(name) <= 60:
        raise NotAllowed("请填写售电公司的代码和名称")
    known = session.scalar(select(Organisation).where(Organisation.code == code))
    if known is not None and known.kind != OrganisationKind.RETAILER:
        raise NotAllowed(f"代码 {code} 已经是“{known.name}”，不能再登记成售电公司")
    if of_code(session, code) is not None:
        raise NotAllowed(f"代码 {code} 已在名录里")
    place = organisation(session, OrganisationKind.RETAILER, code, name)
    row = Retailer(organisation_id=place.id, state=RetailerState.ACTIVE, state_since=now, created_at=now)
    session.add(row)
    session.flush()
    _note(session, "retailer_entered", row, staff, {"code": code, "name": place.name}, now)
    return row


def change_state(session: Session, staff: Staff, row: Retailer, state: str, why: str, now: datetime) -> None:
    """Let a company sell, suspend it, or take it off the market; why is kept. A company that is gone may come back."""
    _only_keepers(staff)
    if state not in STATE_NAMES:
        raise NotAllowed("请选择一种状态")
    if state == row.state:
        raise NotAllowed(f"{row.name}已经是“{STATE_NAMES[state]}”")
    if not 4 <= len(why.strip()) <= 300:
        raise NotAllowed("请写明原因（4 到 300 个字）")
    data = {"old": str(row.state), "new": state, "why": why.strip()}
    row.state, row.state_since = state, now
    _note(session, "retailer_state", row, staff, data, now)


def describe(session: Session, staff: Staff, row: Retailer, said: dict[str, str], now: datetime) -> None:
    """Change the service score (0 to 100, empty: not scored), the line about it and its service phone."""
    _only_keepers(staff)
    text = said.get("service_score", "").strip()
    if text and not (text.isdecimal() and int(text) <= 100):
        raise NotAllowed("服务评分要填 0 到 100 的整数，还没评就空着")
    old = {"service_score": row.service_score, "about": row.about, "phone": row.phone}
    new = {
        "service_score": int(text) if text else None,
        "about": said.get("about", "").strip()[:80],
        "phone": said.get("phone", "").strip()[:20],
    }
    if new == old:
        return
    row.service_score, row.about, row.phone = int(text) if text else None, str(new["about"]), str(new["phone"])
    changed = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
    _note(session, "retailer_described", row, staff, changed, now)


def history(session: Session, row: Retailer) -> list[Evidence]:
    """What was changed about a company, newest first."""
    about = (Evidence.about_kind == "retailer") & (Evidence.about_id == row.id)
    return list(session.scalars(select(Evidence).where(about).order_by(Evidence.id.desc())))


def _only_keepers(staff: Staff) -> None:
    if not may_keep(staff):
        raise NotAllowed("只有交易中心管理员能改售电公司名录")


def _note(session: Session, what: str, row: Retailer, staff: Staff, data: dict[str, Any], now: datetime) -> None:
    record(session, what, ("retailer", row.id), f"staff:{staff.id}", data, now)
