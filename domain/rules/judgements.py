"""What the rules said when an application was handed in: which versions were asked, on which facts, what they found.

So a reviewer sees by which version an application was judged and why, and a changed rule can be tried on what was
handed in before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, SealedJson, UtcDateTime
from domain.registration.applications import Application
from domain.rules.conditions import BadRule, symbols
from domain.rules.rules import Rule, RuleVersion, Verdict
from domain.workdays import local_day

MONTH = timedelta(days=30)


class Outcome(StrEnum):
    """What became of an application that was judged."""

    SUBMITTED = "submitted"
    STOPPED = "stopped"  # a blocking rule applied


class Judgement(Base):
    """One judgement of one application. The facts are as they were, sealed like all that people tell."""

    __tablename__ = "judgements"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    outcome: Mapped[str]
    day: Mapped[date]  # in China: rules with dates were asked as of that day
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    asked: Mapped[dict[str, int]] = mapped_column(JSON)  # rule → version
    found: Mapped[list[int]] = mapped_column(JSON)  # the rules that applied
    facts: Mapped[dict[str, Any]] = mapped_column(SealedJson)


@dataclass(frozen=True, slots=True)
class Seen:
    """Why a rule applied: its version then, and what its condition saw."""

    rule: Rule
    version: RuleVersion
    facts: dict[str, Any]


def keep(session: Session, application: Application, said: Verdict, outcome: Outcome, now: datetime) -> Judgement:
    """Keep a verdict. An application that stays stopped has one row, the newest: people try many times."""
    if outcome == Outcome.STOPPED:
        session.execute(
            delete(Judgement).where(
                Judgement.application_id == application.id,
                Judgement.outcome == outcome,
                Judgement.day == local_day(now),
            )
        )
    made = Judgement(
        application_id=application.id,
        outcome=outcome,
        day=local_day(now),
        at=now,
        asked={str(rule_id): version for rule_id, version in said.asked.items()},
        found=sorted(said.found),
        facts=to_json(said.facts),
    )
    session.add(made)
    return made


def latest(session: Session, application: Application) -> Judgement | None:
    """The judgement by which an application was last handed in."""
    query = select(Judgement).where(Judgement.application_id == application.id, Judgement.outcome == Outcome.SUBMITTED)
    return session.scalar(query.order_by(Judgement.id.desc()).limit(1))


def seen(session: Session, judgement: Judgement) -> list[Seen]:
    """The rules that applied, each in the version that was asked, with the facts that its condition saw."""
    facts = from_json(judgement.facts)
    found = []
    for rule_id in judgement.found:
        version = judgement.asked.get(str(rule_id))
        query = select(Rule, RuleVersion).join(RuleVersion, RuleVersion.rule_id == Rule.id)
        row = session.execute(query.where(Rule.id == rule_id, RuleVersion.version == version)).first()
        if row is not None:
            found.append(Seen(row[0], row[1], {name: facts.get(name) for name in sorted(_asked_by(row[1].condition))}))
    return found


def hits(session: Session, now: datetime) -> dict[int, int]:
    """How many applications of the last thirty days each rule applied to, at whichever try."""
    rows = session.execute(select(Judgement.application_id, Judgement.found).where(Judgement.at > now - MONTH))
    pairs = {(rule_id, application_id) for application_id, found in rows for rule_id in found}
    counted: dict[int, int] = {}
    for rule_id, _ in pairs:
        counted[rule_id] = counted.get(rule_id, 0) + 1
    return counted


def met(session: Session, rule_id: int, now: datetime) -> list[tuple[int, datetime]]:
    """The applications behind a rule's figure of `hits`, with when it last applied, the newest first."""
    rows = session.execute(
        select(Judgement.application_id, Judgement.found, Judgement.at)
        .where(Judgement.at > now - MONTH)
        .order_by(Judgement.at)
    )
    last = {application_id: at for application_id, found, at in rows if rule_id in found}
    return sorted(last.items(), key=lambda each: each[1], reverse=True)


def to_json(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as a JSON value; days and figures keep their kind."""
    return {name: _to_json(value) for name, value in facts.items()}


def from_json(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that `to_json` gave."""
    return {name: _from_json(value) for name, value in kept.items()}


def _to_json(value: Any) -> Any:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return {"figure": f"{value:f}"} if isinstance(value, Decimal) else value


def _from_json(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return date.fromisoformat(value["day"]) if "day" in value else Decimal(value["figure"])


def _asked_by(condition: str) -> frozenset[str]:
    try:
        return symbols(condition)
    except BadRule:  # an old version in a wider language
        return frozenset()
