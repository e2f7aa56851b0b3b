"""Contracts, what is asked for about them, and who must say yes to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Sealed, UtcDateTime
from domain.market.retailers import Retailer
from domain.packages.tables import PackageVersion
from domain.registration.applications import Application


class ContractState(StrEnum):
    """What a contract is, whatever the month: whether it is in force now follows from its months."""

    SIGNED = "signed"
    ENDED = "ended"  # before or after its term; `last_month` is then the last one that it held for


class Why(StrEnum):
    """Why a contract came to its end."""

    TERM = "term"  # its term was over, and it was not renewed
    RENEWED = "renewed"
    CHANGED = "changed"  # another package or company took its place
    TERMINATED = "terminated"  # both sides ended it early
    RETAILER_GONE = "retailer_gone"  # the retail company left or lost its licence


WHY_NAMES: Mapping[str, str] = {
    Why.TERM: "到期",
    Why.RENEWED: "已续约",
    Why.CHANGED: "已换成别的合同",
    Why.TERMINATED: "双方提前终止",
    Why.RETAILER_GONE: "售电公司退出",
}

_HOLDS = text("first_month <= last_month")  # one that was ended before it began holds for no month
_LIVE: Mapping[str, Any] = {"sqlite_where": _HOLDS, "postgresql_where": _HOLDS}


class Contract(Base):
    """One trading unit with one retail company, on one version of a package, for whole trading months."""

    __tablename__ = "contracts"
    __table_args__ = (
        Index("ix_contracts_unit", "unit_mark", "first_month"),
        Index("ix_contracts_ending", "state", "last_month", "renewal"),
        # What the code sees to, and the store holds whoever writes: no two begin together, none is renewed twice.
        Index(
            "uq_contracts_begin", "unit_mark", "first_month", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE
        ),
        UniqueConstraint("renews_id"),
        CheckConstraint("last_month >= first_month - 1", name="months"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)  # HT + day + number
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    company_mark: Mapped[str] = mapped_column(index=True)
    unit_kind: Mapped[str]  # `domain.groups.units.UnitKind` at the time of signing
    unit_mark: Mapped[str]
    retailer_id: Mapped[int] = mapped_column(ForeignKey("retailers.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("package_versions.id"))
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)  # as they were signed
    first_month: Mapped[int]
    last_month: Mapped[int]
    state: Mapped[str] = mapped_column(default=ContractState.SIGNED)
    why_ended: Mapped[str] = mapped_column(default="")
    # What becomes of it at its end: "" silence renews it, "stopped" somebody objected, "renewed" done.
    renewal: Mapped[str] = mapped_column(default="")
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("contracts.id"))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    application: Mapped[Application] = relationship()
    retailer: Mapped[Retailer] = relationship()
    version: Mapped[PackageVersion] = relationship()


class RequestKind(StrEnum):
    """What is asked for."""

    BIND = "bind"  # a first contract: the user chooses a company and a package
    PACKAGE = "package"  # another package of the same company
    COMPANY = "company"  # another company
    END = "end"  # before the term is over
    NOT_RENEW = "not_renew"  # an objection to silent renewal; needs nobody's yes


KIND_NAMES: Mapping[str, str] = {
    RequestKind.BIND: "签订零售合同",
    RequestKind.PACKAGE: "更换套餐",
    RequestKind.COMPANY: "更换售电公司",
    RequestKind.END: "提前终止合同",
    RequestKind.NOT_RENEW: "到期不续约",
}


class Side(StrEnum):
    """Whose word it is."""

    USER = "user"
    OLD = "old"  # the retail company of the contract in force
    NEW = "new"  # the one that is to come


SIDE_NAMES: Mapping[str, str] = {Side.USER: "用户", Side.OLD: "原售电公司", Side.NEW: "新售电公司"}


class RequestState(StrEnum):
    """How far a request is."""

    OPEN = "open"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # not signed by all in time; nothing changed
    SUPERSEDED = "superseded"  # something else was agreed first, or a party is gone


REQUEST_STATES: Mapping[str, str] = {
    RequestState.OPEN: "等待各方答复",
    RequestState.AGREED: "各方已同意",
    RequestState.REFUSED: "有一方不同意",
    RequestState.WITHDRAWN: "已撤回",
    RequestState.LAPSED: "逾期未答复，已失效",
    RequestState.SUPERSEDED: "已被其他事项取代",
}


class Request(Base):
    """Something that is asked for, as it was shown to all of them. Nothing holds before every side has said yes."""

    __tablename__ = "contract_requests"
    __table_args__ = (
        Index("ix_contract_requests_open", "state", "deadline"),
        Index("ix_contract_requests_unit", "unit_mark", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)  # BG + day + number
    kind: Mapped[str]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    company_mark: Mapped[str] = mapped_column(index=True)
    unit_kind: Mapped[str]
    unit_mark: Mapped[str]
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contracts.id"), index=True)  # the one in force
    result_id: Mapped[int | None] = mapped_column(ForeignKey("contracts.id"), index=True)  # the one that it made
    version_id: Mapped[int | None] = mapped_column(ForeignKey("package_versions.id"))  # what is to come
    first_month: Mapped[int]  # the first month that it changes
    last_month: Mapped[int]  # of the contract to come; for an end, the last month of the old one
    proposed_by: Mapped[str]  # Side
    proposer: Mapped[str]  # contact:7, staff:3
    shown: Mapped[str] = mapped_column(Sealed)  # exactly what every side is asked, without its code
    digest: Mapped[str]  # SHA-256 of `shown`
    state: Mapped[str] = mapped_column(default=RequestState.OPEN)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deadline: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_why: Mapped[str] = mapped_column(default="")  # in Chinese, as it was told
    application: Mapped[Application] = relationship()
    contract: Mapped[Contract | None] = relationship(foreign_keys=[contract_id])
    version: Mapped[PackageVersion | None] = relationship()
    consents: Mapped[list[Consent]] = relationship(back_populates="request", order_by="Consent.id")


class Consent(Base):
    """What one side must say to a request, and said."""

    __tablename__ = "contract_consents"
    __table_args__ = (
        UniqueConstraint("request_id", "side"),
        Index("ix_contract_consents_waiting", "retailer_id", "answer"),
        CheckConstraint("answer = '' OR (answer IN ('yes', 'no') AND evidence_id IS NOT NULL)", name="proved"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("contract_requests.id"))
    side: Mapped[str]
    retailer_id: Mapped[int | None] = mapped_column(ForeignKey("retailers.id"))  # None: the user's side
    answer: Mapped[str] = mapped_column(default="")  # "", "yes", "no"
    who: Mapped[str] = mapped_column(default="")  # contact:7, staff:3
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    request: Mapped[Request] = relationship(back_populates="consents")
    retailer: Mapped[Retailer | None] = relationship()


class ContractNotice(Base):
    """That a contract's end was told: to whom both, once for each of the days that the settings name."""

    __tablename__ = "contract_notices"
    __table_args__ = (UniqueConstraint("contract_id", "step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    step: Mapped[str]  # "before", "decisive", "last"
    shown: Mapped[str] = mapped_column(Sealed)  # what silence will do, as it was told
    at: Mapped[datetime] = mapped_column(UtcDateTime)
