"""Several questions open at once, on two channels: which one is answered, what is no answer, each acts once."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import select

from bot.channels.base import Inbound, Kind
from domain import evidence
from domain.dialogue.acts import Command
from domain.messages.messages import OutboundMessage
from domain.people.staff import Role
from domain.questions.questions import Answer, Question, QuestionState, ask
from domain.questions.words import new_code
from domain.registration.applications import Application, Stage
from tests.support.world import ARCHIVE, PHONE, World, approve_newest

SECOND = "0530018971360050"


def questions(world: World) -> list[Question]:
    """The open questions, oldest first."""
    with world.app.store.read() as session:
        query = select(Question).where(Question.state == QuestionState.OPEN).order_by(Question.id)
        return list(session.scalars(query))


def stages(world: World) -> list[str]:
    """The stages of the applications, oldest first."""
    with world.app.store.read() as session:
        return list(session.scalars(select(Application.stage).order_by(Application.id)))


def facts(world: World, what: str) -> list[evidence.Evidence]:
    """The evidence of one kind."""
    with world.app.store.read() as session:
        return list(session.scalars(select(evidence.Evidence).where(evidence.Evidence.what == what)))


def sms(world: World, text: str) -> str:
    """The phone sends an SMS; the last one that came back, empty where none did."""
    before = len(world.sms.sent)
    world.now = world.now.replace(microsecond=0)
    world.sms_in(text)
    return world.sms.texts()[-1] if len(world.sms.sent) > before else ""


def choosing_a_market(world: World) -> Question:
    """王芳's application is through, and she is asked which market; her phone and her WeChat are one person."""
    world.staff("handler", Role.HANDLER, "053001")
    world.staff("reviewer", Role.REVIEWER)
    world.filled_in()
    world.say("确认提交")
    approve_newest(world, "handler")
    approve_newest(world, "reviewer")
    world.say("进度")
    assert "批发市场" in world.say("1")
    return questions(world)[-1]


def two_open(world: World) -> tuple[Question, Question]:
    """The market of one application, and whether to submit the next one."""
    world.sources.accounts[SECOND] = replace(ARCHIVE, number=SECOND)
    market = choosing_a_market(world)
    world.wait(minutes=2)
    world.write(Kind.TEXT, "再登记一个户号", "cmd:register:another")
    world.photo()
    world.say("没错，继续")
    world.say(SECOND)
    world.say("王芳")
    world.say(PHONE)
    assert "要提交吗" in world.say(world.code())
    market, submit = questions(world)
    assert (market.purpose, submit.purpose) == ("market", "submit")
    return market, submit


def test_a_new_question_leaves_those_of_other_matters_open(world: World) -> None:
    market, submit = two_open(world)
    assert market.code != submit.code
    world.say("返回")
    assert [question.purpose for question in questions(world)] == ["market"]


def test_a_bare_number_with_two_open_asks_which_and_then_is_certain(world: World) -> None:
    """The list numbers all answers through; each of its numbers means one answer to one question."""
    market, submit = two_open(world)
    reply = world.say("1")
    assert stages(world) == [Stage.AWAITING_MARKET, Stage.FILLING]
    assert market.code in reply
    assert submit.code in reply
    number = re.search(rf"(\d+)\. .*{submit.code} 确认提交", reply)
    assert number is not None
    assert "已提交" in world.say(number.group(1))
    assert stages(world) == [Stage.AWAITING_MARKET, Stage.BUREAU_REVIEW]


def test_the_list_is_certain_only_while_it_holds_all_that_is_open(world: World) -> None:
    """A third question came after the list was shown: its numbers are asked back."""
    market, submit = two_open(world)
    world.say("1")
    world.wait(minutes=1)
    with world.app.store.write() as session:
        asked = {"contact_id": market.contact_id, "purpose": "test", "slot": "test", "text": "去吗？"}
        rest = {"now": world.now, "deadline": submit.deadline, "random": Random(1)}
        ask(session, answers=[Answer("yes", "去"), Answer("no", "不去")], **asked, **rest)
    reply = world.say("1")
    assert "有3件事" in reply
    assert stages(world) == [Stage.AWAITING_MARKET, Stage.FILLING]


def test_a_number_under_a_fresh_question_that_binds_nobody_is_taken(world: World) -> None:
    """A licence to check, just shown: “1” means it, though a market is still to be chosen."""
    choosing_a_market(world)
    world.write(Kind.TEXT, "再登记一个户号", "cmd:register:another")
    world.photo()
    assert len(questions(world)) == 2
    assert "户号" in world.say("1")


