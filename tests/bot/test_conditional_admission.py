"""Conditional admission (容缺受理): what may come later is said beforehand, reminded of, taken in by a picture at any
time, and acted on when it does not come; the days pass by the world's clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot import jobs
from bot.supplements import tend_supplements
from domain.evidence import Evidence, broken_at
from domain.jobs import JobRun
from domain.messages.messages import OutboundMessage
from domain.people.staff import Role, Staff
from domain.registration.applications import Application, Stage
from domain.registration.readings import Read, Reading
from domain.review import review, undo
from domain.review.review import NotAllowed
from domain.rules.rules import Rule
from domain.settings import SettingValue
from domain.supplements import desk, supplements
from domain.supplements.supplements import Supplement, SupplementState, open_items
from tests.support.world import COMPANY, World, approve_newest

LETTER = {
    "grantor": COMPANY.name,
    "grantee": "王芳",
    "valid_to": "2027-12-31",
    "seal": "yes",
    "signature": "yes",
}
MISSING, NO_SEAL, LATE = "没有委托书", "委托书缺章", "委托书过了期"


def letter(**changed: str) -> Reading:
    """What reading the company's letter of authority gives, with some fields changed."""
    return Reading({name: Read(text, 0.99) for name, text in {**LETTER, **changed}.items()}, kind="letter")


def _rule(name: str, condition: str, **more: object) -> Rule:
    words = {"problem": f"{name}。", "suggestion": "请拍照发来。", "severity": "supplementable", "document": "letter"}
    return Rule(name=name, condition=condition, **{**words, **more})


@pytest.fixture
def market(world: World) -> World:
    """A market whose owners owe a letter of authority, which may come later."""
    with world.app.store.write() as session:
        for rule in session.scalars(select(Rule).where(Rule.document.in_(("letter", "identity")))):
            rule.active = False  # the shipped ones hand such letters to a person, and want their agent's card
        session.add(_rule(MISSING, "not letter_photo"))
        session.add(_rule(NO_SEAL, 'letter_seal == "no"'))
        session.add(_rule(LATE, "(letter_days_left ?? 0) < 0", needs_person=True))
    return world


def setting(world: World, name: str, value: int | str) -> None:
    with world.app.store.write() as session:
        session.add(SettingValue(name=name, value=value))


def admitted(world: World) -> str:
    """王芳 hands in without the letter; the reply."""
    world.filled_in()
    return world.say("1")


def application(world: World) -> Application:
    with world.app.store.read() as session:
        found = session.scalars(select(Application).order_by(Application.id.desc())).first()
        assert found is not None
        _ = found.steps, found.photos
        return found


def item(world: World) -> Supplement:
    with world.app.store.read() as session:
        found = session.scalars(select(Supplement).order_by(Supplement.id.desc())).first()
        assert found is not None
        _ = found.title
        return found


def nights(world: World, count: int, *, work: bool = True) -> None:
    """Let nights pass, each with its jobs unless the machine was off, and the morning after."""
    for _ in range(count):
        world.now += timedelta(days=1)
        if work:
            jobs.daily(world.app)
            world.work()
            world.wait(seconds=90)


def told(world: World, name: str) -> list[dict[str, str]]:
    return [params for _, template, params in world.sms.sent if template == name]


def act(world: World, login: str, do: Callable[..., object], *words: object) -> None:
    """A member of staff does something with what is owed."""
    with world.app.store.write() as session:
        staff = session.scalars(select(Staff).where(Staff.login == login)).one()
        row = desk.visible(session, staff, item(world).id)
        assert row is not None
        do(session, row, staff, *words, world.now)
    world.wait(seconds=90)


def kinds_of_evidence(world: World) -> list[str]:
    with world.app.store.read() as session:
        assert broken_at(session) is None
        return list(session.scalars(select(Evidence.what).order_by(Evidence.id)))


