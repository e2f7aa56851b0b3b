"""One row at a time, each in its own transaction; one worker at a time."""

from __future__ import annotations

from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.contracts import lapse_requests
from bot.singly import alone, one_by_one
from domain.contracts.tables import Request
from domain.people.contacts import Contact
from tests.support.contracts import open_market
from tests.support.world import World


def test_one_that_fails_stops_none_of_the_others_and_leaves_nothing(world: World) -> None:
    def add(session: Session, name: str) -> bool:
        session.add(Contact(name=name, created_at=world.now))
        session.flush()
        if name == "二":
            raise ValueError(name)
        return name != "三"

    assert one_by_one(world.app, "test", iter(["一", "二", "三"]), add) == (3, 1, 1)
    with world.app.store.read() as session:
        assert set(session.scalars(select(Contact.name))) >= {"一", "三"}
        assert "二" not in session.scalars(select(Contact.name)).all()


def test_while_one_worker_is_at_it_another_does_nothing_and_afterwards_it_does(redis: Redis) -> None:
    done: list[str] = []

    def work() -> None:
        alone(redis, "the same", lambda: done.append("second"), lasts=5)
        done.append("first")

    alone(redis, "the same", work, lasts=5)
    assert done == ["first"]
    alone(redis, "the same", lambda: done.append("third"), lasts=5)
    assert done == ["first", "third"]


def test_without_redis_nothing_is_done_and_nothing_fails() -> None:
    done: list[str] = []
    alone(Redis(unix_socket_path="/nowhere"), "x", lambda: done.append("x"), lasts=5)
    assert done == []


def test_a_request_that_cannot_be_closed_does_not_keep_the_others_open(world: World) -> None:
    """Two requests are late; of the first it cannot be read who proposed it."""
    market = open_market(world)
    for code in ("P1001", "P2001"):
        market.choose(code)
        market.sign()
    with world.app.store.write() as session:
        session.get_one(Request, 1).proposed_by = "nobody"
    world.now = market.request().deadline.replace(month=12)
    lapse_requests(world.app)
    with world.app.store.read() as session:
        assert session.scalars(select(Request.state).order_by(Request.id)).all() == ["open", "lapsed"]
