"""The two reviews: an application moves; step, evidence and notices are written in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Select, false, select
from sqlalchemy.orm import Session

from domain import notices
from domain.applications import EDITABLE, UNDER_REVIEW, Application, Stage, StageStep, unfocus
from domain.evidence import record
from domain.market import NEXT_STEPS, after_approval
from domain.roles import applicant_speaks
from domain.rules import Problem, Severity, judge
from domain.settings import figure
from domain.staff import OrganisationKind, Role, Staff
from domain.workdays import Calendar, NotPublished, local_day

STANDARD_REPLIES: tuple[str, ...] = (
    "营业执照照片不清晰，请重新拍摄",
    "营业执照不是最新的，请用变更后的执照",
    "户号与企业名称不符，请核对户号",
    "联系人信息有误，请更正后重新提交",
    "法定代表人与工商登记不一致，请核对",
)


class NotAllowed(Exception):
    """That person may not do that to that application now; the text says in Chinese why."""


class NotReady(Exception):
    """The application has problems that stop it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("；".join(problem.problem for problem in problems))
        self.problems = problems


def submit(
    session: Session, application: Application, who: str, now: datetime, channel: str = "wechat"
) -> list[Problem]:
    """Hand an application in for the first review. NotReady when a blocking rule applies; else its other problems.
    `channel` is the way on which it was handed in: wechat, sms, batch, api."""
    if application.stage not in EDITABLE:
        raise NotAllowed("这份申请已经提交，不用再交一次")
    problems = judge(session, application, local_day(now))
    blocking = [problem for problem in problems if problem.severity == Severity.BLOCKING]
    if blocking:
        raise NotReady(blocking)
    if application.number is None:
        application.number = f"ZC{local_day(now):%Y%m%d}{application.id:06d}"
    application.submitted_at, application.asking, application.trail = now, "", []
    application.channel = channel
    _enter(application, Stage.BUREAU_REVIEW, now, decision="submitted", problems=problems)
    record(session, "submitted", ("application", application.id), who, _snapshot(application), now)
    notices.stage_changed(session, "submitted", application, "", now)
    return problems


def approve(session: Session, application: Application, staff: Staff, now: datetime, remark: str = "") -> Stage:
    """The reviewer whose turn it is agrees: on to the trading centre, or through. NotAllowed says why not."""
    _must_be_due(application, staff)
    if application.stage == Stage.BUREAU_REVIEW:
        _decide(session, application, staff, Stage.CENTRE_REVIEW, "approved", remark, now)
        notices.stage_changed(session, "bureau_passed", application, "交易中心审核", now)
        return Stage.CENTRE_REVIEW
    capacity = application.value("capacity_kva")
    stage = after_approval(Decimal(capacity) if capacity else None, figure(session, "wholesale_from_kva"))
    _decide(session, application, staff, stage, "approved", remark, now)
    applicant_speaks(session, application, f"staff:{staff.id}", now)
    notices.stage_changed(session, "approved", application, NEXT_STEPS[stage], now)
    return stage


def send_back(session: Session, application: Application, staff: Staff, reason: str, now: datetime) -> None:
    """The reviewer returns an application with a reason that the user reads. NotAllowed says why not."""
    if not reason.strip():
        raise NotAllowed("请选择或填写退回原因，用户会看到这句话")
    _must_be_due(application, staff)
    _decide(session, application, staff, Stage.RETURNED, "returned", reason.strip(), now)
    unfocus(application)
    notices.stage_changed(session, "returned", application, reason.strip(), now)


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


def move(session: Session, application: Application, stage: Stage, decision: str, who: str, now: datetime) -> None:
    """A person's own choice moves an application on (which market)."""
    _enter(application, stage, now, decision=decision)
    record(session, decision, ("application", application.id), who, {"stage": stage}, now)


def _must_be_due(application: Application, staff: Staff) -> None:
    if not staff.active or not is_due(application, staff):
        raise NotAllowed("这份申请现在不在您这里审核，可能同事已处理，请刷新")


def _decide(
    session: Session, application: Application, staff: Staff, to: Stage, decision: str, remark: str, now: datetime
) -> None:
    _enter(application, to, now, decision=decision, staff=staff, remark=remark)
    data = {"to": to, "remark": remark, "organisation": staff.organisation.name, "number": application.number}
    record(session, decision, ("application", application.id), f"staff:{staff.id}", data, now)


def _enter(
    application: Application,
    stage: Stage,
    now: datetime,
    *,
    decision: str,
    staff: Staff | None = None,
    remark: str = "",
    problems: Sequence[Problem] = (),
) -> None:
    """Close the running step with the decision, and begin the next one."""
    running = application.steps[-1] if application.steps else None
    if running is None:
        running = StageStep(stage=application.stage, entered_at=application.created_at)
        application.steps.append(running)
    running.left_at, running.decision, running.mode, running.remark = now, decision, "manual", remark
    if staff is not None:
        running.staff, running.organisation = staff, staff.organisation
    organisation_id = application.bureau_id if stage == Stage.BUREAU_REVIEW else None
    found = [problem.to_json() for problem in problems]
    application.steps.append(StageStep(stage=stage, entered_at=now, organisation_id=organisation_id, problems=found))
    application.stage, application.stage_since, application.updated_at = stage, now, now


def _snapshot(application: Application) -> dict[str, object]:
    return {
        "number": application.number,
        "values": {row.name: [row.source, row.value] for row in application.values},
        "decided": dict(application.decided),
    }
