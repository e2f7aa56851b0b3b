"""What a package would have cost: the price engine. Exact decimals; every line is rounded half up to the cent (分), and
sums add what is shown, so that a reader with a pocket calculator comes to the same.

A bill is the energy price alone. Where the parts of a day were not metered, a month is split by the standard shape of
the settings; where the market's price of a month is not published, the last one before stands in, and without any the
guaranteed price holds. Each of these is said in `Bill.assumptions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from domain.market import months
from domain.packages.kinds import PART_NAMES, SEASON_NAMES, Kind, Leaving, Part, Season
from domain.packages.terms import Terms, yuan

CENT = Decimal("0.01")
MWH = Decimal(1000)  # kWh
ONLY_ENERGY = "只算电能量价格，不含输配电价、政府性基金等，这些不因套餐而变。"


@dataclass(frozen=True, slots=True)
class UsedMonth:
    """The energy of one month in whole kWh; the parts of the day all or none, and together the whole."""

    month: int  # see `domain.market.months`
    kwh: int
    peak: int | None = None
    flat: int | None = None
    valley: int | None = None

    def __post_init__(self) -> None:
        parts = [part for part in (self.peak, self.flat, self.valley) if part is not None]
        if min([self.kwh, *parts]) < 0 or (parts and (len(parts) != 3 or sum(parts) != self.kwh)):
            raise ValueError(f"month {months.code(self.month)}: the parts of the day are not the whole")

    @property
    def metered(self) -> bool:
        """Whether the parts of the day are known."""
        return self.peak is not None


@dataclass(frozen=True, slots=True)
class Shape:
    """What is assumed of a day whose parts were not metered, and which months are wet and level; the rest is dry."""

    peak: int  # per cent of a month's energy
    valley: int
    wet: frozenset[int]  # months of the year, 1 to 12
    level: frozenset[int]

    def season(self, month: int) -> Season:
        """The season of a trading month. A month that is in both lists counts as wet."""
        number = month % 12 + 1
        return Season.WET if number in self.wet else Season.LEVEL if number in self.level else Season.DRY

    def parts(self, used: UsedMonth) -> tuple[tuple[Part, Decimal], ...]:
        """A month's energy by parts of the day, in kWh: as metered, or by the standard shape (then not whole)."""
        if used.peak is not None and used.flat is not None and used.valley is not None:
            metered = (used.peak, used.flat, used.valley)
            return tuple((part, Decimal(kwh)) for part, kwh in zip(Part, metered, strict=True))
        percents = (self.peak, 100 - self.peak - self.valley, self.valley)
        return tuple((part, used.kwh * Decimal(per) / 100) for part, per in zip(Part, percents, strict=True))


@dataclass(frozen=True, slots=True)
class Line:
    """One amount of a month: so many kWh at such a price."""

    what: str
    kwh: Decimal
    price: Decimal  # 元/兆瓦时
    yuan: Decimal


