"""Lists taken away as spreadsheets: the same choices as the page, in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from domain.exports import QUEUE_HEADS, TooMany, let_out, queue_rows, spreadsheet
from domain.lists import (
    CAPACITY_HEADS,
    CONDUCT_HEADS,
    EVIDENCE_HEADS,
    MESSAGE_HEADS,
    OWED_HEADS,
    capacity_rows,
    conduct_rows,
    evidence_rows,
    message_rows,
    owed_rows,
)
from domain.market import capacity_desk
from domain.market.capacity_changes import ChangeState
from domain.messages import delivery
from domain.queue import queue
from domain.queue.rows import bureaus
from domain.rules import troubles_report
from domain.rules.troubles import OUTCOME_NAMES, Outcome
from domain.rules.troubles_report import Asked, Line
from domain.settings import figure
from domain.supplements import desk as supplement_desk
from domain.workdays import local_day
from webhooks.console.capacity import asked_for as asked_changes
from webhooks.console.capacity import became
from webhooks.console.evidence_words import EVIDENCE
from webhooks.console.messages import asked_for as asked_messages
from webhooks.console.messages import kept
from webhooks.console.parts import desk, me, visible
from webhooks.console.send_errors import explain
from webhooks.console.troubles import DRAWN, asked_for
from webhooks.console.waiting import address_of, wanted_from
from webhooks.console.words import CAME_BY, EVENTS, OUT_STATES, OWED_STATES, due_words, who
from webhooks.guards import guarded

Rows = tuple[int, Callable[[Session], Iterable[Sequence[Any]]]]  # how many, and how they are read
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@guarded("staff")
def export_queue() -> ResponseReturnValue:
    """The queue as it is narrowed, on all its pages."""
    now, wanted = desk().clock(), wanted_from(request.args)

    def rows(session: Session) -> Rows:
        late = queue.limits(session, local_day(now))
        found = queue.ids(session, me(), wanted, late, _most(session))
        return len(found), lambda reading: queue_rows(reading, found, dict(CAME_BY))

    return _exported("审核列表", QUEUE_HEADS, rows, "console.queue", address_of(wanted))


@guarded("staff")
def export_messages() -> ResponseReturnValue:
    """The messages of the page, on all its pages; never their texts."""
    asked = asked_messages(request.args)

    def rows(session: Session) -> Rows:
        found = delivery.ids(session, me(), asked, _most(session))
        return len(found), lambda reading: message_rows(reading, found, EVENTS, OUT_STATES, explain)

    return _exported("消息", MESSAGE_HEADS, rows, "console.messages", kept(asked))


@guarded("staff")
def export_owed() -> ResponseReturnValue:
    """What is owed, in the way of looking that the page shows."""
    today, show = local_day(desk().clock()), request.args.get("show", "open")
    show = show if show in supplement_desk.SHOWS else "open"

    def rows(session: Session) -> Rows:
        found = supplement_desk.ids(session, me(), show, today, _most(session))
        return len(found), lambda reading: owed_rows(reading, found, due_words, OWED_STATES)

    return _exported("容缺材料", OWED_HEADS, rows, "console.owed", {"show": show})


@guarded("staff")
def export_capacity() -> ResponseReturnValue:
    """The changes of capacity of the kind that the page shows."""
    show = asked_changes(ChangeState.WAITING)

    def rows(session: Session) -> Rows:
        found = capacity_desk.ids(session, me(), show, _most(session))
        return len(found), lambda reading: capacity_rows(reading, found, became)

    return _exported("容量变化", CAPACITY_HEADS, rows, "console.capacity_changes", {"show": show})


@guarded("administrator")
def export_conduct() -> ResponseReturnValue:
    """Every fact that counts in the score of every proxy."""
    now = desk().clock()

    def rows(session: Session) -> Rows:
        found = list(conduct_rows(session, now))
        return len(found), lambda _: found

    return _exported("代办方信用", CONDUCT_HEADS, rows, "console.proxies", {})


@guarded("staff")
def export_evidence(application_id: int) -> ResponseReturnValue:
    """What the evidence says of one order: when, what, who, and the marks by which it can be checked."""

    def rows(session: Session) -> Rows:
        application = visible(session, application_id)
        found = list(evidence_rows(session, application, EVIDENCE, who))
        return len(found), lambda _: found

    asked = {"application_id": str(application_id)}
    return _exported("证据", EVIDENCE_HEADS, rows, "console.detail", asked)


@guarded("staff")
def export_troubles() -> ResponseReturnValue:
    """The report's figures: by rule, week, bureau and channel below each other."""
    now, asked = desk().clock(), asked_for()
    with desk().store.write() as session:
        rows = list(_report(session, asked, now))
        let_out(session, me(), "常见问题", dict(request.args), len(rows), now)
    heads = ("分组", "名称", "共计", *(OUTCOME_NAMES[each] for each in DRAWN), "改好的比例", "每例看几次", "耽误分钟")
    return _sent("常见问题", heads, rows)


def _exported(
    title: str, heads: Sequence[str], rows: Callable[[Session], Rows], back: str, asked: dict[str, str]
) -> ResponseReturnValue:
    """Note who takes what, then send it; a list that is too long leads back to its page with the words why."""
    now = desk().clock()
    try:
        with desk().store.write() as session:
            count, written = rows(session)
            let_out(session, me(), title, asked, count, now)
    except TooMany as refused:
        flash(str(refused), "bad")
        return redirect(url_for(back, **asked))
    with desk().store.read() as session:
        return _sent(title, heads, written(session))


def _most(session: Session) -> int:
    """One more than may go into a file, so that a longer list is seen to be longer."""
    return figure(session, "export_rows") + 1


def _report(session: Any, asked: Asked, now: Any) -> Iterable[Sequence[Any]]:
    names = bureaus(session)
    for line in troubles_report.by_rule(session, me(), asked, now):
        yield ("规则", line.key, *_figures(line))
    for line in troubles_report.by_week(session, me(), asked, now):
        yield ("周", str(line.key), *_figures(line))
    for line in troubles_report.by_bureau(session, me(), asked, now):
        yield ("供电单位", names.get(line.key, "未确定"), *_figures(line))
    for line in troubles_report.by_channel(session, me(), asked, now):
        yield ("渠道", CAME_BY.get(line.key, line.key), *_figures(line))


def _figures(line: Line) -> tuple[Any, ...]:
    outcomes = [line.outcomes.get(Outcome(each), 0) for each in DRAWN]
    helped = "" if line.helped is None else round(line.helped, 3)
    return (line.cases, *outcomes, helped, round(line.tries, 1), line.lost)


def _sent(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> ResponseReturnValue:
    name = f"{title}-{local_day(desk().clock()):%Y%m%d}.xlsx"
    return send_file(spreadsheet(title, heads, rows), mimetype=XLSX, as_attachment=True, download_name=name)