def test_that_number_is_asked_back_once_it_is_stale(world: World) -> None:
    choosing_a_market(world)
    world.write(Kind.TEXT, "再登记一个户号", "cmd:register:another")
    world.photo()
    world.wait(minutes=31)
    assert "还不知道您答的是哪一件" in world.say("1")


def test_a_tap_names_its_question(world: World) -> None:
    _, submit = two_open(world)
    world.write(Kind.TEXT, "确认提交", f"q:{submit.id}:yes")
    assert stages(world) == [Stage.AWAITING_MARKET, Stage.BUREAU_REVIEW]


@pytest.mark.parametrize("form", ["批发市场 {}", "{} 2", "{}批发", "2 {}", "{}，批發市場，謝謝", "2{}"])
def test_a_code_names_its_question(world: World, form: str) -> None:
    market, _ = two_open(world)
    world.say(form.format(market.code.lower()))
    assert stages(world) == [Stage.AWAITING_CERTIFICATE, Stage.FILLING]


def test_a_code_alone_shows_its_question_again(world: World) -> None:
    market, _ = two_open(world)
    reply = world.say(market.code)
    assert market.text in reply
    assert "批发市场" in reply
    assert stages(world) == [Stage.AWAITING_MARKET, Stage.FILLING]


def test_words_that_one_question_takes_answer_it_where_it_was_shown_last(world: World) -> None:
    two_open(world)
    assert "已提交" in world.say("确认提交")


def test_words_for_a_question_that_scrolled_away_are_asked_back(world: World) -> None:
    """批发市场 is taken by the market's question alone, but another one binding stood on the screen last."""
    two_open(world)
    assert "还不知道您答的是哪一件" in world.say("批发市场")
    assert stages(world) == [Stage.AWAITING_MARKET, Stage.FILLING]


@pytest.mark.parametrize("said", ["收到", "知道了", "好的收到", "嗯嗯我看看", "考虑一下"])
def test_a_nod_gets_an_honest_reply_and_changes_nothing(world: World, said: str) -> None:
    market = choosing_a_market(world)
    reply = world.say(said)
    assert "不着急" in reply
    assert "没有算您答复" in reply
    assert market.code in reply
    assert [question.id for question in questions(world)] == [market.id]


@pytest.mark.parametrize("said", ["便宜点就同意", "价格再低一点可以", "如果电价能降我就签", "同意但是要打折"])
def test_a_condition_gets_an_honest_reply_and_changes_nothing(world: World, said: str) -> None:
    market = choosing_a_market(world)
    reply = world.say(said)
    assert "带条件的话不能算同意" in reply
    assert market.code in reply
    assert stages(world) == [Stage.AWAITING_MARKET]


def test_a_wrong_code_gets_an_honest_reply_and_changes_nothing(world: World) -> None:
    market = choosing_a_market(world)
    wrong = new_code(Random(3), [market.code])
    reply = world.say(f"批发市场 {wrong}")
    assert "没有等您答复的这个编号" in reply
    assert market.code in reply
    assert stages(world) == [Stage.AWAITING_MARKET]


def test_another_ones_code_is_told_in_the_words_of_a_wrong_one(world: World) -> None:
    market = choosing_a_market(world)
    other = world.say(market.code, openid="oOther0123456789012345678901")
    assert other == world.say(new_code(Random(3), [market.code]), openid="oThird0123456789012345678901")


def test_a_late_answer_is_told_what_silence_did(world: World) -> None:
    market = choosing_a_market(world)
    world.wait(days=8)
    reply = world.say("批发市场")
    assert "已经过期" in reply
    assert "没有答复，所以什么都没有改变" in reply
    assert "已经过期" in world.say(f"{market.code} 批发市场")
    assert stages(world) == [Stage.AWAITING_MARKET]


def test_an_answer_to_an_answered_question_is_told_which_when_and_where(world: World) -> None:
    market = choosing_a_market(world)
    world.say("零售市场")
    for again in ("批发市场", f"批发市场 {market.code}"):
        reply = world.say(again)
        assert "11月23日 09:00已在微信里回复“零售市场”" in reply
    assert stages(world) == [Stage.AWAITING_RETAILER]


