"""Invitations: a one-time random scene in a QR code (a letter, the console, an SMS) that binds who uses it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Sealed, UtcDateTime


class InvitationKind(StrEnum):
    """Whom an invitation is for."""

    STAFF = "staff"  # the person behind a console login
    COMPANY = "company"  # somebody who is to speak for a company
    BEGIN = "begin"  # a company that is asked to register


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
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_by: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
