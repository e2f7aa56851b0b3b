"""A rule while it is being edited: whether it can be read, which facts it may use, and what it would do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter

import rule_engine  # type: ignore[import-untyped]
from sqlalchemy.orm import Session

from domain.applications import Application
from domain.rule_facts import FACTS, facts_of
from domain.rules import BadRule, Rule, Severity, check_condition, edit

MOST = 500  # characters of a text or a condition


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule as an administrator has typed it."""

    condition: str
    severity: str
    problem: str
    suggestion: str
    active: bool

    def values(self) -> dict[str, str | bool]:
        """The draft as `domain.rules.edit` takes it."""
        return {
            "condition": self.condition,
            "severity": self.severity,
            "problem": self.problem,
            "suggestion": self.suggestion,
            "active": self.active,
        }


@dataclass(frozen=True, slots=True)
class Tried:
    """What a draft says of one application; the texts as the user would read them."""

    number: str
    applies: bool
    problem: str
    suggestion: str


def check(draft: Draft) -> None:
    """BadRule, in Chinese, where a draft would not work: on an unknown fact, say, or a placeholder that is none."""
    if draft.severity not in list(Severity):
        raise BadRule("请选择严重程度")
    if not draft.problem.strip() or not draft.suggestion.strip():
        raise BadRule("问题和建议都要写，用户会看到这两句话")
    if max(len(draft.condition), len(draft.problem), len(draft.suggestion)) > MOST:
        raise BadRule(f"条件、问题、建议各不超过{MOST}个字")
    check_condition(draft.condition)
    context = rule_engine.Context(default_value=None)
    rule_engine.Rule(draft.condition, context=context)
    unknown = sorted(context.symbols - set(FACTS))
    if unknown:
        raise BadRule(f"条件里有不认识的名称：{'、'.join(unknown)}。可用的名称见下方列表")
    for words in (draft.problem, draft.suggestion):
        _check_words(words)


def save(session: Session, rule_id: int, draft: Draft, staff_id: int, now: datetime) -> Rule:
    """Check a draft and make it the rule. BadRule where it would not work."""
    check(draft)
    return edit(session, rule_id, draft.values(), staff_id, now)


def try_on(session: Session, draft: Draft, application: Application, today: date) -> Tried:
    """What the draft would say of an application; nothing is saved. BadRule where it would not work."""
    check(draft)
    facts = facts_of(session, application, today)
    try:
        applies = rule_engine.Rule(draft.condition, context=rule_engine.Context(default_value=None)).matches(facts)
    except rule_engine.errors.EngineError as error:
        raise BadRule(f"条件在申请 {application.number} 上算不出来：{error.message}") from None
    shown = {name: "—" if value is None else value for name, value in facts.items()}
    return Tried(application.number or "", applies, draft.problem.format_map(shown), draft.suggestion.format_map(shown))


def _check_words(words: str) -> None:
    try:
        parts = list(Formatter().parse(words))
    except ValueError:
        raise BadRule("文字里的花括号要成对，例如 {code}") from None
    for _, name, form, conversion in parts:
        if name is not None and (name not in FACTS or form or conversion):
            raise BadRule(f"文字里的 {{{name}}} 不能用。可用的名称见下方列表")
