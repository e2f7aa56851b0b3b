"""What the queue's rows and choices show beside the orders themselves: a query each for a whole page."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.people.staff import Organisation, OrganisationKind, Staff
from domain.proxies.tables import Proxy
from domain.rules.troubles import Outcome, Trouble
from domain.supplements.supplements import UNSETTLED, Supplement


def owing(session: Session, application_ids: Iterable[int]) -> dict[int, int]:
    """How many things each of these orders owes still, or has handed in and nobody has looked at."""
    query = select(Supplement.application_id, func.count()).where(
        Supplement.application_id.in_(set(application_ids)), Supplement.state.in_(UNSETTLED)
    )
    return dict(session.execute(query.group_by(Supplement.application_id)).all())


def problems_of(session: Session, application_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """The problems with which each of these orders was handed in: the rule and its severity."""
    query = select(Trouble.application_id, Trouble.rule, Trouble.severity).where(
        Trouble.application_id.in_(set(application_ids)), Trouble.outcome == Outcome.CARRIED
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for application_id, rule, severity in session.execute(query.order_by(Trouble.id)):
        found.setdefault(application_id, []).append((rule, severity))
    return found


def open_rules(session: Session, staff: Staff) -> list[str]:
    """The rules of which orders were handed in with a problem, the most frequent first; a bureau's own."""
    query = select(Trouble.rule).where(Trouble.outcome == Outcome.CARRIED).group_by(Trouble.rule)
    if staff.organisation.kind == OrganisationKind.BUREAU:
        query = query.where(Trouble.bureau_id == staff.organisation_id)
    elif staff.organisation.kind != OrganisationKind.CENTRE:
        return []
    return list(session.scalars(query.order_by(func.count().desc(), Trouble.rule)))


def bureaus(session: Session) -> dict[int, str]:
    """The supply bureaus."""
    query = select(Organisation.id, Organisation.name).where(Organisation.kind == OrganisationKind.BUREAU)
    return dict(session.execute(query.order_by(Organisation.code)).all())


def proxies_named(session: Session) -> dict[int, str]:
    """The proxies, by what people call them."""
    query = select(Proxy.id, Organisation.name).join(Organisation, Proxy.organisation_id == Organisation.id)
    return dict(session.execute(query.order_by(Organisation.name)).all())
