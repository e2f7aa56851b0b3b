"""What WeChat and Aliyun send, as they send it: encrypted and signed XML, JSON arrays on a secret path."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import httpx
from wechatpy.crypto import WeChatCrypto

from benchmarks.storm_peer import AES_KEY, APP_ID, TOKEN
from benchmarks.storm_people import Person

Delivery = Callable[[httpx.Client], tuple[str, str, str, str]]  # door, status, message id, the text answered


@dataclass(frozen=True, slots=True)
class Account:
    """What both sides of a callback know."""

    token: str
    aes_key: str
    app_id: str


class Wire:
    """Makes deliveries; each can be made any number of times, and is the same message each time."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.base = environment["CALLBACK_BASE_URL"]
        self._account = Account(
            environment["WECHAT_TOKEN"], environment["WECHAT_ENCODING_AES_KEY"], environment["WECHAT_APP_ID"]
        )
        self._secret = environment.get("SMS_CALLBACK_SECRET", "")
        self._to = environment.get("WECHAT_ORIGINAL_ID", "gh_0")

    @classmethod
    def of_the_peer(cls, base: str) -> Wire:
        """The peer's."""
        known = {"WECHAT_TOKEN": TOKEN, "WECHAT_ENCODING_AES_KEY": AES_KEY, "WECHAT_APP_ID": APP_ID}
        return cls({"CALLBACK_BASE_URL": base, **known})

    def tap(self, person: Person) -> Delivery:
        """The person taps the first answer of their question."""
        menu_id = f"q:{person.question_id}:{person.tapped}"
        return self._wechat(
            person.openid, person.wechat_message, person.label, f"<bizmsgmenuid>{menu_id}</bizmsgmenuid>"
        )

    def words(self, openid: str, message: str, text: str) -> Delivery:
        """Somebody writes a text."""
        return self._wechat(openid, message, text, "")

    def reply(self, person: Person) -> dict[str, str]:
        """The person answers by SMS: one item of a push."""
        moment = datetime.now(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M:%S")
        item = {"phone_number": person.phone, "content": person.texted, "send_time": moment, "dest_code": "106900"}
        return {**item, "sequence_id": person.sms_message}

    def batch(self, items: Sequence[Mapping[str, str]]) -> Delivery:
        """One push of some replies."""
        body = json.dumps(items, ensure_ascii=False).encode()

        def deliver(client: httpx.Client) -> tuple[str, str, str, str]:
            answer = client.post(
                f"/sms/{self._secret}/reply", content=body, headers={"Content-Type": "application/json"}
            )
            return "sms", str(answer.status_code), "", ""

        return deliver

    def _wechat(self, openid: str, message: str, text: str, more: str) -> Delivery:
        xml = (
            f"<xml><ToUserName><![CDATA[{self._to}]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
            f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
            f"<Content><![CDATA[{text}]]></Content><MsgId>{message}</MsgId>{more}</xml>"
        )

        def deliver(client: httpx.Client) -> tuple[str, str, str, str]:
            query, body = self._sealed(xml, openid)
            answer = client.post("/wechat", params=query, content=body, headers={"Content-Type": "text/xml"})
            return "wechat", str(answer.status_code), message, self._opened(answer.content)

        return deliver

    def _sealed(self, xml: str, openid: str) -> tuple[dict[str, str], str]:
        account, moment, nonce = self._account, str(int(time.time())), str(time.monotonic_ns())
        crypto = WeChatCrypto(account.token, account.aes_key, account.app_id)
        outer = ElementTree.fromstring(crypto.encrypt_message(xml, nonce, moment))
        found = {node.tag: node.text or "" for node in outer}
        signature = hashlib.sha1("".join(sorted((account.token, moment, nonce))).encode()).hexdigest()
        query = {"signature": signature, "timestamp": moment, "nonce": nonce, "openid": openid, "encrypt_type": "aes"}
        to, encrypted = f"<![CDATA[{self._to}]]>", f"<![CDATA[{found['Encrypt']}]]>"
        body = f"<xml><ToUserName>{to}</ToUserName><Encrypt>{encrypted}</Encrypt></xml>"
        return {**query, "msg_signature": found["MsgSignature"]}, body

    def _opened(self, answer: bytes) -> str:
        """The text of a passive reply; empty where the door only said success."""
        if not answer.startswith(b"<xml"):
            return ""
        account = self._account
        outer = {node.tag: node.text or "" for node in ElementTree.fromstring(answer)}
        crypto = WeChatCrypto(account.token, account.aes_key, account.app_id)
        inner = crypto.decrypt_message(answer.decode(), outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"])
        return ElementTree.fromstring(inner).findtext("Content") or ""
