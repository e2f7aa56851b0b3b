"""What waits for a person's next word outside of an application: a new phone, its code, or which company was meant."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from domain.people.contacts import Contact

LASTS = timedelta(minutes=30)


def wait_for(session: Session, contact_id: int, kind: str, now: datetime, **data: Any) -> None:
    """Wait for the contact's next word of that kind, in place of what was waited for before. It lasts half an hour."""
    contact = session.get_one(Contact, contact_id)
    contact.pending = {"kind": kind, "until": (now + LASTS).isoformat(), **data}


def waiting(session: Session, contact_id: int, kind: str = "", now: datetime | None = None) -> dict[str, Any] | None:
    """What is waited for from the contact, of that kind only where one is named; None when, at `now`, it took too
    long."""
    held = session.get_one(Contact, contact_id).pending
    if held is None or (kind and held["kind"] != kind):
        return None
    return None if now is not None and datetime.fromisoformat(held["until"]) < now else held


def drop(session: Session, contact_id: int) -> None:
    """Wait for nothing more."""
    session.get_one(Contact, contact_id).pending = None
