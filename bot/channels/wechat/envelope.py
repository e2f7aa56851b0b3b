"""Opening what is posted to the callback, and sealing what goes back in the same request.

Format: developers.weixin.qq.com, "消息加解密说明"; the worked example there is our golden test. In the plain mode the
signature does not cover the body, so what came that way is marked `bound=False`.
"""

from __future__ import annotations

import hmac
import secrets
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException
from wechatpy.utils import WeChatSigner

from bot.channels.wechat.safexml import BadXml, fields_of

MAX_BODY = 256 * 1024  # bytes
MAX_AGE = 300  # seconds, either way; what Stripe tolerates

_STATUS = {"signature": 403, "time": 403, "appid": 403, "openid": 403, "too_large": 413}


class Refused(Exception):
    """A request that is not answered. `reason` is a short machine word, `status` what HTTP says; never any content."""

    def __init__(self, reason: str) -> None:
        """`reason`: signature, time, appid, openid, too_large, or (status 400) another word for malformed."""
        super().__init__(reason)
        self.reason = reason
        self.status = _STATUS.get(reason, 400)


@dataclass(frozen=True, slots=True)
class Letter:
    """An opened request. `bound`: the signature covered the fields (encrypted mode)."""

    fields: dict[str, str]
    bound: bool
    timestamp: str
    nonce: str


class _Cipher(PrpCrypto):  # type: ignore[misc]
    """wechatpy's AES with a random source that may be handed in (and is a cryptographic one otherwise)."""

    random: Callable[[], str]

    def get_random_string(self) -> str:
        return self.random()


def _random16() -> str:
    return secrets.token_hex(8)


class Envelope:
    """Opens and seals for one account."""

    def __init__(
        self, *, app_id: str, token: str, encoding_aes_key: str = "", random: Callable[[], str] = _random16
    ) -> None:
        """`encoding_aes_key` has 43 characters; without it only the plain mode is read. `random` gives 16 of them."""
        self._app_id, self._token = app_id, token
        self._cipher: _Cipher | None = None
        if encoding_aes_key:
            self._cipher = _Cipher(_key(encoding_aes_key))
            self._cipher.random = random

    def echo(self, query: Mapping[str, str], now: datetime) -> str:
        """The answer to WeChat's verification of the address (GET). Raises Refused."""
        self._check(query, "signature", now)
        return query.get("echostr", "")

    def open(self, query: Mapping[str, str], body: bytes, now: datetime) -> Letter:
        """What was posted, in plain, compatible or encrypted mode. Raises Refused, and nothing else, for bad input."""
        if len(body) > MAX_BODY:
            raise Refused("too_large")
        if query.get("encrypt_type", "raw") == "raw":
            self._check(query, "signature", now)
            fields, bound = _fields(body), False
        else:
            fields, bound = _fields(self._decrypted(query, body, now)), True
        if query.get("openid", fields.get("FromUserName")) != fields.get("FromUserName"):
            raise Refused("openid")
        return Letter(fields, bound, query["timestamp"], query["nonce"])

    def seal(self, letter: Letter, reply: str) -> str:
        """`reply` as the body of the answer to `letter`: as it is, or encrypted with its timestamp and nonce."""
        if not letter.bound or self._cipher is None:
            return reply
        encrypted = self._cipher.encrypt(reply, self._app_id).decode()
        signature = self._signature(letter.timestamp, letter.nonce, encrypted)
        return (
            f"<xml>\n<Encrypt><![CDATA[{encrypted}]]></Encrypt>\n<MsgSignature><![CDATA[{signature}]]></MsgSignature>\n"
            f"<TimeStamp>{letter.timestamp}</TimeStamp>\n<Nonce><![CDATA[{letter.nonce}]]></Nonce>\n</xml>"
        )

    def _decrypted(self, query: Mapping[str, str], body: bytes, now: datetime) -> bytes:
        if self._cipher is None:
            raise Refused("no_key")
        encrypted = _fields(body).get("Encrypt", "")
        self._check(query, "msg_signature", now, encrypted)
        try:
            return str(self._cipher.decrypt(encrypted, self._app_id)).encode()
        except InvalidAppIdException:
            raise Refused("appid") from None
        except (ValueError, IndexError, TypeError, struct.error):
            raise Refused("cipher") from None

    def _check(self, query: Mapping[str, str], name: str, now: datetime, *covered: str) -> None:
        """The signature first, so that a stranger learns nothing about our clock."""
        if not self._token:
            raise Refused("signature")  # an empty token would be a key that everybody knows
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        expected = self._signature(timestamp, nonce, *covered)
        if not hmac.compare_digest(expected.encode(), query.get(name, "").encode("utf-8", "replace")):
            raise Refused("signature")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise Refused("time")
        if abs(now.timestamp() - int(timestamp)) > MAX_AGE:
            raise Refused("time")

    def _signature(self, *parts: str) -> str:
        signer = WeChatSigner()
        signer.add_data(self._token, *(part.encode("utf-8", "replace") for part in parts))
        return str(signer.signature)


def _key(encoding_aes_key: str) -> bytes:
    try:
        return bytes(WeChatCrypto("", encoding_aes_key, "").key)
    except (AssertionError, ValueError):
        raise ValueError("the EncodingAESKey must be the 43 characters that WeChat's console shows") from None


def _fields(xml: bytes) -> dict[str, str]:
    try:
        return fields_of(xml)
    except BadXml as error:
        raise Refused(str(error)) from None
