"""The automatic review: the rules decide, in the transaction of the submission or when a job comes by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.evidence import record
from domain.people.staff import Organisation, OrganisationKind, Staff
from domain.registration.applications import (
    FIELD_NAMES,
    STAGE_NAMES,
    UNDER_REVIEW,
    Application,
    Source,
    Stage,
    StageStep,
)
from domain.registration.licences import COMPARED, SURE
from domain.registration.market import NEXT_STEPS
from domain.registration.parties import Party, objecting, unanswered
from domain.review import decisions
from domain.review.modes import DEFAULTS, MODE_NAMES, Mode, ReviewMode, centre_id, default_mode, mode_of
from domain.review.returns import of_problem
from domain.rules.rules import Problem, Severity, judge
from domain.settings import change, figure, value
from domain.workdays import local_day

AUTOMATIC = (Mode.AUTOMATIC, Mode.AUTOMATIC_BUT)
AT_ONCE = 500  # so many are taken up in one round of the job


def decide(session: Session, application: Application, now: datetime, problems: Sequence[Problem] | None = None) -> int:
    """Let the rules decide the reviews that run, as far as their organisations' modes say so; how many they decided.
    What a person must see is left to one, with the reason on the step. While a source owes an answer, or another party
    may still object, nothing is decided. `problems` are the rules' where they were judged just now."""
    decided = 0
    while application.stage in UNDER_REVIEW and _is_ours(session, application):
        found = judge(session, application, local_day(now)) if problems is None else problems
        problems = found
        step = application.steps[-1]
        if application.missing_facts and step.mode == Mode.AUTOMATIC:
            break  # what the rules say of half the facts is no reason to trouble a person
        if why := reasons(session, application, found, Mode(step.mode)):
            _leave_to_person(session, application, why, now)
            break
        if _may_be_objected_to(session, application, now):
            break
        blocking = [each for each in found if each.severity == Severity.BLOCKING]
        data = {"rules": {each.rule: each.version for each in found}}
        if blocking:
            points = [of_problem(each) for each in blocking]
            decisions.returned(session, application, None, points, now, data)
        else:
            decisions.passed(session, application, None, now, data=data)
        decided += 1
    return decided


def outcome(application: Application) -> str:
    """What a submission has led to, as the user reads it: who reviews now, or that the system has."""
    if application.stage == Stage.BUREAU_REVIEW:
        bureau = application.bureau.name if application.bureau is not None else "供电局"
        return f"现在由{bureau}审核，每一步都会通知您。"
    if application.stage == Stage.CENTRE_REVIEW:
        return "供电局环节由系统自动审核通过，现在由交易中心审核，每一步都会通知您。"
    return f"系统自动审核通过。下一步：{NEXT_STEPS.get(Stage(application.stage), STAGE_NAMES[application.stage])}。"


def reasons(session: Session, application: Application, problems: Sequence[Problem], mode: Mode) -> list[str]:
    """Why an application goes to a person under an automatic mode; none: the rules may decide. Under each of them a
    person sees what a rule says a person must see, and what another party objects to."""
    why = [each.problem for each in problems if each.needs_person]
    why += [f"{party.company or '另一方'}提出了异议" for party in objecting(session, application)]
    if mode == Mode.AUTOMATIC_BUT:
        why += _special(session, application, problems)
    return list(dict.fromkeys(why))


def _special(session: Session, application: Application, problems: Sequence[Problem]) -> list[str]:
    """The certain cases that one of the modes leaves to people."""
    why = [each.problem for each in problems if each.severity == Severity.BLOCKING]
    if value(session, "auto_conditional_to_person"):
        why += [f"容缺：{each.problem}" for each in problems if each.severity == Severity.SUPPLEMENTABLE]
    if application.missing_facts:
        why.append("有数据源暂时连不上，信息没有核对全")
    return why + [f"{FIELD_NAMES[name]}没有看清，用的是照片上读到的" for name in _doubtful(application)]


def waiting(session: Session, now: datetime) -> list[int]:
    """The applications that the job may decide: their review came under an automatic mode, no source owes an answer, no
    other party may still object, and whoever decided before can no longer take it back. Oldest first."""
    settled = now - timedelta(seconds=figure(session, "undo_seconds"))
    running = select(Application.id, Application.missing_facts).join(StageStep)
    query = running.where(
        Application.stage.in_(UNDER_REVIEW),
        Application.stage_since <= settled,
        StageStep.left_at.is_(None),
        StageStep.mode.in_(AUTOMATIC),
        StageStep.for_person.is_(None),
        Application.id.not_in(unanswered(_told_since(session, now))),
    )
    found = session.execute(query.order_by(Application.stage_since).limit(AT_ONCE))
    return [application_id for application_id, missing in found if not missing]


