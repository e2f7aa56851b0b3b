"""What goes wrong most (A12), counted: by rule, week, bureau and channel, what each costs, and whether words helped.

Lost minutes of a rule = minutes from the first showing until it was mended, at most `trouble_cap_minutes` for each case
+ `trouble_give_up_minutes` for each application given up + `trouble_return_minutes` for each return."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from domain.people.staff import OrganisationKind, Staff
from domain.registration.applications import Application
from domain.rules.troubles import Outcome, Trouble, TroubleText, monday
from domain.settings import figure

SPANS = (4, 12, 26, 52)  # weeks
NO_BUREAU = -1  # asks for the cases whose bureau is not known
ENOUGH = 20  # cases of a version, below which nothing is concluded
ENDED = (Outcome.MENDED, Outcome.RETURNED, Outcome.GIVEN_UP)


@dataclass(frozen=True, slots=True)
class Asked:
    """Of what the report is: the last so many weeks, of one bureau, channel, rule, outcome, week, or of all."""

    weeks: int = 12
    bureau: int = 0
    channel: str = ""
    rule: str = ""
    outcome: str = ""
    version: int | None = None
    week: date | None = None


@dataclass(slots=True)
class Line:
    """One rule, week, bureau, channel or version: how many cases came to what, and what they cost."""

    key: Any
    outcomes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    times: int = 0  # showings
    minutes: int = 0  # until mended, capped
    lost: int = 0

    @property
    def cases(self) -> int:
        """How many problems were shown to somebody."""
        return sum(self.outcomes.values())

    @property
    def helped(self) -> float | None:
        """Which share of what has ended was mended; None while nothing has."""
        ended = sum(self.outcomes[outcome] for outcome in ENDED)
        return self.outcomes[Outcome.MENDED] / ended if ended else None

    @property
    def tries(self) -> float:
        """How often one case was shown, on average."""
        return self.times / self.cases if self.cases else 0.0

    @property
    def minutes_each(self) -> float | None:
        """How many minutes mending took, on average; None where nothing was mended."""
        mended = self.outcomes[Outcome.MENDED]
        return self.minutes / mended if mended else None


@dataclass(frozen=True, slots=True)
class Worded:
    """One version of a rule's words with what it came to."""

    line: Line
    words: TroubleText | None


@dataclass(frozen=True, slots=True)
class Case:
    """One problem of one application, as a list shows it. `application` is None for a draft and for a stranger's."""

    it: Trouble
    application: Application | None


def by_rule(session: Session, staff: Staff, asked: Asked, now: datetime) -> list[Line]:
    """The rules and reasons of returns, what costs most first: the first ten are those that would save most."""
    found = _lines(session, staff, asked, now, Trouble.rule)
    return sorted(found, key=lambda line: (-line.lost, -line.cases, str(line.key)))


def by_week(session: Session, staff: Staff, asked: Asked, now: datetime) -> list[Line]:
    """Every week of the span, the oldest first, also those in which nothing was shown."""
    found = {line.key: line for line in _lines(session, staff, asked, now, Trouble.week)}
    weeks = [monday(now) - timedelta(weeks=back) for back in range(asked.weeks - 1, -1, -1)]
    return [found.get(week, Line(week)) for week in weeks]


def by_bureau(session: Session, staff: Staff, asked: Asked, now: datetime) -> list[Line]:
    """The bureaus, what costs most first; None is where no bureau was known yet."""
    return sorted(_lines(session, staff, asked, now, Trouble.bureau_id), key=lambda line: -line.lost)


def by_channel(session: Session, staff: Staff, asked: Asked, now: datetime) -> list[Line]:
    """The ways on which it was shown, what costs most first."""
    return sorted(_lines(session, staff, asked, now, Trouble.channel), key=lambda line: -line.lost)


def versions(session: Session, staff: Staff, asked: Asked, now: datetime) -> list[Worded]:
    """A rule's wordings, the newest first, with what each came to."""
    words = {row.version: row for row in session.scalars(select(TroubleText).where(TroubleText.rule == asked.rule))}
    lines = sorted(_lines(session, staff, asked, now, Trouble.version), key=lambda line: -line.key)
    return [Worded(line, words.get(line.key)) for line in lines]


