"""The market's average price by month, as the trading centre publishes it; each change stays in the evidence."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.evidence import Evidence, record
from domain.market import months
from domain.packages.reading import amount
from domain.people.staff import Staff
from domain.usage.months import MarketPrice
from domain.workdays import local_day

MOST = Decimal(5000)  # 元/兆瓦时
WHAT = "market_price"


class BadPrice(ValueError):
    """No price of a month; the text says in Chinese what is wrong."""


def known(session: Session) -> dict[int, Decimal]:
    """Every published price by month, 元/兆瓦时."""
    return {row.month: row.price for row in session.scalars(select(MarketPrice).order_by(MarketPrice.month))}


def publish(session: Session, staff: Staff | None, month: int, text: str, now: datetime) -> None:
    """Publish a month's price, or correct it. BadPrice for what is none, or for a month that is not over yet."""
    price = amount(text)
    if price is None or not 0 < price <= MOST:
        raise BadPrice("市场均价要填大于 0 的数（元/兆瓦时），最多两位小数，例如 372.50")
    if month >= months.month_of(local_day(now)):
        raise BadPrice(f"{months.words(month)}还没有结束，不能公布均价")
    row = session.get(MarketPrice, month)
    old = row.yuan if row is not None else None
    if old is not None and Decimal(old) == price:
        return
    new = f"{price:f}"
    session.merge(MarketPrice(month=month, yuan=new, staff_id=staff.id if staff else None, at=now))
    who = f"staff:{staff.id}" if staff else "system"
    record(session, WHAT, (WHAT, month), who, {"month": months.code(month), "old": old, "new": new}, now)


def history(session: Session, limit: int = 60) -> list[Evidence]:
    """Who published what when, newest first."""
    query = select(Evidence).where(Evidence.about_kind == WHAT).order_by(Evidence.id.desc()).limit(limit)
    return list(session.scalars(query))
