"""A picture that belongs to an answer: behind it, by a push of its own, in WeChat alone."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from bot.channels.base import SendError
from bot.desk import Ticket
from domain.market.retailers import Retailer, RetailerState
from domain.messages import messages
from domain.messages.messages import InboundMessage, OutboundMessage, OutState, Say
from domain.notices.catalogue import PICTURE
from domain.packages import compare, offers
from domain.people.contacts import AFTER_MESSAGE, SMS, WECHAT, address_of, open_window
from domain.workdays import local_day
from tests.support.market import approved, package, retailer
from tests.support.world import OPENID, PHONE, START, World

TODAY = local_day(START)


@pytest.fixture
def sold(world: World) -> World:
    """Two packages of one company."""
    with world.app.store.write() as session:
        company = retailer(session, world.now)
        for code in ("P0001", "P0002"):
            approved(session, package(session, company, world.now, code, code), 1, TODAY, now=world.now)
    return world


def answered(world: World, channel: str = WECHAT, who: str = OPENID) -> Ticket:
    """Somebody asked, and was answered with a comparison and its picture."""
    with world.app.store.write() as session:
        address = address_of(session, channel, who, world.now)
        open_window(address, AFTER_MESSAGE, world.now)
        made = compare.compare(session, "", offers.offered(session, TODAY), world.now)
        row = InboundMessage(channel=channel, channel_id="m0", address=address, kind="text", received_at=world.now)
        session.add(row)
        session.flush()
        say = Say("\n".join(compare.text_lines(made)), picture=compare.picture(made))
        messages.finish(session, row, [say], "exact", world.now)
        return Ticket(row.id)


def picture(world: World) -> OutboundMessage:
    with world.app.store.read() as session:
        return session.scalars(select(OutboundMessage).where(OutboundMessage.event == PICTURE)).one()


def test_the_text_goes_back_at_once_and_the_picture_is_pushed_behind_it(sold: World) -> None:
    reply = sold.desk.passive_reply(answered(sold), 5)
    assert "从低到高" in str(reply) and "[图片]" not in str(reply)
    assert sold.wechat.images == []
    sold.wait(minutes=1)
    (shown,) = sold.wechat.images
    with Image.open(BytesIO(shown)) as opened:
        assert opened.format == "PNG"
    assert sold.wechat.texts == []
    assert picture(sold).state == OutState.SENT


def test_where_the_text_is_pushed_the_picture_comes_after_it_as_a_second_push(sold: World) -> None:
    sold.desk._leave_to_push(answered(sold).inbound_id)
    sold.work()
    assert len(sold.wechat.texts) == len(sold.wechat.images) == 1
    with sold.app.store.read() as session:
        assert address_of(session, WECHAT, OPENID, sold.now).pushes_left == AFTER_MESSAGE.pushes - 2


def test_a_picture_that_wechat_cannot_take_now_is_tried_again_and_arrives_once(sold: World) -> None:
    answered(sold)
    sold.wechat.refuse = [SendError("-1", retry="soon")]
    sold.wait(minutes=1)
    sold.wait(minutes=5)
    assert len(sold.wechat.images) == 1


def test_on_sms_there_is_no_picture(sold: World) -> None:
    answered(sold, SMS, PHONE)
    with sold.app.store.read() as session:
        assert session.scalars(select(OutboundMessage.event)).all() == [""]


def test_a_picture_of_nothing_is_given_up_and_stops_nobody(sold: World) -> None:
    ticket = answered(sold)
    with sold.app.store.write() as session:
        session.scalars(select(Retailer)).one().state = RetailerState.LEFT
        row = session.scalars(select(OutboundMessage).where(OutboundMessage.event == PICTURE)).one()
        row.body = {**(row.body or {}), "codes": ["P9999-1"]}
    sold.desk.passive_reply(ticket, 5)
    sold.wait(minutes=1)
    assert (picture(sold).state, picture(sold).error) == (OutState.FAILED, "nothing_to_draw")
    assert sold.say("你好")


def test_it_shows_what_may_be_chosen_when_it_leaves(sold: World) -> None:
    answered(sold)
    body = picture(sold).body or {}
    with sold.app.store.write() as session:
        gone = offers.version(session, "P0001-1")
        assert gone is not None
        gone.offered_to = TODAY
    with sold.app.store.read() as session:
        made = compare.pictured(session, body, sold.now + timedelta(days=1))
    assert {each.code: each.offered for each in made.packages} == {"P0001-1": False, "P0002-1": True}


def test_a_notice_that_is_stuck_does_not_hold_the_picture_back(sold: World) -> None:
    with sold.app.store.write() as session:
        address = address_of(session, WECHAT, OPENID, sold.now)
        stuck = {"state": OutState.SENDING, "claimed_at": sold.now, "due_at": sold.now, "created_at": sold.now}
        session.add(OutboundMessage(address=address, event="progress", body={"text": "进展"}, **stuck))
    sold.desk.passive_reply(answered(sold), 5)
    sold.wait(seconds=10)
    assert len(sold.wechat.images) == 1
