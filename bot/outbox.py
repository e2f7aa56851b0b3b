"""What we owe people leaves from here: claimed, sent, and its end written down; nobody sends a row twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from redis.exceptions import LockError, RedisError

from bot.app import App
from bot.channels.base import SendError
from bot.channels.wechat.fields import fit
from bot.channels.wechat.text import TEXT_LIMIT, split
from bot.render import as_sms, as_wechat
from domain import messages
from domain.messages import OutboundMessage, OutState
from domain.people import SMS, take_push
from domain.settings import value
from domain.workdays import local_day

OUT_ID = "row-"  # what a row is called at the providers: it comes back in reports, and makes a repeat harmless
STUCK_AFTER = timedelta(seconds=45)  # longer than a send can take
BACK_OFF = (5, 15, 60, 300, 900, 1800)  # seconds; the last one again and again
LATER = timedelta(minutes=30)
MOST_ATTEMPTS = 60  # about a day of trying

log = structlog.get_logger(__name__)


def deliver(app: App, address_id: int) -> None:
    """Send everything that is due for an address, in order. One worker at a time serves an address."""
    try:
        with app.redis.lock(f"deliver:{address_id}", timeout=60, blocking=False):
            while _deliver_next(app, address_id):
                pass
    except LockError:
        return  # another worker is at it; the sweep comes back for what it may have missed
    except RedisError:
        log.error("outbox.no_lock", address_id=address_id)


def settle_stuck(app: App) -> int:
    """Rows whose sender died: ask Aliyun what became of an SMS; a WeChat text goes out again, and says so."""
    now = app.clock()
    with app.store.read() as session:
        rows = [row.id for row in messages.stuck(session, now, STUCK_AFTER)]
    for row_id in rows:
        _settle(app, row_id)
    return len(rows)


def _deliver_next(app: App, address_id: int) -> bool:
    """Claim and send the next row, with those that can travel in the same message. False when nothing is left."""
    now = app.clock()
    with app.store.write() as session:
        due = messages.due(session, address_id, now)
        if not due:
            return False
        batch = _together(due)
        address = batch[0].address
        pushes = address.channel != SMS and _template_of(session, batch[0]) == ""
        if pushes and not take_push(address, now):
            for row in batch:
                row.state = OutState.HELD
            return True
        batch = [row for row in batch if messages.claim(session, row.id, now)]
        if not batch:
            return True
        letter = [(row.id, dict(row.body or {}), row.attempts) for row in batch]
        channel, to, event = address.channel, address.value, batch[0].event
        template = "" if channel == SMS else _template_of(session, batch[0])
        code = _sms_code(session, letter[0][1]) if channel == SMS else ""
    ids = [row_id for row_id, _, _ in letter]
    try:
        provider_id, via = _send(app, channel, to, letter, template, code)
    except SendError as error:
        level = log.error if error.retry == "alarm" else log.warning
        level("outbox.refused", rows=ids, event_name=event, code=error.code, retry=error.retry)
        _refused(app, ids, error)
        return error.retry == "never"
    with app.store.write() as session:
        for row_id in ids:
            row = session.get_one(OutboundMessage, row_id)
            row.state, row.via, row.provider_id, row.sent_at = OutState.SENT, via, provider_id, app.clock()
            if row.event == "code":
                row.body = None
    return True


def _together(due: Sequence[OutboundMessage]) -> list[OutboundMessage]:
    """The first row, and the texts behind it that fit into the same WeChat message: five pushes are all we have."""
    first = due[0]
    if first.address.channel == SMS or "template" in (first.body or {}):
        return [first]
    batch, size = [], 0
    for row in due:
        size += len(as_wechat(row.body or {}).encode()) + 2
        if "template" in (row.body or {}) or (batch and size > TEXT_LIMIT):
            break
        batch.append(row)
    return batch


def _template_of(session: Any, row: OutboundMessage) -> str:
    name = (row.body or {}).get("template", "")
    return str(value(session, f"wechat_template_{name}")) if name else ""


def _sms_code(session: Any, body: dict[str, Any]) -> str:
    return str(value(session, f"sms_template_{body.get('sms', 'answer')}"))


def _send(
    app: App, channel: str, to: str, letter: Sequence[tuple[int, dict[str, Any], int]], template: str, code: str
) -> tuple[str, str]:
    row_id, body, attempts = letter[0]
    if channel == SMS:
        return app.sms.send(to, code, as_sms(body), out_id=f"{OUT_ID}{row_id}"), "sms"
    if template:
        fields = _fitted(body["fields"])
        return app.wechat.send_template(to, template, fields, client_msg_id=f"{OUT_ID}{row_id}"), "template"
    for piece in split("\n\n".join(as_wechat(body) for _, body, _ in letter)):
        app.wechat.send_text(to, piece)
    return "", "push"


def _fitted(fields: dict[str, str]) -> dict[str, str]:
    try:
        return {name: fit(name, text) for name, text in fields.items()}
    except ValueError:
        raise SendError("field_does_not_fit", retry="never") from None


def _refused(app: App, ids: Sequence[int], error: SendError) -> None:
    now = app.clock()
    with app.store.write() as session:
        for row_id in ids:
            row = session.get_one(OutboundMessage, row_id)
            row.error = error.code
            if error.retry == "never" or row.attempts >= MOST_ATTEMPTS:
                row.state = OutState.FAILED
            elif error.retry == "ask":
                row.claimed_at = now  # stays "sending"; `settle_stuck` asks what became of it
            else:
                row.state = OutState.PENDING  # also after an "alarm": a person mends it, then everything goes out
                seconds = BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
                row.due_at = now + (timedelta(seconds=seconds) if error.retry == "soon" else LATER)
        if error.code in ("45015", "45047"):  # the window is not as we thought: nothing more goes out of it
            session.get_one(OutboundMessage, ids[0]).address.pushes_left = 0


def _settle(app: App, row_id: int) -> None:
    now = app.clock()
    with app.store.read() as session:
        row = session.get_one(OutboundMessage, row_id)
        channel, to, claimed_at, body = row.address.channel, row.address.value, row.claimed_at, dict(row.body or {})
    report = None
    if channel == SMS and claimed_at is not None:
        try:
            report = app.sms.report(to, "", local_day(claimed_at), out_id=f"{OUT_ID}{row_id}")
        except SendError:
            return  # ask again with the next sweep
    with app.store.write() as session:
        row = session.get_one(OutboundMessage, row_id, with_for_update=True)
        if row.state != OutState.SENDING:
            return
        if report is not None:
            row.state = OutState.FAILED if report.ok is False else OutState.SENT
            row.via, row.sent_at, row.error = "sms", claimed_at, report.code if report.ok is False else ""
            return
        row.state, row.due_at = OutState.PENDING, now
        if channel != SMS and "template" not in body and "again" not in body:
            row.body = {**body, "again": True}
    log.info("outbox.again", row=row_id)