def test_late_words_find_the_older_of_two_answered_questions(world: World) -> None:
    market, submit = two_open(world)
    world.say(f"{market.code} 零售市场")
    world.say(f"{submit.code} 确认提交")
    assert "已在微信里回复“零售市场”" in world.say("批发市场")
    assert stages(world) == [Stage.AWAITING_RETAILER, Stage.BUREAU_REVIEW]


def test_what_sounds_like_a_yes_shows_what_is_open(world: World) -> None:
    """Nothing is being filled in, and a market is still to be chosen: the free yes names it and decides nothing."""
    market = choosing_a_market(world)
    world.rasa.taught["那行吧就那样"] = Command("affirm")
    reply = world.say("那行吧就那样")
    assert "为免误会" in reply
    assert market.code in reply
    assert stages(world) == [Stage.AWAITING_MARKET]


def test_a_nod_asks_for_no_company(world: World) -> None:
    """Two applications are being filled in: what changes neither of them does not ask which one is meant."""
    world.filled_in()
    with world.app.store.write() as session:
        first = session.scalars(select(Application)).one()
        session.add(
            Application(contact_id=first.contact_id, stage_since=world.now, created_at=world.now, updated_at=world.now)
        )
    reply = world.say("收到")
    assert "哪家" not in reply
    assert "没有算您答复" in reply


def test_a_reminder_is_not_the_question_itself(world: World) -> None:
    """Asked in an SMS only, then recalled in WeChat by one line: WeChat shows it whole before a yes counts there."""
    world.filled_in()
    with world.app.store.write() as session:
        for row in session.scalars(select(OutboundMessage).where(OutboundMessage.question_id.is_not(None))):
            row.body = {**(row.body or {}), "text": "申请已填好，还等您确认提交："}
    assert "还没有在这里给您看过" in world.say("确认提交")
    assert stages(world) == [Stage.FILLING]
    assert "已提交" in world.say("确认提交")


def test_a_question_is_answered_on_the_other_channel_and_that_one_is_told(world: World) -> None:
    """Asked in WeChat, shown by SMS on request, answered by SMS: WeChat hears that nothing is left to answer."""
    market = choosing_a_market(world)
    assert "市场" in sms(world, market.code)
    sms(world, f"零售市场 {market.code}")
    assert stages(world) == [Stage.AWAITING_RETAILER]
    assert [text for text in world.wechat.texts if "这边不用再答" in text] == [
        f"您刚在短信里回复了“零售市场”（{market.code}），这边不用再答。"
    ]


def test_who_saw_it_on_one_channel_only_is_not_written_to_on_the_other(world: World) -> None:
    choosing_a_market(world)
    world.say("零售市场")
    assert not any("不用再答" in text for text in world.sms.texts())


def test_a_binding_question_that_the_sms_never_showed_is_shown_first(world: World) -> None:
    choosing_a_market(world)
    assert "630千伏安" in sms(world, "零售市场")
    assert stages(world) == [Stage.AWAITING_MARKET]
    sms(world, "零售市场")
    assert stages(world) == [Stage.AWAITING_RETAILER]


def test_both_channels_at_once_have_one_effect(world: World) -> None:
    market = choosing_a_market(world)
    sms(world, market.code)
    world.desk.receive(Inbound("sms", "race", PHONE, Kind.TEXT, f"零售市场 {market.code}"))
    world.say("批发市场")
    world.work()
    assert len(facts(world, "consent")) == 2  # the submission, and one choice
    assert stages(world) == [Stage.AWAITING_CERTIFICATE]
    assert any("在微信里回复" in text for text in world.sms.texts())


def test_a_number_by_sms_means_what_the_sms_showed(world: World) -> None:
    """The WeChat screen shows something else by now; each phone's numbers are those of its own screen."""
    market = choosing_a_market(world)
    sms(world, market.code)
    world.say("进度")
    sms(world, "2")
    assert stages(world) == [Stage.AWAITING_CERTIFICATE]


def test_by_sms_a_binding_answer_needs_its_code_when_two_are_open(world: World) -> None:
    market, submit = two_open(world)
    sms(world, market.code)
    reply = sms(world, "零售市场")
    assert stages(world)[0] == Stage.AWAITING_MARKET
    assert "2件事" in reply
    sms(world, f"零售市场 {market.code}")
    assert stages(world)[0] == Stage.AWAITING_RETAILER
    assert submit.id in [question.id for question in questions(world)]
