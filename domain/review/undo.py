"""Taking a decision back (A6): the same person, within the setting's seconds, while nothing has come of it yet.

What was decided stays in the history as taken back, with its evidence. Its notices wait a minute before they leave
(`merge_pause_seconds`), and are withdrawn; one that has left cannot be called back, and then the decision stands.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.evidence import record
from domain.messages.messages import OutboundMessage, OutState
from domain.notices.merging import STAGES
from domain.people.authority import Authority, Level, end, grant
from domain.people.notices import CHANGED, tell_contact
from domain.people.staff import Staff
from domain.proxies import conduct, hooks
from domain.questions.questions import Question, form_slot, withdraw
from domain.registration.applications import Application, Stage, StageStep
from domain.review.modes import Mode
from domain.review.review import NotAllowed
from domain.rules import troubles
from domain.settings import figure
from domain.supplements import supplements

UNDONE = {"approved": "approval_undone", "returned": "return_undone"}
CUT_SHORT = "undone"  # the decision of the step that had begun meanwhile
_WAITING = (OutState.PENDING, OutState.HELD)
_LEFT = (OutState.SENDING, OutState.SENT, OutState.DELIVERED, OutState.MERGED)


def seconds_left(session: Session, application: Application, staff: Staff, now: datetime) -> int:
    """For how long this person may still take back what they decided; 0: not, or no more."""
    step = _decided(application)
    if step is None or step.staff_id != staff.id or step.left_at is None or application.updated_at != step.left_at:
        return 0
    until = step.left_at + timedelta(seconds=figure(session, "undo_seconds"))
    return max(0, int((until - now).total_seconds()))


def undo(session: Session, application: Application, staff: Staff, now: datetime) -> None:
    """Take back the decision that this person has just made. NotAllowed says why not; then nothing has changed once
    the caller rolls back."""
    step = _decided(application)
    if step is None or step.staff_id != staff.id or step.left_at is None:
        raise NotAllowed("这不是您刚才的审核，或之后已有新的进展，不能撤回")
    if now - step.left_at > timedelta(seconds=figure(session, "undo_seconds")):
        raise NotAllowed(f"已超过{figure(session, 'undo_seconds')}秒，不能撤回")
    if application.updated_at != step.left_at or _taken_up(session, application, step.left_at):
        raise NotAllowed("用户已经接着办理了，不能撤回")
    _withdraw_notices(session, application, step.left_at)
    _take_authority_back(session, application, step, f"staff:{staff.id}", now)
    supplements.admission_undone(session, application, step.left_at)
    conduct.unsay(session, application, staff, step.left_at, now)
    _restore(application, step, staff, now)
    withdraw(session, application.contact_id, form_slot(application.id))
    data = {"back_to": application.stage, "decided_at": step.left_at.isoformat(), "number": application.number}
    record(session, step.decision, ("application", application.id), f"staff:{staff.id}", data, now)
    troubles.settled(session, application, now)


def _decided(application: Application) -> StageStep | None:
    """The step that the last decision of a reviewer ended, if that was the last one: the next step runs since then."""
    if len(application.steps) < 2:
        return None
    last = application.steps[-2]
    return last if last.decision in UNDONE else None


def _taken_up(session: Session, application: Application, decided_at: datetime) -> bool:
    """Whether the user has begun to mend what came back: something was asked of them since."""
    mine = (Question.application_id == application.id, Question.asked_at >= decided_at)
    asked = session.scalar(select(Question.id).where(*mine).limit(1)) is not None
    return application.stage == Stage.RETURNED and (bool(application.asking) or asked)


def _withdraw_notices(session: Session, application: Application, decided_at: datetime) -> None:
    """Let the decision's notices never leave. A sender claims a row by the same kind of update: one of the two wins."""
    row = OutboundMessage
    theirs = (row.application_id == application.id, row.event.in_(STAGES), row.created_at == decided_at)
    withdrawn = update(row).where(*theirs, row.state.in_(_WAITING)).values(state=OutState.EXPIRED, error="undone")
    session.execute(withdrawn, execution_options={"synchronize_session": "fetch"})
    left = session.scalars(select(row).where(*theirs, row.state.in_(_LEFT))).first()
    if left is not None:
        raise NotAllowed("通知已经发给用户了，不能撤回。需要更改请联系用户，或在下一环节处理")


def _take_authority_back(session: Session, application: Application, step: StageStep, who: str, now: datetime) -> None:
    """Who registered a company speaks for it from its admission on: not while that is taken back."""
    given = select(Authority).where(
        Authority.application_id == application.id,
        Authority.ground == "registered",
        Authority.since == step.left_at,
        Authority.ended_at.is_(None),
    )
    for authority in session.scalars(given).all():
        end(session, authority, "undone", who, now)
        _give_back_the_former(session, authority, step, who, now)
    key = f"{CHANGED}:registered:{application.id}:{len(application.steps)}:"
    row = OutboundMessage
    mine = row.key.startswith(key, autoescape=True)
    session.execute(update(row).where(mine, row.state.in_(_WAITING)).values(state=OutState.EXPIRED, error="undone"))
    for told in session.scalars(select(row).where(mine, row.state.in_(_LEFT))).all():
        text = "更正：刚才说的那个户号还在审核，申请人暂时不能代表贵单位。"
        tell_contact(session, told.address.contact_id, CHANGED, text, f"undone:{told.id}", now)


def _give_back_the_former(session: Session, authority: Authority, step: StageStep, who: str, now: datetime) -> None:
    """A lower authority that the admission had raised holds again."""
    former = select(Authority).where(
        Authority.contact_id == authority.contact_id,
        Authority.company_mark == authority.company_mark,
        Authority.ended_at == step.left_at,
        Authority.ended_why == "raised",
    )
    for each in session.scalars(former).all():
        grant(
            session,
            contact_id=each.contact_id,
            company_mark=each.company_mark,
            company_name=each.company_name,
            level=Level(each.level),
            ground=each.ground,
            who=who,
            now=now,
            application_id=each.application_id,
        )


def _restore(application: Application, step: StageStep, staff: Staff, now: datetime) -> None:
    """The review runs again as if it had never ended: since when, and with what it had found. It is a person's now."""
    cut = application.steps[-1]
    cut.left_at, cut.decision, cut.mode, cut.staff = now, CUT_SHORT, Mode.MANUAL, staff
    step.decision = UNDONE[step.decision]
    again = StageStep(
        stage=step.stage,
        organisation_id=step.organisation_id,
        entered_at=step.entered_at,
        mode=Mode.MANUAL,
        for_person=step.for_person,
        problems=step.problems,
    )
    application.steps.append(again)
    application.stage, application.stage_since, application.updated_at = Stage(step.stage), step.entered_at, now
    application.asking, application.trail = "", []
    hooks.stage_changed(application, step.stage, now)
