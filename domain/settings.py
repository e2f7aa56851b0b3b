"""Rule figures that an administrator changes in the console; every change is kept."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import JSON, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, UtcDateTime
from domain.figures import FIGURES


class SettingValue(Base):
    """A setting that differs from its default."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class SettingChange(Base):
    """Who changed which setting, when, from what to what."""

    __tablename__ = "setting_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    old: Mapped[Any] = mapped_column(JSON)
    new: Mapped[Any] = mapped_column(JSON)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def figure(session: Session, name: str) -> int:
    """A whole-number setting as it stands."""
    return int(value(session, name))


def time_of(session: Session, name: str) -> time:
    """A time of day, as China's clocks show it."""
    return time.fromisoformat(str(value(session, name)))


def value(session: Session, name: str) -> int | bool | str:
    """A setting as it stands. KeyError for a name that is no setting."""
    known = FIGURES[name]
    return _changed(session).get(name, known.default)


def _changed(session: Session) -> dict[str, int | bool | str]:
    """Every setting that differs from its default, read once in a session: a turn asks for many."""
    if "settings" not in session.info:
        rows = session.execute(select(SettingValue.name, SettingValue.value))
        session.info["settings"] = dict(rows.all())
    known: dict[str, int | bool | str] = session.info["settings"]
    return known


def change(session: Session, name: str, text: str, staff_id: int, now: datetime) -> None:
    """Set a setting from what an administrator typed, and keep the change. BadSetting says what it takes."""
    new = FIGURES[name].parse(text)
    old = value(session, name)
    if new == old:
        return
    session.merge(SettingValue(name=name, value=new))
    session.info.pop("settings", None)
    session.add(SettingChange(name=name, old=old, new=new, staff_id=staff_id, at=now))


def changes(session: Session, limit: int = 50) -> list[SettingChange]:
    """The latest changes, newest first."""
    return list(session.scalars(select(SettingChange).order_by(SettingChange.id.desc()).limit(limit)))