def compared(newer: Line, older: Line) -> str:
    """Whether other words helped, in a sentence; nothing is concluded from a few cases."""
    ends = [sum(line.outcomes[outcome] for outcome in ENDED) for line in (newer, older)]
    if min(ends) < ENOUGH or newer.helped is None or older.helped is None:
        return f"有结果的不到 {ENOUGH} 例，还看不出有没有用。"
    change = round((newer.helped - older.helped) * 100)
    word = "更有用" if change >= 5 else "反而差了" if change <= -5 else "差不多"
    return (
        f"{word}：改好的从 {older.helped:.0%} 变为 {newer.helped:.0%}，"
        f"每例看 {older.tries:.1f} 次变为 {newer.tries:.1f} 次。"
    )


def cases(session: Session, staff: Staff, asked: Asked, now: datetime, page: int, size: int) -> tuple[list[Case], int]:
    """The cases behind a figure, the newest first, and how many there are."""
    which = _which(staff, asked, now)
    total = session.scalar(select(func.count()).select_from(Trouble).where(*which)) or 0
    query = select(Trouble, Application).join(Application, Trouble.application_id == Application.id).where(*which)
    rows = session.execute(query.order_by(Trouble.id.desc()).limit(size).offset(size * (page - 1)))
    return [Case(row, it if _may_open(staff, it) else None) for row, it in rows], total


def costs(session: Session) -> Mapping[str, int]:
    """The figures of the formula, as set."""
    return {name: figure(session, f"trouble_{name}_minutes") for name in ("cap", "give_up", "return")}


def _may_open(staff: Staff, application: Application) -> bool:
    if application.submitted_at is None:
        return False
    return staff.organisation.kind == OrganisationKind.CENTRE or application.bureau_id == staff.organisation_id


def _lines(
    session: Session, staff: Staff, asked: Asked, now: datetime, by: InstrumentedAttribute[Any]
) -> Iterable[Line]:
    each = costs(session)
    capped = func.sum(case((Trouble.minutes > each["cap"], each["cap"]), else_=Trouble.minutes))
    query = select(by, Trouble.outcome, func.count(), func.sum(Trouble.times), capped)
    found: dict[Any, Line] = {}
    for key, outcome, count, times, minutes in session.execute(
        query.where(*_which(staff, asked, now)).group_by(by, Trouble.outcome)
    ):
        line = found.setdefault(key, Line(key))
        line.outcomes[outcome] += count
        line.times += times
        line.minutes += minutes if outcome == Outcome.MENDED else 0
        line.lost += _COSTS[outcome](each, count, minutes)
    return found.values()


_COSTS: Mapping[str, Callable[[Mapping[str, int], int, int], int]] = {
    Outcome.MENDED: lambda each, count, minutes: minutes,
    Outcome.GIVEN_UP: lambda each, count, minutes: each["give_up"] * count,
    Outcome.RETURNED: lambda each, count, minutes: each["return"] * count,
    Outcome.OPEN: lambda each, count, minutes: 0,
    Outcome.CARRIED: lambda each, count, minutes: 0,
}


def _which(staff: Staff, asked: Asked, now: datetime) -> list[ColumnElement[bool]]:
    """What was shown to somebody, in the span, that this member of staff may see: a bureau its own."""
    found = [Trouble.times > 0, Trouble.week > monday(now) - timedelta(weeks=asked.weeks)]
    if staff.organisation.kind == OrganisationKind.BUREAU:
        found.append(Trouble.bureau_id == staff.organisation_id)
    elif staff.organisation.kind != OrganisationKind.CENTRE:
        found.append(false())
    if asked.bureau:
        found.append(Trouble.bureau_id == (asked.bureau if asked.bureau != NO_BUREAU else None))
    chosen = {"channel": asked.channel, "rule": asked.rule, "outcome": asked.outcome, "week": asked.week}
    found += [getattr(Trouble, name) == value for name, value in chosen.items() if value]
    return found + ([Trouble.version == asked.version] if asked.version is not None else [])


def severities(session: Session, asked: Asked, now: datetime) -> dict[str, str]:
    """How grave each rule is, as it was shown last in the span."""
    query = select(Trouble.rule, Trouble.severity, func.max(Trouble.id)).group_by(Trouble.rule, Trouble.severity)
    rows = session.execute(query.where(Trouble.week > monday(now) - timedelta(weeks=asked.weeks))).all()
    return {rule: severity for rule, severity, _ in sorted(rows, key=lambda row: row[2])}
