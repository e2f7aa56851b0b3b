"""Packages side by side: one with what the user has now, and for SMS users a page with the table and the picture."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from domain.messages.messages import OutboundMessage
from tests.support.console import newest
from tests.support.contracts import ZHANG, Market, open_market
from tests.support.world import PHONE, World


@pytest.fixture
def market(world: World) -> Market:
    """王芳 may choose; P1001 costs 385.50, P2002 379.00."""
    return open_market(world)


def bound(market: Market) -> None:
    """王芳 has a contract on P1001."""
    market.choose("P1001")
    market.sign()
    market.accept(ZHANG)


def now(market: Market, code: str) -> str:
    """王芳 taps 和现在的比 below a package."""
    return market.tap(f"cmd:compare_now:{code}-1/{newest(market.world).id}")


def test_every_other_package_can_be_compared_with_the_contract(market: Market) -> None:
    assert "和现在的比" not in market.say("P2002")
    bound(market)
    assert "和现在的比" in market.say("P2002")
    assert "和现在的比" not in market.say("P1001")


def test_the_difference_is_said_in_yuan_on_the_same_months_and_both_are_in_the_picture(market: Market) -> None:
    bound(market)
    said = now(market, "P2002")
    assert said.startswith("换成云岭售电有限公司“省心月月享”少付15,600元：")  # 6.50 × 2,400 MWh
    assert "现在的滇源售电有限公司“安心固定价”约925,200元" in said and "提前终止的费用" in said
    with market.world.app.store.read() as session:
        sent = session.scalars(select(OutboundMessage).where(OutboundMessage.event == "picture")).one()
        assert sorted(sent.body["codes"]) == ["P1001-1", "P2002-1"]


def test_the_same_price_is_said_to_be_the_same_and_the_own_package_to_be_it(market: Market) -> None:
    bound(market)
    assert "“安心固定价”金额一样：" in now(market, "P2001")
    assert "这就是贵单位现在用的套餐" in now(market, "P1001")


def test_without_a_contract_there_is_nothing_to_compare_with(market: Market) -> None:
    assert "现在没有零售合同可以比" in now(market, "P2002")


def test_the_recommendation_begins_with_the_company_and_the_package(market: Market) -> None:
    first, *details = market.say("推荐").split("\n")
    assert re.match(r"\w+售电有限公司“\w+”估算约909,600元", first) and len(first) <= 60
    assert any("总分相差不超过" in each for each in details)


@pytest.mark.parametrize("asked", ["推荐", "比较P1001和P2002"])
def test_an_sms_leads_to_the_table_and_the_picture(market: Market, asked: str) -> None:
    said = market.retailer(PHONE, asked)
    (link,) = re.findall(r"/l/\w+", said)
    phone = market.world.door
    page = phone.get(link).get_data(as_text=True)
    assert "<table>" in page and "比最低的多" in page and "925,200.00 元" in page
    picture = phone.get(f"{link}/picture")
    assert picture.mimetype == "image/png" and picture.data.startswith(b"\x89PNG")
    assert f'src="{link}/picture"' in page


def test_a_picture_is_shown_to_nobody_without_the_link_and_where_there_is_none(market: Market) -> None:
    phone = market.world.door
    assert phone.get("/l/nothing/picture").status_code == 404
    market.world.sms_in("链接")
    (other,) = re.findall(r"/l/\w+", market.inbox(PHONE)[-1])
    assert phone.get(f"{other}/picture").status_code == 404
