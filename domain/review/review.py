"""The two reviews: an application moves; step, evidence and notices are written in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Select, false, select
from sqlalchemy.orm import Session

from domain.evidence import record
from domain.notices import notices
from domain.people.staff import OrganisationKind, Role, Staff
from domain.registration import parties
from domain.registration.applications import EDITABLE, UNDER_REVIEW, Application, Stage
from domain.review import automatic, decisions, steps
from domain.review.conflicts import own_company
from domain.review.returns import Point
from domain.rules import judgements, troubles
from domain.rules.judgements import Outcome
from domain.rules.rules import Problem, Severity, judge, verdict
from domain.supplements import supplements
from domain.workdays import Calendar, NotPublished, local_day


class NotAllowed(Exception):
    """That person may not do that to that application now; the text says in Chinese why."""


class OwnCompany(NotAllowed):
    """The application is of the person's own company: a colleague decides. The caller keeps that it was tried."""


class NotReady(Exception):
    """The application has problems that stop it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("；".join(problem.problem for problem in problems))
        self.problems = problems


def submit(
    session: Session, application: Application, who: str, now: datetime, channel: str = "wechat"
) -> list[Problem]:
    """Hand an application in for the first review. NotReady when a blocking rule applies; else its other problems.
    `channel` is the way on which it was handed in: wechat, sms, batch, api. Where the rules decide, they do so here."""
    if application.stage not in EDITABLE:
        raise NotAllowed("这份申请已经提交，不用再交一次")
    said = verdict(session, application, local_day(now))
    problems = said.problems
    blocking = [problem for problem in problems if problem.severity == Severity.BLOCKING]
    blocking += supplements.not_again(session, application, problems)
    judgements.keep(session, application, said, Outcome.STOPPED if blocking else Outcome.SUBMITTED, now)
    if blocking:
        raise NotReady(blocking)
    if application.number is None:
        application.number = f"ZC{local_day(now):%Y%m%d}{application.id:06d}"
    application.submitted_at, application.asking, application.trail = now, "", []
    application.channel = channel
    found = [problem.to_json() for problem in problems]
    steps.enter(application, Stage.BUREAU_REVIEW, now, decision="submitted", problems=found)
    record(session, "submitted", ("application", application.id), who, _snapshot(application), now)
    troubles.settled(session, application, now, problems)
    supplements.opened(session, application, problems, now)
    notices.stage_changed(session, "submitted", application, "", now)
    parties.owe(session, application, now)
    automatic.decide(session, application, now, problems)
    return problems


def approve(session: Session, application: Application, staff: Staff, now: datetime, remark: str = "") -> Stage:
    """The reviewer whose turn it is agrees: on to the trading centre, or through. NotAllowed says why not."""
    if why := why_not(session, application, staff, now):
        raise why
    return decisions.passed(session, application, staff, now, remark=remark)


def why_not(
    session: Session,
    application: Application,
    staff: Staff,
    now: datetime,
    problems: Sequence[Problem] | None = None,
) -> NotAllowed | None:
    """Why this person may not approve the application now; None: they may. `problems` are the rules' where they were
    judged just now."""
    if elsewhere := not_due(application, staff):
        return elsewhere
    if own := own_company(session, application, staff):
        return OwnCompany(f"{own}，按回避要求请同事审核")
    found = judge(session, application, local_day(now)) if problems is None else problems
    blocking = [each.problem.rstrip("。") for each in found if each.severity == Severity.BLOCKING]
    return NotAllowed(f"有“不通过”的问题，不能通过，请退回：{'；'.join(blocking)}") if blocking else None


def send_back(
    session: Session,
    application: Application,
    staff: Staff,
    reason: str | Sequence[Point],
    now: datetime,
    data: Mapping[str, object] | None = None,
) -> None:
    """The reviewer returns an application with points, or one reason, that the user reads. NotAllowed says why not."""
    points = [Point(reason.strip())] if isinstance(reason, str) else list(reason)
    if not any(point.problem for point in points):
        raise NotAllowed("请选择或填写退回原因，用户会看到这句话")
    if elsewhere := not_due(application, staff):
        raise elsewhere
    decisions.returned(session, application, staff, points, now, data)


def may_see(staff: Staff) -> Select[Application]:
    """The applications that a member of staff may look at: a bureau its own, the centre all that were submitted, a
    retail company and operations none."""
    query = select(Application).where(Application.submitted_at.is_not(None))
    if staff.organisation.kind == OrganisationKind.BUREAU:
        return query.where(Application.bureau_id == staff.organisation_id)
    return query if staff.organisation.kind == OrganisationKind.CENTRE else query.where(false())


def is_due(application: Application, staff: Staff) -> bool:
    """Whether the application waits for this member of staff's decision."""
    if staff.organisation.kind == OrganisationKind.BUREAU:
        return (
            application.stage == Stage.BUREAU_REVIEW
            and application.bureau_id == staff.organisation_id
            and staff.role in (Role.HANDLER, Role.PRINCIPAL)
        )
    if staff.organisation.kind != OrganisationKind.CENTRE:
        return False
    # An application whose bureau is not known (the archive was down) is reviewed by the centre in the bureau's place.
    unrouted = application.stage == Stage.BUREAU_REVIEW and application.bureau_id is None
    return (application.stage == Stage.CENTRE_REVIEW or unrouted) and staff.role in (Role.REVIEWER, Role.ADMINISTRATOR)


def not_due(application: Application, staff: Staff) -> NotAllowed | None:
    """What to tell this member of staff where the application does not wait for them; None: it does."""
    if staff.active and is_due(application, staff):
        return None
    return NotAllowed("这份申请现在不在您这里审核，可能同事已处理，请刷新")


def colour(application: Application, orange_from: int, red_after: int, today: date, calendar: Calendar) -> str:
    """ "orange" from the one working day on, "red" after the other, "unknown" where the calendar is not published,
    empty while there is time (A11; the day on which the order arrived is day 0)."""
    if application.stage not in UNDER_REVIEW:
        return ""
    try:
        days = calendar.workdays_since(local_day(application.stage_since), today)
    except NotPublished:
        return "unknown"
    if days > red_after:
        return "red"
    return "orange" if days >= orange_from else ""


def move(
    session: Session,
    application: Application,
    stage: Stage,
    decision: str,
    who: str,
    now: datetime,
    points: Sequence[Point] = (),
) -> None:
    """A person's own choice, or a deadline, moves an application on. `points`: what a return asks for."""
    steps.enter(application, stage, now, decision=decision, problems=[point.to_json() for point in points])
    record(session, decision, ("application", application.id), who, {"stage": stage}, now)


def _snapshot(application: Application) -> dict[str, object]:
    return {
        "number": application.number,
        "values": {row.name: [row.source, row.value] for row in application.values},
        "decided": dict(application.decided),
    }
