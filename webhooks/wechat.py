"""The WeChat callback. It opens, hands over, and answers in time; what is said is the desk's."""

from __future__ import annotations

import time
import traceback
from datetime import datetime
from typing import Any, Protocol

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from bot.channels.base import Inbound
from bot.channels.wechat.envelope import MAX_BODY, Envelope, Letter, Refused
from bot.channels.wechat.inbound import inbound_of, is_ignored, is_silent
from bot.channels.wechat.replies import Transfer, text_reply, transfer_reply

BUDGET = 4.3  # seconds from the request's arrival; WeChat hangs up after 5

log = structlog.get_logger(__name__)


class WeChatSettings(Protocol):
    """What the door needs to know of the account."""

    @property
    def wechat_app_id(self) -> str: ...
    @property
    def wechat_token(self) -> str: ...
    @property
    def wechat_encoding_aes_key(self) -> str: ...


class Desk(Protocol):
    """Who keeps and answers the messages."""

    @property
    def settings(self) -> WeChatSettings: ...

    def clock(self) -> datetime:
        """Now, aware, UTC."""

    def receive(self, inbound: Inbound) -> Any:
        """Keeps the message once, starts the turn and returns at once; for a repeat, the same ticket."""

    def passive_reply(self, ticket: Any, seconds: float) -> str | Transfer | None:
        """The answer if it is ready within `seconds` (then nobody else sends it), at most 2048 bytes; else None."""


def wechat_blueprint(desk: Desk) -> Blueprint:
    """GET and POST /wechat. A request that is no callback is refused with 4xx and one line in the log."""
    blueprint = Blueprint("wechat", __name__)
    account = desk.settings
    envelope = Envelope(
        app_id=account.wechat_app_id,
        token=account.wechat_token,
        encoding_aes_key=account.wechat_encoding_aes_key,
    )

    @blueprint.get("/wechat")
    def verify() -> Response:
        return _plain(envelope.echo(request.args, desk.clock()))

    @blueprint.post("/wechat")
    def callback() -> Response:
        deadline = time.monotonic() + BUDGET
        letter = envelope.open(request.args, _body(), desk.clock())
        inbound = inbound_of(letter)
        if is_ignored(inbound):
            return _plain("success")
        ticket = desk.receive(inbound)
        if is_silent(inbound):
            return _plain("success")
        return _answer(desk, envelope, letter, ticket, deadline)

    @blueprint.errorhandler(Refused)
    def refuse(error: Refused) -> Response:
        log.warning("wechat.refused", reason=error.reason)
        return _plain("", error.status)

    @blueprint.errorhandler(Exception)
    def fail(error: Exception) -> Response | HTTPException:
        """Not kept: WeChat shall send it again. Nothing of the message is logged."""
        if isinstance(error, HTTPException):
            return error
        log.error("wechat.failed", error=type(error).__name__, at=_place(error))
        return _plain("", 503)

    return blueprint


def _answer(desk: Desk, envelope: Envelope, letter: Letter, ticket: Any, deadline: float) -> Response:
    """The message is kept by now: whatever happens here, the answer can still be pushed."""
    try:
        answer = desk.passive_reply(ticket, max(0.0, deadline - time.monotonic()))
    except Exception as error:
        log.error("wechat.reply_failed", error=type(error).__name__, at=_place(error))
        answer = None
    if not answer:
        return _plain("success")
    if isinstance(answer, Transfer):
        reply = transfer_reply(letter.fields, desk.clock())
    else:
        reply = text_reply(letter.fields, answer, desk.clock())
    sealed = envelope.seal(letter, reply)
    return Response(sealed, mimetype="application/xml")


def _place(error: Exception) -> str:
    """File and line of a failure: enough to find it, and nothing of what people wrote."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"


def _body() -> bytes:
    # One byte more than is accepted: a chunked body is cut off at the limit without a word.
    request.max_content_length = MAX_BODY + 1
    try:
        return request.get_data(cache=False)
    except HTTPException as error:
        raise Refused("too_large" if error.code == 413 else "body") from None


def _plain(text: str, status: int = 200) -> Response:
    return Response(text, status, mimetype="text/plain")
