"""Steps of an application: the running one ends with a decision, and the next one begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import object_session

from domain.people.staff import Staff
from domain.proxies import hooks
from domain.registration.applications import UNDER_REVIEW, Application, Stage, StageStep
from domain.review.modes import Mode, centre_id, mode_of


def enter(
    application: Application,
    stage: Stage,
    now: datetime,
    *,
    decision: str,
    staff: Staff | None = None,
    mode: Mode = Mode.MANUAL,
    remark: str = "",
    problems: Sequence[Mapping[str, str]] = (),
) -> None:
    """Close the running step with the decision, made by a person or by the system, and begin the next one. `problems`
    are what the next step begins with: found at submission, or to be mended."""
    ended = running(application)
    ended.left_at, ended.decision, ended.mode, ended.remark = now, decision, mode, remark
    if staff is not None:
        ended.staff, ended.organisation_id = staff, staff.organisation_id
    begin(application, stage, now, problems)


def begin(application: Application, stage: Stage, now: datetime, problems: Sequence[Mapping[str, str]] = ()) -> None:
    """Begin a step. A review knows from its beginning whose it is, and in which mode it came."""
    step = StageStep(stage=stage, entered_at=now, problems=[dict(problem) for problem in problems])
    session = object_session(application)
    if stage in UNDER_REVIEW and session is not None:
        step.organisation_id = application.bureau_id if stage == Stage.BUREAU_REVIEW else centre_id(session)
        step.mode = mode_of(session, step.organisation_id)
    application.steps.append(step)
    application.stage, application.stage_since, application.updated_at = stage, now, now
    hooks.stage_changed(application, stage, now)


def running(application: Application) -> StageStep:
    """The step that runs; an application that has none yet is being filled in since it was made."""
    if not application.steps:
        application.steps.append(StageStep(stage=application.stage, entered_at=application.created_at))
    return application.steps[-1]
