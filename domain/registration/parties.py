"""The other parties of a registration: the owner whose meter it is, the tenant whose power a payer pays.

Their data are values of the application like all others (`owner_name`, `tenant_phone` ...), with who said each. A row
here keeps what a value cannot: whether the party was told, and what they said to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, Select, UniqueConstraint, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain.base import Base, Sealed, UtcDateTime
from domain.people.contacts import SMS
from domain.private import fingerprint
from domain.registration.applications import Application
from domain.registration.kinds import KIND_NAMES, ROLES, PartyRole

PARTY_FIELDS = ("name", "code", "contact", "phone")


class Party(Base):
    """One party of one application. Company, contact and phone are the application's values."""

    __tablename__ = "parties"
    __table_args__ = (UniqueConstraint("application_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    role: Mapped[str]  # `domain.registration.kinds.PartyRole`
    phone_mark: Mapped[str | None] = mapped_column(index=True)  # finds a phone that many applications name
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)  # to be told from then on
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_phone: Mapped[str | None] = mapped_column(Sealed)
    told_of: Mapped[str] = mapped_column(default="")  # a mark of what they were told, to tell once of the same
    not_told: Mapped[str] = mapped_column(default="")  # why they could not be told: stopped
    answer: Mapped[str] = mapped_column(default="")  # known, objected; empty: none yet
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    objected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # stays, whatever is said or changed later
    application: Mapped[Application] = relationship()

    def value(self, name: str) -> str | None:
        """One of `PARTY_FIELDS` as it stands."""
        return self.application.value(f"{self.role}_{name}")

    @property
    def company(self) -> str | None:
        """The party's company."""
        return self.value("name")

    @property
    def code(self) -> str | None:
        """Its unified social credit code, where one is known."""
        return self.value("code")

    @property
    def contact_name(self) -> str | None:
        """Whom to ask there."""
        return self.value("contact")

    @property
    def phone(self) -> str | None:
        """The phone that is told."""
        return self.value("phone")


def parties_of(session: Session, application: Application) -> dict[str, Party]:
    """The parties that an application of its kind has, by role: those that are known so far."""
    roles = ROLES.get(application.kind, ())
    if not roles:  # an owner has none
        return {}
    rows = session.scalars(select(Party).where(Party.application_id == application.id))
    found = {row.role: row for row in rows}
    return {role: found[role] for role in roles if role in found}


def objecting(session: Session, application: Application) -> list[Party]:
    """The parties that object, whatever was said later."""
    return [row for row in parties_of(session, application).values() if row.objected_at is not None]


def unanswered(since: datetime) -> Select[int]:
    """The applications of which a party is still to be told, or was told after `since` and has said nothing yet."""
    has = or_(*(and_(Application.kind == kind, Party.role.in_(roles)) for kind, roles in ROLES.items()))
    silent = and_(Party.answer == "", Party.told_at > since)
    return select(Party.application_id).join(Application).where(has, or_(Party.due_at.is_not(None), silent))


def party(session: Session, application: Application, role: PartyRole) -> Party:
    """The party's row; made when it is new."""
    found = session.scalar(select(Party).where(Party.application_id == application.id, Party.role == role))
    if found is None:
        found = Party(application=application, role=role)
        session.add(found)
        session.flush()
    return found


def keep_in_step(session: Session, application: Application) -> None:
    """Bring the rows in line with the kind and with the values that count."""
    for role in ROLES.get(application.kind, ()):
        phone = application.value(f"{role}_phone")
        party(session, application, role).phone_mark = fingerprint(SMS, phone) if phone else None


def owe(session: Session, application: Application, now: datetime) -> None:
    """The application was handed in: each party that was not told of just this is to be told, which
    `domain.registration.parties_told` does."""
    keep_in_step(session, application)
    for row in parties_of(session, application).values():
        if row.phone and row.told_of != mark_of(row):
            row.due_at, row.not_told = now, ""


def mark_of(row: Party) -> str:
    """A mark of what a party is told: the same to the same phone is told once."""
    application = row.application
    said = (row.role, application.kind, application.value("account_number"), application.value("code"), row.phone)
    return fingerprint("party", "|".join(f"{each}" for each in said))


def facts_of_parties(session: Session, application: Application) -> Mapping[str, object]:
    """What the rules may ask of the parties; null where there is none, or nothing is known."""
    found = parties_of(session, application)
    own = application.value("phone")
    phones = [each.phone for each in found.values() if each.phone]
    return {
        "kind": application.kind,
        "kind_said": application.kind_said,
        **{f"{role}_{name}": application.value(f"{role}_{name}") for role in PartyRole for name in PARTY_FIELDS},
        **{f"{role}_objects": _objects(found.get(role)) for role in PartyRole},
        "party_phone_is_own": own in phones if phones else None,
    }


PARTY_FACTS: Mapping[str, str] = {
    "kind": "申请人是：" + "、".join(f"{kind}（{name}）" for kind, name in KIND_NAMES.items()),
    "kind_said": "申请人自己说过是哪一种",
    "owner_name": "产权人单位",
    "owner_code": "产权人统一社会信用代码",
    "owner_contact": "产权人联系人",
    "owner_phone": "产权人联系电话",
    "tenant_name": "租户单位",
    "tenant_code": "租户统一社会信用代码",
    "tenant_contact": "租户联系人",
    "tenant_phone": "租户联系电话",
    "owner_objects": "产权人收到告知后有异议",
    "tenant_objects": "租户收到告知后有异议",
    "party_phone_is_own": "产权人或租户的电话就是申请人自己的",
}


def _objects(row: Party | None) -> bool | None:
    return row.objected_at is not None if row is not None else None
