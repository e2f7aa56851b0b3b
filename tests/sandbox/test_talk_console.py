"""The talk step `console`, on the product's own console over a real socket."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from domain.people.staff import Role
from domain.registration.applications import Stage
from sandbox.talk_chat import TalkError
from sandbox.talk_console import console_step
from tests.support.console import PASSWORD, newest, submitted
from tests.support.world import World


@pytest.fixture
def product(world: World) -> Iterator[str]:
    """The console's address, with a handler of 昆明供电局 and a reviewer of the trading centre."""
    world.staff("handler", Role.HANDLER, "053001")
    world.staff("reviewer", Role.REVIEWER)
    server = make_server("127.0.0.1", 0, world.web, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(5)


def step(who: str, do: str, **more: str) -> dict[str, Any]:
    """A console step of a talk file."""
    return {"as": who, "password": PASSWORD, "do": do, **more}


def test_an_application_passes_both_reviews(world: World, product: str):
    """The handler approves the newest, the reviewer the one named by its number."""
    submitted(world)
    number = newest(world).number
    said = console_step(step("handler", "approve"), product, 1)
    assert number in said and newest(world).stage == Stage.CENTRE_REVIEW
    console_step(step("reviewer", "approve", application=number), product, 1)
    assert newest(world).stage not in (Stage.BUREAU_REVIEW, Stage.CENTRE_REVIEW)


def test_an_application_is_returned_with_a_reason(world: World, product: str):
    """The reason reaches the application."""
    submitted(world)
    console_step(step("handler", "return", reason="营业执照不清楚，请重拍"), product, 1)
    assert newest(world).stage == Stage.RETURNED


def test_what_cannot_be_done_is_said_in_one_sentence(world: World, product: str, monkeypatch: pytest.MonkeyPatch):
    """A wrong password, nothing to decide, an unknown decision, no password anywhere, nobody at the address."""
    monkeypatch.delenv("DEMO_HANDLER_PASSWORD", raising=False)
    for wanted, where, reason in (
        (step("handler", "approve", password="wrong"), product, "does not let handler in"),
        (step("handler", "approve"), product, "no application waits"),
        (step("handler", "shred"), product, "approve, return"),
        ({"as": "handler", "do": "approve"}, product, "DEMO_HANDLER_PASSWORD"),
        (step("handler", "approve"), "http://127.0.0.1:9", "does not answer"),
    ):
        with pytest.raises(TalkError, match=reason):
            console_step(wanted, where, 0)
