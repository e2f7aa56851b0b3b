"""Contracts and requests as the console lists them: a retail company sees its own, the trading centre all, a bureau
those of its users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, select, true
from sqlalchemy.orm import Session

from domain.contracts import consents
from domain.contracts.tables import Consent, Contract, ContractNotice, Request, RequestState
from domain.evidence import Evidence
from domain.market.retailers import Retailer
from domain.people.staff import OrganisationKind, Staff
from domain.registration.applications import Application

PAGE = 50
CONTRACTS: Mapping[str, str] = {"holding": "执行中", "coming": "未开始", "ending": "三个月内到期", "over": "已结束"}
REQUESTS: Mapping[str, str] = {"mine": "等本单位答复", "open": "等待答复", "closed": "已了结"}
SOON = 2  # months after this one: what ends by then is shown as ending


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list, and how many there are in all."""

    rows: Sequence[Any]
    total: int

    @property
    def pages(self) -> int:
        """How many pages that is."""
        return max(1, -(-self.total // PAGE))


def contracts(session: Session, staff: Staff, show: str, month: int, page: int = 1) -> Listed:
    """The contracts of one kind, the first to end first."""
    query = _contracts(session, staff).where(_is(show, month))
    total = session.scalar(query.with_only_columns(func.count()).order_by(None)) or 0
    order = Contract.last_month.desc() if show == "over" else Contract.last_month
    return Listed(
        list(session.scalars(query.order_by(order, Contract.id).limit(PAGE).offset(PAGE * (page - 1)))), total
    )


def contract_counts(session: Session, staff: Staff, month: int) -> dict[str, int]:
    """How many there are of each kind."""
    return {show: contracts_total(session, staff, show, month) for show in CONTRACTS}


def contracts_total(session: Session, staff: Staff, show: str, month: int) -> int:
    """How many contracts of one kind the person may see."""
    query = _contracts(session, staff).where(_is(show, month)).with_only_columns(func.count())
    return session.scalar(query) or 0


def requests(session: Session, staff: Staff, show: str, page: int = 1) -> Listed:
    """The requests of one kind: open ones by their deadline, closed ones the newest first."""
    query = _requests(session, staff).where(_stands(session, staff, show))
    total = session.scalar(query.with_only_columns(func.count())) or 0
    order = Request.closed_at.desc() if show == "closed" else Request.deadline
    return Listed(list(session.scalars(query.order_by(order, Request.id).limit(PAGE).offset(PAGE * (page - 1)))), total)


def request_counts(session: Session, staff: Staff) -> dict[str, int]:
    """How many there are of each kind."""
    return {
        show: session.scalar(
            _requests(session, staff).where(_stands(session, staff, show)).with_only_columns(func.count())
        )
        or 0
        for show in REQUESTS
    }


def contract(session: Session, staff: Staff, contract_id: int) -> Contract | None:
    """One contract, where the person may see it."""
    return session.scalar(_contracts(session, staff).where(Contract.id == contract_id))


def request(session: Session, staff: Staff, request_id: int, *, lock: bool = False) -> Request | None:
    """One request, where the person may see it."""
    query = _requests(session, staff).where(Request.id == request_id)
    return session.scalar(query.with_for_update(of=Request) if lock else query)


def mine(session: Session, staff: Staff, row: Request) -> Consent | None:
    """The consent that waits for this person's company; None where nothing does."""
    if row.state != RequestState.OPEN:
        return None
    ids = {each.id for each in consents.retailers_of(session, f"staff:{staff.id}")}
    return next((each for each in row.consents if each.retailer_id in ids and not each.answer), None)


def about(session: Session, row: Contract) -> tuple[list[Request], list[ContractNotice], list[Evidence]]:
    """What was asked for about a contract, what was told of its end, and what is on record."""
    asked = select(Request).where((Request.contract_id == row.id) | (Request.result_id == row.id)).order_by(Request.id)
    told = select(ContractNotice).where(ContractNotice.contract_id == row.id).order_by(ContractNotice.id)
    facts = select(Evidence).where(Evidence.about_kind == "contract", Evidence.about_id == row.id).order_by(Evidence.id)
    return list(session.scalars(asked)), list(session.scalars(told)), list(session.scalars(facts))


def _contracts(session: Session, staff: Staff) -> Select[Contract]:
    return select(Contract).join(Application, Contract.application_id == Application.id).where(_sees(session, staff))


def _sees(session: Session, staff: Staff) -> ColumnElement[bool]:
    kind = staff.organisation.kind
    if kind == OrganisationKind.CENTRE:
        return true()
    if kind == OrganisationKind.RETAILER:
        return Contract.retailer_id.in_(_companies(staff))
    return Application.bureau_id == staff.organisation_id if kind == OrganisationKind.BUREAU else false()


def _requests(session: Session, staff: Staff) -> Select[Request]:
    query = select(Request).join(Application, Request.application_id == Application.id)
    kind = staff.organisation.kind
    if kind == OrganisationKind.CENTRE:
        return query
    if kind == OrganisationKind.RETAILER:
        ours = select(Consent.request_id).where(Consent.retailer_id.in_(_companies(staff)))
        old = select(Contract.id).where(Contract.retailer_id.in_(_companies(staff)))
        return query.where(Request.id.in_(ours) | Request.contract_id.in_(old))
    return query.where(Application.bureau_id == staff.organisation_id if kind == OrganisationKind.BUREAU else false())


def _companies(staff: Staff) -> Select[int]:
    return select(Retailer.id).where(Retailer.organisation_id == staff.organisation_id)


def _is(show: str, month: int) -> ColumnElement[bool]:
    held = (Contract.first_month <= month) & (Contract.last_month >= month)
    return {
        "holding": held,
        "coming": Contract.first_month > month,
        "ending": (Contract.last_month >= month) & (Contract.last_month <= month + SOON),
        "over": Contract.last_month < month,
    }[show]


def _stands(session: Session, staff: Staff, show: str) -> ColumnElement[bool]:
    opened = Request.state == RequestState.OPEN
    if show != "mine":
        return opened if show == "open" else ~opened
    waits = select(Consent.request_id).where(Consent.retailer_id.in_(_companies(staff)), Consent.answer == "")
    return opened & Request.id.in_(waits)
