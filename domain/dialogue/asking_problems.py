"""What stands in an application's way, as whoever fills it in reads it; that it was shown is counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.registration.applications import Application
from domain.registration.registration import Scene
from domain.rules import troubles
from domain.rules.rules import Problem, Rule, Severity, judge
from domain.supplements.supplements import not_again
from domain.workdays import local_day

ACCOUNT_FACTS, COMPANY_FACTS = ("account_",), ("registry_status", "licence_end")
# What later questions are about: a rule that asks one of these may still come right.
_STILL_ASKED = ("letter_", "lease_", "identity_", "owner_", "tenant_", "agent_", "phone", "contact_", "licence_photo")
_FACT = re.compile(r"[a-z][a-z_]*")


def blocking(session: Session, application: Application, now: datetime) -> list[Problem]:
    """The problems that stop a submission as things stand."""
    return stopping(session, application, judge(session, application, local_day(now)))


def stopping(session: Session, application: Application, problems: Sequence[Problem]) -> list[Problem]:
    """Those of the rules' problems that stop a submission, for whoever has judged already."""
    found = [each for each in problems if each.severity == Severity.BLOCKING]
    return [*found, *not_again(session, application, problems)]


def early_problems(session: Session, application: Application, about: Sequence[str], now: datetime) -> list[Problem]:
    """The problems that stop a submission and lie in some facts (the beginnings of their names): told as soon as the
    fact is known, not when all the rest is filled in."""
    rules = session.execute(select(Rule.name, Rule.condition).where(Rule.active, Rule.document == ""))
    early = {name for name, condition in rules if _lies_in(condition, about)}
    return [each for each in blocking(session, application, now) if each.rule in early]


def stuck(session: Session, application: Application, now: datetime) -> list[Problem]:
    """The problems of the company or the account that nothing mends which is still to be asked."""
    return early_problems(session, application, (*ACCOUNT_FACTS, *COMPANY_FACTS), now)


def problems_told(session: Session, application: Application, problems: Sequence[Problem], scene: Scene) -> str:
    """Problems with their suggestions, as the user reads them. That they were shown is counted."""
    troubles.shown(session, application, problems, scene.channel, scene.now)
    return "\n".join(f"· {each.problem}{each.suggestion}" for each in problems)


def _lies_in(condition: str, about: Sequence[str]) -> bool:
    facts = _FACT.findall(condition)
    return any(fact.startswith(tuple(about)) for fact in facts) and not any(
        fact.startswith(_STILL_ASKED) for fact in facts
    )
