"""Bind the WeChat of who opens a one-time link to the phone that the link was sent to.

The link proves the phone, WeChat's page login proves the WeChat. The state goes with the visitor's own session and
works once, so that nobody can be made to end another one's way.
"""

from __future__ import annotations

import hmac

import structlog
from flask import Blueprint, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from bot.app import App
from bot.channels.base import SendError
from bot.channels.wechat.oauth import SNAPSHOT
from bot.turn import ring
from domain.identifiers import mask_phone
from domain.messages import links
from domain.messages.links import LinkPurpose, OneTimeLink
from domain.people import bindings
from webhooks.guards import guarded

BACK = "/l/wechat/back"
_STATE = "bind"
_OLD = "这个链接已经用过或过期了。请回复短信“绑定微信”，重新拿一个。"
_AGAIN = "微信没有给出您的身份，什么都没有绑定。请回到短信里，重新打开链接。"
_SNAPSHOT = "您现在只是浏览，微信没有给出真实身份，什么都没有绑定。请在页面右上角选择“使用完整服务”，再打开一次链接。"

log = structlog.get_logger(__name__)


def show(app: App, link: OneTimeLink) -> ResponseReturnValue:
    """What will be bound, and the way to it. Opening the page changes nothing."""
    with app.store.read() as store:
        phone = mask_phone(store.get_one(OneTimeLink, link.id).address.value)
    return render_template("pages/bind.html", phone=phone)


def install(app: App, blueprint: Blueprint) -> None:
    """The two steps beside the page: off to WeChat, and back."""

    @blueprint.get("/<token>/wechat", endpoint="bind_begin")
    @guarded("link")
    def begin(token: str) -> ResponseReturnValue:
        if g.link.purpose != LinkPurpose.BIND:
            return _told(_OLD, 404)
        state = f"{app.random.getrandbits(160):040x}"
        session[_STATE] = {"state": state, "token": token}
        return redirect(app.oauth.address(app.settings.public_url.rstrip("/") + BACK, state))

    @blueprint.get("/wechat/back", endpoint="bind_back")
    @guarded("link")
    def back() -> ResponseReturnValue:
        begun = session.pop(_STATE, None) or {}
        if not hmac.compare_digest(str(begun.get("state", "")), request.args.get("state", "") or "-"):
            return _told(_AGAIN, 400)
        try:
            openid = app.oauth.openid(request.args.get("code", ""))
        except SendError as error:
            log.warning("bind.refused", code=error.code)
            return _told(_SNAPSHOT if error.code == SNAPSHOT else _AGAIN, 403 if error.code == SNAPSHOT else 400)
        return _bind(app, begun["token"], openid)


def _bind(app: App, token: str, openid: str) -> ResponseReturnValue:
    now = app.clock()
    with app.store.write() as store:
        link = links.find(store, token, now)
        if link is None or link.purpose != LinkPurpose.BIND or not links.use(store, link, now):
            return _told(_OLD, 404)
        said = bindings.prove_by_link(store, link, openid, now, app.random)
    ring(app, now)
    return _told(said)


def _told(text: str, status: int = 200) -> ResponseReturnValue:
    return render_template("pages/done.html", title="绑定微信", said=[text]), status
