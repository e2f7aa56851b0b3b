"""A retail contract, by chat: chosen, signed by both sides with codes, told of, renewed by silence, changed, ended."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from domain.contracts.tables import RequestState
from domain.evidence import Evidence, broken_at
from domain.market import months
from domain.messages.messages import OutboundMessage
from domain.packages.tables import Package, VersionState
from domain.people.staff import Staff
from domain.registration.applications import Stage
from domain.workdays import local_day
from tests.support.console import newest
from tests.support.contracts import LIN, ZHANG, Market, open_market
from tests.support.market import approved
from tests.support.terms import written
from tests.support.world import PHONE, World

DECEMBER = months.month(2026, 12)


@pytest.fixture
def market(world: World) -> Market:
    return open_market(world)


def bound(market: Market, code: str = "P1001") -> None:
    """王芳's company has a contract from December on."""
    market.choose(code)
    market.sign()
    market.accept(ZHANG if code.startswith("P1") else LIN)


def test_a_company_chooses_a_package_and_is_bound_when_the_retail_company_accepts(market: Market) -> None:
    assert "尚未注册完成，暂不能开展业务" in market.say("进度")
    assert "滇源售电有限公司“安心固定价”" in market.say("套餐")
    question = market.choose("P1001")
    assert "签订零售合同" in question and "2026年12月到2027年11月" in question and "同意吗" in question
    assert "验证码已发到" in market.say("同意")
    assert market.contracts() == []
    assert "还等新售电公司答复" in market.say(market.world.code())
    assert newest(market.world).stage == Stage.AWAITING_RETAILER
    assert "已办好" in market.accept(ZHANG)
    (made,) = market.contracts()
    assert (made.first_month, made.last_month) == (DECEMBER, DECEMBER + 11)
    assert newest(market.world).stage == Stage.REGISTERED
    assert "→ 注册完毕" in market.say("进度")
    assert "385.50" in market.say("我的合同")


def test_a_recommendation_says_why_and_comes_with_a_picture(market: Market) -> None:
    said = market.say("推荐")
    assert "没有查到贵单位的用电数据" in said and "P2002" in said
    with market.world.app.store.read() as session:
        assert session.scalars(select(OutboundMessage).where(OutboundMessage.event == "picture")).first() is not None


def test_a_retail_company_proposes_another_package_and_the_user_decides(market: Market) -> None:
    """It signs first with its own code; the user is asked on both channels, and nothing holds before their yes."""
    bound(market)
    number = market.contracts()[0].number
    market.world.now = market.world.now.replace(year=2027, month=3, day=1)
    assert "从什么时候起" in market.retailer(ZHANG, f"提议 {number} P1002")
    market.retailer(ZHANG, "2")
    assert len(market.contracts()) == 1
    assert "还等用户答复" in market.accept(ZHANG)
    assert "还有" in market.say("我的合同")
    market.world.wait(minutes=2)
    market.world.sms_in(f"同意 {market.code_of(PHONE)}")
    market.world.sms_in(market.world.code())
    assert [each.first_month for each in market.contracts()] == [DECEMBER, DECEMBER + 12]


def test_a_retail_company_proposes_only_its_own_packages_and_learns_nothing_of_others_users(market: Market) -> None:
    bound(market)
    number = market.contracts()[0].number
    assert "没有编号 P1001" in market.retailer(LIN, f"提议 {number} P1001")
    assert "没有找到可以提议的用户" in market.retailer(LIN, f"提议 {number} P2001")
    assert "没有找到可以提议的用户" in market.retailer(LIN, "提议 0530010000000001 P2001")
    assert "给售电公司工作人员用的" in market.say(f"提议 {number} P1001")


def test_what_was_ended_early_is_not_said_to_renew(market: Market) -> None:
    bound(market)
    market.world.now = market.world.now.replace(year=2027, month=3, day=1)
    market.say("提前终止")
    market.sign()
    market.accept(ZHANG)
    said = market.say("我的合同")
    assert "到期不续约，之后要有新合同才能交易" in said and "续签" not in said


def test_a_packages_code_alone_shows_it(market: Market) -> None:
    assert "固定价 385.50 元/兆瓦时" in market.say("p1001")


def test_the_list_says_that_the_order_of_equals_was_drawn(market: Market) -> None:
    """Both companies sell at the same two prices; without equals nothing is said of a draw."""
    assert "先后由抽签决定" in market.say("套餐")
    assert "先后由抽签决定" not in market.say("比较 P1001 P1002")


def test_the_packages_that_are_named_are_compared_and_no_other(market: Market) -> None:
    said = market.say("比较 P1001、p2002")
    assert "P1001" in said and "P2002" in said and "P1002" not in said and "P2001" not in said
    with market.world.app.store.read() as session:
        sent = session.scalars(select(OutboundMessage).where(OutboundMessage.event == "picture")).one()
        assert sorted(sent.body["codes"]) == ["P1001-1", "P2002-1"]
    assert market.say("P1001 P2002") == said
    assert "P1001" in market.retailer(PHONE, "比较P1001和P2002")


