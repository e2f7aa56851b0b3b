"""The catalogue of packages: a retail company writes a version and hands it in, the trading centre approves or refuses
it, the company withdraws it. An approved version never changes; a new one takes its place. Each step is a fact of the
evidence, with the terms in full where they are bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from domain.evidence import record
from domain.market.retailers import STATE_NAMES, Retailer
from domain.packages import telling
from domain.packages.offers import code_of
from domain.packages.tables import VERSION_STATES, Package, PackageVersion, VersionState
from domain.packages.terms import BadTerms, Terms
from domain.people.staff import OrganisationKind, Role, Staff
from domain.review.review import NotAllowed
from domain.workdays import local_day

CENTRE_ROLES = (Role.REVIEWER, Role.ADMINISTRATOR)
MOST_NAME = 40
PAGE = 50


@dataclass(frozen=True, slots=True)
class Author:
    """Who acts for a retail company: one of its staff, or its own program."""

    who: str  # as evidence names it: staff:3, proxy:2
    retailer: Retailer
    staff_id: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A version as it is to be written."""

    name: str
    terms: Terms
    offered_from: date
    offered_to: date | None


def author_of(session: Session, staff: Staff) -> Author:
    """A member of staff as the one who acts for their company; NotAllowed where it is none that the centre lists."""
    of = staff.organisation
    found = session.scalar(select(Retailer).where(Retailer.organisation_id == of.id))
    if of.kind != OrganisationKind.RETAILER or found is None:
        raise NotAllowed("只有交易中心名录里的售电公司能维护套餐")
    return Author(f"staff:{staff.id}", found, staff.id)


def is_centre(staff: Staff) -> bool:
    """Whether a member of staff decides on packages: the trading centre's reviewers and administrators."""
    return staff.organisation.kind == OrganisationKind.CENTRE and staff.role in CENTRE_ROLES


def read_draft(typed: Mapping[str, Any]) -> Draft:
    """A draft as somebody wrote it: name, offered_from, offered_to (2026-12-01), and the fields of `Terms`. BadTerms
    names everything that is wrong."""
    problems: dict[str, str] = {}
    name = str(typed.get("name") or "").strip()
    if not 2 <= len(name) <= MOST_NAME:
        problems["name"] = f"套餐名称要填 2 到 {MOST_NAME} 个字"
    since, to = (_day(str(typed.get(field) or "")) for field in ("offered_from", "offered_to"))
    if since is None:
        problems["offered_from"] = "请填从哪天起可以选，例如 2026-12-01"
    if to is None and str(typed.get("offered_to") or "").strip():
        problems["offered_to"] = "最后可选的日期没有看懂，例如 2027-06-30，长期有效就空着"
    if since and to and to < since:
        problems["offered_to"] = "最后可选的日期不能早于开始日期"
    try:
        terms = Terms.from_json(typed)
    except BadTerms as bad:
        raise BadTerms({**problems, **bad.problems}) from None
    if problems or since is None:
        raise BadTerms(problems)
    return Draft(name, terms, since, to)


def write(session: Session, author: Author, package: Package | None, draft: Draft, now: datetime) -> PackageVersion:
    """Write a draft: of a new package, the one that the package has already, or a new version in an approved one's
    place. NotAllowed while a version waits for the centre, or where the name is taken."""
    if package is None:
        package = _new_package(session, author, draft.name, now)
    _owned(author, package)
    latest = package.versions[-1] if package.versions else None
    if latest is not None and latest.state == VersionState.SUBMITTED:
        raise NotAllowed(f"{code_of(latest)} 正在等交易中心审核，要改请先撤回")
    _rename(session, package, draft.name)
    if latest is None or latest.state != VersionState.DRAFT:
        number = latest.number + 1 if latest is not None else 1
        latest = PackageVersion(number=number, terms={}, offered_from=draft.offered_from, created_at=now)
        package.versions.append(latest)
    latest.terms, latest.written_by = draft.terms.to_json(), author.staff_id
    latest.offered_from, latest.offered_to = draft.offered_from, draft.offered_to
    session.flush()
    _note(session, "package_written", latest, author.who, now, whole=True)
    return latest


def submit(session: Session, author: Author, version: PackageVersion, now: datetime) -> None:
    """Hand a draft in. NotAllowed for what is none, by a company that may not sell, or when its days are over."""
    _owned(author, version.package)
    _is(version, VersionState.DRAFT)
    if not author.retailer.sells:
        raise NotAllowed(f"贵公司目前是“{STATE_NAMES[author.retailer.state]}”，不能提交套餐")
    if version.offered_to is not None and version.offered_to < local_day(now):
        raise NotAllowed("最后可选的日期已经过去，请先修改")
    version.state, version.submitted_at = VersionState.SUBMITTED, now
    _note(session, "package_submitted", version, author.who, now, whole=True)


def take_back(session: Session, author: Author, version: PackageVersion, now: datetime) -> None:
    """Take a version back before it is decided on; it is a draft again."""
    _owned(author, version.package)
    _is(version, VersionState.SUBMITTED)
    version.state, version.submitted_at = VersionState.DRAFT, None
    _note(session, "package_taken_back", version, author.who, now)


