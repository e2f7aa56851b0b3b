"""A person takes over: a conversation that waits for staff, is held by one of them, and is handed back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Sealed, UtcDateTime


class ConversationState(StrEnum):
    """How far a conversation is."""

    WAITING = "waiting"  # nobody of the staff has taken it yet
    HELD = "held"
    WECHAT = "wechat"  # WeChat's own customer-service desk has it
    CLOSED = "closed"


class Conversation(Base):
    """One talk between a contact and staff."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_state", "state", "opened_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    state: Mapped[str] = mapped_column(default=ConversationState.WAITING)
    reason: Mapped[str] = mapped_column(Sealed, default="")  # what the person last wanted
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))  # whose staff see it first
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the person wrote, nobody answered yet
    alarmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str] = mapped_column(default="")  # staff:3, contact:7, system
