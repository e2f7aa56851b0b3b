"""The energy that an account used, month by month, and the market's own price of a month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, UtcDateTime
from domain.packages.bills import UsedMonth
from domain.sources.facts import MonthRecord


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


class UsageAsk(Base):
    """When the marketing system was last asked what an account used."""

    __tablename__ = "usage_asks"

    account_mark: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    known: Mapped[bool]  # whether it knew the account
    settled_month: Mapped[int | None]  # the last month that it called settled


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


def used(session: Session, account_mark: str, before_month: int, months: int = 12) -> list[UsedMonth]:
    """What an account used in the months before that month, as far as it is known, the oldest first."""
    query = (
        select(MonthUsage)
        .where(MonthUsage.account_mark == account_mark)
        .where(MonthUsage.month >= before_month - months, MonthUsage.month < before_month)
        .order_by(MonthUsage.month)
    )
    return [UsedMonth(row.month, row.kwh, row.peak_kwh, row.flat_kwh, row.valley_kwh) for row in session.scalars(query)]


def keep(session: Session, account_mark: str, records: Iterable[MonthRecord], now: datetime) -> int:
    """Keep what the source says of an account's months. A settled month never changes any more, whatever the source
    says later. How many rows are new or other than before."""
    by_month = {each.month: each for each in records}
    query = select(MonthUsage).where(MonthUsage.account_mark == account_mark, MonthUsage.month.in_(by_month))
    rows = {row.month: row for row in session.scalars(query)}
    changed = 0
    for month, said in by_month.items():
        row = rows.get(month)
        if row is None:
            row = MonthUsage(account_mark=account_mark, month=month)
            session.add(row)
        elif row.settled or _as_said(row) == said:
            continue
        row.kwh, row.settled, row.at = said.kwh, said.settled, now
        row.peak_kwh, row.flat_kwh, row.valley_kwh = said.peak, said.flat, said.valley
        changed += 1
    return changed


def _as_said(row: MonthUsage) -> MonthRecord:
    return MonthRecord(row.month, row.kwh, row.peak_kwh, row.flat_kwh, row.valley_kwh, row.settled)
