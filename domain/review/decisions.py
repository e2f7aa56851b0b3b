"""What a decision does, whoever makes it: step, evidence, authority and notices in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from domain.contracts import contracts
from domain.evidence import record
from domain.notices import notices
from domain.people.roles import applicant_speaks
from domain.people.staff import Staff
from domain.registration.applications import Application, Stage, unfocus
from domain.registration.market import NEXT_STEPS, after_approval
from domain.review import steps
from domain.review.modes import Mode
from domain.review.returns import Point, in_short, reason
from domain.settings import figure
from domain.supplements import supplements

SYSTEM = "system"


def passed(
    session: Session,
    application: Application,
    staff: Staff | None,
    now: datetime,
    *,
    remark: str = "",
    data: Mapping[str, Any] | None = None,
) -> Stage:
    """The review that runs agrees, by a member of staff or by the rules: on to the trading centre, or through."""
    by_rules = "_auto" if staff is None else ""
    if application.stage == Stage.BUREAU_REVIEW:
        _end(session, application, staff, Stage.CENTRE_REVIEW, "approved", remark, now, data)
        notices.stage_changed(session, f"bureau_passed{by_rules}", application, "交易中心审核", now)
        return Stage.CENTRE_REVIEW
    capacity = application.value("capacity_kva")
    stage = after_approval(Decimal(capacity) if capacity else None, figure(session, "wholesale_from_kva"))
    if stage == Stage.AWAITING_RETAILER and contracts.of_application(session, application, now) is not None:
        stage = Stage.REGISTERED  # the rest of its trading unit has a contract
    _end(session, application, staff, stage, "approved", remark, now, data)
    supplements.admitted(session, application, now)
    applicant_speaks(session, application, f"staff:{staff.id}" if staff else SYSTEM, now)
    notices.stage_changed(session, f"approved{by_rules}", application, NEXT_STEPS[stage], now)
    return stage


def returned(
    session: Session,
    application: Application,
    staff: Staff | None,
    points: Sequence[Point],
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """The review that runs sends the application back; the user reads every point and is led through them."""
    found = [point.to_json() for point in points]
    _end(session, application, staff, Stage.RETURNED, "returned", reason(points), now, data, found)
    unfocus(application)
    notices.stage_changed(session, "returned", application, in_short(points), now)


def _end(
    session: Session,
    application: Application,
    staff: Staff | None,
    to: Stage,
    decision: str,
    remark: str,
    now: datetime,
    data: Mapping[str, Any] | None,
    problems: Sequence[Mapping[str, str]] = (),
) -> None:
    mode = Mode.MANUAL if staff is not None else Mode.AUTOMATIC
    steps.enter(application, to, now, decision=decision, staff=staff, mode=mode, remark=remark, problems=problems)
    place = application.steps[-2].organisation or (staff.organisation if staff is not None else None)
    told = {
        "to": to,
        "remark": remark,
        "organisation": place.name if place is not None else "",
        "mode": mode,
        "number": application.number,
        **(data or {}),
    }
    who = f"staff:{staff.id}" if staff is not None else SYSTEM
    record(session, decision, ("application", application.id), who, told, now)
