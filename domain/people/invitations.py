"""Invitations: a one-time random scene in a QR code (a letter, the console, an SMS) that binds who uses it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, Sealed, UtcDateTime
from domain.evidence import record
from domain.private import fingerprint
from domain.settings import figure


class InvitationKind(StrEnum):
    """Whom an invitation is for."""

    STAFF = "staff"  # the person behind a console login
    COMPANY = "company"  # somebody who is to speak for a company


class Invitation(Base):
    """One invitation. Its token is shown once, and kept as a fingerprint only."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(unique=True)  # fingerprint("invitation", token)
    kind: Mapped[str]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # who is invited, for STAFF
    company_mark: Mapped[str] = mapped_column(default="")
    company_name: Mapped[str] = mapped_column(Sealed, default="")
    level: Mapped[str] = mapped_column(default="")
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    made_by_contact: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_by: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


_TOKEN = re.compile(r"i[0-9a-f]{32}")


def is_token(text: str) -> bool:
    """Whether a scene or a text has the form of an invitation's token; other scenes are posters and the like."""
    return _TOKEN.fullmatch(text) is not None


def make(
    session: Session,
    kind: InvitationKind,
    *,
    random: Random,
    now: datetime,
    staff_id: int | None = None,
    company: tuple[str, str] = ("", ""),
    level: str = "",
    application_id: int | None = None,
    made_by: int | None = None,
    made_by_contact: int | None = None,
) -> tuple[Invitation, str]:
    """Make an invitation, with its token, which is shown and not kept. `company` is its mark and its name. `random`
    must be a SystemRandom outside of tests. It holds for the setting `invitation_days`."""
    token = f"i{random.randbytes(16).hex()}"
    made = Invitation(
        mark=fingerprint("invitation", token),
        kind=kind,
        staff_id=staff_id,
        company_mark=company[0],
        company_name=company[1],
        level=level,
        application_id=application_id,
        made_by=made_by,
        made_by_contact=made_by_contact,
        created_at=now,
        expires_at=now + timedelta(days=figure(session, "invitation_days")),
    )
    session.add(made)
    session.flush()
    who = f"staff:{made_by}" if made_by else f"contact:{made_by_contact}"
    data = {"kind": kind, "company": company[1], "level": level, "staff": staff_id, "application": application_id}
    record(session, "invited", ("invitation", made.id), who, data, now)
    return made, token


def find(session: Session, token: str, now: datetime) -> Invitation | None:
    """The invitation of this token while it can be used. Looking uses nothing up."""
    found = session.scalar(select(Invitation).where(Invitation.mark == fingerprint("invitation", token)))
    return found if found is not None and is_live(found, now) else None


def is_live(invitation: Invitation, now: datetime) -> bool:
    """Whether it can still be used: nobody has, nobody took it back, and its time is not over."""
    return invitation.used_at is None and invitation.revoked_at is None and invitation.expires_at > now


def use(session: Session, invitation_id: int, contact_id: int, now: datetime) -> bool:
    """Use an invitation up. False when it is no longer good: of two who say yes at once, one may."""
    taken = session.execute(
        update(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now,
        )
        .values(used_at=now, used_by=contact_id)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return False
    record(session, "invitation_used", ("invitation", invitation_id), f"contact:{contact_id}", {}, now)
    return True


def revoke(session: Session, invitation: Invitation, who: str, now: datetime) -> None:
    """Take an invitation back, with evidence; one that was used or is over stays as it is."""
    if is_live(invitation, now):
        invitation.revoked_at = now
        record(session, "invitation_revoked", ("invitation", invitation.id), who, {}, now)
