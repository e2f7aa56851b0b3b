"""WeChat's own customer service, over the real callback: encrypted XML in, transfer_customer_service out."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import select

from bot.channels.base import Inbound, Kind
from bot.takeover import watch_talks
from domain.messages.messages import InboundMessage, OutboundMessage
from domain.settings import SettingValue
from domain.talks.conversations import Conversation, ConversationState
from tests.bot.channels.wechat import wechat_side
from tests.support.world import World

Callback = Callable[..., dict[str, str]]


@pytest.fixture
def callback(world: World, console: Flask, monkeypatch: pytest.MonkeyPatch) -> Callback:
    """Posts what WeChat would, and reads the reply as WeChat does; `success` is {}."""
    monkeypatch.setattr(wechat_side, "TOKEN", world.settings.wechat_token)
    client, numbers = console.test_client(), count(23340000000000001)
    with world.app.store.write() as session:
        session.add(SettingValue(name="wechat_kf_transfer", value=True))

    def post(kind: str = "text", **fields: str) -> dict[str, str]:
        number = next(numbers)
        known = {} if kind == "event" else {"MsgId": str(number)}
        at = int(world.now.timestamp())
        xml = wechat_side.message(kind, CreateTime=str(at + number % 1000), **known, **fields)
        query, body = wechat_side.sealed(xml, at)
        answer = client.post(wechat_side.address(query), data=body, content_type="text/xml")
        assert answer.status_code == 200
        let_turns_end(console)
        return {} if answer.data == b"success" else wechat_side.reply_in(answer.data)

    return post


def let_turns_end(console: Flask) -> None:
    """The turn of an event runs beside its request."""
    while console.extensions["desk"]._turns:
        time.sleep(0.001)


def talk(world: World) -> Conversation:
    with world.app.store.read() as session:
        found = session.scalars(select(Conversation).order_by(Conversation.id.desc())).first()
        assert found is not None
        return found


def test_asking_for_a_person_hands_the_talk_to_wechats_desk(world: World, callback: Callback) -> None:
    """The reply is the transfer and nothing else, addressed to who wrote."""
    reply = callback(Content="人工")
    assert reply["MsgType"] == "transfer_customer_service"
    assert (reply["ToUserName"], reply["FromUserName"]) == (wechat_side.OPENID, wechat_side.ACCOUNT)
    assert "Content" not in reply
    assert talk(world).state == ConversationState.WECHAT


def test_every_further_message_is_transferred_too(world: World, callback: Callback) -> None:
    """That is how WeChat goes on bringing them to its desk; the bot says nothing."""
    callback(Content="人工")
    assert callback(Content="我的户号填错了")["MsgType"] == "transfer_customer_service"
    assert callback(Content="我要注册")["MsgType"] == "transfer_customer_service"
    assert callback("image", MediaId="m", PicUrl="")["MsgType"] == "transfer_customer_service"
    assert world.rasa.heard == []


def test_a_repeat_of_the_same_message_gets_the_same_transfer(world: World, console: Flask, callback: Callback) -> None:
    """WeChat asks again after five seconds."""
    xml = wechat_side.message(Content="人工", CreateTime=str(int(world.now.timestamp())))
    kinds = []
    for _ in range(3):
        query, body = wechat_side.sealed(xml, int(world.now.timestamp()))
        answer = console.test_client().post(wechat_side.address(query), data=body)
        kinds.append(wechat_side.reply_in(answer.data)["MsgType"])
    assert kinds == ["transfer_customer_service"] * 3
    with world.app.store.read() as session:
        assert len(session.scalars(select(Conversation)).all()) == 1


def test_an_exact_answer_still_acts_there(world: World, callback: Callback) -> None:
    """The open question is the bot's; it answers in text."""
    callback(Content="我要注册")
    callback("image", MediaId="media-1", PicUrl="")
    world.work()
    callback(Content="人工")
    world.work()
    with world.app.store.read() as session:
        options = [
            choice
            for row in session.scalars(select(OutboundMessage))
            for _, choice in (row.body or {}).get("options", [])
            if choice.startswith("q:")
        ]
    reply = callback(Content="都对", bizmsgmenuid=options[0])
    assert reply["MsgType"] == "text"
    assert "户号" in reply["Content"]


