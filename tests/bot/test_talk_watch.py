"""The minute's look at talks with staff: nobody waits unnoticed, nothing stays open for ever, twice is once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.takeover import watch_talks
from domain.messages.messages import OutboundMessage
from domain.people.staff import Role, Staff
from domain.registration.registration import Scene
from domain.sources.lookups import Facts
from domain.talks import desk
from domain.talks.conversations import Conversation, ConversationState
from domain.workdays import CHINA
from tests.support.console import submitted
from tests.support.world import PHONE, World

OTHER = "oLi0001234567890123456789012"
DUTY = "13900000001"


def staff(world: World, login: str, role: Role = Role.REVIEWER, bureau: str = "", phone: str = DUTY) -> int:
    made = world.staff(login, role, bureau)
    with world.app.store.write() as session:
        session.get_one(Staff, made).phone = phone
    return made


def talk(world: World) -> Conversation:
    with world.app.store.read() as session:
        found = session.scalars(select(Conversation).order_by(Conversation.id.desc())).first()
        assert found is not None
        return found


def minutes_later(world: World, minutes: int) -> None:
    """Time passes, and the worker looks each minute."""
    for _ in range(minutes):
        world.now += timedelta(minutes=1)
        watch_talks(world.app)
        world.work()


def alarms(world: World) -> list[str]:
    return [phone for phone, name, _ in world.sms.sent if name == "staff_alert"]


def staff_says(world: World, staff_id: int, text: str) -> None:
    with world.app.store.write() as session:
        row = session.get_one(Conversation, talk(world).id)
        place = desk.last_place(session, row.contact_id)
        assert place is not None
        member = session.get_one(Staff, staff_id)
        scene = Scene(world.now, Facts(), world.app.random)
        desk.answer(session, row, member, place, [text], world.now.isoformat(), scene)


def test_who_waits_too_long_is_noticed_once(world: World) -> None:
    """Staff are called by SMS, the person is told that they still are; not again each minute."""
    staff(world, "zhou")
    world.say("人工", openid=OTHER)
    world.say("人工")
    minutes_later(world, 4)
    assert alarms(world) == []
    minutes_later(world, 4)
    assert alarms(world) == [DUTY, DUTY]  # two people wait
    said = [text for text in world.wechat.texts if "还在为您联系" in text]
    assert ["前面还有1位" in text for text in said] == [False, True]


def test_a_second_look_in_the_same_minute_changes_nothing(world: World) -> None:
    """Two workers, or a repeat."""
    staff(world, "zhou")
    world.say("人工")
    world.now += timedelta(minutes=6)
    for _ in range(3):
        watch_talks(world.app)
    world.work()
    assert len(alarms(world)) == 1


def test_the_bureau_is_called_for_its_own_and_the_centre_for_the_rest(world: World) -> None:
    """Where the bureau has nobody to call, the centre is."""
    submitted(world)
    staff(world, "zhou", phone="13900000009")
    world.say("人工")
    minutes_later(world, 6)
    assert alarms(world) == ["13900000009"]  # nobody works at the bureau
    staff(world, "zhao", Role.HANDLER, "053001", phone=DUTY)
    world.say("不等了")
    world.say("人工")
    minutes_later(world, 6)
    assert alarms(world)[1:] == [DUTY]


def test_who_holds_the_talk_is_called_when_the_person_waits_again(world: World) -> None:
    """Taking a talk is not answering it."""
    zhou = staff(world, "zhou")
    staff(world, "qian", phone="13900000009")
    world.say("人工")
    staff_says(world, zhou, "您好")
    minutes_later(world, 10)
    assert alarms(world) == []
    world.say("那我的户号怎么改")
    minutes_later(world, 6)
    assert alarms(world) == [DUTY]


def test_nobody_is_called_at_night_and_everybody_in_the_morning(world: World) -> None:
    """The question of the evening is not lost: at nine it waits, at five past the staff are called."""
    staff(world, "zhou")
    world.now = datetime(2026, 11, 23, 20, 0, tzinfo=CHINA)
    world.say("人工")
    world.say("我的申请被退回了")
    minutes_later(world, 30)
    assert alarms(world) == []
    world.now = datetime(2026, 11, 24, 9, 1, tzinfo=CHINA)
    minutes_later(world, 2)
    assert alarms(world) == []
    minutes_later(world, 4)
    assert alarms(world) == [DUTY]
    assert talk(world).state == ConversationState.WAITING


def test_a_talk_in_which_the_person_is_silent_goes_back_to_the_bot(world: World) -> None:
    """With a kind word and the thread; whoever waits for staff is never put back so."""
    zhou = staff(world, "zhou")
    world.say("我要注册")
    world.say("人工")
    minutes_later(world, 90)
    assert talk(world).state == ConversationState.WAITING
    staff_says(world, zhou, "可以的")
    minutes_later(world, 59)
    assert talk(world).state == ConversationState.HELD
    minutes_later(world, 3)
    assert (talk(world).state, talk(world).closed_by) == (ConversationState.CLOSED, "system")
    assert "人工先结束了" in world.wechat.texts[-1]
    assert "我们接着来" in world.wechat.texts[-1]
    assert world.say("帮助") != ""


def test_a_number_after_the_hand_back_means_what_the_bot_showed(world: World) -> None:
    """The question that is taken up again has its digits."""
    zhou = staff(world, "zhou")
    world.filled_in()
    world.say("人工")
    staff_says(world, zhou, "可以提交了")
    world.work()
    with world.app.store.write() as session:
        row = session.get_one(Conversation, talk(world).id)
        desk.hand_back(session, row, session.get_one(Staff, zhou), Scene(world.now, Facts(), world.app.random))
    world.wait(seconds=1)
    assert "已提交" in world.say("1")


def test_a_bad_row_stops_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One talk fails, the next one is looked at all the same."""
    staff(world, "zhou")
    world.say("人工", openid=OTHER)
    world.say("人工")
    world.now += timedelta(minutes=6)
    with world.app.store.write() as session:
        first = session.scalars(select(Conversation).order_by(Conversation.id)).first()
        assert first is not None
        session.connection().exec_driver_sql("UPDATE conversations SET reason = 'torn' WHERE id = ?", (first.id,))
    watch_talks(world.app)
    world.work()
    assert len(alarms(world)) == 1


def test_an_sms_only_person_hears_by_sms(world: World) -> None:
    """The word that staff are still being called, and the answer."""
    zhou = staff(world, "zhou")
    world.sms_in("人工")
    minutes_later(world, 6)
    assert any(phone == PHONE and "还在为您联系" in text for phone, text in spoken(world))
    staff_says(world, zhou, "请把户号发来")
    world.wait(seconds=1)
    assert any(phone == PHONE and "工作人员：请把户号发来" in text for phone, text in spoken(world))
    with world.app.store.read() as session:
        assert session.scalars(select(OutboundMessage).where(OutboundMessage.staff_id == zhou)).one().via == "sms"


def spoken(world: World) -> list[tuple[str, str]]:
    return [(phone, text) for (phone, _, _), text in zip(world.sms.sent, world.sms.texts(), strict=True)]
