"""A package (套餐) and its versions: what a retail company offers, on which terms, when, and who approved it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, UtcDateTime
from domain.market.retailers import Retailer


class VersionState(StrEnum):
    """How far a version is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"  # waits for the trading centre
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # no longer offered; contracts on it go on


VERSION_STATES: Mapping[str, str] = {
    VersionState.DRAFT: "草稿",
    VersionState.SUBMITTED: "待交易中心审核",
    VersionState.APPROVED: "已上架",
    VersionState.REFUSED: "未通过",
    VersionState.WITHDRAWN: "已下架",
}


class Package(Base):
    """One package under one name; what it costs stands in its versions."""

    __tablename__ = "packages"
    __table_args__ = (UniqueConstraint("retailer_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    retailer_id: Mapped[int] = mapped_column(ForeignKey("retailers.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)  # P0001: what people and programs call it by
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retailer: Mapped[Retailer] = relationship(lazy="joined", innerjoin=True)
    versions: Mapped[list[PackageVersion]] = relationship(back_populates="package", order_by="PackageVersion.number")


class PackageVersion(Base):
    """The terms of a package as they were handed in once; an approved version is never changed."""

    __tablename__ = "package_versions"
    __table_args__ = (UniqueConstraint("package_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("packages.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default=VersionState.DRAFT, index=True)
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)  # see `domain.packages.terms`
    offered_from: Mapped[date]
    offered_to: Mapped[date | None]  # the last day on which it may be chosen
    written_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refusal: Mapped[str] = mapped_column(default="")  # why the trading centre said no
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    package: Mapped[Package] = relationship(back_populates="versions", lazy="joined", innerjoin=True)
