"""Rules that an administrator edits: a condition over the facts, how grave it is, problem and suggestion.

Every version of a rule is kept, whoever wrote it, so that it can be said later which words judged an application.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, UtcDateTime
from domain.evidence import record
from domain.registration.applications import Application
from domain.rules.conditions import BadRule, CannotJudge, applies, check_condition
from domain.rules.facts import facts_of
from domain.rules.kept import CHANGING, once
from domain.rules.shipped import SHIPPED

__all__ = ["BadRule", "check_condition"]  # callers of the rules need not know where the language is


class Severity(StrEnum):
    """What a rule that applies does."""

    BLOCKING = "blocking"  # cannot be submitted
    SUPPLEMENTABLE = "supplementable"  # may be submitted, to be handed in later
    HINT = "hint"  # the reviewer should look


class Definition:
    """What a rule says: the same columns in the rule as it stands and in each of its versions."""

    condition: Mapped[str]  # true when there IS a problem
    severity: Mapped[str]
    problem: Mapped[str]
    suggestion: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    needs_person: Mapped[bool] = mapped_column(default=False)  # in automatic modes this case goes to a person
    document: Mapped[str] = mapped_column(default="")  # what is to be handed in: see `paper_of`
    bureaus: Mapped[list[str]] = mapped_column(JSON, default=list)  # codes; none means every bureau
    kinds: Mapped[list[str]] = mapped_column(JSON, default=list)  # of account; none means every kind
    valid_from: Mapped[date | None]  # the first and the last day on which it holds; open where there is none
    valid_to: Mapped[date | None]

    def definition(self) -> dict[str, Any]:
        """What the rule says, by column."""
        return {name: getattr(self, name) for name in DEFINED}

    def holds(self, kind: str, bureau: str | None, today: date) -> bool:
        """Whether the rule is for that kind of account, at that bureau, on that day."""
        if (self.valid_from and today < self.valid_from) or (self.valid_to and today > self.valid_to):
            return False
        return (not self.kinds or kind in self.kinds) and (not self.bureaus or bureau in self.bureaus)


# Every column of a definition, with what a rule has where nothing is said of it.
DEFAULTS: Mapping[str, Any] = {
    "active": True,
    "needs_person": False,
    "document": "",
    "bureaus": [],
    "kinds": [],
    "valid_from": None,
    "valid_to": None,
}
DEFINED = ("condition", "severity", "problem", "suggestion", *DEFAULTS)


class Rule(Definition, Base):
    """A rule as it stands. Its name stays: what was counted under it would be counted no more."""

    __tablename__ = "rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)


CHANGING.add(Rule)


class RuleVersion(Definition, Base):
    """One version of a rule; rows are added and never changed."""

    __tablename__ = "rule_versions"
    __table_args__ = (UniqueConstraint("rule_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rules.id"))
    version: Mapped[int]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # None: it came with the product
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: as the product was set up or brought up to date


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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules said of an application, and on which facts: kept by `domain.rules.judgements`."""

    problems: list[Problem]  # the blocking ones first
    facts: Mapping[str, Any]
    asked: Mapping[int, int]  # rule → the version that was asked
    found: frozenset[int]  # the rules that apply


def judge(session: Session, application: Application, today: date) -> list[Problem]:
    """The problems of an application by the active rules, the blocking ones first. A rule that fails on it counts as
    a hint to the reviewer: it neither stops nor passes anybody unseen."""
    return verdict(session, application, today).problems


def verdict(session: Session, application: Application, today: date) -> Verdict:
    """Like `judge`, with what the rules saw."""
    facts = facts_of(session, application, today)
    bureau = application.bureau.code if application.bureau is not None else None
    rules = [rule for rule in _rules(session) if rule.active and rule.holds(application.kind, bureau, today)]
    said = {rule.id: problem for rule in rules if (problem := _ask(rule, facts)) is not None}
    order = list(Severity)
    problems = sorted(said.values(), key=lambda problem: order.index(Severity(problem.severity)))
    return Verdict(problems, facts, {rule.id: rule.version for rule in rules}, frozenset(said))


