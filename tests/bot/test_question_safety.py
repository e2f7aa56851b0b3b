"""What guards an answer: the second factor, what silence does, who may give it, and that codes cannot be guessed."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import select, update

from bot import expiry
from bot.channels.base import Inbound, Kind
from domain.contracts import asking as contract_asking
from domain.dialogue import contract_talk
from domain.figures import MATTERS
from domain.groups import batch_consent
from domain.market import changing
from domain.messages.messages import OutboundMessage
from domain.people import answers as people_answers
from domain.people.authority import Authority, Level
from domain.proxies import talk as proxy_talk
from domain.questions.questions import Question, QuestionState, close
from domain.questions.rights import may_answer
from domain.questions.words import new_code
from domain.registration.applications import Application, Stage
from domain.settings import SettingValue
from tests.bot.test_open_questions import choosing_a_market, facts, questions, sms, stages
from tests.support.world import PHONE, World

STRANGER = "13700001111"


def setting(world: World, name: str, value: object) -> None:
    """Set a setting as an administrator would."""
    with world.app.store.write() as session:
        session.merge(SettingValue(name=name, value=value))


def confirm_code(world: World) -> str:
    """The newest code that confirms an answer."""
    return next(params["code"] for _, name, params in reversed(world.sms.sent) if name == "confirm_code")


def test_a_submission_by_sms_waits_for_the_code_that_went_to_the_phone(world: World) -> None:
    world.filled_in()
    submit = questions(world)[-1]
    sms(world, submit.code)
    world.wait(minutes=2)
    assert "回复验证码" in sms(world, f"{submit.code} 确认提交")
    assert stages(world) == [Stage.FILLING]
    sms(world, confirm_code(world))
    assert stages(world) == [Stage.BUREAU_REVIEW]
    consent = facts(world, "consent")[-1].data
    assert consent["shown"] == submit.short
    assert consent["typed"] == f"{submit.code} 确认提交"
    assert (consent["channel"], consent["code"]) == ("sms", submit.code)
    assert consent["second_factor"]["channel"] == "sms"


def test_a_wrong_code_submits_nothing_and_the_right_one_still_does(world: World) -> None:
    world.filled_in()
    sms(world, questions(world)[-1].code)
    world.wait(minutes=2)
    sms(world, "确认提交")
    right = confirm_code(world)
    assert "还可以试4次" in sms(world, "000000" if right != "000000" else "111111")
    assert stages(world) == [Stage.FILLING]
    sms(world, right)
    assert stages(world) == [Stage.BUREAU_REVIEW]


def test_an_expired_code_submits_nothing_and_a_new_one_may_be_had(world: World) -> None:
    world.filled_in()
    sms(world, questions(world)[-1].code)
    world.wait(minutes=2)
    sms(world, "确认提交")
    world.wait(minutes=6)
    assert "重发验证码" in sms(world, confirm_code(world))
    assert stages(world) == [Stage.FILLING]
    sms(world, "重发验证码")
    sms(world, confirm_code(world))
    assert stages(world) == [Stage.BUREAU_REVIEW]


def test_a_code_works_for_its_answer_only(world: World) -> None:
    """The choice changed: the code that was made for the first one is worth nothing, and 以后再提交 needs none."""
    world.filled_in()
    sms(world, questions(world)[-1].code)
    world.wait(minutes=2)
    sms(world, "确认提交")
    code = confirm_code(world)
    assert "先不提交" in sms(world, "以后再提交")
    sms(world, code)
    assert stages(world) == [Stage.FILLING]


def test_wechat_asks_for_the_code_too_where_the_switch_is_on(world: World) -> None:
    setting(world, "second_factor_on_wechat", True)
    world.filled_in()
    world.wait(minutes=2)
    assert "才算您选了“确认提交”" in world.say("确认提交")
    assert stages(world) == [Stage.FILLING]
    assert "已提交" in world.say(confirm_code(world))


def test_a_page_always_asks_for_the_code(world: World) -> None:
    """A link may be passed on: what an SMS need not confirm, whoever opens the page must."""
    market = choosing_a_market(world)
    world.wait(minutes=2)
    world.desk.receive(Inbound("sms", "page-1", PHONE, Kind.PAGE, "零售市场", choice=f"q:{market.id}:retail"))
    world.work()
    assert stages(world) == [Stage.AWAITING_MARKET]
    world.desk.receive(Inbound("sms", "page-2", PHONE, Kind.PAGE, confirm_code(world)))
    world.work()
    assert stages(world) == [Stage.AWAITING_RETAILER]
    assert facts(world, "consent")[-1].data["shown"] == market.text


def test_a_setting_names_what_needs_the_code(world: World) -> None:
    setting(world, "second_factor_for", "submit,market")
    market = choosing_a_market(world)
    sms(world, market.code)
    world.wait(minutes=2)
    sms(world, "零售市场")
    assert stages(world) == [Stage.AWAITING_MARKET]
    sms(world, confirm_code(world))
    assert stages(world) == [Stage.AWAITING_RETAILER]


def test_the_setting_knows_every_matter_with_legal_effect() -> None:
    """The form's purposes that bind, and all that is asked about people, proxies and batches."""
    asked = {**people_answers.ANSWERS, **proxy_talk.ANSWERS, **batch_consent.ANSWERS}
    asked |= {**contract_asking.ANSWERS, **contract_talk.ANSWERS, **changing.ANSWERS}
    assert set(MATTERS) == {"submit", "market", *asked}


