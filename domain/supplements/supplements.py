"""Conditional admission (容缺受理, A5): what an application still owes, until when, and what is said about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain.base import Base, Sealed, UtcDateTime
from domain.calendars import calendar_of
from domain.evidence import record
from domain.figures import SINCE
from domain.registration.applications import Application, Photo, Stage
from domain.registration.papers import paper_name
from domain.review import steps
from domain.review.modes import Mode
from domain.rules.rules import Problem, Severity, judge, paper_of
from domain.settings import figure, value
from domain.workdays import NotPublished, local_day


class SupplementState(StrEnum):
    """Where one owed thing stands."""

    OPEN = "open"
    HANDED_IN = "handed_in"  # it came, and a person has to look
    OVERDUE = "overdue"  # it did not come in time, and what the setting says was done
    ACCEPTED = "accepted"
    WAIVED = "waived"


OWED = (SupplementState.OPEN, SupplementState.OVERDUE)
UNSETTLED = (*OWED, SupplementState.HANDED_IN)
ADMITTED = (Stage.AWAITING_MARKET, Stage.AWAITING_RETAILER, Stage.AWAITING_CERTIFICATE, Stage.REGISTERED)
# What is done when it does not come in time, as the user reads it beforehand.
CONSEQUENCES: Mapping[str, str] = {
    "退回": "申请会退回给您，补齐后要重新提交",
    "暂停": "申请会暂停，不能交易，补齐后恢复",
    "转人工": "转给供电局工作人员处理",
}


class Supplement(Base):
    """One thing that an application may hand in after its submission."""

    __tablename__ = "supplements"
    __table_args__ = (Index("ix_supplements_due", "state", "due"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    rule: Mapped[str]
    document: Mapped[str]  # as `domain.rules.rules.Rule.document`; empty where no document mends it
    problem: Mapped[str] = mapped_column(Sealed)
    suggestion: Mapped[str] = mapped_column(Sealed)
    consequence: Mapped[str]  # of CONSEQUENCES, as the user was told: a setting that changes later does not change it
    due_from: Mapped[date | None]  # the day that counts as day 0; None until the application is admitted
    due: Mapped[date | None]  # None also where the calendar of that year is not published
    reminded: Mapped[int | None]  # the fewest working days left of which a reminder was written
    state: Mapped[str] = mapped_column(default=SupplementState.OPEN)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    handed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("photos.id"))
    lapsed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[str] = mapped_column(default="")  # staff:3, or system where the rules did
    remark: Mapped[str] = mapped_column(Sealed, default="")
    application: Mapped[Application] = relationship()
    photo: Mapped[Photo | None] = relationship()

    @property
    def title(self) -> str:
        """What is owed, as people call it: 产权人的授权委托书."""
        return paper_title(self.document) or self.problem.rstrip("。")


def paper_title(document: str) -> str:
    """What a rule's document is called; empty where it names none."""
    if not document:
        return ""
    return paper_name(*paper_of(document))


def open_items(session: Session, application_id: int) -> list[Supplement]:
    """What the application still owes, the oldest first."""
    return _in_states(session, application_id, OWED)


def unsettled(session: Session, application_id: int) -> list[Supplement]:
    """What is owed, and what came and waits for a person."""
    return _in_states(session, application_id, UNSETTLED)


def of_application(session: Session, application_id: int) -> list[Supplement]:
    """Everything that the application ever owed, the oldest first."""
    return _in_states(session, application_id, tuple(SupplementState))


def opened(session: Session, application: Application, problems: Iterable[Problem], now: datetime) -> list[Supplement]:
    """Note at a submission what is to be handed in later: what is new. What was owed before and is mended is settled;
    what is owed still keeps its day."""
    hit = [each for each in problems if each.severity == Severity.SUPPLEMENTABLE]
    known = unsettled(session, application.id)
    for row in known:
        if not any(is_about(row, each) for each in hit):
            settle(session, row, SupplementState.ACCEPTED, "system", "", now)
    return [_open(session, application, each, now) for each in hit if not any(is_about(row, each) for row in known)]