def test_the_question_says_what_is_missing_until_when_and_what_follows(market: World) -> None:
    question = market.filled_in()
    assert "还缺：授权委托书。可以先提交，12月7日前（含当天）补齐" in question
    assert "到期没有补齐：申请会退回给您" in question


def test_what_is_owed_is_noted_at_the_submission_with_its_last_day(market: World) -> None:
    reply = admitted(market)
    assert "授权委托书（12月7日前）" in reply
    row = item(market)
    assert (row.state, row.due, row.consequence) == ("open", date(2026, 12, 7), "退回")
    assert application(market).stage == Stage.BUREAU_REVIEW
    assert "supplement_opened" in kinds_of_evidence(market)


def test_a_picture_in_the_chat_settles_it_at_any_time(market: World) -> None:
    admitted(market)
    nights(market, 3)
    reply = market.photo(letter())
    assert "授权委托书收到，已补齐。" in reply
    row = item(market)
    assert (row.state, row.settled_by) == ("accepted", "system")
    assert row.photo_id is not None
    nights(market, 20)
    assert application(market).stage == Stage.BUREAU_REVIEW
    assert told(market, "supplement_due") == []


def test_a_picture_that_mends_nothing_is_refused_at_once_with_the_reason(market: World) -> None:
    admitted(market)
    reply = market.photo(letter(seal="no"))
    assert "还不行" in reply
    assert "委托书缺章。请拍照发来。" in reply
    assert "授权委托书（12月7日前）" in reply
    assert item(market).state == SupplementState.OPEN
    assert "已补齐" in market.photo(letter())


def test_a_useless_picture_is_no_paper_on_the_morning_after_either(market: World) -> None:
    """That a letter is there is not yet that it has a seal: it is owed as before, until the same day."""
    admitted(market)
    market.photo(letter(seal="no"))
    nights(market, 1)
    assert (item(market).state, item(market).due) == ("open", date(2026, 12, 7))
    nights(market, 14)
    assert application(market).stage == Stage.RETURNED


def test_what_is_late_stops_every_door_and_an_approval_moves_no_day(market: World) -> None:
    """Not the talk alone asks for it: whoever hands in for the user is stopped, too."""
    admitted(market)
    with market.app.store.write() as session:
        it = session.get_one(Application, application(market).id)
        supplements.admitted(session, it, market.now + timedelta(days=9))
        assert item(market).due == date(2026, 12, 7)
    nights(market, 15)
    with market.app.store.write() as session:
        it = session.get_one(Application, application(market).id)
        with pytest.raises(review.NotReady, match="补交期限已过"):
            review.submit(session, it, "proxy:1", market.now, channel="api")


def test_a_useless_picture_buys_no_new_days_after_the_return(market: World) -> None:
    """What is wrong with a paper that was late stops the next submission like the paper itself."""
    admitted(market)
    nights(market, 15)
    assert application(market).stage == Stage.RETURNED
    market.say("修改")
    said = market.photo(letter(seal="no"))
    assert "委托书缺章" in said and "补交期限已过" in said and "要提交吗" not in said
    assert "要提交吗" in market.photo(letter())


def test_a_paper_that_makes_another_one_due_says_so_at_once(market: World) -> None:
    """The letter names an agent, whose identity card the rules want: it has its own days."""
    admitted(market)
    with market.app.store.write() as session:
        session.scalars(select(Rule).where(Rule.name == "缺经办人身份证")).one().active = True
    nights(market, 3)
    reply = market.photo(letter())
    assert "授权委托书收到，已补齐。" in reply
    assert "身份证（12月10日前）" in reply


def test_what_a_person_should_judge_waits_for_one_and_stops_the_days(market: World) -> None:
    admitted(market)
    reply = market.photo(letter(valid_to="2026-01-31"))
    assert "工作人员核对" in reply
    assert "委托书过了期" in reply
    assert item(market).state == SupplementState.HANDED_IN
    assert "supplement_handed_in" in kinds_of_evidence(market)
    nights(market, 20)
    assert application(market).stage == Stage.BUREAU_REVIEW
    assert "已补齐" in market.photo(letter())  # a better one is judged again, whoever has not looked yet
    assert item(market).state == SupplementState.ACCEPTED


