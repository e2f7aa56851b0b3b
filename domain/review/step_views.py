"""The steps of an application as staff read them: whose each was, how it was decided, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from domain.calendars import calendar_of
from domain.registration.applications import UNDER_REVIEW, Application, StageStep
from domain.review.modes import MODE_NAMES, Mode
from domain.review.undo import CUT_SHORT, UNDONE
from domain.workdays import Calendar, NotPublished, local_day


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step with what is worked out about it."""

    it: StageStep
    mode: str
    spent: str
    undone: bool


def timeline(session: Session, application: Application, now: datetime) -> list[ShownStep]:
    """The steps in order, the running one last."""
    calendar = calendar_of(session)
    return [ShownStep(each, _mode(each), spent(each, now, calendar), _undone(each)) for each in application.steps]


def spent(step: StageStep, now: datetime, calendar: Calendar) -> str:
    """How long a step took, or has taken so far: in working days from the first one on, by the hour below."""
    until = step.left_at or now
    try:
        days = calendar.workdays_since(local_day(step.entered_at), local_day(until))
    except NotPublished as missing:
        return str(missing)
    if days:
        return f"{days} 个工作日"
    minutes = int((until - step.entered_at).total_seconds()) // 60
    return f"{minutes // 60} 小时" if minutes >= 60 else f"{minutes} 分钟"


def _mode(step: StageStep) -> str:
    """How a review was decided, or is to be; other steps have no mode."""
    if step.stage not in UNDER_REVIEW or not step.mode:
        return ""
    if step.left_at is None:
        return MODE_NAMES[Mode(step.mode)]
    return "系统自动审核" if step.mode == Mode.AUTOMATIC else "人工审核"


def _undone(step: StageStep) -> bool:
    return step.decision in UNDONE.values() or step.decision == CUT_SHORT
