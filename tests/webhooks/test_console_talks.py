"""Talks on the console: who sees whom, everything said on both channels, answering, and two who click at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from domain.evidence import Evidence, broken_at
from domain.messages.messages import OutboundMessage, OutState
from domain.people.contacts import WECHAT, Address
from domain.people.staff import Role, Staff
from domain.registration.applications import Photo
from domain.registration.registration import Scene
from domain.review.review import NotAllowed
from domain.sources.lookups import Facts
from domain.talks import desk
from domain.talks.conversations import Conversation, ConversationState
from tests.support.console import Visitor, submitted
from tests.support.world import PHONE, World

STRANGER = "oLi0001234567890123456789012"


@pytest.fixture
def zhou(world: World, console: Flask) -> Visitor:
    """The trading centre's reviewer, logged in."""
    return Visitor(console).enter(world, world.staff("zhou", Role.REVIEWER))


@pytest.fixture
def zhao(world: World, console: Flask) -> Visitor:
    """The bureau's handler, logged in."""
    return Visitor(console).enter(world, world.staff("zhao", Role.HANDLER, "053001"))


def newest(world: World) -> Conversation:
    with world.app.store.read() as session:
        found = session.scalars(select(Conversation).order_by(Conversation.id.desc())).first()
        assert found is not None
        return found


def place_of(page: str, channel: str) -> str:
    """The option of the channel in the answer box."""
    found = re.search(rf'<option value="(\d+)" data-channel="{channel}"', page)
    assert found is not None
    return found.group(1)


def say(visitor: Visitor, world: World, text: str, channel: str = "wechat", **more: str) -> str:
    """Open the newest talk and answer in it."""
    number = newest(world).id
    page = visitor.get(f"/talks/{number}")
    once = {"once": visitor.field("once"), **more}
    shown = visitor.post(f"/talks/{number}/answer", text=text, place=place_of(page, channel), **once)
    world.work()
    return shown


def test_who_asks_for_a_person_stands_in_the_list(world: World, zhou: Visitor) -> None:
    """With what they wanted; and every page shows how many wait."""
    world.say("人工")
    assert 'class="badge"' in zhou.get("/")
    assert "等待接待" in zhou.get("/talks") or "等答复" in zhou.last
    world.now += timedelta(minutes=6)
    assert "等太久" in zhou.get("/talks")
    assert "badge red" in zhou.last


def test_a_bureau_sees_the_people_who_have_an_application_there(world: World, zhao: Visitor, zhou: Visitor) -> None:
    """A stranger's talk is the centre's; to the bureau it is as little there as none."""
    submitted(world)
    world.say("人工")
    mine = newest(world).id
    world.say("人工", openid=STRANGER)
    theirs = newest(world).id
    assert f"/talks/{mine}#" in zhao.get("/talks")
    assert f"/talks/{theirs}#" not in zhao.last
    for path in (f"/talks/{theirs}", f"/talks/{theirs}/log"):
        zhao.get(path, 404)
    assert f"/talks/{mine}#" in zhou.get("/talks")
    assert f"/talks/{theirs}#" in zhou.last


def test_one_page_holds_everything_said_on_both_channels(world: World, zhou: Visitor) -> None:
    """WeChat and SMS, person and bot, notices with their state, taps by their label; never a one-time code."""
    submitted(world)
    world.say("人工")
    world.say("我想改联系人")
    world.sms_in("怎么还没有人")
    page = zhou.get(f"/talks/{newest(world).id}")
    for words in ("我想改联系人", "怎么还没有人", "执照", "微信", "短信", "提交成功", "已发送", "（验证码，不显示）"):
        assert words in page, words
    assert "（确认提交）" in page  # the number 1, by the label that stood beside it
    assert page.index("我想改联系人") < page.index("怎么还没有人")
    code = next(params["code"] for _, name, params in world.sms.sent if name == "code")
    outgoing = re.findall(r'class="said (?:bot|notice)".*?</li>', page, re.DOTALL)
    assert outgoing
    assert not any(code in each for each in outgoing)


def test_the_page_shows_what_the_bot_knows(world: World, zhou: Visitor) -> None:
    """The application with its stage, the open question with its code, the phone with its ends only."""
    world.filled_in()
    world.say("人工")
    page = zhou.get(f"/talks/{newest(world).id}")
    assert "填写中" in page
    assert "昆明滇星机械制造有限公司" in page
    assert "还要" in page or "请核对" in page or "确认" in page
    assert PHONE not in page.split("机器人知道的")[1]
    number = newest(world).id
    shown = zhou.post(f"/talks/{number}/phones")
    assert PHONE in shown.split("机器人知道的")[1]
    with world.app.store.read() as session:
        assert session.scalars(select(Evidence).where(Evidence.what == "phone_shown")).one().who.startswith("staff:")


