"""Retail companies (售电公司) in the market: whether they may sell, and what is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, UtcDateTime
from domain.people.staff import Organisation


class RetailerState(StrEnum):
    """Whether a retail company may sell."""

    ACTIVE = "active"
    SUSPENDED = "suspended"  # sells nothing new; what it sold goes on
    LICENCE_LOST = "licence_lost"  # its contracts end with the month
    LEFT = "left"  # the same, by its own wish


STATE_NAMES: Mapping[str, str] = {
    RetailerState.ACTIVE: "正常经营",
    RetailerState.SUSPENDED: "暂停新签",
    RetailerState.LICENCE_LOST: "已失去售电资格",
    RetailerState.LEFT: "已退出市场",
}


class Retailer(Base):
    """A retail company as the trading centre lists it. Its staff are the organisation's."""

    __tablename__ = "retailers"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), unique=True)
    state: Mapped[str] = mapped_column(default=RetailerState.ACTIVE)
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    service_score: Mapped[int | None]  # of 100, as the trading centre gives it; None: not scored yet
    about: Mapped[str] = mapped_column(default="")  # one line for users
    phone: Mapped[str] = mapped_column(default="")  # its service line, shown to users
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)

    @property
    def name(self) -> str:
        """Its name."""
        return self.organisation.name

    @property
    def code(self) -> str:
        """The number that the market knows it by."""
        return self.organisation.code

    @property
    def sells(self) -> bool:
        """Whether it may take new users now."""
        return self.state == RetailerState.ACTIVE
