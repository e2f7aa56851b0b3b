"""Aliyun's pushes: replies and delivery reports. The door keeps rows and answers; Aliyun waits 700 ms.

Aliyun documents no signature for its pushes, so a secret in the path guards the door, and what comes through it is
never taken as proof of who sent it. Only a 200 with a numeric code counts as received; a 503 asks for the push again.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import structlog
from flask import Blueprint, Response, abort, jsonify, request

from bot.channels.base import Inbound
from bot.channels.sms.inbound import Batch, Report, parse_replies, parse_reports

MAX_BODY = 1_000_000
Item = TypeVar("Item")

log = structlog.get_logger(__name__)


class SmsSettings(Protocol):
    """What the door needs to know."""

    @property
    def sms_callback_secret(self) -> str: ...


class SmsDesk(Protocol):
    """Who keeps what was pushed."""

    @property
    def settings(self) -> SmsSettings: ...

    def receive_push(self, push: Sequence[Inbound]) -> Any:
        """Keeps each message once, all of them or none, starts their turns and returns at once."""

    def receive(self, inbound: Inbound) -> Any:
        """The same for one message."""

    def delivery_push(self, push: Sequence[Report]) -> Any:
        """Keeps what became of each SMS, once per `report.key`, all of them or none, and returns at once."""

    def delivery(self, report: Report) -> Any:
        """The same for one report."""


def sms_blueprint(desk: SmsDesk) -> Blueprint:
    """POST /sms/<secret>/reply and /sms/<secret>/report; 404 where the secret is wrong or none is set."""
    blueprint = Blueprint("sms", __name__)

    @blueprint.before_request
    def guard() -> None:
        given = (request.view_args or {}).get("secret", "")
        if not hmac.compare_digest(given.encode(), desk.settings.sms_callback_secret.encode()):
            abort(404)  # an empty secret fits no path either

    @blueprint.post("/sms/<secret>/reply")
    def reply(secret: str) -> Response:
        return _keep("sms.replies", parse_replies(_payload()), desk.receive_push, desk.receive)

    @blueprint.post("/sms/<secret>/report")
    def report(secret: str) -> Response:
        return _keep("sms.reports", parse_reports(_payload()), desk.delivery_push, desk.delivery)

    return blueprint


def _keep(
    event: str, batch: Batch[Item], keep_all: Callable[[Sequence[Item]], object], keep: Callable[[Item], object]
) -> Response:
    """Keep the items at once. Where that fails, each by itself: one that cannot be kept does not hold up the rest, but
    the push is asked for again."""
    failed = 0
    try:
        keep_all(batch.items)
    except Exception as error:
        log.warning(f"{event}.one_by_one", error=type(error).__name__)
        failed = sum(not _keeps(event, item, keep) for item in batch.items)
    log.info(event, kept=len(batch.items) - failed, skipped=batch.skipped, failed=failed)
    answer = jsonify(code=1, msg="请稍后重新推送") if failed else jsonify(code=0, msg="成功")
    answer.status_code = 503 if failed else 200
    return answer


def _keeps(event: str, item: Item, keep: Callable[[Item], object]) -> bool:
    try:
        keep(item)
    except Exception as error:
        log.error(f"{event}.failed", error=type(error).__name__)
        return False
    return True


def _payload() -> object:
    """The pushed JSON; None for a body that is none, as a probe of the console may send. 413 above 1 MB."""
    request.max_content_length = MAX_BODY
    try:
        return json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError):
        return None
