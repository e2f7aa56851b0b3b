"""What people state beside their wish: energy is what packages are compared on, months are the ones that are told, a
day for an early end is held against the rule; and a day that there is not is refused with the reason."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from actions.acts import act_of
from domain.contracts.tables import Contract
from domain.market.months import month, month_of
from domain.messages.messages import OutboundMessage
from domain.packages import compare
from domain.sources.facts import MonthRecord
from domain.usage.months import keep
from domain.workdays import local_day
from tests.bot.test_wishes import heard
from tests.support.console import newest
from tests.support.contracts import LIN, ZHANG, Market, open_market
from tests.support.world import World


@pytest.fixture
def market(world: World) -> Market:
    return open_market(world)


@pytest.fixture
def bound(market: Market) -> Market:
    """王芳 has a contract from December 2026 to November 2027; it is March 2027."""
    market.choose("P1001")
    market.sign()
    market.accept(ZHANG)
    market.world.now = market.world.now.replace(year=2027, month=3, day=1)
    return market


def said(market: Market, text: str, intent: str, *values: tuple[str, str, str]) -> str:
    """王芳 writes; of each value that is found in it: its kind, the words, the plain form."""
    entities: list[dict[str, Any]] = [
        {"entity": kind, "value": value, "start": text.index(words), "end": text.index(words) + len(words)}
        for kind, words, value in values
    ]
    return heard(market.world, text, intent, entities=entities)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("一年5万度 哪个套餐划算", "50,000"),
        ("每月5万度，一年下来哪个便宜", "600,000"),
        ("我们一个月用5万度，推荐一个", "600,000"),
        ("月用电量5万度左右", "600,000"),
        ("三个月用了5万度", "200,000"),
        ("半年5万度", "100,000"),
        ("每天5万度", "18,250,000"),
        ("去年12月用了5万度", "600,000"),
        ("合同想签6个月的，一年大概5万度", "50,000"),
    ],
)
def test_packages_are_compared_on_the_usage_that_is_stated(market: Market, text: str, year: str) -> None:
    """Whatever period it is stated for; and that it is an estimate is said."""
    told = said(market, text, "recommend", ("energy", "5万度", "50000"))
    assert f"按您说的一年 {year} 度、每月一样多估算" in told and "估算约" in told
    assert "没有说是多久" not in told


def test_the_money_is_that_of_the_stated_year(market: Market) -> None:
    """120 MWh at 379.00, also for the list, for one package and for two that are named."""
    energy = ("energy", "12万度", "120000")
    assert "45,480" in said(market, "一年12万度 哪个划算", "recommend", energy)
    assert "约 45,480.00 元" in said(market, "一年12万度有哪些套餐", "list_packages", energy)
    assert "约 45,480.00 元" in said(market, "一年12万度用P1002要多少钱", "choose_package", energy)
    assert "45,480.00 元" in said(market, "一年12万度 P1002跟P2001比", "compare_packages", energy)


def test_the_picture_shows_the_same_year(market: Market) -> None:
    """It is drawn later, from what was kept."""
    said(market, "一年12万度 哪个划算", "recommend", ("energy", "12万度", "120000"))
    with market.world.app.store.read() as session:
        sent = session.scalars(select(OutboundMessage).where(OutboundMessage.event == "picture")).one()
        assert compare.pictured(session, sent.body, market.world.now).kwh == 120_000


def test_the_stated_usage_goes_before_what_was_metered_and_stays_with_the_taps(market: Market) -> None:
    """Who says a number wants that number."""
    now = month_of(local_day(market.world.now))
    with market.world.app.store.write() as session:
        records = [MonthRecord(now - n, 77_000) for n in range(1, 13)]
        keep(session, newest(market.world).account_mark or "", records, market.world.now)
    told = said(market, "一年12万度有哪些套餐", "list_packages", ("energy", "12万度", "120000"))
    [tap] = re.findall(r"cmd:recommend:[^\"'&]*", told)
    assert "按您说的一年 120,000 度" in market.tap(unquote(tap))
    assert "按贵单位 12 个月的用电" in said(market, "推荐一个", "recommend")


def test_a_period_that_nobody_said_is_assumed_and_the_assumption_is_said(market: Market) -> None:
    """With the words that put it right; of several amounts none is taken."""
    told = said(market, "5万度电哪个划算", "compare_packages", ("energy", "5万度", "50000"))
    assert "按您说的一年 50,000 度" in told and "您没有说是多久的用电，先当一年的算" in told
    told = said(market, "3月到5月用了5万度哪个划算", "recommend", ("energy", "5万度", "50000"))
    assert "先当一年的算" in told
    two = (("energy", "5万度", "50000"), ("energy", "2万度", "20000"))
    told = said(market, "峰5万度谷2万度哪个划算", "recommend", *two)
    assert "您说了几个电量" in told and "按您说的" not in told


def contract(market: Market) -> Contract:
    (row,) = market.contracts()
    return row


END = "end_early"


@pytest.mark.parametrize(
    ("words", "kind", "day"),
    [("下个月底", "date", "2027-04-30"), ("5月15号", "date", "2027-05-15"), ("6月", "month", "2027-06")],
)
def test_a_later_day_for_an_early_end_is_answered_with_the_rule(bound: Market, words: str, kind: str, day: str) -> None:
    """And nothing is asked yet: it would end sooner than was said."""
    told = said(bound, f"从{words}结束合同", END, (kind, words, day))
    assert "从下个月（2027年4月）起生效" in told and f"请在2027年{int(day[5:7])}月里再来提" in told
    assert "确认" not in told and contract(bound).last_month == month(2027, 11)
    assert "提前终止合同" in bound.tap(f"cmd:end_contract:{newest(bound.world).id}")


@pytest.mark.parametrize(
    ("words", "kind", "day"),
    [("这个月底", "date", "2027-03-31"), ("4月1号", "date", "2027-04-01"), ("4月", "month", "2027-04")],
)
def test_the_day_that_the_rule_makes_it_is_simply_asked(bound: Market, words: str, kind: str, day: str) -> None:
    """There is nothing to explain."""
    assert "提前终止合同" in said(bound, f"{words}起不要这个合同了", END, (kind, words, day))


def test_a_day_after_the_contract_or_in_the_past_or_none_at_all_is_told_apart(bound: Market) -> None:
    """Each with what to do."""
    told = said(bound, "12月底结束合同", END, ("date", "12月底", "2027-12-31"))
    assert "到2027年11月本来就到期" in told and "到期不续约" in told
    told = said(bound, "从2月1号起解约", END, ("date", "2月1号", "2027-02-01"))
    assert "2027年2月1日已经过了" in told and "2027年4月" in told
    told = said(bound, "2月30号解约", END, ("date_like", "2月30号", "day"))
    assert "2月没有30日" in told and "2027年4月" in told


def metered(market: Market) -> None:
    with market.world.app.store.write() as session:
        records = [MonthRecord(month(2026, 1) + n, 1000 + n) for n in range(10)]
        keep(session, newest(market.world).account_mark or "", records, market.world.now)


def test_the_months_that_are_named_are_told_alone(market: Market) -> None:
    """One, several, or from one to the other."""
    metered(market)
    told = said(market, "8月用了多少度", "usage", ("month", "8月", "2026-08"))
    assert "2026年8月：1,007千瓦时" in told and "2026年7月" not in told
    told = said(market, "3月到5月用了多少", "usage", ("month", "3月", "2026-03"), ("month", "5月", "2026-05"))
    assert "2026年4月：1,003千瓦时" in told and "合计3,009千瓦时" in told
    told = said(market, "3月和5月的电量", "usage", ("month", "3月", "2026-03"), ("month", "5月", "2026-05"))
    assert "2026年4月" not in told and "合计2,006千瓦时" in told


def test_a_month_without_data_says_why_and_a_day_that_there_are_only_months(market: Market) -> None:
    """Nothing is made up."""
    metered(market)
    assert "营销系统没有这个月的数据" in said(market, "去年9月用电", "usage", ("month", "去年9月", "2025-09"))
    assert "还没到" in said(market, "明年1月用电", "usage", ("month", "明年1月", "2027-01"))
    assert "没有13月，月份是1到12" in said(market, "13月用了多少", "usage", ("date_like", "13月", "month"))
    told = said(market, "8月5号用了多少", "usage", ("date", "8月5号", "2026-08-05"))
    assert "没有某一天的" in told and "2026年8月：" in told


def test_an_amount_alone_is_what_packages_are_compared_on(market: Market) -> None:
    """It answers no question, and wants none."""
    assert "按您说的一年 600,000 度" in said(market, "每月5万度", "inform", ("energy", "5万度", "50000"))


def test_in_a_form_energy_is_said_to_be_nothing_to_fill_in(world: World) -> None:
    """Also where the next answer may be any words: it becomes nobody's name."""
    world.say("我要注册")
    told = said(Market(world), "一年大概5万度", "inform", ("energy", "5万度", "50000"))
    assert "用电量不用您填" in told and "营业执照" in told


