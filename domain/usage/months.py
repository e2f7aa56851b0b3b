"""The energy that an account used, month by month, and the market's own price of a month."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, UtcDateTime


class MonthUsage(Base):
    """One account in one month, in whole kWh. The parts of the day add up to the whole, where they are known."""

    __tablename__ = "month_usages"
    __table_args__ = (UniqueConstraint("account_mark", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_mark: Mapped[str]
    month: Mapped[int]  # see `domain.market.months`
    kwh: Mapped[int] = mapped_column(BigInteger)
    peak_kwh: Mapped[int | None] = mapped_column(BigInteger)  # 峰
    flat_kwh: Mapped[int | None] = mapped_column(BigInteger)  # 平
    valley_kwh: Mapped[int | None] = mapped_column(BigInteger)  # 谷
    settled: Mapped[bool]  # settled months do not change any more
    at: Mapped[datetime] = mapped_column(UtcDateTime)  # when the source said so


class MarketPrice(Base):
    """The wholesale market's average price of a month, as the trading centre publishes it: what 保底分成 shares."""

    __tablename__ = "market_prices"

    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    yuan: Mapped[str]  # 元/兆瓦时, an exact decimal
    staff_id: Mapped[int | None]  # who published it; None: the market's own system
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def price(self) -> Decimal:
        """元/兆瓦时."""
        return Decimal(self.yuan)
