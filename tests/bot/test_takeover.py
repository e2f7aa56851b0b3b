"""A person takes over: 人工 opens a conversation, the bot is silent meanwhile, exact answers still act."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import func, select

from bot.channels.base import Kind
from domain.dialogue.acts import Command
from domain.messages.messages import InboundMessage, InState, OutboundMessage
from domain.people.staff import Role, Staff
from domain.questions.questions import Question
from domain.registration.applications import Application, Photo, Stage
from domain.registration.registration import Scene
from domain.sources.lookups import Facts
from domain.talks import desk
from domain.talks.conversations import Conversation, ConversationState
from domain.workdays import CHINA
from tests.support.world import PHONE, World

OTHER = "oLi0001234567890123456789012"


def talk(world: World) -> Conversation:
    """The newest conversation."""
    with world.app.store.read() as session:
        found = session.scalars(select(Conversation).order_by(Conversation.id.desc())).first()
        assert found is not None
        return found


def last_in(world: World) -> InboundMessage:
    with world.app.store.read() as session:
        found = session.scalars(select(InboundMessage).order_by(InboundMessage.id.desc())).first()
        assert found is not None
        return found


def set_clock(world: World, text: str) -> None:
    world.now = datetime.fromisoformat(text).replace(tzinfo=CHINA)


def test_who_asks_for_a_person_is_put_in_the_line(world: World) -> None:
    """And is told the place in it, and that the question may be written down already."""
    world.say("人工", openid=OTHER)
    answer = world.say("人工")
    assert "前面还有1位" in answer
    assert "5分钟内" in answer
    assert "转回机器人" in answer
    assert talk(world).state == ConversationState.WAITING


@pytest.mark.parametrize("way", ["typed", "tapped", "menu", "understood"])
def test_every_way_of_asking_opens_the_same_conversation(world: World, way: str) -> None:
    """A word, an option, the menu, or a sentence that Rasa understands."""
    world.rasa.taught["你们那有活人吗"] = Command("human")
    answer = {
        "typed": lambda: world.say("人工"),
        "tapped": lambda: world.write(Kind.TEXT, "人工服务", "cmd:human"),
        "menu": lambda: world.write(Kind.CLICK, "human"),
        "understood": lambda: world.say("你们那有活人吗"),
    }[way]()
    assert "已为您转人工" in (answer or "")
    assert talk(world).state == ConversationState.WAITING


def test_who_asks_twice_waits_once(world: World) -> None:
    """The second time tells the place again."""
    world.say("人工")
    assert "下一位就是您" in world.say("人工")
    with world.app.store.read() as session:
        assert session.scalar(select(func.count(Conversation.id))) == 1


def test_the_bot_is_silent_while_somebody_waits(world: World) -> None:
    """What is written is kept, answered with nothing, and not even given to Rasa."""
    world.say("人工")
    heard = len(world.rasa.heard)
    assert world.say("我的户号是不是填错了") == ""
    assert world.say("我的进度") == ""
    assert world.write(Kind.CLICK, "register") is None or world.write(Kind.CLICK, "register") == ""
    assert len(world.rasa.heard) == heard
    kept = last_in(world)
    assert (kept.state, kept.decided_by) == (InState.DONE, "staff")
    assert world.wechat.texts == []


def test_an_exact_answer_to_an_open_question_still_acts(world: World) -> None:
    """王芳 asks for a person before the last step, and then submits all the same."""
    world.filled_in()
    world.say("人工")
    assert world.say("我想问问容量") == ""
    assert "已提交" in world.say("确认提交")
    with world.app.store.read() as session:
        assert session.scalars(select(Application)).one().stage == Stage.BUREAU_REVIEW
    assert talk(world).state == ConversationState.WAITING


def test_a_tap_on_an_open_question_still_acts(world: World) -> None:
    """The tap names its question."""
    world.filled_in()
    world.say("人工")
    with world.app.store.read() as session:
        shown = session.scalars(select(OutboundMessage).order_by(OutboundMessage.id)).all()
        choice = next(c for row in shown for label, c in (row.body or {}).get("options", []) if label == "确认提交")
    assert "已提交" in (world.write(Kind.TEXT, "确认提交", choice) or "")


def test_a_bare_word_after_staff_have_spoken_is_no_consent(world: World) -> None:
    """“确认提交” may be meant for the colleague who has just asked; with the question's code, or a tap, it is clear."""
    world.filled_in()
    world.say("人工")
    staff_id = world.staff("zhou", Role.REVIEWER)
    with world.app.store.write() as session:
        row = session.get_one(Conversation, talk(world).id)
        place = desk.last_place(session, row.contact_id)
        assert place is not None
        scene = Scene(world.now, Facts(), world.app.random)
        desk.answer(session, row, session.get_one(Staff, staff_id), place, ["我替您看看，可以提交吗？"], "k", scene)
        code = session.scalars(select(Question).where(Question.binding)).one().code
    assert world.say("确认提交") == ""
    assert last_in(world).decided_by == "staff"
    assert "已提交" in world.say(f"确认提交 {code}")


