"""What Aliyun pushes: replies (SmsUp) and delivery reports (SmsReport), each a JSON array of several items.

Formats: help.aliyun.com/document_detail/101867 (SmsReport), /zh/sms/developer-reference/smsup-http and the older
/document_detail/414223 (SmsUp, where sequence_id is a number and sign_name is sent). Times are "YYYY-MM-DD HH:MM:SS"
without a zone: Asia/Shanghai. Neither is signed, so an item proves nothing about who sent it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Generic, TypeVar

from bot.channels.base import Inbound, Kind
from domain.identifiers import InvalidIdentifier, normalise_phone

SHANGHAI = timezone(timedelta(hours=8))  # no summer time since 1991
Item = TypeVar("Item")
_ID = re.compile(r"[\x21-\x7e]{1,80}")


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one SMS to one phone. `ok` is None while Aliyun has it and the phone does not yet."""

    biz_id: str
    phone: str
    ok: bool | None
    code: str = ""  # the carrier's word: DELIVERED, DELIVRD, MOBILE_NOT_ON_SERVICE …
    out_id: str = ""  # ours, as given to `send`
    at: datetime | None = None  # aware, UTC

    @property
    def key(self) -> str:
        """Reports come more than once; one of this key is the same one. A batch shares its biz_id."""
        return f"{self.biz_id}:{self.phone}"


@dataclass(frozen=True, slots=True)
class Batch(Generic[Item]):
    """What could be read of one push, and how many items could not."""

    items: list[Item] = field(default_factory=list)
    skipped: int = 0


def parse_replies(payload: object) -> Batch[Inbound]:
    """The replies in a pushed body (parsed JSON). Never raises: what is no reply, as in a probe, is counted."""
    return _parse(payload, _reply)


def parse_reports(payload: object) -> Batch[Report]:
    """The delivery reports in a pushed body (parsed JSON). Never raises: what is no report is counted."""
    return _parse(payload, _report)


def moment(text: str) -> datetime | None:
    """Aliyun's time as an aware UTC moment, None where it is missing or unreadable."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _parse(payload: object, read: Callable[[dict[str, object]], Item | None]) -> Batch[Item]:
    entries = payload if isinstance(payload, list) else [payload] if isinstance(payload, dict) and payload else []
    found = [read(entry) if isinstance(entry, dict) else None for entry in entries]
    items = [item for item in found if item is not None]
    return Batch(items, len(found) - len(items))


def _reply(entry: dict[str, object]) -> Inbound | None:
    phone, sent_at = _phone(entry), moment(_word(entry, "send_time"))
    content = _text(entry, "content")
    if phone is None or content is None:
        return None
    channel_id = _word(entry, "sequence_id") or _derived_id(phone, content, _word(entry, "send_time"))
    if not _ID.fullmatch(channel_id):
        return None
    extra = {name: _word(entry, name) for name in ("dest_code", "sign_name") if _word(entry, name)}
    return Inbound("sms", channel_id, phone, Kind.TEXT, text=content, sent_at=sent_at, extra=extra)


def _report(entry: dict[str, object]) -> Report | None:
    phone, biz_id, ok = _phone(entry), _word(entry, "biz_id"), _truth(entry.get("success"))
    if phone is None or not _ID.fullmatch(biz_id) or ok is None:
        return None
    at = moment(_word(entry, "report_time")) or moment(_word(entry, "send_time"))
    return Report(biz_id, phone, ok, code=_word(entry, "err_code"), out_id=_word(entry, "out_id"), at=at)


def _text(entry: dict[str, object], name: str) -> str | None:
    """A text, or a whole number as text (the same field is now one, now the other), without what no store takes:
    NUL, and halves of characters that JSON can spell."""
    value = entry.get(name)
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    return str(value).replace("\0", "").encode("utf-8", errors="replace").decode()


def _word(entry: dict[str, object], name: str) -> str:
    return (_text(entry, name) or "").strip()


def _phone(entry: dict[str, object]) -> str | None:
    try:
        return normalise_phone(_word(entry, "phone_number"))
    except InvalidIdentifier:
        return None


def _truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.strip().lower()) if isinstance(value, str) else None


def _derived_id(phone: str, content: str, send_time: str) -> str:
    """A stand-in for a missing sequence_id, so that the reply is neither lost nor taken twice."""
    if not send_time:
        return ""
    return "sha256:" + hashlib.sha256("\n".join((phone, content, send_time)).encode()).hexdigest()
