"""What every channel speaks inside: one message in, one result out, one kind of failure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a person did, whatever the channel calls it."""

    TEXT = "text"
    CLICK = "click"  # a menu key, in `text`
    PHOTO = "photo"  # `media_id` and `media_url`
    VOICE = "voice"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    SCAN = "scan"  # the scene of a QR code, in `text`
    PAGE = "page"  # tapped or typed on a page behind a one-time link
    HANDOVER = "handover"  # WeChat's own customer-service desk: "create", "switch" or "close", in `text`
    REPORT = "report"  # what became of something that we sent
    UNSUPPORTED = "unsupported"  # understood, politely declined: `text` names the provider's type


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message as a door hands it on. `channel_id` is unique per channel: the same one is kept once."""

    channel: str  # "wechat" or "sms"
    channel_id: str
    sender: str  # openid or phone, normalised
    kind: Kind
    text: str = ""
    media_id: str = ""
    media_url: str = ""
    choice: str = ""  # the id of a tapped option (bizmsgmenuid), empty for typed text
    sent_at: datetime | None = None  # the provider's word, aware, UTC
    bound: bool = True  # False where the signature did not cover the body (plain mode): nothing with legal effect
    extra: dict[str, str] = field(default_factory=dict)


class SendError(Exception):
    """A message could not be sent. `code` is the provider's own; the text never holds personal data."""

    def __init__(self, code: str, *, retry: str) -> None:
        """`retry`: "soon" (back-off), "later" (a quota or window), "ask" (unknown: ask for the report first),
        "never" (this message or this recipient), "alarm" (our configuration: stop and tell an administrator)."""
        super().__init__(f"{code} ({retry})")
        self.code = code
        self.retry = retry