def test_reminders_come_on_the_days_of_the_setting_once_each(market: World) -> None:
    """Three working days before the last one, one before, and on it: 2, 4 and 7 December."""
    admitted(market)
    days = []
    for _ in range(14):
        before = len(told(market, "supplement_due"))
        nights(market, 1)
        jobs.daily(market.app)
        market.work()
        days += [market.now.day] * (len(told(market, "supplement_due")) - before)
    assert days == [2, 4, 7]
    assert told(market, "supplement_due")[0]["what"] == "授权委托书"
    assert told(market, "supplement_due")[0]["day"] == "12月7日"


def test_a_night_that_was_missed_is_made_up_by_one_reminder(market: World) -> None:
    """Both the first and the second mark have passed unseen: one message is enough."""
    admitted(market)
    nights(market, 11, work=False)
    nights(market, 1)
    assert len(told(market, "supplement_due")) == 1


def test_at_night_nobody_is_woken(market: World) -> None:
    admitted(market)
    market.now = market.now.replace(day=1, month=12, hour=16, minute=5)  # five past midnight of the 2nd in China
    jobs.daily(market.app)
    market.work()
    assert told(market, "supplement_due") == []
    market.now += timedelta(hours=8)
    market.wait(seconds=1)
    assert len(told(market, "supplement_due")) == 1


def test_looking_twice_changes_nothing(market: World) -> None:
    admitted(market)
    nights(market, 15, work=False)
    assert tend_supplements(market.app) == (1, 1, 0)
    before = kinds_of_evidence(market)
    assert tend_supplements(market.app) == (0, 0, 0)
    assert kinds_of_evidence(market) == before


def test_a_job_that_has_run_today_does_not_run_again(market: World) -> None:
    admitted(market)
    nights(market, 1)
    jobs.daily(market.app)
    with market.app.store.read() as session:
        runs = session.scalars(select(JobRun).where(JobRun.name == "supplements")).all()
    assert [(run.found, run.failed) for run in runs] == [(1, 0)]


def test_late_and_returned_it_comes_back_with_its_reason_and_is_not_admitted_so_again(market: World) -> None:
    admitted(market)
    nights(market, 15)
    it = application(market)
    assert it.stage == Stage.RETURNED
    assert "逾期未补：授权委托书" in it.steps[-2].remark
    assert "逾期未补" in told(market, "returned")[-1]["problem"]
    assert item(market).state == SupplementState.OVERDUE
    assert "supplement_overdue" in kinds_of_evidence(market)
    assert "请重新拍授权委托书" in market.say("修改")
    assert "补交期限已过" in market.say("不改了")
    assert "要提交吗" in market.photo(letter())
    assert "已提交" in market.say("确认提交")
    assert item(market).state == SupplementState.ACCEPTED


def test_late_and_suspended_it_rests_and_goes_on_when_the_paper_comes(market: World) -> None:
    setting(market, "supplement_overdue", "暂停")
    assert "申请会暂停，不能交易" in market.filled_in()
    market.say("1")
    nights(market, 15)
    assert application(market).stage == Stage.SUSPENDED
    assert told(market, "supplement_lapsed")[-1]["next"] == "申请已暂停，不能交易"
    assert "已暂停" in market.say("我的进度")
    reply = market.photo(letter())
    assert "恢复办理" in reply
    assert application(market).stage == Stage.BUREAU_REVIEW
    assert [each for each in kinds_of_evidence(market) if each in ("suspended", "resumed")] == ["suspended", "resumed"]