def test_a_number_of_ours_is_looked_up_whoever_names_it_how(market: Market) -> None:
    """Alone, with the wish to know, or in the words of a contract; among one's own alone."""
    number = newest(market.world).number or ""
    for intent in ("inform", "progress"):
        assert number in said(market, f"查{number}", intent, ("number", number, number))
    other = "ZC20200101000001"
    told = said(market, other, "progress", ("number", other, other))
    assert f"没有查到您名下编号{other}的申请" in told and number not in told
    market.choose("P1001")
    market.sign()
    market.accept(ZHANG)
    mine = contract(market).number
    assert f"合同{mine}" in said(market, f"{mine}什么时候到期", "my_contract", ("number", mine, mine))
    other = "HT20200101000001"
    assert "没有查到您名下" in said(market, other, "inform", ("number", other, other))


def test_somebody_else_learns_nothing_by_a_number(bound: Market) -> None:
    """Not even that there is such a contract."""
    mine, order = contract(bound).number, newest(bound.world).number or ""
    for number in (mine, order):
        entities = [{"entity": "number", "value": number, "start": 0, "end": len(number)}]
        picked = {"text": number, "entities": entities, "intent_ranking": [], "metadata": {}}
        bound.world.app.rasa.taught[number] = act_of("inform", picked)
        told = bound.retailer(LIN, number)
        assert f"没有查到您名下编号{number}" in told and "有限公司" not in told
