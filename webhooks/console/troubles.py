"""What goes wrong most: counted, drawn, each figure leading to its cases, and whether other words helped."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from domain.queue.filters import CHANNELS
from domain.queue.rows import bureaus
from domain.rules import troubles_report
from domain.rules.troubles import OUTCOME_NAMES, Outcome
from domain.rules.troubles_report import SPANS, Asked, Line, compared
from webhooks.console import charts
from webhooks.console.parts import desk, me, page, page_number
from webhooks.console.words import CAME_BY
from webhooks.guards import guarded

PAGE = 50
TEN = 10
DRAWN = (Outcome.MENDED, Outcome.CARRIED, Outcome.RETURNED, Outcome.GIVEN_UP, Outcome.OPEN)
WAYS = (*CHANNELS, "console")


@guarded("staff")
def troubles() -> ResponseReturnValue:
    """The report: the ten that would save most, all of them, by week, bureau and channel."""
    now, asked, link = desk().clock(), asked_for(), Links()
    with desk().store.read() as session:
        rules = troubles_report.by_rule(session, me(), asked, now)
        shown = {
            "rules": rules,
            "severities": troubles_report.severities(session, asked, now),
            "weeks": troubles_report.by_week(session, me(), asked, now),
            "places": troubles_report.by_bureau(session, me(), asked, now),
            "ways": troubles_report.by_channel(session, me(), asked, now),
            "costs": troubles_report.costs(session),
            "names": bureaus(session),
        }
    total = sum(line.cases for line in rules)
    return page("troubles.html", asked=asked, spans=SPANS, link=link, total=total, outcomes=DRAWN, ten=TEN, **shown)


@guarded("staff")
def trouble_cases() -> ResponseReturnValue:
    """The cases behind one figure of the report."""
    now, asked, number = desk().clock(), asked_for(), page_number()
    with desk().store.read() as session:
        found, total = troubles_report.cases(session, me(), asked, now, number, PAGE)
        words = troubles_report.versions(session, me(), asked, now) if asked.rule else []
        names = bureaus(session)
    pages = max(1, -(-total // PAGE))
    says = [compared(newer.line, older.line) for newer, older in zip(words, words[1:], strict=False)]
    shown = {"found": found, "total": total, "words": words, "says": says, "names": names, "pages": pages}
    return page("trouble_cases.html", asked=asked, link=Links(), number=number, outcomes=DRAWN, **shown)


@guarded("staff")
def trouble_chart(name: str) -> ResponseReturnValue:
    """One of the report's pictures, with the report's own choices in its address."""
    draw = _CHARTS.get(name)
    if draw is None:
        abort(404)
    with desk().store.read() as session:
        return draw(session, asked_for())


def asked_for() -> Asked:
    """What the address asks of the report; what it does not know is left aside."""
    args = request.args
    channel, outcome = args.get("channel", ""), args.get("outcome", "")
    weeks = args.get("weeks", 12, type=int)
    return Asked(
        weeks=weeks if weeks in SPANS else 12,
        bureau=args.get("bureau", 0, type=int),
        channel=channel if channel in WAYS else "",
        rule=args.get("rule", "")[:80],
        outcome=outcome if outcome in OUTCOME_NAMES else "",
        version=args.get("version", None, type=int),
        week=args.get("week", None, type=date.fromisoformat),
    )


class Links:
    """Links of the report: the same choices, some changed."""

    names = ("weeks", "bureau", "channel", "rule", "outcome", "version", "week")

    def __init__(self) -> None:
        self.kept = {name: request.args[name][:80] for name in self.names if request.args.get(name)}

    def __call__(self, endpoint: str = "console.troubles", **changed: Any) -> str:
        """An address with these choices changed; None takes one away."""
        return url_for(endpoint, **{**self.kept, **changed})

    def cases(self, **changed: Any) -> str:
        """The list behind a figure."""
        return self("console.trouble_cases", **changed)


def _by_week(session: Session, asked: Asked) -> ResponseReturnValue:
    lines = troubles_report.by_week(session, me(), asked, desk().clock())
    series = [(OUTCOME_NAMES[outcome], [line.outcomes.get(outcome, 0) for line in lines]) for outcome in DRAWN]
    return charts.stacked("每周看到的问题和结果（例）", [f"{line.key:%m-%d}" for line in lines], series)


def _by_rule(session: Session, asked: Asked) -> ResponseReturnValue:
    lines = troubles_report.by_rule(session, me(), asked, desk().clock())[:TEN]
    return charts.bars("最该改的十项：耽误的小时", [line.key for line in lines], [_hours(line) for line in lines])


def _by_bureau(session: Session, asked: Asked) -> ResponseReturnValue:
    lines, names = troubles_report.by_bureau(session, me(), asked, desk().clock()), bureaus(session)
    labels = [names.get(line.key, "供电单位未确定") for line in lines]
    return charts.bars("各供电单位：耽误的小时", labels, [_hours(line) for line in lines])


def _by_channel(session: Session, asked: Asked) -> ResponseReturnValue:
    lines = troubles_report.by_channel(session, me(), asked, desk().clock())
    labels = [CAME_BY.get(line.key, line.key) for line in lines]
    return charts.bars("各渠道：耽误的小时", labels, [_hours(line) for line in lines])


def _hours(line: Line) -> float:
    return round(line.lost / 60, 1)


_CHARTS = {"week": _by_week, "rule": _by_rule, "bureau": _by_bureau, "channel": _by_channel}
