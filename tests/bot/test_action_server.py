"""The action server takes a call as Rasa sends it here: the message at hand, an empty history, an empty domain."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionMissingDomainException
from sqlalchemy import select

from actions import acts
from domain.messages.messages import InboundMessage, InState
from tests.support.world import World


def _call(inbound_id: int) -> dict[str, Any]:
    """As nlu/patches/calls.py puts it together."""
    message = {"text": "谢谢", "intent": {"name": "thanks"}, "entities": [], "intent_ranking": []}
    message["metadata"] = {"inbound_id": inbound_id, "asking": "", "open": [], "role": "user"}
    tracker = {"sender_id": "contact:1", "slots": {}, "latest_message": message, "events": [], "paused": False}
    return {"next_action": "action_thanks", "sender_id": "contact:1", "tracker": tracker, "version": "3.6.21"}


def test_a_call_with_an_empty_domain_is_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One without a domain is refused: rasa-sdk would ask for it and be called again."""
    monkeypatch.setattr(acts, "the_app", lambda: world.app)
    world.receive(world.text("谢谢"))
    with world.app.store.read() as session:
        inbound = session.scalars(select(InboundMessage)).one()
    executor = ActionExecutor()
    executor.register_package("actions")
    with pytest.raises(ActionMissingDomainException):
        asyncio.run(executor.run(_call(inbound.id)))
    asyncio.run(executor.run({**_call(inbound.id), "domain": {}}))
    with world.app.store.read() as session:
        assert session.get_one(InboundMessage, inbound.id).state == InState.DONE
