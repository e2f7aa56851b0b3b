"""Packages side by side as money on what an account used."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from domain.market.months import month, month_of
from domain.packages import offers
from domain.packages.bills import CENT, MWH, UsedMonth
from domain.packages.compare import CHAT, Comparison, compare, sms_lines, text_lines, whole
from domain.packages.kinds import Kind
from domain.settings import SettingValue
from domain.sources.facts import MonthRecord
from domain.usage.months import MarketPrice, keep
from domain.workdays import local_day
from tests.support.comparisons import MARKET, NOW, comparison, fixed
from tests.support.market import approved, package, retailer
from tests.support.terms import written
from tests.support.world import START, World

TODAY = local_day(START)
PRICES = {"P0001": "385.50", "P0002": "380.00", "P0003": "399.99"}


@pytest.fixture
def sold(world: World) -> World:
    """Three fixed prices of one company."""
    with world.app.store.write() as session:
        company = retailer(session, world.now)
        for code, price in PRICES.items():
            of = package(session, company, world.now, code, f"固定{code}")
            approved(session, of, 1, TODAY - timedelta(days=9), now=world.now, terms=written(prices={"all": price}))
    return world


def used(world: World, *kwhs: int, last: int = NOW - 1) -> None:
    with world.app.store.write() as session:
        months = range(last - len(kwhs) + 1, last + 1)
        keep(session, "a", [MonthRecord(at, kwh) for at, kwh in zip(months, kwhs, strict=True)], world.now)


def compared(world: World, mark: str = "a", months: int = 12) -> Comparison:
    with world.app.store.read() as session:
        return compare(session, mark, offers.offered(session, TODAY), world.now, months)


def test_each_package_is_money_on_the_own_last_twelve_months_the_cheapest_first(sold: World) -> None:
    kwhs = [10_000 + 137 * n for n in range(13)]
    used(sold, *kwhs)
    made = compared(sold)
    assert [each.code for each in made.packages] == ["P0002-1", "P0001-1", "P0003-1"]
    for each in made.packages:
        price = Decimal(PRICES[each.code.partition("-")[0]])
        assert each.yuan == sum((kwh * price / MWH).quantize(CENT, "ROUND_HALF_UP") for kwh in kwhs[1:])
    assert f"（2025年11月至2026年10月，共 {sum(kwhs[1:]):,} 度）" in made.basis


def test_twenty_four_months_are_compared_where_they_are_asked_for_and_never_more(sold: World) -> None:
    used(sold, *[1000] * 30)
    assert len(compared(sold, months=24).used) == 24
    assert len(compared(sold, months=60).used) == 24
    assert len(compared(sold, months=1).used) == 12


def test_where_the_last_month_is_not_settled_the_twelve_months_before_it_count(sold: World) -> None:
    used(sold, *range(1001, 1014), last=NOW - 2)
    assert [each.kwh for each in compared(sold).used] == list(range(1002, 1014))


def test_where_no_usage_is_known_the_standard_one_counts_and_it_says_so(sold: World) -> None:
    with sold.app.store.write() as session:
        session.add(SettingValue(name="card_kwh_middle", value=123_000))
    made = compared(sold, mark="")
    assert {each.kwh for each in made.used} == {123_000} and len(made.used) == 12
    assert "没有查到贵单位的用电数据，先按每月 123,000 度估算" in text_lines(made)[0]
    assert sms_lines(made)[0].startswith("没有用电数据，按每月123,000度")


def test_a_year_without_any_use_is_no_usage(sold: World) -> None:
    used(sold, *[0] * 12)
    assert not compared(sold).own


def test_fewer_months_are_not_scaled_up_to_a_year_and_it_says_so(sold: World) -> None:
    used(sold, *[1000] * 5)
    made = compared(sold)
    assert made.kwh == 5000
    assert "只查到 5 个月的用电，金额是这些月份的合计，不是全年。" in made.assumptions


def test_a_version_that_is_no_longer_offered_is_compared_and_marked(sold: World) -> None:
    used(sold, *[1000] * 12)
    with sold.app.store.write() as session:
        version = offers.version(session, "P0001-1")
        assert version is not None
        version.offered_to = TODAY - timedelta(days=1)
        made = compare(session, "a", [version, *offers.offered(session, TODAY)], sold.now)
    assert {each.code: each.offered for each in made.packages} == {"P0001-1": False, "P0002-1": True, "P0003-1": True}
    assert "（现在不能选）" in text_lines(made)[2]


def test_the_order_in_which_packages_come_changes_nothing(sold: World) -> None:
    used(sold, *[1000] * 12)
    with sold.app.store.read() as session:
        versions = offers.offered(session, TODAY)
        assert compare(session, "a", versions, sold.now) == compare(session, "a", versions[::-1] * 2, sold.now)


def test_what_a_shared_price_may_cost_more_is_what_the_market_gave(sold: World) -> None:
    used(sold, *[100_000] * 12)
    with sold.app.store.write() as session:
        of = package(session, retailer(session, sold.now, "R002", "乙"), sold.now, "P0009", "保底")
        approved(session, of, 1, TODAY, now=sold.now, terms=written(Kind.SHARED))
        session.add(MarketPrice(month=month_of(TODAY) - 12, yuan="360.00", staff_id=None, at=sold.now))
    shared = next(each for each in compared(sold).packages if each.code == "P0009-1")
    assert shared.at_risk == 12 * 100 * (Decimal(390) - 360) * 60 / 100  # MWh × (reference − market) × share
    assert f"最多多付 {shared.at_risk:,.2f} 元" in "\n".join(text_lines(compared(sold)))


def test_a_chat_lists_five_and_says_how_many_it_leaves_out() -> None:
    lines = text_lines(comparison([fixed(f"P{n:04d}-1", f"{380 + n}.00") for n in range(1, 9)]))
    assert sum(line[0].isdecimal() for line in lines) == CHAT
    assert "另有 3 个更贵的套餐没有列出。" in lines


def test_equal_sums_are_said_to_be_drawn() -> None:
    assert "先后由抽签决定" in "\n".join(text_lines(comparison([fixed("P0001-1", "380"), fixed("P0002-1", "380")])))
    assert "抽签" not in "\n".join(text_lines(comparison([fixed("P0001-1", "380"), fixed("P0002-1", "381")])))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 9])
def test_an_sms_holds_four_lines_of_35_characters_even_of_a_great_user(count: int) -> None:
    great = tuple(UsedMonth(month(2025, 11) + n, 200_000_000) for n in range(12))
    made = comparison([fixed(f"P{n:05d}-12", f"{380 + n}.11") for n in range(1, count + 1)], used=great, market=MARKET)
    lines = sms_lines(made)
    assert len(lines) <= 4 and all(0 < len(line) <= 35 for line in lines)
    if count:
        assert f"{made.packages[0].code}约{whole(made.packages[0].yuan)}元" in lines[1]
