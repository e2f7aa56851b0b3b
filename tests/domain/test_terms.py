"""Terms of packages: what is refused, in Chinese, and how they read."""

from __future__ import annotations

from typing import Any

import pytest

from domain.packages.terms import BadTerms, Kind, Terms, lines
from tests.support.terms import terms, written


@pytest.mark.parametrize(
    ("kind", "changed", "field"),
    [
        (Kind.FIXED, {"kind": "cheap"}, "kind"),
        (Kind.FIXED, {"prices": {"all": "385.505"}}, "prices.all"),
        (Kind.FIXED, {"prices": {"all": 385.5}}, "prices.all"),
        (Kind.FIXED, {"prices": {"all": "-1"}}, "prices.all"),
        (Kind.FIXED, {"prices": {"all": "1e3"}}, "prices.all"),
        (Kind.FIXED, {"prices": {"all": "NaN"}}, "prices.all"),
        (Kind.FIXED, {"prices": {"all": ""}}, "prices.all"),
        (Kind.FIXED, {"prices": {"all": "38550000"}}, "prices.all"),
        (Kind.FIXED, {"prices": {"all": "385", "peak": "400"}}, "prices"),
        (Kind.FIXED, {"prices": None}, "prices.all"),
        (Kind.TIME_OF_USE, {"prices": {"peak": "500", "flat": "400"}}, "prices.valley"),
        (Kind.TIME_OF_USE, {"prices": {"peak": "300", "flat": "400", "valley": "200"}}, "prices"),
        (Kind.FIXED, {"months": "0.5"}, "months"),
        (Kind.FIXED, {"months": 61}, "months"),
        (Kind.SHARED, {"share": 101}, "share"),
        (Kind.SHARED, {"share": 0}, "share"),
        (Kind.SHARED, {"reference": None}, "reference"),
        (Kind.SHARED, {"reference": "900", "share": 100}, "reference"),
        (Kind.FIXED, {"green_percent": 101}, "green_percent"),
        (Kind.FIXED, {"green_premium": "5"}, "green_premium"),
        (Kind.FIXED, {"leaving": "never"}, "leaving"),
        (Kind.FIXED, {"leaving": "none"}, "leaving_fee"),
        (Kind.FIXED, {"leaving_fee": "0"}, "leaving_fee"),
        (Kind.FIXED, {"notice_days": 365}, "notice_days"),
    ],
)
def test_a_wrong_value_is_refused_in_chinese_by_its_field(kind: Kind, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(BadTerms, match="[一-龥]") as refused:
        Terms.from_json(written(kind, **changed))
    assert list(refused.value.problems) == [field]


def test_every_wrong_value_is_named_at_once() -> None:
    with pytest.raises(BadTerms) as refused:
        Terms.from_json({})
    assert {"kind", "prices.all", "leaving"} <= refused.value.problems.keys()


def test_a_price_typed_with_a_comma_is_read_exactly() -> None:
    assert terms(prices={"all": "1,385.50"}).to_json()["prices"] == {"all": "1385.50"}


@pytest.mark.parametrize("kind", Kind)
def test_the_facts_say_price_green_term_and_leaving(kind: Kind) -> None:
    facts = dict(lines(terms(kind, green_percent=30, green_premium="12.00")))
    assert facts["期限"] == "12 个月"
    assert facts["绿电"] == "30%，绿电每兆瓦时加 12.00 元"
    assert facts["提前终止"] == "剩余月份的电量每兆瓦时付 20.00 元，提前 30 天提出"
    assert all(price in facts["价格"] for price in written(kind)["prices"].values())
