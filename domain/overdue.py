"""Overdue orders: who is reminded of them, and that it was done (A11)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, UtcDateTime


class Reminder(Base):
    """One order of which one member of staff was reminded, or for which they were urged by hand."""

    __tablename__ = "reminders"
    __table_args__ = (Index("ix_reminders_application", "application_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str]  # overdue_handler, overdue_principal, urged: the event
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # who urged
    at: Mapped[datetime] = mapped_column(UtcDateTime)
