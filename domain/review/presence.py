"""Who has an application open now. Nobody is locked out: of two decisions the second one is refused anyway."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, UtcDateTime
from domain.people.staff import Organisation, Staff

GONE_AFTER = timedelta(seconds=60)  # a page says every 20 s that it is open
FORGOTTEN_AFTER = timedelta(days=1)


class Presence(Base):
    """One person who looks, or looked, at one application."""

    __tablename__ = "presences"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class Onlooker:
    """A colleague who has the application open."""

    name: str
    organisation: str
    minutes: int


def look(session: Session, application_id: int, staff: Staff, now: datetime) -> None:
    """This person has the application open. Who comes back after a pause begins anew."""
    row = session.get(Presence, (application_id, staff.id))
    if row is None:
        row = Presence(application_id=application_id, staff_id=staff.id, since=now)
        session.add(row)
    elif now - row.seen_at > GONE_AFTER:
        row.since = now
    row.seen_at = now


def leave(session: Session, application_id: int, staff: Staff) -> None:
    """This person has closed it."""
    session.execute(delete(Presence).where(Presence.application_id == application_id, Presence.staff_id == staff.id))


def others(session: Session, application_ids: Iterable[int], staff: Staff, now: datetime) -> dict[int, list[Onlooker]]:
    """Who else has these applications open, by application."""
    query = (
        select(Presence.application_id, Staff.name, Organisation.name, Presence.since)
        .join(Staff, Presence.staff_id == Staff.id)
        .join(Organisation, Staff.organisation_id == Organisation.id)
        .where(Presence.application_id.in_(set(application_ids)), Presence.staff_id != staff.id)
        .where(Presence.seen_at > now - GONE_AFTER)
        .order_by(Presence.since)
    )
    found: dict[int, list[Onlooker]] = {}
    for application_id, name, organisation, since in session.execute(query):
        found.setdefault(application_id, []).append(
            Onlooker(name, organisation, int((now - since).total_seconds()) // 60)
        )
    return found


def forget(session: Session, now: datetime) -> int:
    """Delete what nobody needs any more; how many rows there were."""
    gone = session.execute(delete(Presence).where(Presence.seen_at < now - FORGOTTEN_AFTER))
    return int(gone.rowcount)  # type: ignore[attr-defined]