def withdraw(session: Session, author: Author, version: PackageVersion, now: datetime) -> None:
    """Offer a package no more: this version and the ones before it. Contracts on them go on."""
    _owned(author, version.package)
    _is(version, VersionState.APPROVED)
    for each in version.package.versions:
        if each.state == VersionState.APPROVED and each.number <= version.number:
            each.state = VersionState.WITHDRAWN
            _note(session, "package_withdrawn", each, author.who, now)


def approve(session: Session, staff: Staff, version: PackageVersion, now: datetime) -> None:
    """The trading centre lets it be offered, from its first day or now, whichever is later; its people hear it."""
    _decide(staff, version, VersionState.APPROVED, now)
    _note(session, "package_approved", version, f"staff:{staff.id}", now, whole=True)
    telling.decided(session, version, now)


def refuse(session: Session, staff: Staff, version: PackageVersion, why: str, now: datetime) -> None:
    """The trading centre says no, and why. The company's people are told, and write a new version."""
    why = why.strip()
    if not 4 <= len(why) <= 300:
        raise NotAllowed("请写明不通过的原因（4 到 300 个字），售电公司会看到")
    _decide(staff, version, VersionState.REFUSED, now)
    version.refusal = why
    _note(session, "package_refused", version, f"staff:{staff.id}", now, why=why)
    telling.decided(session, version, now)


def waiting(session: Session) -> list[PackageVersion]:
    """What waits for the trading centre, the oldest first."""
    query = select(PackageVersion).where(PackageVersion.state == VersionState.SUBMITTED)
    return list(session.scalars(query.order_by(PackageVersion.submitted_at, PackageVersion.id)))


def seen_by_centre(
    session: Session, state: str = "", retailer_id: int = 0, page: int = 1
) -> tuple[list[PackageVersion], int]:
    """One page of the versions that were handed in, by package, the newest of each first, and how many there are; of
    one state or company if asked."""
    query = select(PackageVersion).join(Package).where(PackageVersion.state != VersionState.DRAFT)
    if state:
        query = query.where(PackageVersion.state == state)
    if retailer_id:
        query = query.where(Package.retailer_id == retailer_id)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    query = query.order_by(Package.id, PackageVersion.number.desc())
    return list(session.scalars(query.limit(PAGE).offset(PAGE * (page - 1)))), total


def packages_of(session: Session, retailer_id: int) -> list[Package]:
    """A company's packages with their versions, by code."""
    query = select(Package).where(Package.retailer_id == retailer_id).options(selectinload(Package.versions))
    return list(session.scalars(query.order_by(Package.code)))


def locked(session: Session, version_id: int) -> PackageVersion | None:
    """A version that nobody else changes until this transaction is over."""
    return session.get(PackageVersion, version_id, with_for_update={"of": PackageVersion})


def _new_package(session: Session, author: Author, name: str, now: datetime) -> Package:
    taken = select(Package.id).where(Package.retailer_id == author.retailer.id, Package.name == name)
    if session.scalar(taken) is not None:
        raise NotAllowed(f"贵公司已经有一个套餐叫“{name}”")
    package = Package(retailer_id=author.retailer.id, code=f"new {author.retailer.id} {name}", name=name)
    package.created_at, package.versions = now, []
    session.add(package)
    session.flush()
    package.code = f"P{package.id:04d}"
    session.flush()
    session.refresh(package, ["retailer"])
    return package


def _rename(session: Session, package: Package, name: str) -> None:
    """A package may be called otherwise until users have seen it."""
    if name == package.name:
        return
    if any(each.decided_at is not None and each.state != VersionState.REFUSED for each in package.versions):
        raise NotAllowed("已经上架过的套餐不能改名，请另建一个")
    taken = select(Package.id).where(Package.retailer_id == package.retailer_id, Package.name == name)
    if session.scalar(taken) is not None:
        raise NotAllowed(f"贵公司已经有一个套餐叫“{name}”")
    package.name = name


def _decide(staff: Staff, version: PackageVersion, state: VersionState, now: datetime) -> None:
    if not is_centre(staff):
        raise NotAllowed("只有交易中心能审核套餐")
    _is(version, VersionState.SUBMITTED)
    version.state, version.decided_by, version.decided_at = state, staff.id, now


def _owned(author: Author, package: Package) -> None:
    if package.retailer_id != author.retailer.id:
        raise NotAllowed("没有这个套餐，或不是贵公司的")


def _is(version: PackageVersion, state: VersionState) -> None:
    if version.state != state:
        raise NotAllowed(f"{code_of(version)} 现在是“{VERSION_STATES[version.state]}”，不能这样办，请刷新页面")


def _note(
    session: Session, what: str, version: PackageVersion, who: str, now: datetime, *, whole: bool = False, why: str = ""
) -> None:
    data: dict[str, Any] = {"code": code_of(version), "name": version.package.name}
    if whole:
        to = version.offered_to.isoformat() if version.offered_to else None
        data |= {"terms": version.terms, "offered_from": version.offered_from.isoformat(), "offered_to": to}
    if why:
        data["why"] = why
    record(session, what, ("package", version.package_id), who, data, now)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
