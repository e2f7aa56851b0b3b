"""“我来办”: a member of staff takes an order, and colleagues see whose it is. Nobody is locked out: a colleague may
still decide, or take it over. It ends with the review, by hand, or after `claim_hours`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Select, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, UtcDateTime
from domain.evidence import record
from domain.people.staff import Organisation, Staff
from domain.registration.applications import Application, StageStep
from domain.review import steps
from domain.review.review import NotAllowed, not_due
from domain.settings import figure


class Claim(Base):
    """Who has taken an application, until when at the latest. It is of one review: once that step has ended, the row
    means nothing, and the next minute takes it away."""

    __tablename__ = "claims"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True, autoincrement=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("stage_steps.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose an application is now."""

    staff_id: int
    name: str
    organisation: str
    at: datetime
    until: datetime


def take(session: Session, application: Application, staff: Staff, now: datetime) -> None:
    """The application is this person's from now on, also where a colleague had it. NotAllowed: it does not wait for
    them. Taking what one has already begins its time anew."""
    if elsewhere := not_due(application, staff):
        raise elsewhere
    had = holders(session, [application.id], now).get(application.id)
    row = session.get(Claim, application.id) or Claim(application_id=application.id)
    row.staff_id, row.step_id, row.at = staff.id, steps.running(application).id, now
    row.until = now + timedelta(hours=figure(session, "claim_hours"))
    session.add(row)
    data = {"until": row.until.isoformat(), "from": had.staff_id if had is not None else None}
    record(session, "claimed", ("application", application.id), f"staff:{staff.id}", data, now)


def release(session: Session, application: Application, staff: Staff, now: datetime) -> None:
    """Whoever has it gives it back to all. NotAllowed: it is not theirs (any more)."""
    had = holders(session, [application.id], now).get(application.id)
    if had is None or had.staff_id != staff.id:
        raise NotAllowed("这份申请现在不是您在办，请刷新")
    session.delete(session.get_one(Claim, application.id))
    record(session, "claim_released", ("application", application.id), f"staff:{staff.id}", {}, now)


def holders(session: Session, application_ids: Iterable[int], now: datetime) -> dict[int, Holder]:
    """Whose these applications are; those that nobody has taken are left out."""
    query = (
        _holding()
        .join(Staff, Claim.staff_id == Staff.id)
        .join(Organisation, Staff.organisation_id == Organisation.id)
        .where(Claim.application_id.in_(set(application_ids)), Claim.until > now)
        .with_only_columns(Claim.application_id, Staff.id, Staff.name, Organisation.name, Claim.at, Claim.until)
    )
    return {row[0]: Holder(row[1], row[2], row[3], row[4], row[5]) for row in session.execute(query)}


def of(staff: Staff) -> Select[int]:
    """The ids of what this person has taken."""
    return _holding().where(Claim.staff_id == staff.id)


def of_others(staff: Staff) -> Select[int]:
    """The ids of what colleagues have taken."""
    return _holding().where(Claim.staff_id != staff.id)


def count(session: Session, staff: Staff) -> int:
    """How many this person has taken."""
    return session.scalar(of(staff).with_only_columns(func.count())) or 0


def expire(session: Session, now: datetime) -> int:
    """Give back what was taken too long ago, and forget what has moved on; how many were given back."""
    columns = (Claim.application_id, Claim.staff_id, Claim.until)
    over = session.execute(delete(Claim).where(Claim.until <= now).returning(*columns)).all()
    for application_id, staff_id, until in over:
        data = {"staff": staff_id, "until": until.isoformat()}
        record(session, "claim_expired", ("application", application_id), "system", data, now)
    session.execute(delete(Claim).where(Claim.application_id.not_in(_holding())))
    return len(over)


def _holding() -> Select[int]:
    """The claims that hold, as ids of applications."""
    runs = (StageStep.id == Claim.step_id) & StageStep.left_at.is_(None)
    return select(Claim.application_id).join(StageStep, runs)
