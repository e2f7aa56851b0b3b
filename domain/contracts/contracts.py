"""Contracts by month: which one holds, which ones would overlap; making one and ending one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.contracts.tables import Contract, Why
from domain.evidence import record
from domain.groups.units import UnitKind, kind_now, marks_in, places_of, unit_of
from domain.market import months
from domain.packages.tables import PackageVersion
from domain.registration.applications import Application
from domain.workdays import local_day

STOPPED, RENEWED = "stopped", "renewed"  # what `Contract.renewal` says; empty: silence renews


class Overlap(RuntimeError):
    """Two contracts would hold for one unit in one month: whoever called has not looked. Nothing may be written."""


def holding(session: Session, unit_mark: str, month: int) -> Contract | None:
    """The contract that holds for a trading unit in a month."""
    return session.scalar(
        select(Contract).where(
            Contract.unit_mark == unit_mark, Contract.first_month <= month, Contract.last_month >= month
        )
    )


def last(session: Session, unit_mark: str, month: int) -> Contract | None:
    """The last contract of a unit that holds in this month or later: what a change would be about."""
    return session.scalar(
        select(Contract)
        .where(Contract.unit_mark == unit_mark, Contract.last_month >= month)
        .where(Contract.first_month <= Contract.last_month)
        .order_by(Contract.last_month.desc())
        .limit(1)
    )


def of_application(session: Session, application: Application, now: datetime) -> Contract | None:
    """The contract that an application's trading unit has in this month or later."""
    return last(session, unit_of(session, application).mark, months.month_of(local_day(now)))


def make(
    session: Session,
    application: Application,
    unit: tuple[str, str],
    version: PackageVersion,
    term: tuple[int, int],
    who: str,
    now: datetime,
    *,
    terms: Mapping[str, Any] | None = None,
    renews: Contract | None = None,
    about: Mapping[str, Any] | None = None,
) -> Contract:
    """A contract for these months (first and last), with the evidence of it. `unit` is kind and mark; `terms` are the
    version's own where none are given. Overlap where another one holds in one of the months."""
    first, last_month = term
    query = select(Contract.id).where(
        Contract.unit_mark == unit[1], Contract.first_month <= last_month, Contract.last_month >= first
    )
    if last_month < first or session.scalar(query.limit(1)) is not None:
        raise Overlap(f"unit {unit[1][:8]}: {months.code(first)} to {months.code(last_month)}")
    row = Contract(
        number=f"HT{local_day(now):%Y%m%d}{(session.scalar(select(func.max(Contract.id))) or 0) + 1:06d}",
        application_id=application.id,
        company_mark=application.code_mark or "",
        unit_kind=unit[0],
        unit_mark=unit[1],
        retailer_id=version.package.retailer_id,
        version_id=version.id,
        terms=dict(terms or version.terms),
        first_month=first,
        last_month=last_month,
        renews_id=renews.id if renews is not None else None,
        signed_at=now,
    )
    session.add(row)
    session.flush()
    data = {
        "number": row.number,
        "application": application.id,
        "version": version.id,
        "terms": row.terms,
        "months": [months.code(first), months.code(last_month)],
        "renews": row.renews_id,
        **(about or {}),
    }
    record(session, "contract_made", ("contract", row.id), who, data, now)
    return row


def end(session: Session, row: Contract, last_month: int, why: Why, who: str, now: datetime) -> None:
    """The contract holds up to this month and no longer. A month that has begun is never taken away from it, and a
    contract is never made longer. It is over when that month is: the nightly sweep sees to what follows then."""
    this_month = months.month_of(local_day(now))
    floor = this_month if row.first_month <= this_month else row.first_month - 1
    new = min(row.last_month, max(last_month, floor))
    data = {"number": row.number, "why": why, "months": [months.code(row.last_month), months.code(new)]}
    row.last_month, row.why_ended, row.renewal = new, why, STOPPED
    session.flush()
    record(session, "contract_ended", ("contract", row.id), who, data, now)


def members(session: Session, application: Application) -> list[Application]:
    """The applications that are traded as one with this one, as the setting says now: whom a contract is for."""
    kind, mark = kind_now(session), application.code_mark
    if kind == UnitKind.ACCOUNT or mark is None:
        wanted = Application.account_mark == application.account_mark if application.account_mark else None
        if wanted is None:
            return [application]
        query = select(Application).where(wanted, Application.submitted_at.is_not(None))
        return list(session.scalars(query))
    group = places_of(session, [mark]).get(mark) if kind == UnitKind.GROUP else None
    marks = marks_in(group) if group is not None else [mark]
    query = select(Application).where(Application.code_mark.in_(marks), Application.submitted_at.is_not(None))
    return list(session.scalars(query))
