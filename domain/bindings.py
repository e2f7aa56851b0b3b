"""Which phone and which WeChat belong to whom: proving, moving, unbinding, each with its evidence."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Sealed, UtcDateTime


class RequestState(StrEnum):
    """How far a binding request is."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class BindingRequest(Base):
    """Somebody wants what is bound to somebody else, or cannot prove a phone: the one it belongs to, or a reviewer,
    decides."""

    __tablename__ = "binding_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)  # who asks
    kind: Mapped[str]  # phone (it is another one's), lost_phone, company
    phone_id: Mapped[int | None] = mapped_column(ForeignKey("addresses.id"))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)  # whose it is now
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    company_mark: Mapped[str] = mapped_column(default="")
    said: Mapped[str] = mapped_column(Sealed, default="")  # what the person wrote
    state: Mapped[str] = mapped_column(default=RequestState.OPEN)
    decided_by: Mapped[str] = mapped_column(default="")  # contact:7, staff:3
    remark: Mapped[str] = mapped_column(Sealed, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
