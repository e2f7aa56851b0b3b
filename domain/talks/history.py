"""The whole talk with one contact: what came in and what went out on every channel, in the order of time, as shown."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.messages.messages import InboundMessage, OutboundMessage, OutState
from domain.messages.templates import SMS_TEMPLATES
from domain.people.contacts import SMS, Address
from domain.people.staff import Staff
from domain.registration.applications import Photo

GONE = "（原文已按期清除）"
SECRET = "（验证码，不显示）"
LINKED = "（短信里是开头和一次性链接）"
KINDS: Mapping[str, str] = {
    "voice": "〔语音〕",
    "unsupported": "〔发来一条看不了的消息〕",
    "follow": "〔关注了公众号〕",
    "unfollow": "〔取消了关注〕",
    "scan": "〔扫了二维码〕",
    "handover": "〔微信客服会话〕",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One message as it was shown. `who`: person, bot, staff or notice."""

    at: datetime
    who: str
    channel: str
    text: str
    row_id: int
    after: int  # the inbound message that it is, or answers: keeps both together within one moment
    options: Sequence[str] = ()
    means: str = ""  # the label behind a tap or a number
    kind: str = "text"
    photo_id: int | None = None
    staff: str = ""
    event: str = ""
    state: str = ""  # how far an outgoing message is
    via: str = ""
    error: str = ""

    @property
    def can_go_by_sms(self) -> bool:
        """A colleague's answer that WeChat does not let through."""
        stuck = (OutState.HELD, OutState.FAILED, OutState.EXPIRED)
        return self.who == "staff" and self.channel != SMS and self.state in stuck


def history(session: Session, contact_id: int, before: datetime | None = None, limit: int = 60) -> list[Entry]:
    """The latest `limit` messages (before a moment, when one is given), oldest first."""
    places = {row.id: row for row in session.scalars(select(Address).where(Address.contact_id == contact_id))}
    came = _inbound(session, places, before, limit)
    went = _outbound(session, places, before, limit)
    merged = sorted([*came, *went], key=_order)[-limit:]
    return _with_meaning(merged)


def _order(entry: Entry) -> tuple[datetime, int, bool, int]:
    return entry.at, entry.after, entry.who != "person", entry.row_id


def _inbound(session: Session, places: Mapping[int, Address], before: datetime | None, limit: int) -> list[Entry]:
    query = select(InboundMessage).where(InboundMessage.address_id.in_(places), InboundMessage.kind != "report")
    if before is not None:
        query = query.where(InboundMessage.received_at < before)
    rows = session.scalars(query.order_by(InboundMessage.id.desc()).limit(limit)).all()
    pictures = dict(
        session.execute(
            select(Photo.inbound_id, Photo.id).where(Photo.inbound_id.in_([row.id for row in rows]), Photo.file != "")
        ).all()
    )
    return [_came(row, places[row.address_id], pictures.get(row.id)) for row in rows]


def _came(row: InboundMessage, place: Address, photo_id: int | None) -> Entry:
    text = KINDS.get(row.kind, row.text)
    if row.kind == "photo":
        text = "" if photo_id else "〔照片〕"
    elif not text and row.decided_by == "erased":
        text = GONE
    means = "点选" if row.choice else ""
    entry = Entry(row.received_at, "person", place.channel, text, row.id, row.id, means=means, kind=row.kind)
    return replace(entry, photo_id=photo_id)


def _outbound(session: Session, places: Mapping[int, Address], before: datetime | None, limit: int) -> list[Entry]:
    query = select(OutboundMessage).where(OutboundMessage.address_id.in_(places))
    if before is not None:
        query = query.where(OutboundMessage.created_at < before)
    rows = session.scalars(query.order_by(OutboundMessage.id.desc()).limit(limit)).all()
    writers = {row.staff_id for row in rows if row.staff_id is not None}
    names = dict(session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(writers))).all())
    return [_went(row, places[row.address_id], names.get(row.staff_id or 0, "")) for row in rows]


def _went(row: OutboundMessage, place: Address, writer: str) -> Entry:
    body = row.body or {}
    return Entry(
        at=row.created_at,
        who="staff" if row.staff_id is not None else "notice" if row.event else "bot",
        channel=place.channel,
        text=shown(row, place.channel),
        row_id=row.id,
        after=row.inbound_id or sys.maxsize,
        options=[str(label) for label, _ in body.get("options", [])],
        staff=writer,
        event=row.event,
        state=row.state,
        via=row.via,
        error=row.error,
    )


def shown(row: OutboundMessage, channel: str) -> str:
    """What the person read. A one-time code is never shown again, nor is the address of a one-time link."""
    body: Mapping[str, Any] = row.body or {}
    template = SMS_TEMPLATES.get(str(body.get("sms", "")))
    if row.event == "code" or (template is not None and template.kind == "code"):
        return SECRET
    if row.body is None:
        return GONE
    if channel != SMS or template is None or "params" not in body:
        return str((body.get("short") if channel == SMS else "") or body.get("text", ""))
    if "token" in body["params"]:
        return f"{body.get('text', '')}{LINKED}"
    return template.render(body["params"])


def _with_meaning(entries: list[Entry]) -> list[Entry]:
    """A number gets the label that the last message with options on that channel showed under it."""
    shown_last: dict[str, Sequence[str]] = {}
    told = []
    for entry in entries:
        if entry.who != "person" and entry.options:
            shown_last[entry.channel] = entry.options
        number = entry.text.strip()
        options = shown_last.get(entry.channel, ())
        if entry.who == "person" and number.isdecimal() and len(number) <= 2 and 0 < int(number) <= len(options):
            entry = replace(entry, means=options[int(number) - 1])
        told.append(entry)
    return told