def test_a_photo_is_seen_by_who_may_see_the_talk_alone(world: World, zhou: Visitor, zhao: Visitor) -> None:
    """The picture itself, never by a name from the address."""
    world.wechat.pictures["media-1"] = b"\xff\xd8\xff a picture"
    world.say("人工")
    world.photo()
    number = newest(world).id
    with world.app.store.read() as session:
        photo_id = session.scalars(select(Photo.id)).one()
    assert f"/talks/{number}/photos/{photo_id}" in zhou.get(f"/talks/{number}")
    answer = zhou.client.get(f"/console/talks/{number}/photos/{photo_id}")
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("image/jpeg", "private, no-store")
    zhao.get(f"/talks/{number}/photos/{photo_id}", 404)
    world.say("人工", openid=STRANGER)
    zhou.get(f"/talks/{newest(world).id}/photos/{photo_id}", 404)  # somebody else's talk


def test_an_answer_reaches_the_person_where_they_wrote(world: World, zhou: Visitor) -> None:
    """It says that a person wrote it, takes the talk, and the waiting is over."""
    world.say("人工")
    world.say("户号填错了怎么办")
    say(zhou, world, "可以改，我帮您退回。")
    assert world.wechat.texts[-1].endswith("工作人员：可以改，我帮您退回。")
    talk = newest(world)
    assert (talk.state, talk.waiting_since) == (ConversationState.HELD, None)
    world.say("谢谢，那麻烦您")
    assert newest(world).waiting_since is not None
    with world.app.store.read() as session:
        facts = [row.what for row in session.scalars(select(Evidence)) if row.about_kind == "conversation"]
        assert facts == ["talk_opened", "talk_taken", "talk_answered"]
        assert broken_at(session) is None


def test_what_staff_write_is_sealed_at_rest(world: World, zhou: Visitor) -> None:
    """Neither the row nor the evidence holds a word in the clear."""
    world.say("人工")
    say(zhou, world, "您的户号是0530010686818433")
    with world.app.store.engine.connect() as connection:
        for table, column in (("outbound_messages", "body"), ("evidence", "data"), ("conversations", "reason")):
            kept = connection.exec_driver_sql(f"SELECT {column} FROM {table}").scalars().all()
            assert not any("户号" in (each or "") for each in kept)


def test_an_answer_sent_twice_is_said_once(world: World, zhou: Visitor) -> None:
    """A double click, or the browser's “send again”."""
    world.say("人工")
    say(zhou, world, "您好", once="the same page")
    say(zhou, world, "您好", once="the same page")
    with world.app.store.read() as session:
        assert session.scalar(select(func.count(OutboundMessage.id)).where(OutboundMessage.event == "staff")) == 1


def test_an_answer_may_go_by_sms_instead(world: World, zhou: Visitor) -> None:
    """The person has written from both."""
    submitted(world)
    world.say("人工")
    say(zhou, world, "请留意短信", channel="sms")
    assert any("请留意短信" in text for text in world.sms.texts())


def test_the_last_channel_is_offered_first(world: World, zhou: Visitor) -> None:
    """Who writes by SMS is answered by SMS unless staff choose otherwise."""
    submitted(world)
    world.say("人工")
    world.sms_in("在吗")
    page = zhou.get(f"/talks/{newest(world).id}")
    assert page.index('data-channel="sms"') < page.index('data-channel="wechat"')


def test_of_two_who_take_one_talk_the_second_is_told_who_did(world: World, zhou: Visitor, console: Flask) -> None:
    """Nothing changes for the second; taking a colleague's place is a click of its own."""
    other = Visitor(console).enter(world, world.staff("qian", Role.REVIEWER))
    world.say("人工")
    number = newest(world).id
    other.get(f"/talks/{number}")
    zhou.get(f"/talks/{number}")
    zhou.post(f"/talks/{number}/take")
    assert "zhou 已经接待了这位用户" in other.post(f"/talks/{number}/take")
    page = other.post(f"/talks/{number}/answer", text="我来说", place="1", once="x")
    assert "zhou 已经接待了" in page
    instead = re.search(r'name="instead_of" value="(\d+)"', page)
    assert instead is not None
    other.post(f"/talks/{number}/take", instead_of=instead.group(1))
    with world.app.store.read() as session:
        assert session.get_one(Conversation, number).staff.login == "qian"


def test_a_talk_is_handed_back_to_the_bot(world: World, zhou: Visitor) -> None:
    """The bot takes up the thread and answers again."""
    world.say("我要注册")
    world.say("人工")
    say(zhou, world, "请先拍执照")
    number = newest(world).id
    zhou.get(f"/talks/{number}")
    zhou.post(f"/talks/{number}/finish", how="back")
    world.work()
    assert "转回自动服务台" in world.wechat.texts[-1]
    assert "我们接着来" in world.wechat.texts[-1]
    assert "户号" in world.photo() or "核对" in world.photo()


