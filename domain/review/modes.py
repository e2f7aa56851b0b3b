"""Ways of deciding (A6) by organisation: people, the rules, or the rules with certain cases left to people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, UtcDateTime
from domain.people.staff import Organisation, OrganisationKind
from domain.settings import value


class Mode(StrEnum):
    """How an organisation's review is decided."""

    MANUAL = "manual"  # rules are checked, people decide
    AUTOMATIC = "automatic"  # rules decide
    AUTOMATIC_BUT = "automatic_but"  # rules decide, certain cases go to a person


MODE_NAMES: Mapping[str, str] = {
    Mode.MANUAL: "人工审核",
    Mode.AUTOMATIC: "自动审核",
    Mode.AUTOMATIC_BUT: "自动审核，特殊情况转人工",
}
DEFAULTS: Mapping[str, str] = {
    OrganisationKind.BUREAU: "review_mode_bureau",
    OrganisationKind.CENTRE: "review_mode_centre",
}


class ReviewMode(Base):
    """An organisation whose way of deciding differs from the default."""

    __tablename__ = "review_modes"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True, autoincrement=False)
    mode: Mapped[str]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def mode_of(session: Session, organisation_id: int | None) -> Mode:
    """How an organisation decides now. An application whose organisation is not known waits for a person."""
    place = session.get(Organisation, organisation_id) if organisation_id is not None else None
    if place is None or place.kind not in DEFAULTS:
        return Mode.MANUAL
    own = session.get(ReviewMode, place.id)
    return Mode(own.mode) if own is not None else default_mode(session, place.kind)


def default_mode(session: Session, kind: str) -> Mode:
    """How organisations of a kind decide that have no mode of their own."""
    by_name = {name: Mode(mode) for mode, name in MODE_NAMES.items()}
    return by_name[str(value(session, DEFAULTS[kind]))]


def centre_id(session: Session) -> int | None:
    """The trading centre."""
    query = select(Organisation.id).where(Organisation.kind == OrganisationKind.CENTRE).order_by(Organisation.id)
    return session.scalar(query.limit(1))
