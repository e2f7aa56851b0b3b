"""What SMS cost is on the console: this month's sum, by what it was for, and what one person's came to."""

from __future__ import annotations

import re

from flask import Flask

from bot.channels.sms.segments import segments
from domain.messages import sms_costs
from domain.messages.messages import OutboundMessage
from domain.people.contacts import SMS, address_of
from domain.people.staff import Role
from domain.settings import SettingValue
from tests.support.console import Visitor, submitted
from tests.support.world import PHONE, World


def sent(world: World, month: int, count: int, event: str = "") -> None:
    """Rows that were charged in a month of this year."""
    with world.app.store.write() as session:
        phone = address_of(session, SMS, PHONE, world.now)
        when = world.now.replace(month=month, day=15)
        row = {"address_id": phone.id, "event": event, "state": "sent", "via": "sms", "segments": count}
        session.add(OutboundMessage(**row, sent_at=when, due_at=when, created_at=when))


def test_a_month_is_summed_by_what_it_was_for(world: World) -> None:
    """This month, the last one, and nothing older; the dearest first."""
    for month, count, event in ((11, 3, ""), (11, 1, "code"), (10, 2, "submitted"), (9, 50, "")):
        sent(world, month, count, event)
    with world.app.store.read() as session:
        this, before = sms_costs.months(session, world.now)
    assert (this.total.messages, this.total.segments, this.total.yuan) == (2, 4, "0.20")
    assert [event for event, _ in this.events] == ["", "code"]
    assert before.total.segments == 2


def test_the_price_is_a_setting(world: World) -> None:
    sent(world, 11, 100)
    with world.app.store.write() as session:
        session.add(SettingValue(name="sms_fen_per_segment", value=4))
    with world.app.store.read() as session:
        assert sms_costs.months(session, world.now)[0].total.yuan == "4.00"


def test_the_console_shows_the_months_and_the_persons_sum(world: World, console: Flask) -> None:
    """As many segments as the texts on the phone come to with the signature."""
    application = submitted(world)
    charged = sum(segments(f"【{world.settings.aliyun_sms_sign_name}】{text}") for text in world.sms.texts())
    administrator = Visitor(console).enter(world, world.staff("zhou", Role.ADMINISTRATOR))
    health = administrator.get("/health")
    assert "本月短信" in health and f"计费 {charged} 条" in health
    assert re.search(rf"按{charged}条计费，约0\.\d\d元", administrator.get(f"/applications/{application}"))


def test_the_console_shows_who_has_stopped_notices(world: World, console: Flask) -> None:
    application = submitted(world)
    world.sms_in("退订")
    administrator = Visitor(console).enter(world, world.staff("zhou", Role.ADMINISTRATOR))
    assert "本人已退订通知" in administrator.get(f"/applications/{application}")
