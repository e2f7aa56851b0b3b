"""Whether a user may trade: one answer in chat, on the SMS page and on the console, from the choice to the contract."""

from __future__ import annotations

import html

import pytest
from sqlalchemy import select

from bot.campaigns import prompt_people
from domain.evidence import Evidence
from domain.market.campaigns import Audience, Plan, begin
from domain.market.months import first_day, month_of
from domain.market.readiness import readiness
from domain.messages import links
from domain.messages.links import LinkPurpose
from domain.people.contacts import SMS, Address
from domain.people.staff import Role, Staff
from domain.registration.applications import Application, Stage
from domain.workdays import local_day
from tests.bot.test_question_safety import setting
from tests.support.console import Visitor, newest
from tests.support.contracts import LIN, Market, open_market
from tests.support.groups import OTHER_ACCOUNT, more_accounts
from tests.support.world import World, approve_newest


@pytest.fixture
def market(world: World) -> Market:
    return open_market(world)


def words(market: Market) -> str:
    """What the one function says now."""
    world = market.world
    with world.app.store.read() as session:
        application = session.get_one(Application, newest(world).id)
        return readiness(session, application, month_of(local_day(world.now))).words


def everywhere(market: Market) -> str:
    """The same words in chat and on the console, or this fails."""
    said = words(market)
    office = Visitor(market.world.web).enter(market.world, market.world.staff("zhou", Role.ADMINISTRATOR))
    shown = html.unescape(office.get(f"/applications/{newest(market.world).id}"))
    assert said in market.say("进度") and said in shown
    return said


def test_until_somebody_is_chosen_and_has_agreed_nobody_trades(market: Market) -> None:
    """Each step says what is still to come, and who is waited for."""
    assert "还没有售电公司，回复“套餐”可以选" in everywhere(market)
    market.choose("P2001")
    assert "还要您确认" in everywhere(market)
    market.sign()
    assert "等" in everywhere(market) and "答复，最迟" in words(market)
    market.accept(LIN)
    assert "合同从" in everywhere(market)
    until = first_day(market.contracts()[0].first_month) - local_day(market.world.now)
    market.world.wait(days=until.days)
    assert everywhere(market).startswith("可以交易：云岭售电有限公司“安心固定价”")


def test_who_moves_to_wholesale_leaves_no_request_behind(market: Market) -> None:
    """What was still asked for is closed with the move, and the retail company hears so."""
    market.choose("P2001")
    market.sign()
    market.say("转到批发市场")
    market.sign("转到批发市场")
    assert market.request().closed_why.startswith("用户已转到批发市场")
    assert "用户已转到批发市场" in market.inbox(LIN)[-1]
    assert "数字证书" in everywhere(market)


def test_an_account_that_comes_into_a_unit_with_a_contract_chooses_nobody(market: Market) -> None:
    """Traded by company, the second account is registered with the contract of the first; no campaign asks it."""
    world = market.world
    setting(world, "trading_unit", "统一社会信用代码")
    market.choose("P2001")
    market.sign()
    market.accept(LIN)
    more_accounts(world, [OTHER_ACCOUNT])
    world.say(OTHER_ACCOUNT)
    world.say("确认提交")
    approve_newest(world, "zhao")
    approve_newest(world, "sun")
    world.say("选择市场")
    assert "合同从" in world.say("零售市场")
    second = newest(world)
    assert (second.value("account_number"), second.stage) == (OTHER_ACCOUNT, Stage.REGISTERED)
    with world.app.store.read() as session:
        assert session.scalars(select(Evidence.what).where(Evidence.what == "joined_contract")).all()


def test_a_campaign_passes_over_who_has_a_contract_with_the_rest_of_its_unit(market: Market) -> None:
    """What the unit's contract covers needs no company, whatever stage the account is at."""
    world = market.world
    market.choose("P2001")
    market.sign()
    market.accept(LIN)
    today = local_day(world.now)
    plan = Plan("年底前选定售电公司", Audience.UNBOUND, today, today, "0", "按代理购电价格结算")
    with world.app.store.write() as session:
        session.get_one(Application, newest(world).id).stage = Stage.AWAITING_RETAILER
        begin(session, plan, session.scalars(select(Staff)).first(), world.now)
    assert list(prompt_people(world.app)) == [1, 0, 0]


def test_the_page_that_an_sms_links_to_says_the_same(market: Market) -> None:
    """The page of the progress shows the whole answer."""
    world = market.world
    with world.app.store.write() as session:
        hers = session.scalars(select(Application)).one().contact_id
        address = session.scalars(select(Address).where(Address.channel == SMS, Address.contact_id == hers)).one()
        token = links.make(session, hers, address.id, LinkPurpose.PROGRESS, world.app.random, world.now)
    page = html.unescape(world.web.test_client().get(f"/l/{token}", follow_redirects=True).get_data(as_text=True))
    assert words(market) in page


def test_the_trading_unit_stays_while_contracts_run(market: Market) -> None:
    """A unit cut or joined in the term would have two contracts or none: the page says so, and saving is refused."""
    market.choose("P2001")
    market.sign()
    market.accept(LIN)
    office = Visitor(market.world.web).enter(market.world, market.world.staff("zhou", Role.ADMINISTRATOR))
    office.get("/settings")
    assert "1</b> 份合同按现在的交易单元在执行" in office.post("/settings", name="trading_unit", value="集团")
    refused = office.post("/settings", name="trading_unit", value="集团", sure="yes")
    assert "没有保存：现在有1份合同按原来的交易单元在执行" in refused
    assert "可以交易" in everywhere(market) or "合同从" in everywhere(market)