def test_a_comparison_of_too_many_of_one_or_of_what_is_not_there_says_so(market: Market) -> None:
    assert "两到3个" in market.say("比较 P1001 P1002 P2001 P2002")
    assert "同一个套餐" in market.say("比较 P1001 P1001-1")
    assert "没有找到套餐P9999" in market.say("比较 P1001 P9999")


@pytest.mark.parametrize("state", [VersionState.DRAFT, VersionState.SUBMITTED, VersionState.REFUSED])
def test_nobody_reads_in_chat_what_was_never_approved(market: Market, state: VersionState) -> None:
    """A competitor who writes the code of the next version does not learn its price."""
    with market.world.app.store.write() as session:
        of = session.scalars(select(Package).where(Package.code == "P1001")).one()
        today = local_day(market.world.now)
        made = approved(session, of, 2, today, now=market.world.now, terms=written(prices={"all": "299.00"}))
        made.state = state
    assert "没有找到" in market.say("P1001-2")
    assert "没有找到套餐P1001-2" in market.say("比较 P1001-2 P2002")
    assert "现在还不能选" in market.tap(f"cmd:choose:P1001-2/{newest(market.world).id}")


def test_without_the_code_nobody_is_bound(market: Market) -> None:
    """Neither a tap in WeChat nor an SMS is enough by itself."""
    market.choose("P1001")
    market.say("同意")
    assert market.request().consents[0].answer == ""
    market.say(market.world.code())
    market.retailer(ZHANG, f"同意 {market.code_of(ZHANG)}")
    assert market.contracts() == []


def test_a_refusal_changes_nothing_and_both_sides_hear_of_it(market: Market) -> None:
    market.choose("P1001")
    market.sign()
    market.accept(ZHANG, "不同意")
    assert market.contracts() == []
    assert market.request().state == RequestState.REFUSED
    assert any("没有办成" in text for text in market.inbox("13887654321"))
    assert newest(market.world).stage == Stage.AWAITING_RETAILER


def test_a_request_that_nobody_answers_lapses_and_changes_nothing(market: Market) -> None:
    market.choose("P1001")
    market.sign()
    code = market.code_of(ZHANG)
    market.world.wait(days=8)
    market.world.work()
    assert market.request().state == RequestState.LAPSED
    assert "还没有都同意" in market.request().shown
    market.retailer(ZHANG, f"同意 {code}")
    assert market.contracts() == []
    assert "没有在期限内答复" in market.inbox("13887654321")[-1]


def test_a_year_without_a_calendar_stops_nobody_and_is_said(market: Market) -> None:
    """The day by which all must agree is named, and how it was counted."""
    bound(market)
    market.world.now = market.world.now.replace(year=2031, month=3, day=3)
    question = market.choose("P2001")
    assert "2031年的工作日历还没公布，按周一至周五算" in question
    assert "到2031年3月10日 23:59" in question


def test_the_wrong_companys_staff_cannot_accept(market: Market) -> None:
    """Whoever is not asked has no question; a code of another's means nothing to them."""
    market.choose("P1001")
    market.sign()
    answer = market.retailer(LIN, f"同意 {market.code_of(ZHANG)}")
    assert "没有等您答复的这个编号" in answer or "没有这个编号" in answer
    assert market.contracts() == []


def test_who_no_longer_works_for_the_company_is_refused_and_that_is_kept(market: Market) -> None:
    """Asked while she sold, and gone since: her yes changes nothing, and stands with the request."""
    market.choose("P1001")
    market.sign()
    with market.world.app.store.write() as session:
        session.scalars(select(Staff).where(Staff.login == "r1")).one().active = False
    assert "什么都没有改变" in market.retailer(ZHANG, f"同意 {market.code_of(ZHANG)}")
    assert market.contracts() == []
    with market.world.app.store.read() as session:
        kept = session.scalars(select(Evidence).where(Evidence.what == "contract_answer_refused")).one()
        assert kept.about_id == market.request().id and kept.data["side"] == "new"
        assert (kept.data["code"], kept.data["channel"]) == (market.code_of(ZHANG), "sms")


def test_a_retailers_staff_asking_for_help_hear_what_staff_can_do(market: Market) -> None:
    """Not how a user registers."""
    said = market.retailer(ZHANG, "帮助")
    assert "待办" in said and "提议" in said
    assert "我要注册" not in said


def test_a_retailers_todo_shows_what_waits_with_its_code(market: Market) -> None:
    market.choose("P1001")
    market.sign()
    shown = market.retailer(ZHANG, "待办")
    assert "1件等贵公司答复" in shown
    assert "没有等贵公司答复" in market.retailer(LIN, "待办")


