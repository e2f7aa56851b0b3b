"""The door of Rasa for the product: POST /webhooks/desk/webhook. Rasa's own REST channel has no authentication, obeys
`/intent{…}` typed by anyone, and answers 200 [] when a turn failed."""

from __future__ import annotations

import hmac
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from action_endpoint import WatchedEndpoint
from components.folding import is_invisible
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.events import UserUttered
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from wishes import wishes_in

logger = logging.getLogger(__name__)

MAX_CHARS = 2000
SECRET_HEADER = "X-Desk-Secret"


def neutral(text: str) -> str:
    """`text` without power over Rasa: a leading slash would be obeyed as an intent, so it becomes a full-width one.
    The length stays, and so do the places of entities; longer text than Rasa should see is cut."""
    text = text[:MAX_CHARS]
    for place, char in enumerate(text):
        if char == "/":
            return text[:place] + "／" + text[place + 1 :]
        if not (char.isspace() or is_invisible(char)):
            break
    return text


class DeskInput(InputChannel):
    """Takes {"sender", "message", "metadata"} with the secret in a header and tells what became of the turn."""

    def __init__(self, secret: str) -> None:
        """`secret` is what the header must hold."""
        self._secret = secret.encode()

    @classmethod
    def name(cls) -> str:
        """The channel's name in URLs and in events."""
        return "desk"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> DeskInput:
        """Reads the secret from the environment; without one the server does not start."""
        secret = os.environ.get("RASA_CHANNEL_SECRET", "")
        if len(secret) < 16:
            raise RasaException("RASA_CHANNEL_SECRET must be set, 16 characters or more.")
        return cls(secret)

    def _allowed(self, request: Request) -> bool:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        return hmac.compare_digest(given, self._secret)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes: a health answer, and the webhook."""
        desk = Blueprint("desk_webhook")

        @desk.listener("after_server_start")
        async def watch(app: Any, loop: Any) -> None:
            processor = app.ctx.agent.processor
            if processor is not None:
                endpoint = processor.action_endpoint
                processor.action_endpoint = WatchedEndpoint(endpoint.url, float(endpoint.kwargs["timeout"]))

        @desk.listener("before_server_stop")
        async def leave(app: Any, loop: Any) -> None:
            if app.ctx.agent.processor is not None:
                await app.ctx.agent.processor.action_endpoint.close()

        @desk.get("/")
        async def health(request: Request) -> HTTPResponse:
            ready = request.app.ctx.agent.is_ready()
            return response.json({"status": "ok" if ready else "no model"}, status=200 if ready else 503)

        @desk.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            if not self._allowed(request):
                return response.json({"ok": False, "error": "secret"}, status=401)
            message = read_message(request.json)
            if message is None:
                return response.json({"ok": False, "error": "message"}, status=400)
            return await _turn(request.app.ctx.agent, on_new_message, message)

        return desk


def read_message(body: Any) -> UserMessage | None:
    """Rasa's message from the request's body, or None where sender or text is missing or of the wrong type."""
    if not isinstance(body, dict):
        return None
    sender, text, metadata = body.get("sender"), body.get("message"), body.get("metadata", {})
    if not (
        isinstance(sender, str) and 0 < len(sender) <= 200 and isinstance(text, str) and isinstance(metadata, dict)
    ):
        return None
    return UserMessage(
        neutral(text), CollectingOutputChannel(), sender, input_channel=DeskInput.name(), metadata=metadata
    )


async def _turn(
    agent: Any, on_new_message: Callable[[UserMessage], Awaitable[Any]], message: UserMessage
) -> HTTPResponse:
    if not agent.is_ready():
        return response.json({"ok": False, "error": "no model"}, status=503)
    try:
        message.metadata["wishes"] = await _wishes(agent, message)
        await on_new_message(message)
    except Exception as error:
        logger.error("A turn failed before an action was chosen: %s", type(error).__name__)
        return response.json({"ok": False, "error": "turn"}, status=500)
    if not agent.processor.action_endpoint.succeeded(message.message_id):
        return response.json({"ok": False, "error": "action"}, status=502)
    return response.json({"ok": True, **await _understood(agent, message)})


async def _wishes(agent: Any, message: UserMessage) -> list[list[str]]:
    async def understand(part: str) -> Any:
        return await agent.processor.parse_message(UserMessage(neutral(part), metadata=message.metadata))

    return await wishes_in(message.text, understand)


async def _understood(agent: Any, message: UserMessage) -> dict[str, Any]:
    tracker = await agent.tracker_store.retrieve(message.sender_id)
    event = next(
        e for e in reversed(tracker.events) if isinstance(e, UserUttered) and e.message_id == message.message_id
    )
    return {"intent": event.intent_name, "confidence": event.intent["confidence"], "entities": event.entities}
