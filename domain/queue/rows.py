"""What the queue's rows and choices show beside the orders themselves: a query each for a whole page."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from domain.people.staff import Organisation, OrganisationKind, Staff
from domain.proxies.tables import Proxy
from domain.rules.rules import Rule
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
    # The outcome is looked at here: SQLite, asked for it, walks all that was ever carried and not these few orders'.
    query = select(Trouble.application_id, Trouble.rule, Trouble.severity, Trouble.outcome).where(
        Trouble.application_id.in_(set(application_ids))
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for application_id, rule, severity, outcome in session.execute(query.order_by(Trouble.id)):
        if outcome == Outcome.CARRIED:
            found.setdefault(application_id, []).append((rule, severity))
    return found


def open_rules(session: Session, staff: Staff) -> list[str]:
    """The rules of which orders were handed in with a problem, in the order of the rules' list; a bureau's own. Each
    is looked for alone, and by the first such order: counting all of them took longer than the rest of the page."""
    carried = exists().where(Trouble.rule == Rule.name, Trouble.outcome == Outcome.CARRIED)
    if staff.organisation.kind == OrganisationKind.BUREAU:
        carried = carried.where(Trouble.bureau_id == staff.organisation_id)
    elif staff.organisation.kind != OrganisationKind.CENTRE:
        return []
    return list(session.scalars(select(Rule.name).where(carried).order_by(Rule.id)))


def bureaus(session: Session) -> dict[int, str]:
    """The supply bureaus."""
    query = select(Organisation.id, Organisation.name).where(Organisation.kind == OrganisationKind.BUREAU)
    return dict(session.execute(query.order_by(Organisation.code)).all())


def proxies_named(session: Session) -> dict[int, str]:
    """The proxies, by what people call them."""
    query = select(Proxy.id, Organisation.name).join(Organisation, Proxy.organisation_id == Organisation.id)
    return dict(session.execute(query.order_by(Organisation.name)).all())
