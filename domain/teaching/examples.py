"""Labelled words as examples for nlu/: Rasa's YAML, invented values for what was masked, each once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.evidence import record
from domain.teaching.labels import INTENTS
from domain.teaching.masking import invented, masked
from domain.teaching.tables import BY_PERSON, Heard

_HEAD = """version: "3.1"

# From real conversations, labelled by people. Names, numbers, codes and addresses are invented.
nlu:
"""


@dataclass(frozen=True, slots=True)
class Example:
    """One example: what is meant, how it was said, and where the talk stood."""

    intent: str
    text: str
    asking: str
    stage: str
    role: str

    def lines(self) -> str:
        """As a file of examples has it."""
        known = {"asking": self.asking, "stage": self.stage, "role": self.role}
        context = ", ".join(f"{name}: {value}" for name, value in known.items() if value)
        return f"      - text: |\n          {self.text}\n        metadata: {{{context}}}\n"


def examples(session: Session) -> list[Example]:
    """Each labelled text after each question once. Where people differ, the last word of staff counts before that of
    the person who wrote."""
    query = select(Heard).where(Heard.listed.is_(True), Heard.label.in_(INTENTS))
    best: dict[tuple[str, str], Example] = {}
    for row in session.scalars(query.order_by(Heard.label_by != BY_PERSON, Heard.labelled_at, Heard.id)):
        text = invented(masked(row.masked))
        best[text, row.asking] = Example(row.label, text, row.asking, row.stage, row.role)
    return sorted(best.values(), key=lambda each: (each.intent, each.text, each.asking))


def written(session: Session, staff_id: int, now: datetime) -> str:
    """The file of all examples; who took it away is kept."""
    found = examples(session)
    data = {"what": "听懂了吗", "asked": {}, "rows": len(found), "personal": False}
    record(session, "exported", ("staff", staff_id), f"staff:{staff_id}", data, now)
    return _HEAD + "\n".join(_by_intent(found)) if found else _HEAD.replace("nlu:\n", "nlu: []\n")


def _by_intent(found: list[Example]) -> Iterator[str]:
    for intent in sorted({each.intent for each in found}):
        lines = "".join(each.lines() for each in found if each.intent == intent)
        yield f"  - intent: {intent}\n    examples:\n{lines}"