def test_the_bot_goes_on_when_wechats_desk_closes_the_talk(world: World, callback: Callback) -> None:
    """With a word, pushed: an event of the desk has no passive reply."""
    callback(Content="人工")
    assert callback("event", Event="kf_create_session", KfAccount="zhou@gh") == {}
    assert talk(world).waiting_since is None
    assert callback("event", Event="kf_switch_session", FromKfAccount="zhou@gh", ToKfAccount="qian@gh") == {}
    assert callback("event", Event="kf_close_session", KfAccount="zhou@gh") == {}
    world.work()
    assert "人工服务已结束" in world.wechat.texts[-1]
    assert talk(world).state == ConversationState.CLOSED
    assert callback(Content="帮助")["MsgType"] == "text"


def test_an_event_of_wechats_desk_opens_no_window(world: World, callback: Callback) -> None:
    """Nobody wrote: WeChat allows no push for it."""
    callback(Content="人工")
    with world.app.store.read() as session:
        left = session.scalars(select(InboundMessage)).first().address.pushes_left
    callback("event", Event="kf_create_session", KfAccount="zhou@gh")
    with world.app.store.read() as session:
        assert session.scalars(select(InboundMessage)).first().address.pushes_left == left


def test_a_transfer_that_came_too_late_falls_back_to_our_console(world: World, callback: Callback) -> None:
    """WeChat has hung up, and no push can transfer: the person waits on the console and is told so."""
    ticket = world.receive(world.text("人工"))
    assert talk(world).state == ConversationState.WECHAT
    world.desk._leave_to_push(ticket.inbound_id)
    world.work()
    assert talk(world).state == ConversationState.WAITING
    assert "已为您转人工" in world.wechat.texts[-1]


def test_a_transfer_whose_words_were_pushed_is_noticed(world: World, callback: Callback) -> None:
    """The process died before it could answer; the sweep pushed the words, and WeChat's desk knows nothing."""
    world.receive(world.text("人工"))
    world.wait(seconds=20)
    assert world.wechat.texts[-1] == "正在为您转接人工客服，请稍等。"
    watch_talks(world.app)
    world.work()
    assert talk(world).state == ConversationState.WAITING
    assert "已为您转人工" in world.wechat.texts[-1]


def test_a_talk_that_wechats_desk_never_closes_comes_back(world: World, callback: Callback) -> None:
    """An hour without a word."""
    callback(Content="人工")
    callback("event", Event="kf_create_session", KfAccount="zhou@gh")
    world.now += timedelta(minutes=61)
    watch_talks(world.app)
    assert talk(world).state == ConversationState.CLOSED


def test_nothing_is_transferred_where_it_is_switched_off(world: World, callback: Callback) -> None:
    """The default: our own console."""
    with world.app.store.write() as session:
        session.get_one(SettingValue, "wechat_kf_transfer").value = False
    assert callback(Content="人工")["MsgType"] == "text"
    assert talk(world).state == ConversationState.WAITING


def test_a_plain_message_that_nobody_vouches_for_is_not_transferred(world: World, callback: Callback) -> None:
    """Whoever can sign a URL could read the reply: there is none, so there is no transfer either."""
    world.receive(Inbound("wechat", "plain-1", wechat_side.OPENID, Kind.TEXT, "人工", bound=False))
    assert talk(world).state == ConversationState.WAITING


def test_the_reply_is_well_formed(callback: Callback) -> None:
    """As the reference shows it: five fields, no account named."""
    reply = callback(Content="人工")
    assert set(reply) == {"ToUserName", "FromUserName", "CreateTime", "MsgType"}
