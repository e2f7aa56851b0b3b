"""Who works on the console: organisations and their people."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain.base import Base, Sealed, UtcDateTime

LOCK_AFTER, LOCK_FOR = 5, timedelta(minutes=15)


class OrganisationKind(StrEnum):
    """Who an organisation is in the market."""

    BUREAU = "bureau"  # 供电单位
    CENTRE = "centre"  # 交易中心
    RETAILER = "retailer"  # 售电公司
    PLATFORM = "platform"  # 第三方平台
    OPERATIONS = "operations"  # 运维


class Role(StrEnum):
    """What a member of staff may do."""

    HANDLER = "handler"  # 经办人
    PRINCIPAL = "principal"  # 负责人
    REVIEWER = "reviewer"  # 交易中心审核
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"  # 运维人员


ROLE_NAMES: Mapping[str, str] = {
    Role.HANDLER: "经办人",
    Role.PRINCIPAL: "负责人",
    Role.REVIEWER: "审核员",
    Role.ADMINISTRATOR: "管理员",
    Role.OPERATOR: "运维人员",
}
# Which roles an organisation can give.
ROLES_IN: Mapping[str, tuple[Role, ...]] = {
    OrganisationKind.BUREAU: (Role.HANDLER, Role.PRINCIPAL),
    OrganisationKind.CENTRE: (Role.REVIEWER, Role.ADMINISTRATOR),
    OrganisationKind.RETAILER: (Role.HANDLER, Role.PRINCIPAL),
    OrganisationKind.PLATFORM: (Role.HANDLER, Role.PRINCIPAL),
    OrganisationKind.OPERATIONS: (Role.OPERATOR,),
}


class Organisation(Base):
    """A supply bureau, the trading centre, a retail company, or who runs the service."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Staff(Base):
    """A person with a login."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password: Mapped[str]  # salt and scrypt, hexadecimal
    phone: Mapped[str | None] = mapped_column(Sealed)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)  # bound by an invitation
    active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)


def hashed(password: str, salt: bytes) -> str:
    """The password as it is kept: scrypt with N=2^14, r=8, p=5 (OWASP's password storage sheet)."""
    digest = hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=5, maxmem=2**26)
    return f"{salt.hex()}:{digest.hex()}"


def sign_in(session: Session, login: str, password: str, now: datetime) -> Staff | None:
    """The member of staff, when login and password are right and the account is neither locked nor closed.
    Five wrong passwords lock it for a quarter of an hour. An unknown login takes as long as a wrong password."""
    staff = session.scalar(select(Staff).where(Staff.login == login))
    kept = staff.password if staff is not None else f"{b'none'.hex()}:none"
    right = hmac.compare_digest(kept, hashed(password, bytes.fromhex(kept.split(":")[0])))
    if staff is None or not staff.active or (staff.locked_until is not None and staff.locked_until > now):
        return None
    if not right:
        staff.failures += 1
        if staff.failures >= LOCK_AFTER:
            staff.failures, staff.locked_until = 0, now + LOCK_FOR
        return None
    staff.failures, staff.locked_until = 0, None
    return staff


def organisation(session: Session, kind: OrganisationKind, code: str, name: str) -> Organisation:
    """The organisation with that code; made when the archive names a bureau that is not known yet. One that was only
    known by its code (a login was made for it) gets its name."""
    found = session.scalar(select(Organisation).where(Organisation.code == code))
    if found is not None and found.name == code:
        found.name = name
    if found is None:
        found = Organisation(kind=kind, code=code, name=name)
        session.add(found)
        session.flush()
    return found


def set_password(
    session: Session, login: str, password: str, salt: bytes, *, name: str, role: Role, organisation_id: int
) -> Staff:
    """Make a login, or give an existing one a new password, role and organisation."""
    staff = session.scalar(select(Staff).where(Staff.login == login))
    if staff is None:
        staff = Staff(login=login, failures=0, active=True)
        session.add(staff)
    staff.name, staff.role, staff.organisation_id = name, role, organisation_id
    staff.password, staff.locked_until = hashed(password, salt), None
    session.flush()
    return staff
