"""What goes wrong (A12): each problem that was shown to somebody, how often, and what became of it. No personal data:
the words are kept as the rule has them, with their placeholders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, UtcDateTime
from domain.registration.applications import EDITABLE, Application, Stage
from domain.rules.rules import Problem, Rule, judge
from domain.settings import figure
from domain.workdays import local_day

RETURN = "return"  # the severity of a reason that a reviewer gave
OWN_WORDS = "审核人员另写的原因"  # what a reviewer typed may name people: it is counted, not kept here


class Outcome(StrEnum):
    """What became of a problem that was shown."""

    OPEN = "open"  # nothing yet
    MENDED = "mended"  # it was gone when the application was handed in, or seen again
    CARRIED = "carried"  # handed in with it: a hint, or a document that follows
    RETURNED = "returned"  # a reviewer sent the application back for it
    GIVEN_UP = "given_up"  # nobody came back


OUTCOME_NAMES: Mapping[str, str] = {
    Outcome.OPEN: "还没有结果",
    Outcome.MENDED: "改好了",
    Outcome.CARRIED: "带着提交",
    Outcome.RETURNED: "被退回",
    Outcome.GIVEN_UP: "放弃了",
}


class Trouble(Base):
    """One problem of one application, in one wording (the rule's version), from its first showing to its end."""

    __tablename__ = "troubles"
    __table_args__ = (
        Index("ix_troubles_report", "week", "bureau_id", "rule", "version", "severity", "channel", "outcome", "minutes",
              "times", "application_id"),
        Index("ix_troubles_rule", "rule", "outcome", "application_id"),
        Index("ix_troubles_open", "outcome", "last_at"),
        Index("ix_troubles_queue", "outcome", "needs_person", "severity", "application_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    rule: Mapped[str]
    version: Mapped[int]
    severity: Mapped[str]
    needs_person: Mapped[bool] = mapped_column(default=False)
    channel: Mapped[str]  # where it was shown first: wechat, sms, batch, api, console
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    week: Mapped[date]  # the Monday of the week of the first showing
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    times: Mapped[int] = mapped_column(default=0)  # how often it was shown
    outcome: Mapped[str] = mapped_column(default=Outcome.OPEN)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    minutes: Mapped[int] = mapped_column(default=0)  # from the first showing to the end


class TroubleText(Base):
    """The words of a rule's version, as it was when it was first shown."""

    __tablename__ = "trouble_texts"
    __table_args__ = (UniqueConstraint("rule", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str]
    version: Mapped[int]
    problem: Mapped[str]
    suggestion: Mapped[str]
    since: Mapped[datetime] = mapped_column(UtcDateTime)


def shown(session: Session, application: Application, problems: Sequence[Problem], channel: str, now: datetime) -> None:
    """Count that these problems were shown to whoever fills in the application. They need not be all that it has."""
    known = _latest(session, application)
    for problem in problems:
        row = known.get(problem.rule)
        if row is None or row.outcome not in (Outcome.OPEN, Outcome.GIVEN_UP) or row.version != problem.version:
            if row is not None and row.outcome == Outcome.OPEN:  # said in other words from now on
                _end(row, Outcome.MENDED, now)
            row = known[problem.rule] = _begin(session, application, problem, channel, now)
        row.times += 1
        row.last_at, row.outcome, row.settled_at = now, Outcome.OPEN, None
        row.bureau_id = application.bureau_id if row.bureau_id is None else row.bureau_id


def settled(
    session: Session, application: Application, now: datetime, problems: Sequence[Problem] | None = None
) -> None:
    """The application was handed in, or judged again: what is no longer a problem was mended; what still is, and what
    only the reviewer sees, was carried along. Give the problems where they are known: judging twice takes its time."""
    found = judge(session, application, local_day(now)) if problems is None else problems
    known, still = _latest(session, application), {problem.rule for problem in found}
    for rule, row in known.items():
        if row.outcome in (Outcome.OPEN, Outcome.GIVEN_UP, Outcome.CARRIED) and rule not in still:
            _end(row, Outcome.MENDED, now)
    for problem in found:
        before = known.get(problem.rule)
        if before is None or before.outcome in (Outcome.MENDED, Outcome.RETURNED):
            before = _begin(session, application, problem, application.channel, now)
        if before.outcome != Outcome.CARRIED:
            _end(before, Outcome.CARRIED, now)
        before.needs_person = problem.needs_person


def returned(
    session: Session,
    application: Application,
    now: datetime,
    problems: Iterable[Problem] = (),
    reasons: Iterable[str] = (),
) -> None:
    """A reviewer sent the application back: for problems of the rules, for standard replies (their texts), for what
    they typed (`OWN_WORDS`)."""
    known = _latest(session, application)
    given = [*problems, *(Problem(reason, 0, RETURN, reason, "") for reason in reasons)]
    for problem in given:
        row = known.get(problem.rule)
        if row is None or row.outcome not in (Outcome.OPEN, Outcome.CARRIED):
            row = _begin(session, application, problem, "console", now)
            row.times = 1
        _end(row, Outcome.RETURNED, now)


def abandoned(session: Session, application_ids: Sequence[int]) -> None:
    """These drafts are removed with all that was filled in: what was open was given up over."""
    rows = select(Trouble).where(Trouble.application_id.in_(application_ids), Trouble.outcome == Outcome.OPEN)
    for row in session.scalars(rows):
        _end(row, Outcome.GIVEN_UP, row.last_at)


def give_up(session: Session, now: datetime, limit: int = 500) -> int:
    """End what has been open for longer than the setting says, or belongs to a cancelled application: what still is a
    problem was given up over, the rest was mended. How many."""
    quiet = now - timedelta(days=figure(session, "trouble_quiet_days"))
    gone = or_(Trouble.last_at < quiet, Application.stage == Stage.CANCELLED)
    query = select(Trouble, Application).join(Application, Trouble.application_id == Application.id)
    rows = session.execute(query.where(Trouble.outcome == Outcome.OPEN, gone).limit(limit)).all()
    still: dict[int, set[str]] = {}
    for row, application in rows:
        if application.id not in still:
            still[application.id] = _problems_left(session, application, now)
        _end(row, Outcome.GIVEN_UP if row.rule in still[application.id] else Outcome.MENDED, row.last_at)
    return len(rows)


def monday(moment: datetime) -> date:
    """The Monday of a moment's week in China."""
    day = local_day(moment)
    return day - timedelta(days=day.weekday())


def _problems_left(session: Session, application: Application, now: datetime) -> set[str]:
    if application.stage not in (*EDITABLE, Stage.CANCELLED):
        return set()
    return {problem.rule for problem in judge(session, application, local_day(now))}


def _latest(session: Session, application: Application) -> dict[str, Trouble]:
    """The newest row of each rule."""
    query = select(Trouble).where(Trouble.application_id == application.id).order_by(Trouble.id)
    return {row.rule: row for row in session.scalars(query)}


def _begin(session: Session, application: Application, problem: Problem, channel: str, now: datetime) -> Trouble:
    _keep_words(session, problem, now)
    row = Trouble(application_id=application.id, rule=problem.rule, version=problem.version, severity=problem.severity)
    row.needs_person, row.channel, row.bureau_id = problem.needs_person, channel, application.bureau_id
    row.week, row.first_at, row.last_at = monday(now), now, now
    row.times, row.minutes, row.outcome = 0, 0, Outcome.OPEN
    session.add(row)
    return row


def _end(row: Trouble, outcome: Outcome, now: datetime) -> None:
    row.outcome, row.settled_at = outcome, now
    row.minutes = max(0, int((now - row.first_at).total_seconds()) // 60)


def _keep_words(session: Session, problem: Problem, now: datetime) -> None:
    """Keep the rule's own words of this version, once; a problem that is no rule's is its own name."""
    of_version = (TroubleText.rule == problem.rule, TroubleText.version == problem.version)
    if session.scalar(select(TroubleText.id).where(*of_version)) is not None:
        return
    rule = session.scalar(select(Rule).where(Rule.name == problem.rule, Rule.version == problem.version))
    words = (rule.problem, rule.suggestion) if rule is not None else (problem.rule, "")
    session.add(
        TroubleText(rule=problem.rule, version=problem.version, problem=words[0], suggestion=words[1], since=now)
    )
    session.flush()
