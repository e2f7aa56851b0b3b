"""Rules that an administrator edits: a condition over the facts, how grave it is, problem and suggestion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

import rule_engine  # type: ignore[import-untyped]
from sqlalchemy import JSON, ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.applications import EDITABLE, Application, Source, Stage
from domain.base import Base, UtcDateTime
from domain.intake import same
from domain.rules_shipped import SHIPPED
from domain.sms_person import proved_later

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

    def to_json(self) -> dict[str, str]:
        """The problem as a step keeps it."""
        return {
            "rule": self.rule,
            "version": str(self.version),
            "severity": self.severity,
            "problem": self.problem,
            "suggestion": self.suggestion,
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
        try:
            applies = rule_engine.Rule(rule.condition, context=_CONTEXT).matches(facts)
        except rule_engine.errors.EngineError:
            found.append(Problem(rule.name, rule.version, Severity.HINT, f"规则“{rule.name}”无法判断", "请人工核对"))
            continue
        if applies:
            words = _fill(rule.problem, facts), _fill(rule.suggestion, facts)
            found.append(Problem(rule.name, rule.version, rule.severity, *words))
    order = list(Severity)
    return sorted(found, key=lambda problem: order.index(Severity(problem.severity)))


def facts_of(session: Session, application: Application, today: date) -> dict[str, Any]:
    """The facts that a condition may use; `docs/rules.md` lists them. One that is not known is null."""
    company = (application.facts or {}).get("company") or {}
    account = (application.facts or {}).get("account") or {}
    photo_name = application.said_by("name", Source.OCR)
    return {
        "today": today,
        "code": application.value("code"),
        "code_doubted": _doubted(application),
        "name": application.value("name"),
        "photo_name": photo_name.value if photo_name is not None else None,
        "legal_person": application.value("legal_person"),
        "registry_known": bool(company),
        "registry_name": company.get("name"),
        "registry_legal_person": company.get("legal_person"),
        "registry_status": company.get("status"),
        "registry_down": any(name in application.missing_facts for name in ("registry", "registry_name")),
        "licence_photo": application.has_licence_photo(),
        "licence_end": _end_of(application.value("term")),
        "account_number": application.value("account_number"),
        "account_known": bool(account),
        "account_name": account.get("name"),
        "account_code": account.get("uscc") or None,
        "account_status": account.get("status"),
        "account_name_agrees": same(account.get("name"), application.value("name")) if account else None,
        "account_registered": _registered_elsewhere(session, application),
        "marketing_down": "marketing" in application.missing_facts,
        "capacity_kva": _decimal(application.value("capacity_kva")),
        "contact_name": application.value("contact_name"),
        "phone_verified": application.phone_verified_at is not None or proved_later(application),
        "phone_name": (application.facts or {}).get("phone_name"),
    }


def _doubted(application: Application) -> bool:
    row = application.said_by("code", Source.OCR)
    return bool(row and row.doubts) and application.source("code") == Source.OCR and not application.licence_confirmed


def _registered_elsewhere(session: Session, application: Application) -> bool:
    if application.account_mark is None:
        return False
    others = select(func.count()).where(
        Application.account_mark == application.account_mark,
        Application.id != application.id,
        Application.stage.not_in([*EDITABLE, Stage.CANCELLED]),
    )
    return bool(session.scalar(others))


def _end_of(term: str | None) -> date | None:
    tail = (term or "").rpartition("至")[2].strip()
    try:
        return date.fromisoformat(tail)
    except ValueError:
        return None


def _decimal(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _fill(words: str, facts: Mapping[str, Any]) -> str:
    """The words with the facts in them; what is not known, or is no fact, becomes a dash: a slip stops nobody."""
    known = {name: "—" if value is None else value for name, value in facts.items()}
    return words.format_map(defaultdict(lambda: "—", known))
