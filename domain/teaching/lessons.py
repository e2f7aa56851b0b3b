"""What was not understood, as people label it: equal words together, newest first, and the figures of each week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select, update
from sqlalchemy.orm import Session

from domain.rules.troubles import monday
from domain.teaching.labels import INTENTS
from domain.teaching.tables import HUMAN, IGNORED, UNSURE, Heard

# The ways to look at them, and what each holds.
SHOWS: Mapping[str, str] = {
    "open": "待标注", "labelled": "已标注", IGNORED: "已忽略", "unsure": "所有没听懂的", "human": "所有转人工的",
    "unanswered": "知识库没答上的",
}  # fmt: skip
_HOLD: Mapping[str, ColumnElement[bool]] = {
    "open": and_(Heard.label == "", Heard.unanswered.is_(False)),  # what lacks an article was understood
    "labelled": Heard.label.not_in(("", IGNORED)),
    IGNORED: Heard.label == IGNORED,
    "unsure": Heard.intent == UNSURE,
    "human": Heard.next == HUMAN,
    "unanswered": Heard.unanswered.is_(True),
}
WEEKS = 8


class BadLabel(ValueError):
    """No intent; the text says in Chinese what to do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at: one of `SHOWS`, of one week (its Monday) or of all."""

    show: str = "open"
    week: date | None = None

    def holds(self) -> list[ColumnElement[bool]]:
        """As conditions."""
        return [Heard.listed.is_(True), _HOLD[self.show], *([Heard.week == self.week] if self.week else [])]


@dataclass(frozen=True, slots=True)
class Lesson:
    """Equal words after the same question: the newest of them, and how many there are."""

    newest: Heard
    times: int


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what is looked at, how many different words there are in all, and how many messages."""

    lessons: list[Lesson]
    kinds: int
    messages: int


@dataclass(frozen=True, slots=True)
class Week:
    """The figures of one week: its Monday, understood surely, unsure, followed at once by 人工, labelled."""

    monday: date
    sure: int
    unsure: int
    human: int
    labelled: int


def look(session: Session, asked: Asked, page: int, size: int) -> Found:
    """One page of what is asked for, newest first."""
    newest, times = func.max(Heard.id), func.count()
    groups = select(newest.label("id"), times.label("times")).where(*asked.holds()).group_by(Heard.same)
    rows = session.execute(groups.order_by(newest.desc()).limit(size).offset((page - 1) * size)).all()
    by_id = {row.id: row for row in session.scalars(select(Heard).where(Heard.id.in_([row.id for row in rows])))}
    kinds = session.scalar(select(func.count()).select_from(groups.subquery())) or 0
    return Found([Lesson(by_id[row.id], row.times) for row in rows], kinds, how_many(session, asked))


def how_many(session: Session, asked: Asked) -> int:
    """How many messages are among what is asked for."""
    return session.scalar(select(func.count()).select_from(Heard).where(*asked.holds())) or 0


def label(session: Session, heard_id: int, intent: str, staff_id: int, now: datetime) -> int:
    """Say what a message, and all with equal words, meant; IGNORED: nothing to learn; empty: open again. How many."""
    if intent not in INTENTS and intent not in (IGNORED, ""):
        raise BadLabel("请从列表里选一个意思")
    row = session.get_one(Heard, heard_id)
    if not row.listed:
        raise BadLabel("这一条没有留原文，不能标注")
    by, at = (f"staff:{staff_id}", now) if intent else ("", None)
    changed: Any = session.execute(
        update(Heard)
        .where(Heard.listed.is_(True), Heard.same == row.same)
        .values(label=intent, label_by=by, labelled_at=at)
    )
    return int(changed.rowcount)


def by_week(session: Session, now: datetime) -> list[Week]:
    """The last weeks, as far as they have figures, newest first."""
    sums = (
        _how_many(Heard.intent != UNSURE),
        *(_how_many(Heard.listed.is_(True) & _HOLD[show]) for show in ("unsure", "human", "labelled")),
    )
    first = monday(now) - timedelta(weeks=WEEKS - 1)
    query = select(Heard.week, *sums).where(Heard.week >= first).group_by(Heard.week).order_by(Heard.week.desc())
    return [Week(*row) for row in session.execute(query)]


def _how_many(these: ColumnElement[bool]) -> Any:
    return func.sum(case((these, 1), else_=0))
