"""The peer of the storm: the shortest correct WeChat callback with Flask and wechatpy. It keeps nothing."""

from __future__ import annotations

from flask import Flask, Response, request
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto

TOKEN, AES_KEY, APP_ID = "AAAAA", "A" * 43, "wxba5fad812f8e6fb9"

app = Flask(__name__)


@app.get("/")
def ready() -> str:
    """Whether it runs."""
    return "ok"


@app.post("/wechat")
def callback() -> Response:
    """Decrypt, echo, encrypt."""
    crypto, query = WeChatCrypto(TOKEN, AES_KEY, APP_ID), request.args
    xml = crypto.decrypt_message(request.data, query["msg_signature"], query["timestamp"], query["nonce"])
    message = parse_message(xml)
    reply = create_reply(message.content, message).render()
    return Response(crypto.encrypt_message(reply, query["nonce"], query["timestamp"]), mimetype="application/xml")
