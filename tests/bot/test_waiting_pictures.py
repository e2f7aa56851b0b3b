"""Pictures that wait for the readers: in a busy week for long, and no picture is given up for that."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot import jobs, turn
from bot.channels.base import Inbound, Kind
from bot.doorbell import OCR
from domain.messages.messages import InboundMessage, InState
from tests.support.world import OPENID, World, reading


def sent(world: World) -> int:
    """A picture came and was brought home; its ring lies in the readers' queue."""
    world.reader.next = reading()
    world.receive(Inbound("wechat", "m1", OPENID, Kind.PHOTO, media_id="media-1"))
    rings = rung(world)
    while rings and rings[0][0] == "turn":
        turn.take_turn(world.app, rings[0][1])
        rings = [*rings[1:], *rung(world)]
    assert [name for name, _ in rings] == ["photo"]
    return rings[0][1]


def rung(world: World) -> list[tuple[str, int]]:
    rings, world.bell.rings = world.bell.rings, []
    return rings


def swept(world: World) -> list[str]:
    """What a sweep and the turns that it rings for bring to the readers."""
    jobs.sweep(world.app)
    for name, row_id in rung(world):
        if name == "turn":
            turn.take_turn(world.app, row_id)
    return [name for name, _ in rung(world) if name == "photo"]


def state(world: World, inbound_id: int) -> str:
    with world.app.store.read() as session:
        return session.scalars(select(InboundMessage.state).where(InboundMessage.id == inbound_id)).one()


def test_a_picture_that_waits_an_hour_for_the_readers_is_read_and_not_called_lost(world: World) -> None:
    inbound_id = sent(world)
    world.app.redis.incr(OCR)  # the readers have pictures before them
    for _ in range(60):
        world.now += timedelta(minutes=1)
        assert swept(world) == []  # nor is the queue filled with rings for what lies in it
    assert state(world, inbound_id) != InState.DONE
    turn.read_photo(world.app, inbound_id, world.reader)
    assert state(world, inbound_id) == InState.DONE
    world.now += timedelta(seconds=10)
    world.wait(seconds=10)
    assert "请核对" in world.wechat.texts[-1]


def test_a_picture_whose_ring_was_lost_is_rung_for_again_when_the_readers_have_nothing_to_do(world: World) -> None:
    sent(world)
    world.now += timedelta(minutes=3)
    assert swept(world) == ["photo"]


def test_a_picture_that_the_reader_dies_of_is_given_up_after_some_tries(world: World) -> None:
    class Dies:
        tries = 0

        def read(self, picture: bytes) -> None:
            self.tries += 1
            raise MemoryError

    inbound_id, reader = sent(world), Dies()
    for _ in range(20):
        try:
            turn.read_photo(world.app, inbound_id, reader)  # type: ignore[arg-type]
        except MemoryError:
            world.now += timedelta(minutes=3)
            swept(world)
    assert 1 < reader.tries < 10
    assert state(world, inbound_id) == InState.DONE