def test_a_photo_that_came_meanwhile_is_read_after_the_hand_back(world: World, zhou: Visitor) -> None:
    """王芳 sends the licence that the draft waits for while she talks with staff: she need not send it again."""
    world.say("我要注册")
    world.say("人工")
    world.photo()
    number = newest(world).id
    say(zhou, world, "收到，我交给机器人读")
    zhou.get(f"/talks/{number}")
    zhou.post(f"/talks/{number}/finish", how="back")
    world.work()
    assert "照片我来读" in world.wechat.texts[-1]
    world.wait(seconds=10)
    assert any("昆明滇星机械制造有限公司" in text for text in world.wechat.texts[-2:])


def test_a_talk_is_passed_to_the_centre(world: World, zhao: Visitor, zhou: Visitor) -> None:
    """It waits there for anybody, and the person is told."""
    submitted(world)
    world.say("人工")
    number = newest(world).id
    zhao.get(f"/talks/{number}")
    page = zhao.post(f"/talks/{number}/take")
    to = re.search(r'<option value="(organisation:\d+)">电力交易中心', page)
    assert to is not None
    zhao.post(f"/talks/{number}/pass", to=to.group(1))
    world.work()
    assert any("已转给电力交易中心的同事" in text for text in world.wechat.texts)
    assert newest(world).state == ConversationState.WAITING
    zhou.get(f"/talks/{number}")
    zhou.post(f"/talks/{number}/take")
    assert newest(world).state == ConversationState.HELD


def test_a_closed_window_is_said_and_sms_offered(world: World, zhou: Visitor) -> None:
    """Five pushes are gone: the answer waits, the page says so, one click sends it by SMS, and only so."""
    submitted(world)
    world.say("人工")
    number = newest(world).id
    with world.app.store.write() as session:
        session.scalars(select(Address).where(Address.channel == WECHAT)).one().pushes_left = 0
    assert "微信现在不能主动发" in zhou.get(f"/talks/{number}")
    say(zhou, world, "请补一张执照照片")
    page = zhou.get(f"/talks/{number}")
    assert "暂存待发" in page
    again = re.search(rf'action="/console(/talks/{number}/sms/\d+)".*?name="place" value="(\d+)"', page, re.DOTALL)
    assert again is not None
    zhou.post(again.group(1), place=again.group(2))
    world.work()
    assert any("请补一张执照照片" in text for text in world.sms.texts())
    assert "已经发出" in zhou.post(again.group(1), place=again.group(2))
    world.say("好的")  # the window opens again
    assert not any("请补一张执照照片" in text for text in world.wechat.texts)


def test_a_long_answer_is_sent_in_pieces_that_wechat_takes(world: World, zhou: Visitor) -> None:
    """Each within 2048 bytes, none lost."""
    world.say("人工")
    say(zhou, world, "电" * 1500)
    said = [text for text in world.wechat.texts if "电电" in text]
    assert sum(text.count("电") for text in said) >= 1500
    assert all(len(text.encode()) <= 2048 for text in said)


def test_a_long_answer_by_sms_is_whole_behind_a_link(world: World, zhou: Visitor) -> None:
    """Nothing is cut; the console shows all of it and not the link."""
    world.sms_in("人工")
    text = "您的申请需要补充材料，请准备营业执照正本、授权书和身份证。" * 8
    say(zhou, world, text, channel="sms")
    name, params = world.sms.sent[-1][1:]
    assert name.startswith("link")
    page = zhou.get(f"/talks/{newest(world).id}")
    assert text in page
    assert params["token"] not in page


def test_nobody_answers_at_an_address_that_is_not_the_persons(world: World) -> None:
    """A number from another form does not lead elsewhere."""
    world.say("人工", openid=STRANGER)
    world.say("人工")
    staff_id = world.staff("zhou", Role.REVIEWER)
    with world.app.store.write() as session:
        row = session.get_one(Conversation, newest(world).id)
        elsewhere = session.scalars(select(Address).where(Address.contact_id != row.contact_id)).first()
        assert elsewhere is not None
        scene = Scene(world.now, Facts(), world.app.random)
        with pytest.raises(NotAllowed, match="不是这位用户的"):
            desk.answer(session, row, session.get_one(Staff, staff_id), elsewhere, ["您好"], "k", scene)


def test_the_history_comes_anew_on_its_own(world: World, zhou: Visitor) -> None:
    """The page asks for the log alone; what came in between is in it, escaped."""
    world.say("人工")
    number = newest(world).id
    zhou.get(f"/talks/{number}")
    world.say("<script>alert(1)</script> 在吗")
    piece = zhou.get(f"/talks/{number}/log")
    assert "<html" not in piece
    assert "&lt;script&gt;alert(1)" in piece


def test_a_message_that_is_held_for_want_of_pushes_is_not_lost(world: World, zhou: Visitor) -> None:
    """With the person's next word it goes out."""
    world.say("人工")
    with world.app.store.write() as session:
        session.scalars(select(Address).where(Address.channel == WECHAT)).one().pushes_left = 0
    say(zhou, world, "在的，请说")
    with world.app.store.read() as session:
        row = session.scalars(select(OutboundMessage).where(OutboundMessage.event == "staff")).one()
        assert row.state == OutState.HELD
    world.say("喂")
    assert any("在的，请说" in text for text in world.wechat.texts)
