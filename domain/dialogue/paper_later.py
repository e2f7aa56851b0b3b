"""Papers that are put off: which may be handed in after the submission, and what that means."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from domain.registration.applications import Application
from domain.registration.papers import key_of, paper_name, papers_wanted
from domain.rules.rules import Problem, Rule, Severity, judge
from domain.supplements.supplements import told_before
from domain.workdays import local_day


def may_be_later(session: Session, application: Application, key: str, now: datetime) -> bool:
    """Whether a paper may be put off: a rule calls it supplementable, and none that blocks would be left for it. Where
    two papers may stand in for each other, the last one of them may not be put off."""
    if session.scalars(_mendable(key)).first() is None:
        return False
    others = [each for each in papers_wanted(application) if key_of(*each) != key]
    problems = judge(session, application, local_day(now))
    return bool(others) or not any(each.severity == Severity.BLOCKING and each.document for each in problems)


def put_off(session: Session, application: Application, key: str, now: datetime) -> str:
    """Go on without a paper for now; what that means, by when, and what happens otherwise."""
    application.later = [*application.later, key]
    application.updated_at = now
    rule = session.scalars(_mendable(key)).first()
    missing = [Problem(rule.name, rule.version, rule.severity, rule.problem, "", document=key)] if rule else []
    kind, _, party = key.partition(":")
    return f"好的，{paper_name(kind, party)}先不传。{told_before(session, missing, now)}"


def _mendable(key: str) -> Select[Rule]:
    """The rules by which a paper may come later."""
    return select(Rule).where(Rule.active, Rule.severity == Severity.SUPPLEMENTABLE, Rule.document == key)