def test_what_is_late_twice_is_suspended_once_and_goes_on_where_it_stood(market: World) -> None:
    """Two papers with days of their own: the second one finds it suspended already, and does not become its past."""
    setting(market, "supplement_overdue", "暂停")
    with market.app.store.write() as session:
        session.add(_rule("没有身份证", "not identity_photo", document="identity"))
    admitted(market)
    market.staff("zhao", Role.HANDLER, "053001")
    assert item(market).document == "identity"
    act(market, "zhao", desk.extend, date(2026, 12, 10), "经办人出差")
    nights(market, 20)
    assert kinds_of_evidence(market).count("suspended") == 1
    assert "恢复办理" not in market.photo(letter())
    market.photo(Reading({"name": Read("王芳", 0.99), "side": Read("front", 0.99)}, kind="identity"))
    assert application(market).stage == Stage.BUREAU_REVIEW


def test_a_rule_that_is_gone_takes_the_suspension_along(market: World) -> None:
    setting(market, "supplement_overdue", "暂停")
    admitted(market)
    nights(market, 15)
    assert application(market).stage == Stage.SUSPENDED
    with market.app.store.write() as session:
        session.scalars(select(Rule).where(Rule.name == MISSING)).one().active = False
        row = session.get_one(Supplement, item(market).id)
        row.state = SupplementState.OPEN
    nights(market, 1)
    assert application(market).stage == Stage.BUREAU_REVIEW


def test_late_and_given_to_a_person_the_handlers_are_told_and_the_order_goes_on(market: World) -> None:
    setting(market, "supplement_overdue", "转人工")
    admitted(market)
    handler = market.staff("zhao", Role.HANDLER, "053001")
    with market.app.store.write() as session:
        session.get_one(Staff, handler).phone = "13900000001"
    nights(market, 15)
    assert application(market).stage == Stage.BUREAU_REVIEW
    assert item(market).state == SupplementState.OVERDUE
    assert told(market, "supplement_lapsed")[-1]["next"] == "已转工作人员处理"
    assert any("逾期未补授权委托书" in params["text"] for params in told(market, "staff_alert"))


def test_what_was_told_holds_when_the_setting_is_changed_afterwards(market: World) -> None:
    setting(market, "supplement_overdue", "转人工")
    admitted(market)
    with market.app.store.write() as session:
        session.get_one(SettingValue, "supplement_overdue").value = "退回"
    nights(market, 15)
    assert application(market).stage == Stage.BUREAU_REVIEW


def test_more_time_takes_a_suspension_back_and_reminds_anew(market: World) -> None:
    setting(market, "supplement_overdue", "暂停")
    admitted(market)
    market.staff("zhao", Role.HANDLER, "053001")
    nights(market, 15)
    act(market, "zhao", desk.extend, date(2026, 12, 18), "产权人出差")
    assert application(market).stage == Stage.BUREAU_REVIEW
    assert (item(market).state, item(market).due) == ("open", date(2026, 12, 18))
    before = len(told(market, "supplement_due"))
    nights(market, 8)
    assert len(told(market, "supplement_due")) > before
    assert "supplement_extended" in kinds_of_evidence(market)


@pytest.mark.parametrize(
    ("until", "why", "says"),
    [
        (date(2026, 12, 7), "产权人出差", "晚于原来的期限"),
        (date(2026, 11, 1), "产权人出差", "晚于原来的期限"),
        (date(2026, 12, 18), " ", "写明为什么延期"),
    ],
    ids=["the same day", "in the past", "without a reason"],
)
def test_more_time_needs_a_later_day_and_a_reason(market: World, until: date, why: str, says: str) -> None:
    admitted(market)
    market.staff("zhao", Role.HANDLER, "053001")
    with pytest.raises(NotAllowed, match=says):
        act(market, "zhao", desk.extend, until, why)
    assert item(market).due == date(2026, 12, 7)


