"""One-time links: a page for what an SMS cannot hold. The token is sent once and kept as a fingerprint only."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, UtcDateTime


class LinkPurpose(StrEnum):
    """What a link opens."""

    PHOTO = "photo"  # send the picture of a licence
    QUESTION = "question"  # read a question whole, and answer it
    PROGRESS = "progress"  # where the applications stand
    BIND = "bind"  # bind this phone's WeChat


class OneTimeLink(Base):
    """One link for one contact. Opening it uses nothing up (phones look into links by themselves); acting does."""

    __tablename__ = "one_time_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(unique=True)  # fingerprint("link", token)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))  # the phone that it was sent to
    purpose: Mapped[str]
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
