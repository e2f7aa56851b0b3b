"""What judging many applications needs once: the rules and the names of the market's retail companies, kept for as long
as the session lasts, which is one transaction. Whoever changes one of them in that session makes it be read anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction, UOWTransaction

from domain.people.staff import Organisation

Kept = TypeVar("Kept")
_KEPT = "judging"
CHANGING: set[type] = {Organisation}  # the tables of which something is kept


def once(session: Session, name: str, read: Callable[[], Kept]) -> Kept:
    """What `read` gave when it was asked first in this session."""
    kept: dict[str, Any] = session.info.setdefault(_KEPT, {})
    if name not in kept:
        kept[name] = read()
    found: Kept = kept[name]
    return found


@event.listens_for(Session, "after_flush")
def _forget_changed(session: Session, _context: UOWTransaction) -> None:
    if _KEPT in session.info and any(type(row) in CHANGING for row in (*session.new, *session.dirty, *session.deleted)):
        del session.info[_KEPT]


@event.listens_for(Session, "after_soft_rollback")
def _forget_all(session: Session, _ended: SessionTransaction) -> None:
    session.info.pop(_KEPT, None)