def test_a_reviewer_may_do_without_it_and_says_why(market: World) -> None:
    admitted(market)
    market.staff("zhao", Role.HANDLER, "053001")
    act(market, "zhao", desk.waive, "老板本人办理，不用委托")
    assert (item(market).state, item(market).remark) == ("waived", "老板本人办理，不用委托")
    nights(market, 20)
    assert application(market).stage == Stage.BUREAU_REVIEW
    with pytest.raises(NotAllowed, match="已经了结"):
        act(market, "zhao", desk.waive, "再来一次")


def test_a_reviewer_refuses_what_came_and_the_user_reads_why(market: World) -> None:
    admitted(market)
    market.photo(letter(valid_to="2026-01-31"))
    market.staff("zhao", Role.HANDLER, "053001")
    act(market, "zhao", desk.refuse, "委托书已过期，请开一份新的")
    assert item(market).state == SupplementState.OPEN
    said = [str(params) for params in told(market, "answer")] + market.wechat.texts
    said += [str(each) for each in market.wechat.notices]
    assert any("请开一份新的" in each for each in said)


def test_a_refusal_gives_the_days_back_for_which_a_paper_lay_with_the_reviewer(market: World) -> None:
    """Handed in with eight working days left, refused on the last day: there are eight again, and the user is told."""
    admitted(market)  # on Monday the 23rd of November; the last day is the 7th of December
    market.staff("zhao", Role.HANDLER, "053001")
    nights(market, 2)
    market.photo(letter(valid_to="2026-01-31"))
    nights(market, 6)
    market.photo(letter(valid_to="2026-02-28"))  # another useless one rests no shorter
    nights(market, 6)
    act(market, "zhao", desk.refuse, "委托书已过期，请开一份新的")
    assert (item(market).state, item(market).due) == (SupplementState.OPEN, date(2026, 12, 17))
    with market.app.store.read() as session:
        news = select(OutboundMessage).where(OutboundMessage.event == "supplement_news")
        assert "12月17日前请重新拍一张" in str([row.body for row in session.scalars(news)])
    nights(market, 1)
    assert application(market).stage == Stage.BUREAU_REVIEW
    nights(market, 10)
    assert application(market).stage == Stage.RETURNED


def test_a_refusal_does_not_make_what_was_late_punctual(market: World) -> None:
    """It stays late, and its being late is not counted again."""
    setting(market, "supplement_overdue", "转人工")
    admitted(market)
    market.staff("zhao", Role.HANDLER, "053001")
    nights(market, 15)
    market.photo(letter(valid_to="2026-01-31"))
    act(market, "zhao", desk.refuse, "委托书已过期，请开一份新的")
    assert (item(market).state, item(market).due) == (SupplementState.OVERDUE, date(2026, 12, 7))
    nights(market, 3)
    assert kinds_of_evidence(market).count("supplement_overdue") == 1


def test_the_last_day_is_not_late_yet(market: World) -> None:
    admitted(market)
    with market.app.store.read() as session:
        row = session.get_one(Supplement, item(market).id)
        shown = [desk.colour(session, row, date(2026, 12, day)) for day in (1, 2, 7, 8)]
    assert shown == ["", "orange", "orange", "red"]


def test_a_strangers_bureau_sees_and_settles_nothing(market: World) -> None:
    admitted(market)
    stranger = market.staff("qian", Role.HANDLER, "053003")
    with market.app.store.write() as session:
        staff = session.get_one(Staff, stranger)
        assert desk.visible(session, staff, item(market).id) is None
        assert desk.counts(session, staff, date(2026, 11, 23))["open"] == 0
        assert desk.listed(session, staff, "open", date(2026, 11, 23)).rows == []


def test_days_may_count_from_the_admission(market: World) -> None:
    setting(market, "supplement_from", "审核通过")
    assert "审核通过后10个工作日内补齐" in market.filled_in()
    market.say("1")
    market.staff("zhao", Role.HANDLER, "053001")
    market.staff("sun", Role.REVIEWER)
    nights(market, 20)
    assert (item(market).due, application(market).stage) == (None, Stage.BUREAU_REVIEW)
    approve_newest(market, "zhao")
    approve_newest(market, "sun")
    assert item(market).due_from == date(2026, 12, 13)
    assert item(market).due == date(2026, 12, 25)
    with market.app.store.write() as session:
        session.add(_rule("缺身份证", "letter_photo and not identity_photo", document="identity"))
    market.photo(letter())
    assert (item(market).document, item(market).due) == ("identity", date(2026, 12, 25)), "it is admitted already"