def is_about(row: Supplement, problem: Problem) -> bool:
    """Whether a problem is what is owed, or something else that is wrong with the same paper: a letter without a seal
    is there, and yet the letter is still owed."""
    return row.rule == problem.rule or bool(row.document and row.document == problem.document)


def admitted(session: Session, application: Application, now: datetime) -> None:
    """The application was approved: where the days count from there, they begin now."""
    for row in open_items(session, application.id):
        if row.due_from is None:
            row.due_from = local_day(now)
            row.due = due_day(session, row.due_from)


def admission_undone(session: Session, application: Application, approved_at: datetime) -> None:
    """The approval was taken back: where the days count from there, they have not begun."""
    if application.stage not in ADMITTED or value(session, "supplement_from") != SINCE[1]:
        return
    for row in open_items(session, application.id):
        if row.opened_at < approved_at and row.due_from == local_day(approved_at):
            row.due_from = row.due = None


def not_again(session: Session, application: Application, problems: Iterable[Problem]) -> list[Problem]:
    """Of the problems that may be mended later, those whose time is over already: they stop a new submission."""
    late = [row for row in open_items(session, application.id) if row.state == SupplementState.OVERDUE]
    return [
        replace(each, severity=Severity.BLOCKING, problem=f"{each.problem}（补交期限已过，要补齐才能提交）")
        for each in problems
        if each.severity == Severity.SUPPLEMENTABLE and any(is_about(row, each) for row in late)
    ]


def handed_in(session: Session, application: Application, kind: str, photo: Photo, now: datetime) -> str:
    """A picture of what may be owed came, after the submission: the rules judge anew, and what they find is said at
    once. Empty where nothing of the kind is owed. Whose letter it is (`photo.party`) is known already."""
    rows = [row for row in unsettled(session, application.id) if paper_of(row.document)[0] == kind]
    if not rows:
        return ""
    photo.application, photo.kind = application, kind
    session.flush()
    problems = judge(session, application, local_day(now))
    theirs = [row for row in rows if paper_of(row.document)[1] == photo.party]
    if not theirs:
        return f"收到了{paper_name(kind, photo.party)}，不过还缺的是{rows[0].title}，请再看看。"
    said = [_judged(session, row, photo, problems, now) for row in theirs]
    _open_what_follows(session, application, problems, now)
    if lift(session, application, "system", now):
        said.append("材料补齐了，申请恢复办理。")
    return "\n".join(dict.fromkeys(said))


def settle(
    session: Session, row: Supplement, state: SupplementState, who: str, remark: str, now: datetime, **more: object
) -> None:
    """It is no longer owed: it was accepted, or waived. With its evidence."""
    row.state, row.settled_at, row.settled_by, row.remark = state, now, who, remark
    data = {"rule": row.rule, "document": row.document, "remark": remark, **more}
    record(session, f"supplement_{state}", ("application", row.application_id), who, data, now)


def due_day(session: Session, begun: date) -> date | None:
    """The last day for handing in; None where the calendar of that year is not published: nothing is guessed."""
    try:
        return calendar_of(session).after(begun, figure(session, "supplement_days"))
    except NotPublished:
        return None


def told_before(session: Session, problems: Iterable[Problem], now: datetime) -> str:
    """What is said before an application is submitted: what is missing, until when, and what happens otherwise."""
    owed = [each for each in problems if each.severity == Severity.SUPPLEMENTABLE]
    if not owed:
        return ""
    names = "、".join(dict.fromkeys(paper_title(each.document) or each.problem.rstrip("。") for each in owed))
    consequence = CONSEQUENCES[str(value(session, "supplement_overdue"))]
    return f"还缺：{names}。可以先提交，{_until(session, now)}补齐，拍照发给我就行。到期没有补齐：{consequence}。"


def listed(items: Sequence[Supplement]) -> str:
    """What is owed, a line for each paper, with its day: several rules may want the same one."""
    return "\n".join(dict.fromkeys(f"· {row.title}（{_when(row)}）" for row in items))


def day_words(day: date) -> str:
    """A day as people say it: 12月7日."""
    return f"{day.month}月{day.day}日"