def ship(session: Session) -> None:
    """Add the rules that a market starts with and that are not there yet. One that nobody has edited follows the
    product, as a new version; an edited one is left as it is."""
    known = {rule.name: rule for rule in session.scalars(select(Rule))}
    edited = set(session.scalars(select(RuleVersion.rule_id).where(RuleVersion.staff_id.is_not(None))))
    for shipped in SHIPPED:
        told = {**DEFAULTS, **{name: value for name, value in shipped.items() if name != "name"}}
        rule = known.get(str(shipped["name"]))
        if rule is None:
            rule = Rule(name=shipped["name"], **told)
            session.add(rule)
            session.flush()
            _keep(session, rule, None, None)
        elif rule.id not in edited and rule.definition() != told:
            _change(session, rule, told, None, None)


def create(session: Session, name: str, new: Mapping[str, Any], staff_id: int, now: datetime) -> Rule:
    """A new rule. BadRule when its name is taken, or the condition cannot be read."""
    check_condition(str(new["condition"]))
    if session.scalar(select(Rule.id).where(Rule.name == name)) is not None:
        raise BadRule(f"已经有一条规则叫“{name}”，请换个名称")
    rule = Rule(name=name, **{**DEFAULTS, **new})
    session.add(rule)
    session.flush()
    _keep(session, rule, staff_id, now)
    record(session, "rule_made", ("rule", rule.id), f"staff:{staff_id}", _as_json(rule.definition()), now)
    return rule


def edit(session: Session, rule_id: int, new: Mapping[str, Any], staff_id: int, now: datetime) -> Rule:
    """Change a rule and keep the change as its next version. BadRule when the condition cannot be read."""
    rule = session.scalars(select(Rule).where(Rule.id == rule_id).with_for_update()).one()
    check_condition(str(new.get("condition", rule.condition)))
    changed = {name: value for name, value in new.items() if getattr(rule, name) != value}
    if changed:
        _change(session, rule, changed, staff_id, now)
        data = {"version": rule.version, **_as_json(changed)}
        record(session, "rule_changed", ("rule", rule.id), f"staff:{staff_id}", data, now)
    return rule


def set_back(session: Session, rule_id: int, version: int, staff_id: int, now: datetime) -> Rule:
    """Make an older version hold again, as a new version. BadRule where there is none, or it can no longer be read."""
    row = session.scalar(select(RuleVersion).where(RuleVersion.rule_id == rule_id, RuleVersion.version == version))
    if row is None:
        raise BadRule("没有这一版，请刷新后再试")
    return edit(session, rule_id, row.definition(), staff_id, now)


def paper_of(document: str) -> tuple[str, str]:
    """The kind of document and whose it is: "letter:owner" is the owner's letter, "licence" the company's own."""
    kind, _, party = document.partition(":")
    return kind, party


def worded(words: str, facts: Mapping[str, Any]) -> str:
    """The words with the facts in them; what is not known, or is no fact, becomes a dash: a slip stops nobody."""
    known = {name: "—" if value is None else value for name, value in facts.items()}
    return words.format_map(defaultdict(lambda: "—", known))


def _rules(session: Session) -> list[Rule]:
    return once(session, "rules", lambda: list(session.scalars(select(Rule).order_by(Rule.id))))


def _ask(rule: Rule, facts: Mapping[str, Any]) -> Problem | None:
    """What one rule says. One that cannot be worked out is a hint that a person must look at."""
    try:
        if not applies(rule.condition, facts):
            return None
    except CannotJudge:
        words = f"规则“{rule.name}”无法判断", "请人工核对"
        return Problem(rule.name, rule.version, Severity.HINT, *words, needs_person=True)
    words = worded(rule.problem, facts), worded(rule.suggestion, facts)
    return Problem(rule.name, rule.version, rule.severity, *words, rule.needs_person, rule.document)


def _change(session: Session, rule: Rule, new: Mapping[str, Any], staff_id: int | None, now: datetime | None) -> None:
    for name, value in new.items():
        setattr(rule, name, value)
    rule.version += 1
    _keep(session, rule, staff_id, now)


def _keep(session: Session, rule: Rule, staff_id: int | None, now: datetime | None) -> None:
    kept = RuleVersion(rule_id=rule.id, version=rule.version, staff_id=staff_id, at=now, **rule.definition())
    session.add(kept)


def _as_json(definition: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in definition.items()}
