"""How often each article is asked for, by day: what to write better, and what nobody asks. Numbers only, no person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from domain.knowledge.tables import ASKED_BACK, NONE_FOUND, ArticleCount
from domain.messages.messages import Say

RECENT = 30  # days, today among them
_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class Times:
    """How often something was answered: in the last days, and ever since it is counted."""

    recent: int = 0
    ever: int = 0


def note(session: Session, says: Sequence[Say], day: date) -> None:
    """Count the articles among the answers of one message, each once. Always in the same order, and last of all: two
    turns that count the same articles wait for each other, and only for a moment."""
    insert = _INSERT[session.get_bind().dialect.name]
    for key in sorted({say.article.partition("/")[0] for say in says if say.article}):
        first = insert(ArticleCount).values(key=key, day=day, times=1)
        more = {"times": ArticleCount.times + 1}
        session.execute(first.on_conflict_do_update(index_elements=["key", "day"], set_=more))


def asked(session: Session, today: date) -> Mapping[str, Times]:
    """How often each was answered, by key. What never was is not among them."""
    in_time = case((ArticleCount.day > today - timedelta(days=RECENT), ArticleCount.times), else_=0)
    query = select(ArticleCount.key, func.sum(in_time), func.sum(ArticleCount.times)).group_by(ArticleCount.key)
    return {key: Times(int(recent), int(ever)) for key, recent, ever in session.execute(query)}


def total(times: Mapping[str, Times]) -> Times:
    """How often any article was the answer."""
    given = [each for key, each in times.items() if key not in (NONE_FOUND, ASKED_BACK)]
    return Times(sum(each.recent for each in given), sum(each.ever for each in given))


def rank(times: Mapping[str, Times], key: str) -> tuple[int, int]:
    """By which articles stand in order, the most asked for lately first."""
    found = times.get(key, Times())
    return -found.recent, -found.ever


def by_month(session: Session, key: str, months: int = 12) -> list[tuple[str, int]]:
    """How often one was answered in each month (“2026-11”) in which it was, the newest first."""
    rows = session.execute(select(ArticleCount.day, ArticleCount.times).where(ArticleCount.key == key))
    sums: dict[str, int] = {}
    for day, times in rows:
        sums[f"{day:%Y-%m}"] = sums.get(f"{day:%Y-%m}", 0) + times
    return sorted(sums.items(), reverse=True)[:months]