def test_days_that_count_from_an_admission_begin_anew_when_that_was_taken_back(market: World) -> None:
    """Else the days would run while the review goes on."""
    setting(market, "supplement_from", "审核通过")
    admitted(market)
    market.staff("zhao", Role.HANDLER, "053001")
    market.staff("sun", Role.REVIEWER)
    approve_newest(market, "zhao")
    with market.app.store.write() as session:
        session.merge(SettingValue(name="merge_seconds", value=60))
    market.wait(minutes=3)
    approve_newest(market, "sun")
    assert item(market).due is not None
    with market.app.store.write() as session:
        sun = session.scalars(select(Staff).where(Staff.login == "sun")).one()
        undo.undo(session, session.get_one(Application, application(market).id), sun, market.now)
    assert (item(market).due_from, item(market).due) == (None, None)
    nights(market, 20)
    assert (item(market).state, application(market).stage) == ("open", Stage.CENTRE_REVIEW)
    approve_newest(market, "sun")
    assert item(market).due_from == date(2026, 12, 13)


def test_a_last_day_in_a_year_without_a_calendar_is_not_guessed(market: World) -> None:
    """The user hears that the day is still open, the administrators that the calendar is missing; nothing lapses."""
    market.now = market.now.replace(month=12, day=28)
    administrator = market.staff("admin", Role.ADMINISTRATOR)
    with market.app.store.write() as session:
        session.get_one(Staff, administrator).phone = "13900000002"
    assert "放假安排公布后告诉您具体日期" in market.filled_in()
    assert "日期待定" in market.say("1")
    nights(market, 30)
    assert (item(market).due, item(market).state) == (None, "open")
    assert any("没有工作日历" in params["text"] for params in told(market, "staff_alert"))


def test_while_the_user_has_it_back_nothing_lapses(market: World) -> None:
    admitted(market)
    market.staff("zhao", Role.HANDLER, "053001")
    with market.app.store.write() as session:
        it = session.scalars(select(Application)).one()
        it.stage = Stage.RETURNED
    nights(market, 20)
    assert item(market).state == SupplementState.OPEN
    assert told(market, "supplement_due") == []


def test_what_the_rules_do_not_ask_for_any_more_is_settled(market: World) -> None:
    admitted(market)
    with market.app.store.write() as session:
        session.scalars(select(Rule).where(Rule.name == MISSING)).one().active = False
    nights(market, 1)
    assert item(market).state == SupplementState.ACCEPTED


def test_one_bad_row_stops_nobody(market: World) -> None:
    """Its failure is counted, and the job goes on."""
    admitted(market)
    with market.app.store.write() as session:
        session.scalars(select(Supplement)).one().consequence = "no such thing"
    nights(market, 15, work=False)
    assert tend_supplements(market.app) == (1, 0, 1)


def test_what_is_owed_can_be_asked_for(market: World) -> None:
    admitted(market)
    assert "授权委托书（12月7日前）" in market.say("还差什么")
    with market.app.store.read() as session:
        assert len(open_items(session, application(market).id)) == 1


def test_a_paper_that_two_rules_want_is_asked_for_once(market: World) -> None:
    admitted(market)
    with market.app.store.write() as session:
        first = session.scalars(select(Supplement)).one()
        twin = {each.name: getattr(first, each.name) for each in Supplement.__table__.columns if each.name != "id"}
        session.add(Supplement(**{**twin, "rule": NO_SEAL}))
    assert market.say("还差什么").count("授权委托书（12月7日前）") == 1
