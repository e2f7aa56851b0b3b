"""Which package is recommended, and what it is said to be better and worse at."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.packages.compare import compare
from domain.packages.criteria import CRITERIA, Policy, scores
from domain.packages.kinds import Kind
from domain.packages.offers import offered
from domain.packages.recommend import Recommendation, rank, recommend, text_lines
from domain.settings import SettingValue
from domain.workdays import local_day
from tests.support.comparisons import NOW, Offer, comparison, fixed
from tests.support.market import approved, package, retailer
from tests.support.terms import terms, written
from tests.support.world import World

NAMES = [each.name for each in CRITERIA]
SPANS = {"cost": 40, "risk": 40, "leaving": 20}


def weighing(margin: int = 0, **weights: int) -> Policy:
    """These criteria alone."""
    return Policy({name: weights.get(name, 0) for name in NAMES}, SPANS, margin)


EVERYTHING = Policy(dict(zip(NAMES, (50, 20, 15, 5, 10), strict=True)), SPANS, 2)


def codes(of: Recommendation) -> list[str]:
    return [each.package.code for each in of.ranked]


def ranks(of: Recommendation) -> dict[str, int]:
    return {each.package.code: place for place, each in enumerate(of.ranked)}


prices = st.integers(30_000, 45_000).map(lambda fen: f"{Decimal(fen) / 100:f}")
policies = st.builds(
    lambda weights, margin: Policy(dict(zip(NAMES, weights, strict=True)), SPANS, margin),
    st.lists(st.integers(0, 100), min_size=len(NAMES), max_size=len(NAMES)),
    st.integers(0, 10),
)


@st.composite
def offers(draw: st.DrawFn) -> list[Offer]:
    made = []
    for number in range(1, draw(st.integers(2, 6)) + 1):
        kind = draw(st.sampled_from([Kind.FIXED, Kind.SHARED]))
        changed = {
            "prices": {"all": draw(prices)},
            "green_percent": draw(st.integers(0, 100)),
            "leaving_fee": str(draw(st.integers(1, 60))),
        }
        made.append(Offer(f"P{number:04d}-1", terms(kind, **changed), draw(st.none() | st.integers(0, 100))))
    return made


@settings(max_examples=60, deadline=None)
@given(offers(), policies, st.integers())
def test_the_order_in_which_packages_come_has_no_say(sold: list[Offer], by: Policy, seed: int) -> None:
    made = comparison(sold)
    shuffled = list(made.packages)
    Random(seed).shuffle(shuffled)
    assert rank(replace(made, packages=tuple(shuffled)), by) == rank(made, by)


@settings(max_examples=60, deadline=None)
@given(offers(), st.data(), st.integers(0, 10))
def test_raising_a_price_never_improves_the_rank_on_cost(sold: list[Offer], data: st.DataObject, margin: int) -> None:
    at = data.draw(st.integers(0, len(sold) - 1))
    more = sold[at].terms.prices[0] + Decimal(data.draw(st.integers(1, 9000))) / 100
    dearer = [*sold]
    dearer[at] = replace(sold[at], terms=replace(sold[at].terms, prices=(more,)))
    by, code = weighing(margin, cost=1), sold[at].code
    assert ranks(rank(comparison(dearer), by))[code] >= ranks(rank(comparison(sold), by))[code]


@settings(max_examples=60, deadline=None)
@given(offers(), policies)
def test_every_score_is_between_nothing_and_one_and_the_cheapest_has_all_of_cost(sold: list[Offer], by: Policy) -> None:
    made = comparison(sold)
    scored = scores(made.packages, by)
    assert all(0 <= score <= 1 for each in scored for score in each.values())
    assert scored[0]["cost"] == 1


@settings(max_examples=60, deadline=None)
@given(offers(), policies, st.data())
def test_a_weight_of_zero_switches_a_criterion_off(sold: list[Offer], by: Policy, data: st.DataObject) -> None:
    off = replace(by, weights={**by.weights, "green": 0, "service": 0})
    green, score = data.draw(st.integers(0, 100)), data.draw(st.none() | st.integers(0, 100))
    other = [replace(sold[0], score=score, terms=replace(sold[0].terms, green_percent=green)), *sold[1:]]
    before, after = rank(comparison(sold), off), rank(comparison(other), off)
    assert codes(after) == codes(before)
    assert after.sentence == before.sentence
    said = "".join(after.details) + after.sentence
    assert "绿电" not in said and "服务" not in said


@pytest.mark.parametrize(
    ("criterion", "better"),
    [
        ("cost", fixed("P0002-1", "379.99")),
        ("service", fixed("P0002-1", "380.00", score=95)),
        ("green", fixed("P0002-1", "380.00", green=50)),
        ("leaving", fixed("P0002-1", "380.00", leaving="none", leaving_fee="0")),
    ],
)
def test_each_criterion_alone_puts_the_better_one_first(criterion: str, better: Offer) -> None:
    made = rank(comparison([fixed("P0001-1", "380.00"), better]), weighing(**{criterion: 1}))
    assert codes(made) == ["P0002-1", "P0001-1"]


def test_what_may_cost_more_comes_behind_what_may_not_on_risk_alone() -> None:
    sold = [Offer("P0001-1", terms(Kind.SHARED)), Offer("P0002-1", terms(Kind.TIME_OF_USE)), fixed("P0003-1", "500")]
    made = rank(comparison(sold), weighing(risk=1))
    assert codes(made)[0] == "P0003-1"
    assert "行情或用电时段变了也不会多付" in "".join(made.details)


def test_a_company_that_is_not_scored_yet_counts_as_the_average_of_the_others() -> None:
    sold = [fixed("P0001-1", "380", score=80), fixed("P0002-1", "380", score=60), fixed("P0003-1", "380", score=None)]
    made = comparison(sold)
    service = {
        each.code: each_scores["service"]
        for each, each_scores in zip(made.packages, scores(made.packages, EVERYTHING), strict=True)
    }
    assert service["P0003-1"] == Fraction(70, 100)


def test_the_sentence_says_with_figures_what_the_first_is_better_at_and_what_not() -> None:
    sold = [fixed("P0001-1", "370.00", score=80), fixed("P0002-1", "385.00", score=95, green=30)]
    made = comparison(sold)
    said = rank(made, EVERYTHING)
    assert codes(said)[0] == "P0001-1"
    first = made.packages[0]
    assert said.sentence.startswith(f"{first.retailer}“{first.name}”") and "P0001" not in said.sentence
    assert "，最低，比次低的少18,000元；2项不如别家。" in said.sentence  # 15 × 1,200 MWh
    assert said.sentence.count("。") == 1
    told = "".join(said.details)
    assert f"要付 {first.yuan:,.2f} 元；是最低的，比 P0002-1 少 18,000.00 元" in told
    assert "不如别家的是服务评分80 分（P0002-1 是 95 分），绿电 0%（P0002-1 是 30%）" in told
    assert "费用 50、价格风险 20、服务评分 15、绿电比例 5、提前终止 10" in text_lines(said)[-1]


@settings(max_examples=60, deadline=None)
@given(offers(), policies)
def test_the_sentence_begins_with_company_and_package_and_is_short(sold: list[Offer], by: Policy) -> None:
    """It fits an SMS of 70 with names of 15; the names themselves are the companies'."""
    made = rank(comparison(sold), by)
    first = made.ranked[0].package
    named = f"{first.retailer}“{first.name}”"
    assert made.sentence.startswith(named) and len(made.sentence) - len(named) <= 70 - 15


