"""What we ask of WeChat, in our words. Every failure is a SendError that names nobody."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from redis import Redis

from bot.channels.base import SendError
from bot.channels.wechat.api import Api
from bot.channels.wechat.exchange import Answer
from bot.channels.wechat.text import clean

MAX_MEDIA = 10 * 1024 * 1024  # bytes; WeChat's own largest picture
MAX_UPLOAD = 2 * 1024 * 1024  # bytes; the page names both 2 and 10 MB
QR_MAX_SECONDS = 2_592_000  # 30 days
COURTESY_TIME = 2.0  # seconds
# Letters only: a backslash in a host means one thing to urlsplit and another to those who connect.
_PICTURE_HOST = re.compile(r"mmbiz\.qpic\.cn|[a-z0-9.-]+\.qlogo\.cn")


class WeChat:
    """The official account's API. Safe to share between threads; make one per process."""

    def __init__(self, *, app_id: str, secret: str, redis: Redis, base_url: str) -> None:
        """`base_url`: WECHAT_API_BASE_URL. `redis` holds the shared token. No connection is opened here."""
        self._api = Api(app_id, secret, redis, base_url)
        self._base = urlsplit(base_url)

    def send_text(self, openid: str, text: str) -> None:
        """A customer-service message of at most 2048 bytes (`text.split` makes such pieces)."""
        _sent(self._api.message.send_text(openid, clean(text)))

    def send_image(self, openid: str, media_id: str) -> None:
        """A picture that `upload_image` has brought there."""
        _sent(self._api.message.send_image(openid, media_id))

    def send_template(
        self, openid: str, template_id: str, data: dict[str, str], url: str = "", client_msg_id: str = ""
    ) -> str:
        """A template notice with values made by `fields.fit`. Returns WeChat's msgid, which the later report names.

        `client_msg_id` makes a repeat within 10 minutes harmless.
        """
        body: dict[str, Any] = {
            "touser": openid,
            "template_id": template_id,
            "data": {name: {"value": clean(value)} for name, value in data.items()},
        }
        if url:
            body["url"] = url
        if client_msg_id:
            body["client_msg_id"] = client_msg_id
        answer = self._api.post("message/template/send", data=body)
        _sent(answer)
        return str(answer.get("msgid", ""))

    def typing(self, openid: str, on: bool = True) -> None:
        """“对方正在输入…” for 15 s at most. A courtesy: never raises."""
        command = "Typing" if on else "CancelTyping"
        try:
            self._api.post("message/custom/typing", data={"touser": openid, "command": command}, timeout=COURTESY_TIME)
        except SendError:
            return

    def download(self, media_id: str, url: str = "") -> bytes:
        """What a person sent (kept by WeChat for three days), at most MAX_MEDIA bytes.

        Where the id is refused for good and `url` (PicUrl) lies on one of WeChat's picture hosts, it comes from there.
        """
        try:
            return _media(self._api.fetch("media/get", {"media_id": media_id}, MAX_MEDIA))
        except SendError as error:
            address = self._picture_address(url)
            if error.retry == "soon" or address is None:
                raise
        return _media(self._api.plain(address, MAX_MEDIA))

    def upload_image(self, picture: bytes) -> str:
        """A JPEG or PNG of at most MAX_UPLOAD bytes. Returns its media_id, good for three days and many sendings."""
        if len(picture) > MAX_UPLOAD:
            raise SendError("too_large", retry="never")
        png = picture.startswith(b"\x89PNG")
        name, kind = ("picture.png", "image/png") if png else ("picture.jpg", "image/jpeg")
        return _named(self._api.media.upload("image", (name, picture, kind)), "media_id")

    def create_menu(self, menu: dict[str, Any]) -> None:
        """Puts the custom menu in place; followers see it within five minutes."""
        _sent(self._api.menu.create(menu))

    def qr_code(self, scene: str, seconds: int) -> str:
        """The text of a QR code that brings `scene` (1 to 64 characters) back when scanned; at most 30 days."""
        question = {
            "expire_seconds": min(seconds, QR_MAX_SECONDS),
            "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": scene}},
        }
        return _named(self._api.qrcode.create(question), "url")

    def user_info(self, openid: str) -> dict[str, Any]:
        """WeChat's record of a follower; `subscribe` 0 means that there is nothing more."""
        answer: dict[str, Any] = self._api.user.get(openid)
        _named(answer, "openid")
        return answer

    def _picture_address(self, url: str) -> str | None:
        """`url` put together anew if it lies on a host of WeChat's, else None (it could be one inside our house)."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return None
        if "@" in parts.netloc:
            return None
        if (parts.scheme, parts.netloc) == (self._base.scheme, self._base.netloc):
            return urlunsplit((parts.scheme, parts.netloc, parts.path, parts.query, ""))
        if parts.scheme not in ("http", "https") or port is not None or not _PICTURE_HOST.fullmatch(host):
            return None
        return urlunsplit(("https", host, parts.path, parts.query, ""))


def _sent(answer: dict[str, Any]) -> None:
    """WeChat says 0 when it took a message; anything else without a code is somebody else talking."""
    if "errcode" not in answer:
        raise SendError("bad_answer", retry="ask")


def _named(answer: dict[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise SendError("bad_answer", retry="soon")
    return value


def _media(answer: Answer) -> bytes:
    kind = answer.content_type
    if not answer.body or kind.startswith("text/") or "json" in kind or answer.json() is not None:
        raise SendError("bad_answer", retry="soon")
    return answer.body