def affected(session: Session, organisation_id: int | None, kind: str) -> int:
    """How many applications wait in the hands of an organisation, or of all of a kind that have no mode of their
    own: those that a change of the mode may take along."""
    return len(_steps_of(session, organisation_id, kind))


def switch(
    session: Session,
    organisation_id: int | None,
    kind: str,
    mode: Mode | None,
    waiting_too: bool,
    staff: Staff,
    now: datetime,
) -> int:
    """Give an organisation its mode, or all of a kind without one of their own; None: the default again. A review that
    runs keeps the mode under which it came, unless `waiting_too`; back to people it goes at once. How many of those
    that wait were taken along. With evidence."""
    old, waits = _mode_now(session, organisation_id, kind), _steps_of(session, organisation_id, kind)
    if organisation_id is None:
        change(session, DEFAULTS[kind], MODE_NAMES[mode or Mode.MANUAL], staff.id, now)
    else:
        _set(session, organisation_id, mode, staff, now)
    session.flush()
    new = _mode_now(session, organisation_id, kind)
    taken = waits if waiting_too or new == Mode.MANUAL else []
    if taken:
        session.execute(update(StageStep).where(StageStep.id.in_(taken)).values(mode=new, for_person=None))
    data = {"kind": kind, "from": old, "to": new, "own": mode is not None, "taken_along": len(taken)}
    record(session, "mode_changed", ("organisation", organisation_id or 0), f"staff:{staff.id}", data, now)
    return len(taken)


def take_over(session: Session, application: Application, staff: Staff, now: datetime) -> None:
    """A person takes a review out of the rules' hands."""
    _leave_to_person(session, application, [f"{staff.name}转为人工审核"], now, f"staff:{staff.id}")


def _is_ours(session: Session, application: Application) -> bool:
    """Whether the rules may decide the running review: it came under an automatic mode that still holds."""
    step = application.steps[-1]
    if step.mode not in AUTOMATIC or step.for_person:
        return False
    if mode_of(session, step.organisation_id) == Mode.MANUAL:
        step.mode = Mode.MANUAL
        return False
    return True


def _may_be_objected_to(session: Session, application: Application, now: datetime) -> bool:
    """Whether the rules wait for the word of an owner or a tenant who was told, or is about to be."""
    query = unanswered(_told_since(session, now)).where(Party.application_id == application.id)
    return session.scalar(query.limit(1)) is not None


def _told_since(session: Session, now: datetime) -> datetime:
    """Whoever was told before that moment and has not answered is not waited for."""
    return now - timedelta(days=figure(session, "auto_party_days"))


def _leave_to_person(
    session: Session, application: Application, why: Sequence[str], now: datetime, who: str = decisions.SYSTEM
) -> None:
    application.steps[-1].for_person = "；".join(why)
    record(session, "left_to_person", ("application", application.id), who, {"why": list(why)}, now)


def _doubtful(application: Application) -> list[str]:
    """The fields that name the company, count as read off a picture, and were not read surely."""
    rows = [application.said_by(name, Source.OCR) for name in COMPARED if application.source(name) == Source.OCR]
    return [row.name for row in rows if row is not None and (row.doubts or row.confidence < SURE)]


def _mode_now(session: Session, organisation_id: int | None, kind: str) -> Mode:
    return default_mode(session, kind) if organisation_id is None else mode_of(session, organisation_id)


def _set(session: Session, organisation_id: int, mode: Mode | None, staff: Staff, now: datetime) -> None:
    row = session.get(ReviewMode, organisation_id)
    if mode is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(ReviewMode(organisation_id=organisation_id, mode=mode, staff_id=staff.id, at=now))
    else:
        row.mode, row.staff_id, row.at = mode, staff.id, now


def _steps_of(session: Session, organisation_id: int | None, kind: str) -> list[int]:
    """The reviews that run in those hands."""
    stage = Stage.CENTRE_REVIEW if kind == OrganisationKind.CENTRE else Stage.BUREAU_REVIEW
    query = select(StageStep.id).join(Application).where(Application.stage == stage, StageStep.left_at.is_(None))
    if organisation_id is not None:
        place = organisation_id if kind == OrganisationKind.BUREAU else centre_id(session)
        query = query.where(StageStep.organisation_id == place)
    else:
        own = select(ReviewMode.organisation_id)
        at = select(Organisation.id).where(Organisation.kind == kind, Organisation.id.not_in(own))
        query = query.where(StageStep.organisation_id.in_(at))
    return list(session.scalars(query))
