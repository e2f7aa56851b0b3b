"""The terms of a package (套餐): its price, green share, term and what leaving early costs. Values without a database.

Prices are 元/兆瓦时 (元/MWh), exact decimals with at most two places, for the energy alone: the grid's fees and the
government's funds come on top and are the same whatever the package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from domain.packages.kinds import (
    ALL,
    KEYS,
    KIND_NAMES,
    PART_NAMES,
    SEASON_NAMES,
    BadTerms,
    Kind,
    Leaving,
    Part,
    Season,
    key_name,
)
from domain.packages.reading import fields

__all__ = ["ALL", "KEYS", "KIND_NAMES", "BadTerms", "Kind", "Leaving", "Part", "Season", "Terms", "lines"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a package costs and binds to. `from_json` makes them, and refuses what cannot be."""

    kind: Kind
    prices: tuple[Decimal, ...]  # 元/兆瓦时, in the order of `KEYS[kind]`; SHARED: the guaranteed price
    months: int  # the term, in trading months
    reference: Decimal | None = None  # SHARED: below this market price (元/兆瓦时) the user gets a share
    share: int = 0  # SHARED: the user's share of the difference, per cent
    green_percent: int = 0  # how much of the energy is green
    green_premium: Decimal = Decimal(0)  # 元/兆瓦时 of green energy, on top
    leaving: Leaving = Leaving.NONE
    leaving_fee: Decimal = Decimal(0)  # 元/兆瓦时 of what is left, or 元
    notice_days: int = 0  # how many days before leaving must be said

    def price(self, season: Season, part: Part) -> Decimal:
        """元/兆瓦时 in a part of the day in a season; for SHARED the guaranteed price."""
        keys = KEYS[self.kind]
        return self.prices[next(keys.index(key) for key in (f"{season}.{part}", part, season, ALL) if key in keys)]

    @property
    def by_part(self) -> bool:
        """Whether the part of the day matters."""
        return self.kind in (Kind.TIME_OF_USE, Kind.SEASONAL_TIME)

    @property
    def by_season(self) -> bool:
        """Whether the month's season matters."""
        return self.kind in (Kind.SEASONAL, Kind.SEASONAL_TIME)

    def to_json(self) -> dict[str, Any]:
        """The terms as a JSON value; decimals as text, so that nothing is rounded."""
        return {
            "kind": str(self.kind),
            "prices": {key: f"{price:f}" for key, price in zip(KEYS[self.kind], self.prices, strict=True)},
            "months": self.months,
            "reference": None if self.reference is None else f"{self.reference:f}",
            "share": self.share,
            "green_percent": self.green_percent,
            "green_premium": f"{self.green_premium:f}",
            "leaving": str(self.leaving),
            "leaving_fee": f"{self.leaving_fee:f}",
            "notice_days": self.notice_days,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The terms that `to_json` gave, or that somebody wrote in that form; BadTerms says what is wrong."""
        return cls(**fields(kept))


def price_words(terms: Terms) -> str:
    """The price in one line, as people read it."""
    if terms.kind == Kind.FIXED:
        return f"固定价 {yuan(terms.prices[0])} 元/兆瓦时"
    if terms.kind == Kind.SHARED:
        return (
            f"保底价 {yuan(terms.prices[0])} 元/兆瓦时；市场月均价低于 {yuan(terms.reference or Decimal(0))} 时，"
            f"差额的 {terms.share}% 归您"
        )
    if terms.kind == Kind.SEASONAL_TIME:
        return "；".join(_season_words(terms, season) for season in Season) + " 元/兆瓦时"
    named = zip(KEYS[terms.kind], terms.prices, strict=True)
    return "、".join(f"{key_name(key)} {yuan(price)}" for key, price in named) + " 元/兆瓦时"


def _season_words(terms: Terms, season: Season) -> str:
    parts = "、".join(f"{PART_NAMES[part][0]} {yuan(terms.price(season, part))}" for part in Part)
    return f"{SEASON_NAMES[season]} {parts}"


def leaving_words(terms: Terms) -> str:
    """What leaving before the end costs, and how early it must be said."""
    fee = {
        Leaving.NONE: "不收违约金",
        Leaving.PER_MWH: f"剩余月份的电量每兆瓦时付 {yuan(terms.leaving_fee)} 元",
        Leaving.SUM: f"一次性付 {yuan(terms.leaving_fee)} 元",
    }[terms.leaving]
    return f"{fee}，提前 {terms.notice_days} 天提出" if terms.notice_days else fee


def green_words(terms: Terms) -> str:
    """How green it is, and what that costs."""
    if not terms.green_percent:
        return "不含绿电"
    premium = f"，绿电每兆瓦时加 {yuan(terms.green_premium)} 元" if terms.green_premium else "，不加价"
    return f"{terms.green_percent}%{premium}"


def lines(terms: Terms) -> list[tuple[str, str]]:
    """The facts of the terms: what, and in which words."""
    return [
        ("类型", KIND_NAMES[terms.kind]),
        ("价格", price_words(terms)),
        ("绿电", green_words(terms)),
        ("期限", f"{terms.months} 个月"),
        ("提前终止", leaving_words(terms)),
    ]


def yuan(amount: Decimal) -> str:
    """An amount as people read it: two places at least, thousands parted."""
    return f"{amount:,.2f}"
