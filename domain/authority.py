"""Who may speak for which company, since when, and on what ground."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Sealed, UtcDateTime


class Level(StrEnum):
    """What a person may do for a company; each level holds what stands above it."""

    READ = "read"  # 查询: see progress and contracts
    HANDLE = "handle"  # 经办: fill in, correct, submit registrations
    SIGN = "sign"  # 签署: give answers with legal effect
    MANAGE = "manage"  # 管理: also say who else may speak


class Authority(Base):
    """One person's authority for one company. A row that has ended stays."""

    __tablename__ = "authorities"
    __table_args__ = (Index("ix_authorities_company", "company_mark", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    company_mark: Mapped[str]  # fingerprint("code", USCC), as Application.code_mark
    company_name: Mapped[str] = mapped_column(Sealed)
    level: Mapped[str]
    ground: Mapped[str]  # registered, invitation, reviewer
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_why: Mapped[str] = mapped_column(default="")
