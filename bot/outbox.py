"""What we owe people leaves from here: claimed, sent, and its end written down; nobody sends a row twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from bot.app import App
from bot.channels.base import SendError
from bot.channels.sms.segments import segments
from bot.channels.wechat.fields import fit
from bot.channels.wechat.text import TEXT_LIMIT, split
from bot.pictures import drawn
from bot.refusals import refused, settle
from bot.render import as_sms, as_wechat, sms_text
from bot.singly import alone
from domain.messages import messages
from domain.messages.messages import OutboundMessage, OutState
from domain.notices import merging, outages
from domain.notices.catalogue import PICTURE, overtakes
from domain.notices.late import mark_late
from domain.people.contacts import AFTER_MESSAGE, SMS, Address, take_push
from domain.settings import value

OUT_ID = "row-"  # what a row is called at the providers: it comes back in reports, and makes a repeat harmless

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Letter:
    """What leaves as one message: the rows that it carries, and all that sending them needs."""

    ids: list[int]
    to: str
    event: str
    gate: str
    body: dict[str, Any]
    pieces: list[str] = field(default_factory=list)  # of a push; of a picture its text alone, which is not sent
    number: str = ""  # the template's, at the provider
    params: dict[str, str] = field(default_factory=dict)
    segments: int = 0


def deliver(app: App, address_id: int) -> None:
    """Send everything that is due for an address, in order. One worker at a time serves an address."""
    # The sweep comes back for what the worker who is at it may have missed.
    alone(app.redis, f"deliver:{address_id}", lambda: _deliver_all(app, address_id), lasts=60)


def _deliver_all(app: App, address_id: int) -> None:
    while _deliver_next(app, address_id):
        pass


def settle_stuck(app: App) -> int:
    """Rows whose sender died, or got no answer: ask Aliyun what became of an SMS; a WeChat text goes out again, and
    says so. How many there are."""
    return settle(app, OUT_ID)


def _deliver_next(app: App, address_id: int) -> bool:
    """Claim and send the next message of an address. False when nothing is left that may leave now."""
    now = app.clock()
    with app.store.read() as session:  # looking needs no turn among the writers
        if not messages.due(session, address_id, now):
            return False
    with app.store.write() as session:
        rows = messages.due(session, address_id, now)
        head = _head(session, rows, now)
        if head is None:
            return False
        if head.expires_at is not None and head.expires_at <= now:
            messages.expire(session, now)
            return True
        if head.merge and merging.fold(session, head, now) is not head:
            return True
        letter = _letter(app, session, head, rows, now)
    if letter is None:
        return True
    try:
        provider_id = _send(app, letter)
    except SendError as error:
        level = log.error if error.retry == "alarm" else log.warning
        level("outbox.refused", rows=letter.ids, event_name=letter.event, code=error.code, retry=error.retry)
        refused(app, letter.ids, letter.gate, error, pushes=len(letter.pieces))
        return True
    _sent(app, letter, provider_id)
    return True


def _head(session: Session, rows: Sequence[OutboundMessage], now: datetime) -> OutboundMessage | None:
    """The row to send next: the oldest, or where its way out is shut, the oldest that overtakes notices."""
    first: dict[bool, OutboundMessage] = {}
    for row in rows:
        first.setdefault(overtakes(row.event), row)
    for row in sorted(first.values(), key=lambda each: each.id):
        if outages.may_send(session, _gate(session, row), now):
            return row
    return None


def _letter(
    app: App, session: Session, head: OutboundMessage, rows: Sequence[OutboundMessage], now: datetime
) -> Letter | None:
    """Claim the row, with those that travel along; None when it has to be held, is too long or is taken."""
    gate, address = _gate(session, head), head.address
    batch = _together(session, head, rows) if gate == outages.PUSH_GATE else [head]
    for row in batch:
        mark_late(session, row, now)
    pieces = split("\n\n".join(as_wechat(row.body or {}) for row in batch)) if gate == outages.PUSH_GATE else []
    if pieces and not _take_pushes(address, len(pieces), now):
        for row in batch:
            too_long = len(pieces) > AFTER_MESSAGE.pushes
            row.state, row.error = (OutState.FAILED, "too_long") if too_long else (OutState.HELD, row.error)
        return None
    batch = [row for row in batch if messages.claim(session, row.id, now)]
    if not batch:
        return None
    letter = Letter([row.id for row in batch], address.value, head.event, gate, dict(head.body or {}), pieces)
    return _addressed(app, session, letter)


def _addressed(app: App, session: Session, letter: Letter) -> Letter:
    """The template's number and parameters, and how many SMS it will be."""
    if letter.gate == outages.TEMPLATE_GATE:
        letter.number = _wechat_number(session, letter.body)
    elif letter.gate == outages.SMS_GATE:
        name, letter.params = as_sms(letter.body)
        letter.number = str(value(session, f"sms_template_{name}"))
        letter.segments = segments(sms_text(letter.body, app.settings.aliyun_sms_sign_name, app.settings.public_url))
    return letter


def _together(session: Session, head: OutboundMessage, rows: Sequence[OutboundMessage]) -> list[OutboundMessage]:
    """The first row, and the texts behind it that fit into the same WeChat message: five pushes are all we have."""
    batch: list[OutboundMessage] = []
    size = 0
    for row in rows:
        if row.id < head.id:
            continue
        size += len(as_wechat(row.body or {}).encode()) + 2
        alone = row.merge or row.event == PICTURE or size > TEXT_LIMIT
        if _gate(session, row) != outages.PUSH_GATE or (batch and alone):
            break
        batch.append(row)
        if row.event == PICTURE:
            break
    return batch


def _take_pushes(address: Address, count: int, now: datetime) -> bool:
    """Use as many pushes of the window as the message has pieces, or none at all."""
    return address.pushes_left >= count and all(take_push(address, now) for _ in range(count))


def _gate(session: Session, row: OutboundMessage) -> str:
    if row.address.channel == SMS:
        return outages.SMS_GATE
    return outages.TEMPLATE_GATE if _wechat_number(session, row.body or {}) else outages.PUSH_GATE


def _wechat_number(session: Session, body: dict[str, Any]) -> str:
    name = body.get("template", "")
    return str(value(session, f"wechat_template_{name}")) if name else ""


def _send(app: App, letter: Letter) -> str:
    out_id = f"{OUT_ID}{letter.ids[0]}"
    if letter.gate == outages.SMS_GATE:
        return app.sms.send(letter.to, letter.number, letter.params, out_id=out_id)
    if letter.gate == outages.TEMPLATE_GATE:
        return app.wechat.send_template(letter.to, letter.number, _fitted(letter.body["fields"]), client_msg_id=out_id)
    if letter.event == PICTURE:
        app.wechat.send_image(letter.to, app.wechat.upload_image(drawn(app, letter.body)))
        return ""
    for piece in letter.pieces:
        app.wechat.send_text(letter.to, piece)
    return ""


def _fitted(fields: dict[str, str]) -> dict[str, str]:
    try:
        return {name: fit(name, text) for name, text in fields.items()}
    except ValueError:
        raise SendError("field_does_not_fit", retry="never") from None


def _sent(app: App, letter: Letter, provider_id: str) -> None:
    now = app.clock()
    with app.store.write() as session:
        if outages.succeeded(session, letter.gate, now):
            log.info("outbox.mended", gate=letter.gate)
        for row_id in letter.ids:
            row = session.get_one(OutboundMessage, row_id)
            row.state, row.via, row.provider_id, row.sent_at = OutState.SENT, letter.gate, provider_id, now
            row.segments, row.error = letter.segments, ""
            if row.event == "code":
                row.body = None
