"""A monitor can see whether the product works; it sees nobody."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from domain.messages.messages import InState
from tests.support import stores
from tests.support.world import OPENID, World


@pytest.fixture
def client(world: World) -> FlaskClient:
    """A monitor."""
    return world.door


def test_a_product_that_works_says_so(client: FlaskClient) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json) == (200, {"ok": True, "database": True, "redis": True})


def test_a_store_that_is_gone_is_a_503(world: World, client: FlaskClient) -> None:
    world.app.store.close()
    stores.take_away(world.database)
    assert client.get("/health").status_code == 503


def test_redis_that_is_away_is_told_but_the_product_goes_on(world: World, client: FlaskClient) -> None:
    world.app.redis.ping = lambda: False  # type: ignore[method-assign, assignment]
    answer = client.get("/health")
    assert (answer.status_code, answer.json) == (200, {"ok": False, "database": True, "redis": False})


def test_the_metrics_count_messages_and_applications_and_name_nobody(world: World, client: FlaskClient) -> None:
    world.filled_in()
    world.say("确认提交")
    text = client.get("/metrics").text
    assert f'desk_inbound_messages{{state="{InState.DONE}"}} 8.0' in text
    assert 'desk_applications{state="bureau_review"} 1.0' in text
    assert OPENID not in text


def test_an_unanswered_message_grows_old_in_the_metrics(world: World, client: FlaskClient) -> None:
    world.rasa.down = True
    world.say("要多久？")
    world.wait(minutes=5)
    assert "desk_oldest_unanswered_seconds 300.0" in client.get("/metrics").text