def test_an_answer_that_comes_too_late_is_left_to_staff(world: World) -> None:
    """The bot does not explain itself into a talk between people."""
    world.filled_in()
    world.say("确认提交")
    world.say("人工")
    assert world.say("确认提交") == ""


def test_a_one_time_code_is_heard_while_staff_are_in_charge(world: World) -> None:
    """It would have run out before they are done."""
    world.say("我要注册")
    world.photo()
    world.say("1")
    for words in ("0530010686818433", "王芳", PHONE):
        world.say(words)
    world.say("人工")
    assert "手机号验证通过" in world.say(world.code())


def test_who_does_not_want_to_wait_goes_on_with_the_bot(world: World) -> None:
    """And takes up the thread where it was left."""
    world.say("我要注册")
    world.say("人工")
    answer = world.say("不等了")
    assert "转回自动服务台" in answer
    assert "我们接着来" in answer
    assert talk(world).closed_by.startswith("contact:")
    assert "现在就是我" in world.say("转回机器人")


def test_stopping_notices_works_also_meanwhile(world: World) -> None:
    """It is a right, not small talk."""
    world.sms_in("人工")
    world.sms_in("TD")
    with world.app.store.read() as session:
        assert (
            session.scalars(select(InboundMessage).order_by(InboundMessage.id.desc())).first().address.notices is False
        )


def test_a_photo_goes_to_staff_and_is_said_to_have_come_once(world: World) -> None:
    """Nobody reads it now; it is kept with the talk."""
    world.say("人工")
    assert world.photo() == "照片收到，已转给工作人员。"
    assert world.photo() == ""
    with world.app.store.read() as session:
        photos = session.scalars(select(Photo)).all()
        assert [photo.reading for photo in photos] == [None, None]
        assert session.scalar(select(func.count(Application.id))) == 0


def test_what_staff_cannot_hear_is_said_so(world: World) -> None:
    """A voice message would leave both waiting."""
    world.say("人工")
    assert world.write(Kind.VOICE) == "工作人员听不到语音，请打字。"


def test_what_was_on_its_way_to_rasa_when_staff_took_over_is_kept(world: World) -> None:
    """The understanding comes back, and the bot holds its tongue."""
    world.say("我要注册")

    def asks_for_staff_first(inbound_id: int, act: object, heard: object) -> None:
        with world.app.store.write() as session:
            contact_id = session.get_one(InboundMessage, inbound_id).address.contact_id
            session.add(Conversation(contact_id=contact_id, opened_at=world.now))
        perform(inbound_id, act, heard)

    perform, world.rasa.act = world.rasa.act, asks_for_staff_first
    assert world.say("执照上的名字") == ""
    assert last_in(world).decided_by == "staff"


@pytest.mark.parametrize(
    ("now", "promise"),
    [
        ("2026-11-23T20:00", "明天09:00起"),
        ("2026-11-23T07:30", "今天09:00起"),
        ("2026-11-27T18:00", "11月30日09:00起"),  # a Friday evening
        ("2027-01-04T22:00", "在工作日09:00—17:30"),  # the calendar of 2027 is not published
    ],
)
def test_after_hours_it_is_said_when_somebody_answers(world: World, now: str, promise: str) -> None:
    """Honestly; the question may be left, and nothing is lost."""
    set_clock(world, now)
    answer = world.say("人工")
    assert "下班时间" in answer
    assert promise in answer
    assert world.say("我的户号填错了") == ""
    assert talk(world).state == ConversationState.WAITING


def test_sms_asks_for_a_person_too(world: World) -> None:
    """The answer is one short line; what follows is kept for staff."""
    world.sms_in("人工")
    assert "已转人工" in world.sms.texts()[-1]
    sent = len(world.sms.sent)
    world.sms_in("我的申请被退回了怎么办")
    assert len(world.sms.sent) == sent
    assert last_in(world).decided_by == "staff"