@dataclass(frozen=True, slots=True)
class MonthBill:
    """What one month costs: the sum of its lines."""

    month: int
    kwh: int
    lines: tuple[Line, ...]
    note: str = ""  # how the price came about, where that is not plain

    @property
    def yuan(self) -> Decimal:
        """元."""
        return sum((line.yuan for line in self.lines), Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class Bill:
    """What the months cost together, and on what assumptions."""

    months: tuple[MonthBill, ...]
    assumptions: tuple[str, ...]

    @property
    def yuan(self) -> Decimal:
        """元: the sum of the months."""
        return sum((each.yuan for each in self.months), Decimal("0.00"))

    @property
    def kwh(self) -> int:
        """The energy of all the months."""
        return sum(each.kwh for each in self.months)

    @property
    def average(self) -> Decimal | None:
        """元/兆瓦时 to the cent; None where nothing was used."""
        return cents(self.yuan * MWH / self.kwh) if self.kwh else None


def bill(terms: Terms, used: Sequence[UsedMonth], market: Mapping[int, Decimal], shape: Shape) -> Bill:
    """What these months cost on these terms. `market`: the average price by month, 元/兆瓦时, as far as it is known."""
    made = tuple(_month(terms, each, market, shape) for each in used)
    return Bill(made, tuple(_assumptions(terms, used, market, shape)))


def leaving_fee(terms: Terms, left_kwh: int) -> Decimal:
    """What leaving early costs in 元, when so many kWh of the term are left."""
    if terms.leaving == Leaving.PER_MWH:
        return cents(left_kwh * terms.leaving_fee / MWH)
    return cents(terms.leaving_fee)


def cents(amount: Decimal) -> Decimal:
    """Rounded half up to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def shared_price(terms: Terms, market_price: Decimal | None) -> Decimal:
    """元/兆瓦时 of a month of a shared price: the guaranteed price less the user's share of what the market was below
    the reference. Never above the guaranteed price; the guaranteed price itself where no market price is known."""
    below = max(Decimal(0), (terms.reference or Decimal(0)) - market_price) if market_price is not None else Decimal(0)
    return terms.prices[0] - below * terms.share / 100


def market_of(month: int, market: Mapping[int, Decimal]) -> tuple[Decimal | None, int | None]:
    """The price of a month and the month that it is of: the last one before, where the month's own is not known."""
    known = [each for each in market if each <= month]
    return (market[max(known)], max(known)) if known else (None, None)


def _month(terms: Terms, used: UsedMonth, market: Mapping[int, Decimal], shape: Shape) -> MonthBill:
    season = shape.season(used.month)
    note = ""
    if terms.by_part:
        where = SEASON_NAMES[season] if terms.by_season else ""
        lines = [_line(where + PART_NAMES[part], kwh, terms.price(season, part)) for part, kwh in shape.parts(used)]
    elif terms.kind == Kind.SHARED:
        price, of = market_of(used.month, market)
        lines = [_line("电量", Decimal(used.kwh), shared_price(terms, price))]
        note = _sharing_note(used.month, price, of)
    else:
        what = SEASON_NAMES[season] if terms.by_season else "电量"
        lines = [_line(what, Decimal(used.kwh), terms.price(season, Part.FLAT))]
    if terms.green_percent and terms.green_premium:
        lines.append(_line("绿电加价", used.kwh * Decimal(terms.green_percent) / 100, terms.green_premium))
    return MonthBill(used.month, used.kwh, tuple(lines), note)


def _line(what: str, kwh: Decimal, price: Decimal) -> Line:
    return Line(what, kwh, price, cents(kwh * price / MWH))


def _sharing_note(month: int, price: Decimal | None, of: int | None) -> str:
    if price is None or of is None:
        return "没有市场均价，按保底价算"
    return f"市场均价 {yuan(price)}" + ("" if of == month else f"（按{months.words(of)}）")


def _seasons(shape: Shape) -> str:
    """Which months are which."""
    wet, level = ("、".join(str(number) for number in sorted(each)) or "没有" for each in (shape.wet, shape.level))
    return f"丰水期是 {wet} 月，平水期是 {level} 月，其余是枯水期。"


def _assumptions(terms: Terms, used: Sequence[UsedMonth], market: Mapping[int, Decimal], shape: Shape) -> list[str]:
    said = [ONLY_ENERGY, *([_seasons(shape)] if terms.by_season else [])]
    unmetered = [each for each in used if not each.metered and each.kwh]
    if terms.by_part and unmetered:
        flat = 100 - shape.peak - shape.valley
        some = f"有 {len(unmetered)} 个月" if len(unmetered) < len(used) else ""
        said.append(f"{some}没有分时电量，按峰 {shape.peak}%、平 {flat}%、谷 {shape.valley}% 估算。")
    if terms.kind == Kind.SHARED:
        unknown = [each.month for each in used if each.month not in market]
        before = [month for month in unknown if market_of(month, market)[0] is not None]
        if before:
            said.append(f"有 {len(before)} 个月的市场均价还没公布，按之前最近公布的价格算。")
        if len(unknown) > len(before):
            said.append(f"有 {len(unknown) - len(before)} 个月没有市场均价，按保底价算，没有算分成。")
        said.append("市场均价以后会变，分成不保证。")
    return said
