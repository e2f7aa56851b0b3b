"""Comparisons for tests, made by the price engine on months that are written down here; no store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.market.months import month
from domain.packages.bills import Shape, UsedMonth, bill
from domain.packages.compare import Compared, Comparison, at_risk
from domain.packages.draw import place
from domain.packages.terms import Terms
from tests.support.terms import terms

NOW = month(2026, 11)
SHAPE = Shape(36, 30, frozenset({6, 7, 8, 9, 10}), frozenset({5, 11}))
MARKET = {NOW - n: Decimal(360) for n in range(1, 13)}
USED = tuple(UsedMonth(NOW - n, 100_000) for n in range(12, 0, -1))
SHIFT = 10


@dataclass(frozen=True)
class Offer:
    """What a test sells."""

    code: str
    terms: Terms
    score: int | None = 90
    name: str = "安心固定价"
    retailer: str = "滇源售电有限公司"
    offered: bool = True


def fixed(code: str, price: str, *, score: int | None = 90, green: int = 0, **changed: object) -> Offer:
    """A fixed price."""
    return Offer(code, terms(prices={"all": price}, green_percent=green, **changed), score)


def comparison(
    offers: Sequence[Offer],
    *,
    used: tuple[UsedMonth, ...] = USED,
    market: Mapping[int, Decimal] = MARKET,
    mark: str = "a",
    now: int = NOW,
) -> Comparison:
    """The offers on the months, the cheapest first."""
    made = [_compared(each, used, market) for each in offers]
    made.sort(key=lambda each: (each.yuan, place(mark, now, each.code)))
    return Comparison(mark, now, len(used), used, True, tuple(made), SHIFT)


def _compared(of: Offer, used: tuple[UsedMonth, ...], market: Mapping[int, Decimal]) -> Compared:
    made = bill(of.terms, used, market, SHAPE)
    risk = at_risk(of.terms, used, made.yuan, SHAPE, SHIFT)
    return Compared(of.code, of.name, of.retailer, of.score, of.terms, made, risk, of.offered)
