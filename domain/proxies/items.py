"""One registration as a proxy sends it, whole: its values, its documents, and whether the user is asked at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from domain.proxies import authorisations, registrations
from domain.proxies.refusals import Refused
from domain.proxies.registrations import Registered
from domain.proxies.tables import Proxy
from domain.registration import filing
from domain.registration.filing import Finding
from domain.registration.parties import PARTY_FIELDS
from domain.sources.lookups import Facts


def row_of(item: Mapping[str, Any]) -> dict[str, str]:
    """What was sent as a row of values: parties under the names of their fields (owner_name, tenant_phone ...)."""
    row = {name: str(item[name]) for name in (*filing.FIELDS, "kind") if item.get(name)}
    for party in item.get("parties") or ():
        row |= {f"{party['role']}_{name}": party[name] for name in PARTY_FIELDS if party.get(name)}
    return row


def documents_of(item: Mapping[str, Any]) -> list[tuple[int, str]]:
    """The documents that were named, each with the party whose it is."""
    return [(each["id"], each.get("party", "")) for each in item.get("documents") or ()]


def create(
    session: Session, proxy: Proxy, item: Mapping[str, Any], facts: Facts, now: datetime, random: Random
) -> Registered:
    """Fill a registration in with its documents, and ask the user where that is wanted: what keeps them from being
    asked is one more problem, and the registration stands."""
    made = registrations.create(session, proxy, row_of(item), facts, now, random)
    wrong = registrations.use_documents(session, proxy, made.application, documents_of(item), facts, now)
    if item.get("authorise"):
        wrong += ask(session, proxy, made, now, random)
    own = [each for each in made.problems if not each.rule]
    return Registered(made.application, [*own, *wrong, *registrations.found_now(session, made.application, now)])


def ask(session: Session, proxy: Proxy, made: Registered, now: datetime, random: Random) -> list[Finding]:
    """Ask the user for their yes; why not, where they were not asked."""
    try:
        authorisations.request(session, proxy, made.application, now, random)
    except Refused as refused:
        return [Finding("authorise", refused.text, "处理后请单独发起授权。")]
    return []
