"""Retail companies and their packages in a test's store."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from domain.market.retailers import Retailer
from domain.packages.tables import Package, PackageVersion, VersionState
from domain.people.staff import OrganisationKind, organisation
from tests.support.terms import written


def retailer(session: Session, now: datetime, code: str = "R001", name: str = "滇源售电有限公司") -> Retailer:
    """A retail company that sells."""
    place = organisation(session, OrganisationKind.RETAILER, code, name)
    row = Retailer(organisation_id=place.id, state_since=now, created_at=now, service_score=90)
    session.add(row)
    session.flush()
    return row


def package(session: Session, of: Retailer, now: datetime, code: str = "P0001", name: str = "安心固定价") -> Package:
    """A package without a version."""
    row = Package(retailer_id=of.id, code=code, name=name, created_at=now)
    session.add(row)
    session.flush()
    return row


def approved(
    session: Session,
    of: Package,
    number: int,
    since: date,
    to: date | None = None,
    *,
    now: datetime,
    terms: dict[str, Any] | None = None,
) -> PackageVersion:
    """A version that the trading centre has approved."""
    row = PackageVersion(
        package_id=of.id,
        number=number,
        state=VersionState.APPROVED,
        terms=terms or written(),
        offered_from=since,
        offered_to=to,
        decided_at=now,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row
