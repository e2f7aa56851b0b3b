"""One-time links: a page for what an SMS cannot hold. The token is sent once and kept as a fingerprint only."""

from __future__ import annotations

import string
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain.base import Base, Sealed, UtcDateTime
from domain.people.contacts import Address
from domain.private import fingerprint
from domain.settings import figure

# Letters and digits only: a phone that makes a link out of a text stops at some other characters.
ALPHABET = string.ascii_letters + string.digits
LENGTH = 22  # 131 bits: nobody guesses one


class LinkPurpose(StrEnum):
    """What a link opens."""

    PHOTO = "photo"  # send the picture of a licence
    QUESTION = "question"  # read a question whole, and answer it
    PROGRESS = "progress"  # where the applications stand
    BIND = "bind"  # bind this phone's WeChat
    BATCH = "batch"  # send spreadsheets and read their results; not used up by that
    COMPARISON = "comparison"  # packages side by side, with the picture; `text` holds both as JSON
    TEXT = "text"  # read an answer whole that an SMS cannot hold


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
    text: Mapped[str | None] = mapped_column(Sealed)  # what there is to read, for TEXT and COMPARISON
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[Address] = relationship()


def make(
    session: Session,
    contact_id: int,
    address_id: int,
    purpose: LinkPurpose,
    random: Random,
    now: datetime,
    *,
    question_id: int | None = None,
    application_id: int | None = None,
    text: str | None = None,
) -> str:
    """Make a link for a phone of a contact, and hand out its token to be sent; it is not kept.

    `random` must be a SystemRandom outside of tests. The link holds for the setting `link_hours`.
    """
    token = "".join(random.choice(ALPHABET) for _ in range(LENGTH))
    session.add(
        OneTimeLink(
            mark=fingerprint("link", token),
            contact_id=contact_id,
            address_id=address_id,
            purpose=purpose,
            question_id=question_id,
            application_id=application_id,
            text=text,
            created_at=now,
            expires_at=now + timedelta(hours=figure(session, "link_hours")),
        )
    )
    session.flush()
    return token


def find(session: Session, token: str, now: datetime) -> OneTimeLink | None:
    """The link of this token while it can be used. Looking uses nothing up.

    It ends when it has expired, was used, or its phone no longer belongs to whom it was made for.
    """
    link = session.scalar(select(OneTimeLink).where(OneTimeLink.mark == fingerprint("link", token)))
    if link is None or link.used_at is not None or link.expires_at <= now:
        return None
    return link if link.address.contact_id == link.contact_id else None


def use(session: Session, link: OneTimeLink, now: datetime) -> bool:
    """Use the link up. False when it was used before or has expired: of two who act at once, one may."""
    taken = session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now)
        .values(used_at=now)
    )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]
