"""Rules that an administrator edits: a condition over the facts, how grave it is, problem and suggestion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import rule_engine  # type: ignore[import-untyped]
from sqlalchemy import JSON, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.applications import Application
from domain.base import Base, UtcDateTime
from domain.rule_facts import facts_of
from domain.rules_shipped import SHIPPED

_CONTEXT = rule_engine.Context(default_value=None)  # a fact that is not there is null


class Severity(StrEnum):
    """What a rule that applies does."""

    BLOCKING = "blocking"  # cannot be submitted
    SUPPLEMENTABLE = "supplementable"  # may be submitted, to be handed in later
    HINT = "hint"  # the reviewer should look


class BadRule(ValueError):
    """A condition that cannot be read, or that fails on an application; the text says in Chinese where."""


class Rule(Base):
    """A rule as it stands. `condition` is true when there IS a problem."""

    __tablename__ = "rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    condition: Mapped[str]
    severity: Mapped[str]
    problem: Mapped[str]
    suggestion: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    needs_person: Mapped[bool] = mapped_column(default=False)  # in automatic modes this case goes to a person
    document: Mapped[str] = mapped_column(default="")  # what is to be handed in: see `paper_of`
    bureaus: Mapped[list[str]] = mapped_column(JSON, default=list)  # codes; none means every bureau
    kinds: Mapped[list[str]] = mapped_column(JSON, default=list)  # of account; none means every kind
    valid_from: Mapped[date | None]  # the first and the last day on which it holds; open where there is none
    valid_to: Mapped[date | None]

    def holds(self, kind: str, bureau: str | None, today: date) -> bool:
        """Whether the rule is for that kind of account, at that bureau, on that day."""
        if (self.valid_from and today < self.valid_from) or (self.valid_to and today > self.valid_to):
            return False
        return (not self.kinds or kind in self.kinds) and (not self.bureaus or bureau in self.bureaus)


class RuleChange(Base):
    """Who changed which rule, when, from what to what."""

    __tablename__ = "rule_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rules.id"))
    version: Mapped[int]
    old: Mapped[dict[str, Any]] = mapped_column(JSON)
    new: Mapped[dict[str, Any]] = mapped_column(JSON)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that applies to an application, in the words that the user and the reviewer read."""

    rule: str
    version: int
    severity: str
    problem: str
    suggestion: str
    needs_person: bool = False  # in automatic modes this case goes to a person
    document: str = ""  # what is to be handed in: see `paper_of`; empty where no document would mend it

    def to_json(self) -> dict[str, str]:
        """The problem as a step keeps it."""
        return {
            "rule": self.rule,
            "version": str(self.version),
            "severity": self.severity,
            "problem": self.problem,
            "suggestion": self.suggestion,
            "needs_person": "yes" if self.needs_person else "",
            "document": self.document,
        }


def ship(session: Session) -> None:
    """Add the rules that a market starts with and that are not there yet; an edited rule is left as it is."""
    known = set(session.scalars(select(Rule.name)))
    for rule in SHIPPED:
        if rule["name"] not in known:
            session.add(Rule(**rule))


def edit(session: Session, rule_id: int, new: Mapping[str, Any], staff_id: int, now: datetime) -> Rule:
    """Change a rule and keep the change. BadRule when the condition cannot be read."""
    rule = session.get_one(Rule, rule_id)
    check_condition(str(new.get("condition", rule.condition)))
    old = {name: getattr(rule, name) for name in new}
    if old == dict(new):
        return rule
    for name, value in new.items():
        setattr(rule, name, value)
    rule.version += 1
    session.add(RuleChange(rule_id=rule.id, version=rule.version, old=old, new=dict(new), staff_id=staff_id, at=now))
    return rule


def check_condition(condition: str) -> None:
    """BadRule when the condition cannot be read; nothing in it can run code (rule-engine's own grammar)."""
    try:
        rule_engine.Rule(condition, context=_CONTEXT)
    except rule_engine.errors.EngineError as error:
        raise BadRule(f"条件写法有误：{error.message}") from None


def judge(session: Session, application: Application, today: date) -> list[Problem]:
    """The problems of an application by the active rules, the blocking ones first. A rule that fails on it counts as
    a hint to the reviewer: it neither stops nor passes anybody unseen."""
    facts = facts_of(session, application, today)
    found = []
    for rule in session.scalars(select(Rule).where(Rule.active.is_(True)).order_by(Rule.id)):
        if not rule.holds(application.kind, application.bureau.code if application.bureau else None, today):
            continue
        try:
            applies = rule_engine.Rule(rule.condition, context=_CONTEXT).matches(facts)
        except rule_engine.errors.EngineError:
            found.append(_broken(rule))
            continue
        if applies:
            found.append(_problem(rule, facts))
    order = list(Severity)
    return sorted(found, key=lambda problem: order.index(Severity(problem.severity)))


def paper_of(document: str) -> tuple[str, str]:
    """The kind of document and whose it is: "letter:owner" is the owner's letter, "licence" the company's own."""
    kind, _, party = document.partition(":")
    return kind, party


def _problem(rule: Rule, facts: Mapping[str, Any]) -> Problem:
    words = _fill(rule.problem, facts), _fill(rule.suggestion, facts)
    return Problem(rule.name, rule.version, rule.severity, *words, rule.needs_person, rule.document)


def _broken(rule: Rule) -> Problem:
    words = f"规则“{rule.name}”无法判断", "请人工核对"
    return Problem(rule.name, rule.version, Severity.HINT, *words, needs_person=True)


def _fill(words: str, facts: Mapping[str, Any]) -> str:
    """The words with the facts in them; what is not known, or is no fact, becomes a dash: a slip stops nobody."""
    known = {name: "—" if value is None else value for name, value in facts.items()}
    return words.format_map(defaultdict(lambda: "—", known))
