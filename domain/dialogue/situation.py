"""Who speaks and where they stand: what a message is read with, as “退出” in a form is not leaving the market."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.contracts import contracts
from domain.contracts.wishes import RETAIL
from domain.market.changing import WHOLESALE
from domain.people.staff import OrganisationKind, Staff
from domain.questions.questions import open_question
from domain.registration.applications import UNDER_REVIEW, Application, Stage, asked_now, current, of_contact

USER = "user"
_STAFF = (OrganisationKind.RETAILER, OrganisationKind.BUREAU, OrganisationKind.CENTRE)


@dataclass(frozen=True, slots=True)
class Situation:
    """`asking`: the field that was asked for last; `open`: what open questions are about; `role`: user, retailer,
    bureau or centre; `stage`: how far the person's company has come, see `stage_of`. Nothing personal."""

    asking: str
    open: tuple[str, ...]
    role: str
    stage: str

    def as_metadata(self) -> dict[str, Any]:
        """As it travels with a message."""
        return {**asdict(self), "open": list(self.open)}


def situation(session: Session, contact_id: int, now: datetime) -> Situation:
    """The situation of a contact as it is now."""
    draft = current(session, contact_id)
    question = open_question(session, contact_id)
    return Situation(
        asked_now(draft).removeprefix("correct:"),
        (question.purpose,) if question is not None else (),
        role_of(session, contact_id),
        stage_of(session, draft or next(iter(of_contact(session, contact_id)), None), now),
    )


def role_of(session: Session, contact_id: int) -> str:
    """The kind of organisation that a contact works for here; user for everybody else."""
    query = select(Staff).where(Staff.contact_id == contact_id, Staff.active.is_(True))
    kinds = {staff.organisation.kind for staff in session.scalars(query)}
    return next((str(kind) for kind in _STAFF if kind in kinds), USER)


def stage_of(session: Session, application: Application | None, now: datetime) -> str:
    """Empty where nothing is registered; filling, returned, waiting (under review), unbound (admitted, without a
    contract), bound, wholesale."""
    if application is None:
        return ""
    stage = Stage(application.stage)
    if stage in RETAIL:
        return "bound" if contracts.of_application(session, application, now) else "unbound"
    if stage in WHOLESALE:
        return "wholesale"
    if stage in UNDER_REVIEW:
        return "waiting"
    return {Stage.FILLING: "filling", Stage.RETURNED: "returned"}.get(stage, "unbound")
