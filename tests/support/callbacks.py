"""What a person does, as WeChat and Aliyun bring it to our doors: encrypted and signed XML, a JSON array on a secret
path. Built from the platforms' descriptions (tests/bot/channels/wechat/wechat_side.py), with nothing of ours."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient

from bot.channels.base import Kind
from tests.bot.channels.wechat.wechat_side import message, plain, reply_in, sealed

TRANSFERRED = "transfer_customer_service"
_EVENTS = {Kind.FOLLOW: "subscribe", Kind.UNFOLLOW: "unsubscribe", Kind.SCAN: "SCAN", Kind.CLICK: "CLICK"}


def by_wechat(
    door: FlaskClient, kind: Kind, text: str, choice: str, openid: str, number: int, now: datetime, bound: bool
) -> str | None:
    """One message or event through POST /wechat; the text of the passive reply, None where WeChat is only told that it
    was heard, TRANSFERRED where its own desk takes over."""
    seconds = int(now.timestamp())
    xml = _xml(kind, text, choice, openid, number, seconds)
    query, body = (sealed if bound else plain)(xml, seconds, openid=openid)
    answer = door.post("/wechat", query_string=query, data=body)
    assert answer.status_code == 200, f"WeChat was answered {answer.status}"
    if not answer.data.startswith(b"<xml"):
        return None
    reply = reply_in(answer.data)
    return TRANSFERRED if reply["MsgType"] == TRANSFERRED else reply["Content"]


def by_sms(door: FlaskClient, secret: str, phone: str, text: str, number: int, now: datetime) -> None:
    """One reply through Aliyun's push."""
    sent = now.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M:%S")
    item: dict[str, Any] = {"phone_number": phone, "content": text, "send_time": sent, "sequence_id": f"s{number}"}
    answer = door.post(f"/sms/{secret}/reply", json=[{**item, "dest_code": "106900001234"}])
    assert answer.json == {"code": 0, "msg": "成功"}


def _xml(kind: Kind, text: str, choice: str, openid: str, number: int, seconds: int) -> str:
    person = {"FromUserName": openid, "CreateTime": str(seconds)}
    if kind in _EVENTS:  # an event has no id: what makes it one of its kind is its second, and one follows the other
        key = f"qrscene_{text}" if kind == Kind.FOLLOW and text else text
        person["CreateTime"] = str(seconds + number)
        return message("event", Event=_EVENTS[kind], EventKey=key, **person)
    person["MsgId"] = str(24_000_000_000_000_000 + number)
    if kind == Kind.VOICE:
        return message("voice", MediaId="voice-1", Format="amr", **person)
    if kind == Kind.UNSUPPORTED:
        return message(text or "location", Location_X="25.04", Location_Y="102.7", Label="昆明", **person)
    return message("text", Content=text, bizmsgmenuid=choice, **person)
