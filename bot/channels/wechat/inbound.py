"""WeChat's message and event types, translated into our words. This table is the only place that knows theirs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from bot.channels.base import Inbound, Kind
from bot.channels.wechat.envelope import Letter, Refused

_OPENID = re.compile(r"[\w@.-]{1,64}", re.ASCII)
_QR_PREFIX = "qrscene_"

Fields = Mapping[str, str]
# What a type gives besides its kind: values of Inbound's fields.
Content = dict[str, str]


def _text(fields: Fields) -> Content:
    return {"text": fields.get("Content", ""), "choice": fields.get("bizmsgmenuid", "")}


def _image(fields: Fields) -> Content:
    return {"media_id": fields.get("MediaId", ""), "media_url": fields.get("PicUrl", "")}


def _voice(fields: Fields) -> Content:
    return {"media_id": fields.get("MediaId", "")}


def _key(fields: Fields) -> Content:
    return {"text": fields.get("EventKey", "")}


def _scene(fields: Fields) -> Content:
    key = fields.get("EventKey", "")  # empty, qrscene_<scene>, or another way of having come (a payment)
    return {"text": key.removeprefix(_QR_PREFIX) if key.startswith(_QR_PREFIX) else ""}


def _kf(fields: Fields) -> Content:
    return {"text": fields.get("Event", "").lower().removeprefix("kf_").removesuffix("_session")}


def _nothing(fields: Fields) -> Content:
    return {}


_MESSAGES: dict[str, tuple[Kind, Callable[[Fields], Content]]] = {
    "text": (Kind.TEXT, _text),
    "image": (Kind.PHOTO, _image),
    "voice": (Kind.VOICE, _voice),
}
_EVENTS: dict[str, tuple[Kind, Callable[[Fields], Content]]] = {
    "subscribe": (Kind.FOLLOW, _scene),
    "unsubscribe": (Kind.UNFOLLOW, _nothing),
    "scan": (Kind.SCAN, _key),
    "click": (Kind.CLICK, _key),
    "templatesendjobfinish": (Kind.REPORT, _nothing),
    "kf_create_session": (Kind.HANDOVER, _kf),
    "kf_switch_session": (Kind.HANDOVER, _kf),
    "kf_close_session": (Kind.HANDOVER, _kf),
}
# What the receiver may want besides, under our name.
_EXTRA = {"MediaId16K": "media_id_16k", "Format": "format", "MsgID": "msgid", "Status": "status"}
_EXTRA_OF = {Kind.VOICE: ("MediaId16K", "Format"), Kind.REPORT: ("MsgID", "Status")}


def inbound_of(letter: Letter) -> Inbound:
    """The letter as every channel speaks it. Raises Refused where sender, time, type or id are no callback's.

    Unknown messages (video, place, link, …) are UNSUPPORTED and deserve a polite word. Unknown events (VIEW, LOCATION,
    subscribe_msg_*, …) are UNSUPPORTED with `extra["silent"]`: nobody did anything that waits for an answer.
    """
    fields = letter.fields
    sender, kind_word = fields.get("FromUserName", ""), fields.get("MsgType", "").lower()
    if not _OPENID.fullmatch(sender) or not kind_word:
        raise Refused("fields")
    event = fields.get("Event", "") if kind_word == "event" else ""
    if kind_word == "event":
        kind, content = _EVENTS.get(event.lower(), (Kind.UNSUPPORTED, _nothing))
    else:
        kind, content = _MESSAGES.get(kind_word, (Kind.UNSUPPORTED, _nothing))
    extra = {_EXTRA[name]: fields[name] for name in _EXTRA_OF.get(kind, ()) if name in fields}
    values = content(fields)
    if kind is Kind.UNSUPPORTED:
        values = {"text": event or fields["MsgType"]}
        extra = {"silent": "yes"} if kind_word == "event" else {}
    sent_at = _time(fields.get("CreateTime", ""))
    channel_id = _channel_id(fields, event)
    return Inbound("wechat", channel_id, sender, kind, sent_at=sent_at, bound=letter.bound, extra=extra, **values)


def is_silent(inbound: Inbound) -> bool:
    """Whether nobody waits for an answer to this."""
    return inbound.kind in (Kind.UNFOLLOW, Kind.REPORT, Kind.HANDOVER) or "silent" in inbound.extra


def is_ignored(inbound: Inbound) -> bool:
    """Whether it tells us nothing at all (a link opened, a place reported) and is not even kept."""
    return "silent" in inbound.extra


def _time(seconds: str) -> datetime:
    if not re.fullmatch(r"[0-9]{1,11}", seconds):
        raise Refused("fields")
    return datetime.fromtimestamp(int(seconds), UTC)


def _channel_id(fields: Fields, event: str) -> str:
    """MsgId; an event has none, so what makes it one of its kind, hashed: no openid sits in a key or a log."""
    if not event and "MsgId" in fields:
        if not re.fullmatch(r"[0-9]{1,20}", fields["MsgId"]):
            raise Refused("fields")
        return fields["MsgId"]
    names = ("FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "MsgID")
    parts = "\n".join(fields.get(name, "") for name in names)
    return "event-" + hashlib.sha256(parts.encode()).hexdigest()[:32]