def lift(session: Session, application: Application, who: str, now: datetime) -> bool:
    """Take a suspended application up again where it stood, if nothing that is late is owed any more."""
    late = any(row.lapsed_at is not None for row in unsettled(session, application.id))
    if application.stage != Stage.SUSPENDED or late:
        return False
    before = next(step for step in reversed(application.steps) if step.decision == "suspended")
    steps.enter(application, Stage(before.stage), now, decision="resumed", mode=Mode.AUTOMATIC)
    record(session, "resumed", ("application", application.id), who, {"stage": before.stage}, now)
    return True


def _judged(session: Session, row: Supplement, photo: Photo, problems: Sequence[Problem], now: datetime) -> str:
    """What becomes of one owed thing now that a picture of it came, and how that is said."""
    about = [each for each in problems if is_about(row, each)]
    wrong = [each for each in about if each.severity != Severity.HINT]
    to_look_at = any(each.needs_person for each in about)
    row.photo = photo
    if row.state != SupplementState.HANDED_IN:  # else it rests since the first picture that came
        row.handed_in_at = now
    if not wrong and not to_look_at:
        settle(session, row, SupplementState.ACCEPTED, "system", "", now, photo=photo.id)
        return f"{row.title}收到，已补齐。"
    row.state = SupplementState.HANDED_IN if to_look_at else row.state
    data = {"rule": row.rule, "document": row.document, "photo": photo.id, "found": [each.rule for each in about]}
    record(session, "supplement_handed_in", ("application", row.application_id), "system", data, now)
    reasons = "\n".join(f"· {each.problem}{each.suggestion}" for each in wrong)
    if to_look_at:
        more = (
            f"，有几处要工作人员核对：\n{reasons}\n您也可以再拍一张更清楚的。" if wrong else "，工作人员会再核对一下。"
        )
        return f"{row.title}收到{more}"
    return f"{row.title}收到了，但还不行：\n{reasons}"


def _open_what_follows(session: Session, application: Application, problems: Sequence[Problem], now: datetime) -> None:
    """A paper may make another one due: a letter names an agent, whose identity card is wanted. What is wrong with a
    paper that is owed is no new debt: it would give new days for a useless picture."""
    ever = {row.document for row in of_application(session, application.id)}
    for each in problems:
        if each.severity == Severity.SUPPLEMENTABLE and each.document and each.document not in ever:
            _open(session, application, each, now)


def _open(session: Session, application: Application, problem: Problem, now: datetime) -> Supplement:
    at_once = value(session, "supplement_from") == SINCE[0] or application.stage in ADMITTED
    begun = local_day(now) if at_once else None
    row = Supplement(
        application=application,
        rule=problem.rule,
        document=problem.document,
        problem=problem.problem,
        suggestion=problem.suggestion,
        consequence=str(value(session, "supplement_overdue")),
        due_from=begun,
        due=due_day(session, begun) if begun is not None else None,
        state=SupplementState.OPEN,
        opened_at=now,
    )
    session.add(row)
    session.flush()
    data = {"rule": row.rule, "document": row.document, "due": str(row.due or ""), "consequence": row.consequence}
    record(session, "supplement_opened", ("application", application.id), "system", data, now)
    return row


def _in_states(session: Session, application_id: int, states: Sequence[SupplementState]) -> list[Supplement]:
    query = select(Supplement).where(Supplement.application_id == application_id, Supplement.state.in_(states))
    return list(session.scalars(query.order_by(Supplement.id)))


def _until(session: Session, now: datetime) -> str:
    days = figure(session, "supplement_days")
    if value(session, "supplement_from") == SINCE[1]:
        return f"审核通过后{days}个工作日内"
    day = due_day(session, local_day(now))
    return f"{day_words(day)}前（含当天）" if day is not None else f"{days}个工作日内（放假安排公布后告诉您具体日期）"


def _when(row: Supplement) -> str:
    if row.state == SupplementState.OVERDUE:
        return "已超过期限，请尽快补"
    if row.due is not None:
        return f"{day_words(row.due)}前"
    return "日期待定" if row.due_from is not None else "审核通过后开始计时"