def test_silence_renews_on_the_terms_that_both_were_told(market: Market) -> None:
    bound(market)
    market.world.now = market.world.now.replace(year=2027, month=9, day=25)
    market.nights(7)
    told = [text for text in market.inbox("13887654321") if "零售合同到11月30日到期" in text]
    assert told and "按现在的条款续签12个月" in told[0]
    market.world.now = market.world.now.replace(month=11, day=28)
    market.nights(3)
    first, second = market.contracts()
    assert first.renewal == "renewed"
    assert (second.first_month, second.last_month) == (DECEMBER + 12, DECEMBER + 23)
    assert second.terms == first.terms
    market.nights(2)
    assert len(market.contracts()) == 2
    with market.world.app.store.read() as session:
        assert broken_at(session) is None


def test_a_word_of_the_user_stops_the_renewal(market: Market) -> None:
    bound(market)
    market.world.now = market.world.now.replace(year=2027, month=10, day=20)
    market.nights(1)
    assert "确定到期不续约吗" in market.say("不续约")
    assert "不自动续约" in market.say("确认不续约")
    market.world.now = market.world.now.replace(month=11, day=28)
    market.nights(5)
    assert len(market.contracts()) == 1
    assert newest(market.world).stage == Stage.AWAITING_RETAILER


def test_who_was_not_told_in_time_is_not_bound_by_silence(market: Market) -> None:
    """The desk was down all October: nobody is bound for another year by that."""
    bound(market)
    market.world.now = market.world.now.replace(year=2027, month=11, day=10)
    market.nights(1)
    market.world.now = market.world.now.replace(day=28)
    market.nights(4)
    assert len(market.contracts()) == 1
    assert any("没有按期提前告知" in text for text in market.inbox("13887654321"))


def test_another_company_inside_the_term_wants_all_three(market: Market) -> None:
    bound(market)
    market.world.now = market.world.now.replace(year=2027, month=3, day=1)
    question = market.choose("P2001", "now")
    assert "原售电公司（合同没到期，提前结束要双方同意）" in question and "违约金" in question
    market.sign()
    market.accept(LIN)
    assert len(market.contracts()) == 1
    market.accept(ZHANG)
    old, new = market.contracts()
    april = months.month(2027, 4)
    assert (old.last_month, new.first_month) == (april - 1, april)
    assert old.why_ended == "changed"


def test_another_company_at_the_end_of_the_term_wants_no_word_of_the_old_one(market: Market) -> None:
    bound(market)
    market.world.now = market.world.now.replace(year=2027, month=9, day=1)
    market.choose("P2001", "end")
    market.sign()
    market.accept(LIN)
    old, new = market.contracts()
    assert (old.last_month, new.first_month) == (DECEMBER + 11, DECEMBER + 12)
    market.world.now = market.world.now.replace(month=11, day=28)
    market.nights(5)
    assert len(market.contracts()) == 2
    assert newest(market.world).stage == Stage.REGISTERED


def test_an_early_end_wants_both_and_takes_effect_with_the_next_month(market: Market) -> None:
    bound(market)
    market.world.now = market.world.now.replace(year=2027, month=3, day=1)
    assert "提前终止合同" in market.say("提前终止")
    market.sign()
    (before,) = market.contracts()
    assert before.last_month == DECEMBER + 11
    market.accept(ZHANG)
    (after,) = market.contracts()
    assert (after.last_month, after.why_ended) == (months.month(2027, 3), "terminated")


def test_a_change_of_the_package_inside_the_term_keeps_the_term(market: Market) -> None:
    bound(market)
    market.world.now = market.world.now.replace(year=2027, month=3, day=1)
    market.choose("P1002", "now")
    market.sign()
    market.accept(ZHANG)
    old, new = market.contracts()
    assert (new.first_month, new.last_month) == (months.month(2027, 4), DECEMBER + 11)
    assert old.last_month == months.month(2027, 3)


def test_of_two_proposals_the_first_that_all_agree_to_counts(market: Market) -> None:
    market.choose("P1001")
    market.sign()
    first = market.code_of(ZHANG)
    market.choose("P2001")
    market.sign()
    market.accept(LIN)
    market.retailer(ZHANG, f"同意 {first}")
    (made,) = market.contracts()
    assert made.retailer_id == 2


def test_the_user_takes_a_proposal_back(market: Market) -> None:
    market.choose("P1001")
    market.sign()
    number = market.request().id
    market.tap(f"cmd:withdraw_request:{number}")
    assert market.request().state == RequestState.WITHDRAWN
    assert any("没有办成：提出的一方撤回了" in text for text in market.inbox(ZHANG))


def test_each_consent_is_bound_to_exactly_what_was_shown(market: Market) -> None:
    bound(market)
    row = market.request()
    with market.world.app.store.read() as session:
        facts = session.scalars(select(Evidence).where(Evidence.what == "contract_consent").order_by(Evidence.id)).all()
        assert [fact.data["side"] for fact in facts] == ["user", "new"]
        assert {fact.data["digest"] for fact in facts} == {row.digest}
        assert all(fact.data["message"] and fact.data["code"] for fact in facts)
        assert [each.evidence_id for each in row.consents] == [fact.id for fact in facts]
