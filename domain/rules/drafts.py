"""A rule while it is being edited: what was typed, what is wrong with it, and keeping it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from string import Formatter
from typing import Any

from sqlalchemy.orm import Session

from domain.registration.kinds import KIND_NAMES, PAPERS
from domain.registration.papers import key_of, paper_name
from domain.registration.readings import DocumentKind
from domain.rules.conditions import BadRule, check_condition, symbols
from domain.rules.facts import FACTS
from domain.rules.rules import Definition, Rule, Severity, create, edit

LONGEST, LONGEST_NAME = 500, 30  # characters of a text, and of a name

_PAPERS = {(DocumentKind.LICENCE, ""), (DocumentKind.IDENTITY, ""), (DocumentKind.LETTER, "")}
# What a rule may ask for, as `Rule.document` keeps it, and as people call it.
DOCUMENTS: Mapping[str, str] = {
    key_of(kind, party): paper_name(kind, party)
    for kind, party in sorted(_PAPERS | {paper for papers in PAPERS.values() for paper in papers})
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule as an administrator has typed it."""

    condition: str
    severity: str
    problem: str
    suggestion: str
    active: bool = True
    needs_person: bool = False
    document: str = ""
    bureaus: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None

    @classmethod
    def of(cls, rule: Definition) -> Draft:
        """A rule, or one of its versions, as a draft of it begins."""
        said = rule.definition()
        return cls(**{**said, "bureaus": tuple(said["bureaus"]), "kinds": tuple(said["kinds"])})

    def values(self) -> dict[str, Any]:
        """The draft as `domain.rules.rules.edit` takes it."""
        return {**asdict(self), "bureaus": list(self.bureaus), "kinds": list(self.kinds)}


class BadDraft(BadRule):
    """A draft that would not work: what is wrong, by the field where it stands."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("；".join(faults.values()))
        self.faults = dict(faults)


def faults(draft: Draft) -> dict[str, str]:
    """What is wrong with a draft, by field, in Chinese; empty where it would work."""
    found = {
        "condition": _of_condition(draft.condition),
        "severity": "" if draft.severity in list(Severity) else "请选择严重程度",
        "problem": _of_words(draft.problem, "问题"),
        "suggestion": _of_words(draft.suggestion, "建议"),
        "document": "" if draft.document in ("", *DOCUMENTS) else "没有这种材料",
        "kinds": "" if set(draft.kinds) <= set(KIND_NAMES) else "没有这种用户",
        "valid_to": _of_days(draft),
    }
    return {field: words for field, words in found.items() if words}


def save(session: Session, rule_id: int, draft: Draft, staff_id: int, now: datetime) -> Rule:
    """Check a draft and make it the rule. BadDraft where it would not work."""
    _must_work(draft)
    return edit(session, rule_id, draft.values(), staff_id, now)


def make(session: Session, name: str, draft: Draft, staff_id: int, now: datetime) -> Rule:
    """Check a draft and make it a new rule. BadDraft where it would not work, or its name is no name or taken."""
    wrong = faults(draft)
    if not name or len(name) > LONGEST_NAME:
        raise BadDraft({"name": f"请给规则起个名称，最多{LONGEST_NAME}个字", **wrong})
    if wrong:
        raise BadDraft(wrong)
    try:
        return create(session, name, draft.values(), staff_id, now)
    except BadRule as taken:
        raise BadDraft({"name": str(taken)}) from None


def _must_work(draft: Draft) -> None:
    if wrong := faults(draft):
        raise BadDraft(wrong)


def _of_condition(condition: str) -> str:
    try:
        check_condition(condition)
    except BadRule as bad:
        return str(bad)
    unknown = sorted(symbols(condition) - set(FACTS))
    return f"条件里有不认识的名称：{'、'.join(unknown)}。可用的名称见列表" if unknown else ""


def _of_words(words: str, what: str) -> str:
    if not words.strip():
        return f"{what}要写，用户会看到这句话"
    if len(words) > LONGEST:
        return f"{what}太长，最多{LONGEST}个字"
    try:
        parts = list(Formatter().parse(words))
    except ValueError:
        return "文字里的花括号要成对，例如 {code}"
    for _, name, form, conversion in parts:
        if name is not None and (name not in FACTS or form or conversion):
            return f"文字里的 {{{name}}} 不能用。可用的名称见列表"
    return ""


def _of_days(draft: Draft) -> str:
    if draft.valid_from and draft.valid_to and draft.valid_to < draft.valid_from:
        return "最后一天早于第一天，这条规则永远不会生效"
    return ""