def test_silence_changes_nothing_unless_it_was_announced(world: World) -> None:
    market = choosing_a_market(world)
    world.wait(days=8)
    assert questions(world) == []
    assert stages(world) == [Stage.AWAITING_MARKET]
    silence = facts(world, "silence")
    assert [(row.who, row.data["question"], row.data["answer"]) for row in silence] == [("system", market.id, "")]
    assert ["没有答复，所以什么都没有改变" in text for text in _written(world, "question_expired")] == [True]


def test_an_announced_silence_acts_once_however_often_the_job_runs(world: World) -> None:
    market = choosing_a_market(world)
    with world.app.store.write() as session:
        session.get_one(Question, market.id).silence = "retail"
    world.wait(days=8)
    for _ in range(3):
        assert expiry.expire_questions(world.app) == 0
    assert stages(world) == [Stage.AWAITING_RETAILER]
    assert [row.who for row in facts(world, "chose_retail")] == ["system"]
    assert len(_written(world, "question_expired")) == 1


def test_who_comes_second_closes_nothing(world: World) -> None:
    """Two processes read the question while it is open; the other one has closed it before this one writes."""
    market = choosing_a_market(world)
    with world.app.store.write() as session:
        question = session.get_one(Question, market.id)
        quicker = update(Question).where(Question.id == market.id).values(state=QuestionState.ANSWERED, answer="retail")
        session.execute(quicker.execution_options(synchronize_session=False))
        assert question.state == QuestionState.OPEN
        assert not close(session, question, QuestionState.EXPIRED, "", None, world.now)
        assert (question.state, question.answer) == (QuestionState.ANSWERED, "retail")


def test_an_answer_that_came_in_time_is_not_overtaken_by_the_job(world: World) -> None:
    """The message is kept, its turn has not been taken, and meanwhile the deadline passes."""
    market = choosing_a_market(world)
    with world.app.store.write() as session:
        session.get_one(Question, market.id).deadline = world.now
    sms_id = world.desk.receive(Inbound("sms", "just-in-time", PHONE, Kind.TEXT, market.code)).inbound_id
    world.now = world.now.replace(hour=9)
    assert expiry.expire_questions(world.app) == 0
    world.work()
    assert sms_id
    assert expiry.expire_questions(world.app) == 1


