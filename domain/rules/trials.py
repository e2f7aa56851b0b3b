"""Trying a rule before it holds: on one application, and on all that was handed in during the last thirty days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.registration.applications import Application
from domain.rules.conditions import CannotJudge, applies, symbols
from domain.rules.drafts import Draft
from domain.rules.facts import facts_of
from domain.rules.judgements import MONTH, Judgement, from_json
from domain.rules.rules import BadRule, Rule, worded


@dataclass(frozen=True, slots=True)
class Tried:
    """What a draft says of one application; the texts as the user would read them, and the facts as they are."""

    number: str
    applies: bool
    concerns: bool  # it is for that kind of account, at that bureau, today
    problem: str
    suggestion: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Month:
    """What a draft would have done in the last thirty days, next to the rule as it stands."""

    applications: int
    before: int  # applications to which the rule as it stands applies
    after: int  # applications to which the draft would
    begins: list[tuple[int, str]]  # id and number of those that only the draft meets; "" where never handed in
    ends: list[tuple[int, str]]  # those that it would meet no more
    failed: int  # applications on which the draft cannot be worked out: hints for a person
    unknown: list[str]  # facts that the draft asks and that were not kept in those days: null


def try_on(session: Session, draft: Draft, application: Application, today: date) -> Tried:
    """What the draft would say of an application; nothing is saved. BadRule where it cannot be worked out."""
    facts = facts_of(session, application, today)
    try:
        found = applies(draft.condition, facts)
    except CannotJudge:
        raise BadRule(
            f"条件在申请 {application.number} 上算不出来，可能有内容是空的：先写 “名称 != null and …”"
        ) from None
    concerns = _scoped(draft).holds(application.kind, facts["bureau_code"], today)
    words = worded(draft.problem, facts), worded(draft.suggestion, facts)
    return Tried(application.number or "", found, concerns, *words, facts)


def try_on_month(session: Session, draft: Draft, rule: Rule | None, now: datetime) -> Month:
    """How many of the last thirty days' applications the draft would meet, against the rule as it stands. Judged on the
    facts as they were at the time, each try to hand in for itself; an application counts once."""
    before, after, failed, seen = set[int](), set[int](), set[int](), set[int]()
    known = set[str]()
    said, would = (_scoped(Draft.of(rule)) if rule is not None else None), _scoped(draft)
    for row in session.scalars(select(Judgement).where(Judgement.at > now - MONTH)):
        facts = from_json(row.facts)
        seen.add(row.application_id)
        known |= facts.keys()
        if said is not None and _meets(said, facts, row.day):
            before.add(row.application_id)
        met = _meets(would, facts, row.day)
        if met:
            after.add(row.application_id)
        elif met is None:
            failed.add(row.application_id)
    return Month(
        applications=len(seen),
        before=len(before),
        after=len(after),
        begins=_numbered(session, after - before),
        ends=_numbered(session, before - after),
        failed=len(failed),
        unknown=sorted(symbols(draft.condition) - known) if seen else [],
    )


def _scoped(draft: Draft) -> Rule:
    """The draft as a rule that is in no store."""
    return Rule(**draft.values())


def _meets(rule: Rule, facts: Mapping[str, Any], day: date) -> bool | None:
    """Whether a rule applied on that day; None where it cannot be worked out."""
    if not rule.active or not rule.holds(facts.get("kind") or "owner", facts.get("bureau_code"), day):
        return False
    try:
        return applies(rule.condition, facts)
    except CannotJudge:
        return None


def _numbered(session: Session, application_ids: set[int]) -> list[tuple[int, str]]:
    query = select(Application.id, Application.number).where(Application.id.in_(application_ids))
    return [(row.id, row.number or "") for row in session.execute(query.order_by(Application.id.desc()))]
