"""What became of a rule: its versions, who wrote each, and what two of them say differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.people.staff import Staff
from domain.rules.rules import DEFINED, RuleVersion


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text: kept, removed or new."""

    words: str
    change: str  # "", "del", "ins"


@dataclass(frozen=True, slots=True)
class Change:
    """One column that two versions have differently."""

    name: str
    old: Any
    new: Any
    parts: list[Part]  # for texts, word by word


@dataclass(frozen=True, slots=True)
class Written:
    """One version: who wrote it, when, and what it changed."""

    version: RuleVersion
    who: str  # empty: it came with the product
    at: datetime | None
    changes: list[Change]  # against the version before


def versions_of(session: Session, rule_id: int) -> list[Written]:
    """Every version of a rule, the newest first."""
    query = select(RuleVersion).where(RuleVersion.rule_id == rule_id).order_by(RuleVersion.version)
    rows = list(session.scalars(query))
    names = dict(
        session.execute(select(Staff.id, Staff.name).where(Staff.id.in_({row.staff_id for row in rows}))).all()
    )
    befores: list[RuleVersion | None] = [None, *rows[:-1]]
    written = [
        Written(row, names.get(row.staff_id or 0, ""), row.at, between(before, row) if before is not None else [])
        for before, row in zip(befores, rows, strict=True)
    ]
    return written[::-1]


def between(old: object, new: object, names: Sequence[str] = DEFINED) -> list[Change]:
    """What two versions say differently, in the order of these columns."""
    found = []
    for name in names:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            texts = isinstance(before, str) and isinstance(after, str)
            found.append(Change(name, before, after, _parts(before, after) if texts else []))
    return found


def _parts(old: str, new: str) -> list[Part]:
    """The two texts as one, with what was removed and what is new; nothing alike is shown as one for the other."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.4:
        return [Part(old, "del"), Part(new, "ins")]
    parts = []
    for word, a, b, c, d in matcher.get_opcodes():
        if word == "equal":
            parts.append(Part(old[a:b], ""))
            continue
        parts += [Part(words, change) for words, change in ((old[a:b], "del"), (new[c:d], "ins")) if words]
    return parts
