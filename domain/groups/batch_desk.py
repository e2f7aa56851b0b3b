"""Batches on the console: who sees which, and for whom a file may be sent."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.groups.batches import Batch
from domain.groups.groups import companies_of
from domain.identifiers import InvalidIdentifier, normalise_phone
from domain.people.contacts import SMS, is_bound, known_address
from domain.people.staff import OrganisationKind, Staff

_HELPS = (OrganisationKind.BUREAU, OrganisationKind.CENTRE)


class NotForThem(Exception):
    """No file may be sent for that person; the text says in Chinese why."""


def seen(session: Session, staff: Staff, batch_id: int | None = None, limit: int = 100) -> list[Batch]:
    """The files that a member of staff may look at, the newest first, or the one that is named: the centre sees all of
    them, a bureau those that it sent itself (the others name accounts of other bureaus)."""
    query = select(Batch).order_by(Batch.id.desc()).limit(limit)
    if staff.organisation.kind != OrganisationKind.CENTRE:
        colleagues = select(Staff.id).where(Staff.organisation_id == staff.organisation_id)
        query = query.where(Batch.staff_id.in_(colleagues))
    return list(session.scalars(query.where(Batch.id == batch_id) if batch_id is not None else query))


def officer_of(session: Session, staff: Staff, phone: str) -> int:
    """The contact of the phone of somebody who may register more accounts. NotForThem says why there is none."""
    if staff.organisation.kind not in _HELPS:
        raise NotForThem("只有供电局和交易中心的人员可以代传表格")
    try:
        address = known_address(session, SMS, normalise_phone(phone))
    except InvalidIdentifier as refused:
        raise NotForThem(str(refused)) from None
    if address is None or not is_bound(address):
        raise NotForThem("这个手机号还没有在服务台验证过，请先让本人用它登记一个户号")
    if not companies_of(session, address.contact_id):
        raise NotForThem("这个手机号的主人还没有审核通过的户号（典型注册户），不能批量办理")
    return address.contact_id