def test_a_first_one_that_is_not_the_cheapest_says_how_much_more_it_costs() -> None:
    sold = [fixed("P0001-1", "370.00", score=10), fixed("P0002-1", "371.00", score=95)]
    said = rank(comparison(sold), weighing(cost=1, service=1))
    assert "比最低的多1,200元" in said.sentence and "比最低的 P0001-1 多 1,200.00 元" in said.details[0]


def test_equally_good_ones_share_a_rank_and_are_said_to_be_drawn() -> None:
    sold = [fixed(f"P{n:04d}-1", "380.00") for n in range(1, 4)]
    made = rank(comparison(sold), EVERYTHING)
    assert {each.rank for each in made.ranked} == {1}
    assert "与另2个同样好，抽签在前" in made.sentence
    assert "同样好（总分相差不超过 2 分），先后由抽签决定" in made.details[-1]


def test_the_draw_gives_every_package_its_turn_and_stays_through_a_month() -> None:
    sold = [fixed(f"P{n:04d}-1", "380.00") for n in range(1, 4)]
    firsts = [codes(rank(comparison(sold, mark=str(n)), EVERYTHING))[0] for n in range(300)]
    assert all(firsts.count(each.code) >= 70 for each in sold)  # 100 each, less what chance takes
    assert codes(rank(comparison(sold), EVERYTHING)) == codes(rank(comparison(sold[::-1]), EVERYTHING))
    assert len({codes(rank(comparison(sold, now=NOW + n), EVERYTHING))[0] for n in range(24)}) == 3


def test_within_the_margin_is_equal_and_beyond_it_is_not() -> None:
    sold = [fixed("P0001-1", "380.00"), fixed("P0002-1", "380.80"), fixed("P0003-1", "380.81")]
    made = rank(comparison(sold), weighing(2, cost=1))  # 0.80 of 40 元/兆瓦时 are 2 points of 100
    assert {each.package.code: each.rank for each in made.ranked} == {"P0001-1": 1, "P0002-1": 1, "P0003-1": 3}


def test_what_may_not_be_chosen_is_not_recommended() -> None:
    made = comparison([replace(fixed("P0001-1", "300.00"), offered=False), fixed("P0002-1", "380.00")])
    assert codes(rank(made, EVERYTHING)) == ["P0002-1"]
    assert "可选的只有这一个" in rank(made, EVERYTHING).sentence
    assert rank(made.only(["P0001-1"]), EVERYTHING).sentence == "现在没有可以推荐的套餐。"


def test_where_nothing_weighs_everything_is_drawn() -> None:
    made = rank(comparison([fixed("P0001-1", "300.00"), fixed("P0002-1", "380.00")]), weighing())
    assert {each.rank for each in made.ranked} == {1}
    assert made.weighing == "没有设定比较的标准，先后由抽签决定。"


def test_the_administrators_weights_decide(world: World) -> None:
    day = local_day(world.now)
    with world.app.store.write() as session:
        company = retailer(session, world.now)
        for code, changed in {"P0001": {"prices": {"all": "350.00"}}, "P0002": {"green_percent": 100}}.items():
            approved(
                session,
                package(session, company, world.now, code, code),
                1,
                day,
                now=world.now,
                terms=written(**changed),
            )
        made = compare(session, "a", offered(session, day), world.now)
        assert codes(recommend(session, made))[0] == "P0001-1"
        for name in NAMES:
            session.merge(SettingValue(name=f"choose_weight_{name}", value=100 if name == "green" else 0))
        session.flush()
        session.info.pop("settings")
        assert codes(recommend(session, made))[0] == "P0002-1"
