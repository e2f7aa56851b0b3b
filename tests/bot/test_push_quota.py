"""WeChat lets an account push 5 messages in 48 hours after a message, 3 in a minute after a tap. Never one more."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import pytest

from bot.channels.base import Inbound, Kind
from domain.messages.messages import OutboundMessage
from domain.people.contacts import WECHAT, address_of
from tests.support.world import OPENID, World


@dataclass
class Judge:
    """WeChat's own count, from its documentation alone: each doing starts its grant anew; the shorter is used first."""

    world: World
    grants: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    too_many: list[str] = field(default_factory=list)

    def typed(self) -> None:
        self.grants["message"] = (self.world.now + timedelta(hours=48), 5)

    def tapped(self) -> None:
        self.grants["tap"] = (self.world.now + timedelta(minutes=1), 3)

    def send_text(self, openid: str, text: str) -> None:
        """In place of the API's send."""
        for name in ("tap", "message"):
            until, left = self.grants.get(name, (self.world.now, 0))
            if until > self.world.now and left:
                self.grants[name] = (until, left - 1)
                self.taken.append(text)
                return
        self.too_many.append(text)


@pytest.fixture
def judge(world: World) -> Judge:
    """A judge between the outbox and the person's phone."""
    made = Judge(world)
    world.wechat.send_text = made.send_text  # type: ignore[method-assign]
    return made


def pushed(world: World, kind: Kind, text: str, number: int) -> None:
    """The person does something and the passive reply does not make it: everything is pushed."""
    ticket = world.receive(Inbound("wechat", f"q{number}", OPENID, kind, text))
    world.desk._leave_to_push(ticket.inbound_id)
    world.work()


def owe(world: World, text: str) -> None:
    """Something that nobody asked for just now: what a member of staff writes."""
    with world.app.store.write() as session:
        address = address_of(session, WECHAT, OPENID, world.now)
        row = OutboundMessage(address_id=address.id, event="staff", due_at=world.now, created_at=world.now)
        row.body = {"text": text, "options": [], "short": ""}
        session.add(row)
    world.wait(seconds=1)


def test_twelve_messages_owed_after_one_word_are_five_pushes_and_the_rest_comes_with_the_next(
    world: World, judge: Judge
) -> None:
    judge.typed()
    pushed(world, Kind.TEXT, "你好", 0)
    for number in range(12):
        owe(world, f"第{number}条")
    assert len(judge.taken) == 5
    judge.typed()
    pushed(world, Kind.TEXT, "还有吗", 1)
    assert judge.too_many == []
    said = "\n".join(judge.taken)
    assert [said.count(f"第{number}条") for number in range(12)] == [1] * 12
    assert sorted(range(12), key=lambda number: said.index(f"第{number}条")) == list(range(12))


def test_after_a_tap_three_leave_within_the_minute_and_none_later(world: World, judge: Judge) -> None:
    judge.tapped()
    pushed(world, Kind.CLICK, "help", 0)
    for number in range(5):
        owe(world, f"第{number}条")
    world.wait(minutes=2)
    assert len(judge.taken) == 3
    assert judge.too_many == []


@pytest.mark.parametrize("seed", range(6))
def test_a_long_talk_by_push_alone_never_exceeds_the_quota_and_loses_nothing(
    world: World, judge: Judge, seed: int
) -> None:
    """Words, taps, pauses of seconds and of days, and things owed in between, in an order that chance picks."""
    chance, owed = Random(seed), 0
    for number in range(120):
        doing = chance.choice(("type", "tap", "owe", "owe", "owe", "pause"))
        if doing == "type":
            judge.typed()
            pushed(world, Kind.TEXT, "帮助", number)
        elif doing == "tap":
            judge.tapped()
            pushed(world, Kind.CLICK, "help", number)
        elif doing == "owe":
            owe(world, f"欠{owed}号")
            owed += 1
        else:
            world.wait(**{chance.choice(("seconds", "minutes", "hours")): chance.randint(1, 50)})
    for number in range(1000, 1040):
        judge.typed()
        pushed(world, Kind.TEXT, "帮助", number)
    assert judge.too_many == []
    said = "\n".join(judge.taken)
    assert [said.count(f"欠{number}号") for number in range(owed)] == [1] * owed
