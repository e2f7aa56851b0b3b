"""The days of conditional admission: reminders before the last one, and what follows when it is over (A5). Once each,
whenever it is looked at; a night that was missed is made up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.calendars import calendar_of
from domain.evidence import record
from domain.notices.notices import tell, tell_staff
from domain.notices.overdue import HANDLER, ROLES, responsible
from domain.people.staff import Role, Staff
from domain.registration.applications import EDITABLE, Application, Stage
from domain.review import decisions, steps
from domain.review.modes import Mode, centre_id
from domain.review.returns import Point
from domain.rules.rules import Severity, judge
from domain.settings import value
from domain.supplements.supplements import (
    CONSEQUENCES,
    Supplement,
    SupplementState,
    day_words,
    due_day,
    is_about,
    lift,
    open_items,
    settle,
)
from domain.workdays import NotPublished, local_day

RESTS = (*EDITABLE, Stage.CANCELLED)  # it is in the user's own hands, or over: nobody is reminded, nothing lapses
# What is said in an SMS of what follows.
IN_SHORT = {"退回": "申请将退回", "暂停": "申请将暂停", "转人工": "将转工作人员处理"}
HAPPENED = {"退回": "申请已退回", "暂停": "申请已暂停，不能交易", "转人工": "已转工作人员处理"}


def to_look_at(session: Session) -> list[int]:
    """The applications that owe something, the longest first."""
    query = (
        select(Supplement.application_id)
        .join(Application, Application.id == Supplement.application_id)
        .where(Supplement.state == SupplementState.OPEN, Application.stage.not_in(RESTS))
        .order_by(Supplement.id)
    )
    return list(dict.fromkeys(session.scalars(query)))


def tend(session: Session, application: Application, now: datetime) -> str:
    """See to what one application owes today: “reminded”, “lapsed”, “mended” or nothing. The application is locked."""
    if application.stage in RESTS:
        return ""
    today = local_day(now)
    rows = [row for row in open_items(session, application.id) if row.state == SupplementState.OPEN]
    mended = _mended(session, application, rows, now)
    rows = [row for row in rows if row not in mended]
    _date(session, application, rows, now)
    if late := [row for row in rows if row.due is not None and row.due < today]:
        _lapse(session, application, late, now)
        return "lapsed"
    if soon := _to_remind_of(session, rows, today):
        _remind(session, application, soon, now)
        return "reminded"
    return "mended" if mended else ""


def _mended(session: Session, application: Application, rows: Sequence[Supplement], now: datetime) -> list[Supplement]:
    """What the rules do not ask for any more: the sources have caught up, or a rule was changed. Not what a person has
    refused: that a useless picture is there is no reason to forget it."""
    found = [each for each in judge(session, application, local_day(now)) if each.severity != Severity.HINT]
    gone = [row for row in rows if not row.remark and not any(is_about(row, each) for each in found)]
    for row in gone:
        settle(session, row, SupplementState.ACCEPTED, "system", "规则不再要求", now)
    if gone:
        lift(session, application, "system", now)
    return gone


def _date(session: Session, application: Application, rows: Sequence[Supplement], now: datetime) -> None:
    """Give those a last day whose calendar was not published when they were opened, and tell it. While it is not
    published the administrators are told: nothing is guessed."""
    undated = [row for row in rows if row.due_from is not None and row.due is None]
    for row in undated:
        row.due = due_day(session, row.due_from or local_day(now))
    known = [row for row in undated if row.due is not None]
    if known:
        _tell(session, application, known, now, key=f"{application.id}:dated:{known[0].id}")
    elif undated:
        text = "有容缺材料的期限落在没有工作日历的年份，无法计算到期日，请在日历里补录"
        people = responsible(session, centre_id(session) or 0, (Role.ADMINISTRATOR,))
        tell_staff(session, "calendar_missing", people, {"text": text}, now, key=f"supplements:{local_day(now):%Y-%m}")


def _to_remind_of(session: Session, rows: Sequence[Supplement], today: date) -> list[Supplement]:
    """Those for which a reminder's day has come: of several that were missed, the latest one alone."""
    marks = [int(days) for days in str(value(session, "supplement_remind_days")).split(",") if days]
    found = []
    for row in [row for row in rows if row.due is not None]:
        reached = [mark for mark in marks if _days_left(session, row, today) <= mark]
        if reached and (row.reminded is None or min(reached) < row.reminded):
            row.reminded = min(reached)
            found.append(row)
    return found


def _days_left(session: Session, row: Supplement, today: date) -> int:
    """Working days from today to the last day: 0 on the day itself."""
    try:
        return calendar_of(session).workdays_since(today, row.due or today)
    except NotPublished:
        return 10_000


def _remind(session: Session, application: Application, rows: Sequence[Supplement], now: datetime) -> None:
    marks = ",".join(f"{row.id}.{row.due}.{row.reminded}" for row in rows)
    _tell(session, application, rows, now, key=f"{application.id}:{marks}")


def _tell(session: Session, application: Application, rows: Sequence[Supplement], now: datetime, *, key: str) -> None:
    first = min(rows, key=lambda row: row.due or date.max)
    params = _params(application, rows) | {
        "day": day_words(first.due) if first.due is not None else "",
        "next": IN_SHORT[first.consequence],
    }
    asked = f"{params['company']}的注册申请{params['number']}还缺{params['what']}，请在{params['day']}前补齐"
    text = f"{asked}，拍照发给我就行。到期没有补齐，{params['next']}。"
    tell(session, "supplement_due", application.contact_id, params, now, key=key, text=text, application=application)


def _lapse(session: Session, application: Application, rows: Sequence[Supplement], now: datetime) -> None:
    """Do what the user was told: of several, the gravest. The others are over as well."""
    consequence = next(each for each in CONSEQUENCES if any(row.consequence == each for row in rows))
    for row in rows:
        row.state, row.lapsed_at = SupplementState.OVERDUE, now
        data = {"rule": row.rule, "document": row.document, "due": str(row.due), "consequence": consequence}
        record(session, "supplement_overdue", ("application", application.id), "system", data, now)
    if consequence == "退回":
        points = [
            Point(f"逾期未补：{row.title}。", row.suggestion, document=row.document, rule=row.rule) for row in rows
        ]
        decisions.returned(session, application, None, points, now)
        return
    if consequence == "暂停" and application.stage != Stage.SUSPENDED:
        steps.enter(application, Stage.SUSPENDED, now, decision="suspended", mode=Mode.AUTOMATIC)
        record(session, "suspended", ("application", application.id), "system", {"items": len(rows)}, now)
    params = _params(application, rows) | {"next": HAPPENED[consequence]}
    key = f"{application.id}:{','.join(str(row.id) for row in rows)}:{rows[0].due}"
    tell(session, "supplement_lapsed", application.contact_id, params, now, key=key, application=application)
    if consequence == "转人工":
        text = f"{application.number}逾期未补{_named(rows)}，请联系用户处理"
        tell_staff(session, "supplement_staff", _handlers(session, application), {"text": text}, now, key=key)


def _handlers(session: Session, application: Application) -> list[Staff]:
    """Who handles it at the bureau; at the centre, where no bureau is known."""
    return responsible(session, application.bureau_id or centre_id(session) or 0, ROLES[HANDLER])


def _params(application: Application, rows: Sequence[Supplement]) -> dict[str, str]:
    return {
        "company": application.value("name") or "贵单位",
        "number": application.number or "",
        "what": _named(rows),
    }


def _named(rows: Sequence[Supplement]) -> str:
    return "、".join(dict.fromkeys(row.title for row in rows))
