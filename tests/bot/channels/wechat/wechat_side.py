"""WeChat's side of the callback, from its description and with `cryptography` alone: nothing that is under test."""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from urllib.parse import urlencode
from xml.etree import ElementTree

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TOKEN, AES_KEY, APP_ID = "AAAAA", "A" * 43, "wxba5fad812f8e6fb9"
OPENID, ACCOUNT = "oLVPpjqs9BhvzwPj5A-vTYAX3GLc", "gh_97417a04a28d"
KEY = base64.b64decode(AES_KEY + "=")


def sha1(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def encrypt(message: bytes, app_id: str = APP_ID, length: int | None = None) -> str:
    """The Encrypt field. `length`: a lie about the message's length."""
    size = len(message) if length is None else length
    full = os.urandom(16) + struct.pack(">I", size) + message + app_id.encode()
    pad = 32 - len(full) % 32
    return encrypt_raw(full + bytes([pad]) * pad)


def encrypt_raw(blocks: bytes) -> str:
    encryptor = Cipher(algorithms.AES(KEY), modes.CBC(KEY[:16])).encryptor()
    return base64.b64encode(encryptor.update(blocks) + encryptor.finalize()).decode()


def decrypt(encrypted: str) -> tuple[str, str]:
    """The message and the app id inside."""
    decryptor = Cipher(algorithms.AES(KEY), modes.CBC(KEY[:16])).decryptor()
    full = decryptor.update(base64.b64decode(encrypted)) + decryptor.finalize()
    full = full[: -full[-1]]
    size = struct.unpack(">I", full[16:20])[0]
    return full[20 : 20 + size].decode(), full[20 + size :].decode()


def message(kind: str = "text", **fields: str) -> str:
    """The XML of a message as WeChat writes it; a field given as "" is left out."""
    values = {
        "ToUserName": ACCOUNT,
        "FromUserName": OPENID,
        "CreateTime": "1714112445",
        "MsgType": kind,
        **({} if kind == "event" else {"MsgId": "23340000000000001"}),
        **({"Content": "你好"} if kind == "text" else {}),
        **fields,
    }
    return "<xml>" + "".join(f"<{n}><![CDATA[{_held(v)}]]></{n}>" for n, v in values.items() if v) + "</xml>"


def _held(text: str) -> str:
    """A CDATA section cannot hold its own end: it is closed in the middle of it and opened again."""
    return text.replace("]]>", "]]]]><![CDATA[>")


def sealed(xml: str | bytes, timestamp: int, nonce: str = "415670741", **query: str) -> tuple[dict[str, str], bytes]:
    """Query and body of a POST in the encrypted mode."""
    return around(encrypt(xml.encode() if isinstance(xml, str) else xml), timestamp, nonce, **query)


def around(encrypted: str, timestamp: int, nonce: str = "415670741", **query: str) -> tuple[dict[str, str], bytes]:
    """The signed request around any Encrypt field."""
    body = f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    signed = {
        "signature": sha1(TOKEN, str(timestamp), nonce),
        "timestamp": str(timestamp),
        "nonce": nonce,
        "openid": OPENID,
        "encrypt_type": "aes",
        "msg_signature": sha1(TOKEN, str(timestamp), nonce, encrypted),
    }
    return {**signed, **query}, body.encode()


def plain(xml: str | bytes, timestamp: int, nonce: str = "486452656", **query: str) -> tuple[dict[str, str], bytes]:
    """Query and body of a POST in the plain mode."""
    signed = {"signature": sha1(TOKEN, str(timestamp), nonce), "timestamp": str(timestamp), "nonce": nonce}
    return {**signed, "openid": OPENID, **query}, xml.encode() if isinstance(xml, str) else xml


def reply_in(answer: bytes) -> dict[str, str]:
    """The fields of a reply after checking its signature and decrypting it, read by another parser."""
    outer = {node.tag: node.text or "" for node in ElementTree.fromstring(answer)}
    assert outer["MsgSignature"] == sha1(TOKEN, outer["TimeStamp"], outer["Nonce"], outer["Encrypt"])
    xml, app_id = decrypt(outer["Encrypt"])
    assert app_id == APP_ID
    return {node.tag: node.text or "" for node in ElementTree.fromstring(xml)}


def address(query: dict[str, str]) -> str:
    return "/wechat?" + urlencode(query)
