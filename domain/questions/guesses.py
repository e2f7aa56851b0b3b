"""Codes of questions that were typed wrong: counted, so that nobody tries them through. There is nothing to find
either: a code means something to its own contact only."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.evidence import Evidence, record
from domain.settings import figure

WINDOW = timedelta(hours=1)
WRONG = "question_code_wrong"


def is_slowed(session: Session, contact_id: int, now: datetime) -> bool:
    """Whether the contact has typed too many wrong codes within the hour: no code of theirs is looked at for now."""
    return _wrong(session, contact_id, now) >= figure(session, "question_code_tries")


def note_wrong(session: Session, contact_id: int, channel: str, now: datetime) -> None:
    """Count a wrong code. What was typed is not kept."""
    record(session, WRONG, ("contact", contact_id), f"contact:{contact_id}", {"channel": channel}, now)


def _wrong(session: Session, contact_id: int, now: datetime) -> int:
    about = (Evidence.about_kind == "contact", Evidence.about_id == contact_id, Evidence.what == WRONG)
    return session.scalar(select(func.count()).select_from(Evidence).where(*about, Evidence.at > now - WINDOW)) or 0
