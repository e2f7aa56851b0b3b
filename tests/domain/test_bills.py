"""Bills: what a package would have cost, to the cent, against a calculation in whole numbers that shares no code with
it (hundredths of kWh times ten-thousandths of 元/兆瓦时, halves up), and what must hold for every bill."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.market.months import month, words
from domain.packages.bills import ONLY_ENERGY, Shape, UsedMonth, bill, leaving_fee, shared_price
from domain.packages.terms import Kind, Terms
from tests.support.terms import PRICES, terms

SHAPE = Shape(peak=36, valley=30, wet=frozenset({6, 7, 8, 9, 10}), level=frozenset({5, 11}))
YEAR = [month(2025, 11) + n for n in range(12)]
USED = [31_417, 0, 1, 254_999, 18_003, 777_777, 40_005, 120_120, 9_999, 66_666, 350_001, 1_234_567]
MARKET = {each: Decimal(f"{330 + 11 * n}.{n:02d}") for n, each in enumerate(YEAR)}
SEASONS = {number: "wet" if 6 <= number <= 10 else "level" if number in (5, 11) else "dry" for number in range(1, 13)}


def fen(hundredths_kwh: int, price: int) -> int:
    """Cents of so many hundredths of kWh at so many ten-thousandths of 元/兆瓦时, in whole numbers: kWh/100 ÷ 1000 ×
    元/10000 × 100 is a division by ten million."""
    whole, rest = divmod(hundredths_kwh * price, 10_000_000)
    return whole + (rest >= 5_000_000)


def ten_thousandths(text: str) -> int:
    """385.50 as 3855000."""
    whole, _, part = text.partition(".")
    return int(whole) * 10_000 + int(part.ljust(4, "0"))


def apart(kind: Kind, number: int, kwh: int, market: str, green: int = 0, premium: str = "0") -> int:
    """A month's bill in cents."""
    prices = [ten_thousandths(price) for price in PRICES[kind]]
    season = ["wet", "level", "dry"].index(SEASONS[number])
    parts = [kwh * 36, kwh * 34, kwh * 30]
    total = fen(kwh * green, ten_thousandths(premium))
    if kind == Kind.FIXED:
        return total + fen(kwh * 100, prices[0])
    if kind == Kind.SEASONAL:
        return total + fen(kwh * 100, prices[season])
    if kind == Kind.SHARED:
        below = max(0, 3_900_000 - ten_thousandths(market))
        return total + fen(kwh * 100, prices[0] - below * 60 // 100)
    of_season = prices if kind == Kind.TIME_OF_USE else prices[3 * season : 3 * season + 3]
    return total + sum(fen(part, price) for part, price in zip(parts, of_season, strict=True))


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(("green", "premium"), [(0, "0"), (35, "13.37")])
def test_a_year_costs_what_a_calculation_apart_says_to_the_cent(kind: Kind, green: int, premium: str) -> None:
    made = bill(
        terms(kind, green_percent=green, green_premium=premium),
        [UsedMonth(each, kwh) for each, kwh in zip(YEAR, USED, strict=True)],
        MARKET,
        SHAPE,
    )
    expected = [
        apart(kind, each % 12 + 1, kwh, str(MARKET[each]), green, premium) for each, kwh in zip(YEAR, USED, strict=True)
    ]
    assert [each.yuan * 100 for each in made.months] == expected
    assert made.yuan * 100 == sum(expected)
    assert made.kwh == sum(USED)


def test_metered_parts_are_charged_as_they_were_metered() -> None:
    """100 kWh at peak, 20 flat, 3 valley: 57.113 → 57.11, 7.8214 → 7.82, 0.64497 → 0.64."""
    made = bill(terms(Kind.TIME_OF_USE), [UsedMonth(YEAR[0], 123, 100, 20, 3)], {}, SHAPE)
    assert [str(line.yuan) for line in made.months[0].lines] == ["57.11", "7.82", "0.64"]
    assert [line.what for line in made.months[0].lines] == ["峰段", "平段", "谷段"]
    assert made.assumptions == (ONLY_ENERGY,)


def test_half_a_cent_is_rounded_up() -> None:
    """10 kWh at 0.50 元/兆瓦时 are half a cent."""
    assert bill(terms(prices={"all": "0.50"}), [UsedMonth(YEAR[0], 10)], {}, SHAPE).yuan == Decimal("0.01")


def test_parts_that_are_not_the_whole_are_refused() -> None:
    with pytest.raises(ValueError, match="2025-11"):
        UsedMonth(YEAR[0], 100, 50, 30, 30)


def test_a_bill_says_that_it_assumed_the_shape_of_the_day() -> None:
    used = [UsedMonth(YEAR[0], 100, 50, 30, 20), UsedMonth(YEAR[1], 100)]
    said = bill(terms(Kind.TIME_OF_USE), used, {}, SHAPE).assumptions
    assert said[1] == "有 1 个月没有分时电量，按峰 36%、平 34%、谷 30% 估算。"
    assert bill(terms(Kind.FIXED), used, {}, SHAPE).assumptions == (ONLY_ENERGY,)


def test_a_bill_by_seasons_says_which_months_are_which() -> None:
    said = bill(terms(Kind.SEASONAL), [UsedMonth(YEAR[0], 100)], {}, SHAPE).assumptions
    assert "丰水期是 6、7、8、9、10 月，平水期是 5、11 月，其余是枯水期。" in said


def test_a_month_without_a_market_price_takes_the_last_one_before_and_says_so() -> None:
    used = [UsedMonth(each, 1000) for each in YEAR[:3]]
    made = bill(terms(Kind.SHARED), used, {YEAR[1]: Decimal("340.00")}, SHAPE)
    shared = Decimal("402.30") - (Decimal(390) - Decimal(340)) * 60 / 100
    assert [each.yuan for each in made.months] == [Decimal("402.30"), shared, shared]
    assert made.months[2].note == f"市场均价 340.00（按{words(YEAR[1])}）"
    assert [text for text in made.assumptions if "1 个月" in text] == [
        "有 1 个月的市场均价还没公布，按之前最近公布的价格算。",
        "有 1 个月没有市场均价，按保底价算，没有算分成。",
    ]


def test_nothing_used_costs_nothing_and_has_no_average() -> None:
    made = bill(terms(), [UsedMonth(YEAR[0], 0)], {}, SHAPE)
    assert (made.yuan, made.average) == (Decimal("0.00"), None)


@pytest.mark.parametrize(
    ("leaving", "fee", "expected"), [("none", "0", "0.00"), ("per_mwh", "20.00", "24.68"), ("sum", "500", "500.00")]
)
def test_leaving_early_costs_what_the_terms_say(leaving: str, fee: str, expected: str) -> None:
    """1,234 kWh at 20 元/兆瓦时 are 24.68 元."""
    assert str(leaving_fee(terms(leaving=leaving, leaving_fee=fee), 1_234)) == expected


prices = st.integers(0, 500_000).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
kwhs = st.integers(0, 50_000_000)


@st.composite
def any_terms(draw: st.DrawFn) -> Terms:
    """Terms of any kind with prices that may be."""
    kind = draw(st.sampled_from(Kind))
    drawn = [sorted(draw(st.lists(prices, min_size=3, max_size=3)), key=Decimal, reverse=True) for _ in range(3)]
    flat = [price for three in drawn for price in three]
    keys = list(terms(kind).to_json()["prices"])
    sharing = {"reference": flat[0], "share": draw(st.integers(1, 100))} if kind == Kind.SHARED else {}
    green = {"green_percent": draw(st.integers(1, 100)), "green_premium": draw(prices)}
    return terms(kind, prices=dict(zip(keys, flat, strict=False)), **sharing, **green)


@st.composite
def any_month(draw: st.DrawFn) -> UsedMonth:
    """A month, metered by parts or not."""
    parts = draw(st.none() | st.tuples(kwhs, kwhs, kwhs))
    number = draw(st.sampled_from(YEAR))
    return UsedMonth(number, sum(parts), *parts) if parts else UsedMonth(number, draw(kwhs))


markets = st.dictionaries(st.sampled_from(YEAR), prices.map(Decimal))


@given(any_terms(), st.lists(any_month(), max_size=12), markets)
@settings(max_examples=200, deadline=None)
def test_a_bill_is_the_sum_of_its_months_and_a_month_the_sum_of_its_lines(
    made_of: Terms, used: list[UsedMonth], market: dict[int, Decimal]
) -> None:
    made = bill(made_of, used, market, SHAPE)
    alone = [bill(made_of, [each], market, SHAPE).yuan for each in used]
    assert made.yuan == sum(alone) == sum(line.yuan for each in made.months for line in each.lines)
    assert made.yuan == made.yuan.quantize(Decimal("0.01")) >= 0


@given(any_terms(), any_month(), markets, st.integers(1, 3), st.sampled_from(["peak", "flat", "valley"]))
@settings(max_examples=200, deadline=None)
def test_more_energy_never_costs_less(
    made_of: Terms, used: UsedMonth, market: dict[int, Decimal], more: int, part: str
) -> None:
    parts = {"peak": used.peak, "flat": used.flat, "valley": used.valley}
    if used.metered:
        parts[part] = (parts[part] or 0) + more
    bigger = UsedMonth(used.month, used.kwh + more, **parts)
    assert bill(made_of, [bigger], market, SHAPE).yuan >= bill(made_of, [used], market, SHAPE).yuan


@given(any_terms().filter(lambda each: each.kind == Kind.SHARED), st.none() | prices.map(Decimal))
@settings(max_examples=200, deadline=None)
def test_a_shared_price_is_never_above_the_guaranteed_one_and_never_below_nothing(
    made_of: Terms, market: Decimal | None
) -> None:
    assert 0 <= shared_price(made_of, market) <= made_of.prices[0]


@given(any_terms())
@settings(max_examples=200, deadline=None)
def test_terms_come_back_from_their_json_exactly(made_of: Terms) -> None:
    kept = made_of.to_json()
    assert Terms.from_json(kept) == made_of
    assert Terms.from_json(kept).to_json() == kept
