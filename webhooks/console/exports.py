"""Lists taken away as spreadsheets: the same choices as the page, in a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from domain.exports import QUEUE_HEADS, TooMany, let_out, queue_rows, spreadsheet
from domain.queue import queue
from domain.queue.rows import bureaus
from domain.rules import troubles_report
from domain.rules.troubles import OUTCOME_NAMES, Outcome
from domain.rules.troubles_report import Asked, Line
from domain.settings import figure
from domain.workdays import local_day
from webhooks.console.parts import desk, me
from webhooks.console.troubles import DRAWN, asked_for
from webhooks.console.waiting import address_of, wanted_from
from webhooks.console.words import CAME_BY
from webhooks.guards import guarded

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@guarded("staff")
def export_queue() -> ResponseReturnValue:
    """The queue as it is narrowed, on all its pages."""
    now, wanted = desk().clock(), wanted_from(request.args)
    try:
        with desk().store.write() as session:
            late = queue.limits(session, local_day(now))
            found = queue.ids(session, me(), wanted, late, figure(session, "export_rows") + 1)
            let_out(session, me(), "审核列表", address_of(wanted), len(found), now)
    except TooMany as refused:
        flash(str(refused), "bad")
        return redirect(url_for("console.queue", **address_of(wanted)))
    with desk().store.read() as session:
        return _sent("审核列表", QUEUE_HEADS, queue_rows(session, found, dict(CAME_BY)))


@guarded("staff")
def export_troubles() -> ResponseReturnValue:
    """The report's figures: by rule, week, bureau and channel below each other."""
    now, asked = desk().clock(), asked_for()
    with desk().store.write() as session:
        rows = list(_report(session, asked, now))
        let_out(session, me(), "常见问题", dict(request.args), len(rows), now)
    heads = ("分组", "名称", "共计", *(OUTCOME_NAMES[each] for each in DRAWN), "改好的比例", "每例看几次", "耽误分钟")
    return _sent("常见问题", heads, rows)


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
