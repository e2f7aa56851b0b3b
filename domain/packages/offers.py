"""What is offered: the versions that may be chosen on a day, one by its code, and how a package's price went."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.market.retailers import Retailer, RetailerState
from domain.packages.tables import Package, PackageVersion, VersionState
from domain.packages.terms import Terms
from domain.workdays import local_day

_CODE = re.compile(r"(P\d{4,})(?:-(\d+))?", re.IGNORECASE)
_NAMED = re.compile(r"(?:比较|对比)?[\s:：]*((?:P\d{4,}(?:-\d+)?[\s,，、和]*){2,})", re.IGNORECASE)
_ONCE_OFFERED = (VersionState.APPROVED, VersionState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class PricePoint:
    """What a package cost from a day on."""

    version: PackageVersion
    since: date  # the first day on which it could be chosen
    terms: Terms


def offered(session: Session, day: date) -> list[PackageVersion]:
    """What a user may choose on this day: approved, within its dates, of a company that sells; of each package the
    newest version that has begun: an older one does not come back when that one is over. In the order of the codes,
    which says nothing about which is better."""
    query = (
        select(PackageVersion)
        .join(Package, PackageVersion.package_id == Package.id)
        .join(Retailer, Package.retailer_id == Retailer.id)
        .where(
            PackageVersion.state == VersionState.APPROVED,
            PackageVersion.offered_from <= day,
            Retailer.state == RetailerState.ACTIVE,
        )
        .order_by(Package.code, PackageVersion.number)
    )
    newest = {version.package_id: version for version in session.scalars(query)}
    return [version for version in newest.values() if _is_open(version, day)]


def is_offered(version: PackageVersion, day: date) -> bool:
    """Whether this version may be chosen on this day: it is among those of `offered`."""
    begun = [
        each for each in version.package.versions if each.state == VersionState.APPROVED and each.offered_from <= day
    ]
    newest = max(begun, key=lambda each: each.number, default=None)
    return newest is version and _is_open(version, day) and version.package.retailer.sells


def _is_open(version: PackageVersion, day: date) -> bool:
    return version.offered_to is None or day <= version.offered_to


def code_of(version: PackageVersion) -> str:
    """What a version is called by: P0001-2."""
    return f"{version.package.code}-{version.number}"


def is_code(text: str) -> bool:
    """Whether a text is a package's code, with or without the number of a version."""
    return _CODE.fullmatch(text.strip()) is not None


def codes_in(text: str) -> list[str]:
    """The codes that stand anywhere in a text, each once."""
    return list(dict.fromkeys(each[0].upper() for each in _CODE.finditer(unicodedata.normalize("NFKC", text))))


def named(text: str) -> list[str]:
    """The codes of a text that says nothing but two or more of them, with or without 比较; each once. Else none."""
    match = _NAMED.fullmatch(text.strip())
    return list(dict.fromkeys(each[0].upper() for each in _CODE.finditer(match[1]))) if match else []


def public(session: Session, code: str) -> PackageVersion | None:
    """The same as `version`, for those whom drafts are no business of: what was never approved is not there."""
    found = version(session, code)
    return found if found is not None and found.state in _ONCE_OFFERED else None


def version(session: Session, code: str) -> PackageVersion | None:
    """The version of “P0001-2”; for “P0001” the newest that was approved. None where there is none."""
    match = _CODE.fullmatch(code.strip())
    if match is None:
        return None
    query = select(PackageVersion).join(Package).where(Package.code == match[1].upper())
    if match[2]:
        return session.scalar(query.where(PackageVersion.number == int(match[2])))
    approved = query.where(PackageVersion.state == VersionState.APPROVED).order_by(PackageVersion.number.desc())
    return session.scalar(approved.limit(1))


def price_history(session: Session, package: Package) -> list[PricePoint]:
    """Every price at which the package was ever offered, the oldest first."""
    query = (
        select(PackageVersion)
        .where(PackageVersion.package_id == package.id, PackageVersion.state.in_(_ONCE_OFFERED))
        .where(PackageVersion.decided_at.is_not(None))
        .order_by(PackageVersion.offered_from, PackageVersion.number)
    )
    return [PricePoint(row, _since(row), Terms.from_json(row.terms)) for row in session.scalars(query)]


def _since(row: PackageVersion) -> date:
    """The first day on which it could be chosen: not before it was approved, whatever it says."""
    return max(row.offered_from, local_day(row.decided_at)) if row.decided_at is not None else row.offered_from