def test_only_who_may_sign_for_the_company_answers_for_it(world: World) -> None:
    """A colleague was asked: with 签署 the answer counts, with 经办 it does not."""
    market = choosing_a_market(world)
    world.say("你好", openid="oColleague012345678901234567")
    with world.app.store.write() as session:
        question = session.get_one(Question, market.id)
        colleague = question.contact_id + 1
        assert not may_answer(session, question, colleague)
        question.contact_id = colleague
        application = session.get_one(Application, question.application_id)
        held = Authority(
            contact_id=colleague,
            company_mark=application.code_mark,
            company_name="昆明滇星机械制造有限公司",
            level=Level.HANDLE,
            ground="reviewer",
            since=world.now,
        )
        session.add(held)
        session.flush()
        assert not may_answer(session, question, colleague)
        held.level = Level.SIGN
        session.flush()
        assert may_answer(session, question, colleague)
        held.ended_at = world.now
        session.flush()
        assert not may_answer(session, question, colleague)


def test_an_answer_of_who_may_sign_no_more_changes_nothing_and_is_kept(world: World) -> None:
    """She was asked, then the company's application became a colleague's."""
    market = choosing_a_market(world)
    world.say("你好", openid="oColleague012345678901234567")
    with world.app.store.write() as session:
        asked = session.get_one(Question, market.id)
        session.get_one(Application, asked.application_id).contact_id = asked.contact_id + 1
        session.execute(update(Authority).values(ended_at=world.now))
    assert "能代表贵单位签署的人" in world.say("零售市场")
    assert stages(world) == [Stage.AWAITING_MARKET]
    (kept,) = facts(world, "answer_refused")
    assert (kept.data["purpose"], kept.data["label"]) == ("market", "零售市场")


@pytest.mark.timeout(300)
def test_a_thousand_guesses_of_a_code_find_nothing_and_are_slowed(world: World) -> None:
    """Another phone tries a thousand, the right one among them: nothing opens or is learnt, and ten are answered."""
    market = choosing_a_market(world)
    random = Random(11)
    guesses = [new_code(random, ()) for _ in range(999)]
    guesses.insert(4, market.code)
    before = len(world.sms.sent)
    for guess in guesses:
        world.sms_in(f"零售市场 {guess}", phone=STRANGER)
    told = zip(world.sms.sent, world.sms.texts(), strict=True)
    answers = [text for (phone, _, _), text in told if phone == STRANGER]
    assert len(world.sms.sent) - before == len(answers) == 10
    assert len(set(answers)) == 2  # no such code; too many
    assert "次数太多" in answers[-1]
    assert stages(world) == [Stage.AWAITING_MARKET]
    assert [question.id for question in questions(world)] == [market.id]
    assert "零售" in world.say("零售市场")


def test_the_owner_of_a_code_is_slowed_by_nobody_elses_guesses(world: World) -> None:
    market = choosing_a_market(world)
    for _ in range(30):
        world.sms_in("零售市场 9X4M", phone=STRANGER)
    world.say(f"零售市场 {market.code}")
    assert stages(world) == [Stage.AWAITING_RETAILER]


def test_taps_go_on_while_codes_are_slowed(world: World) -> None:
    market = choosing_a_market(world)
    for _ in range(10):
        world.say("零售市场 9X4M" if market.code != "9X4M" else "零售市场 7K3F")
    assert "次数太多" in world.say(f"零售市场 {market.code}")
    assert stages(world) == [Stage.AWAITING_MARKET]
    world.write(Kind.TEXT, "零售市场", f"q:{market.id}:retail")
    assert stages(world) == [Stage.AWAITING_RETAILER]
    world.wait(hours=2)
    assert "已在微信里回复" in world.say(f"零售市场 {market.code}")


def _written(world: World, event: str) -> list[str]:
    """The texts of a notice, sent or waiting."""
    with world.app.store.read() as session:
        rows = session.scalars(select(OutboundMessage).where(OutboundMessage.event == event))
        return [str((row.body or {}).get("text")) for row in rows]
