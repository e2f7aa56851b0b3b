"""Send the picture of a licence, or of another paper that is wanted, from a phone's browser."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from bot.app import App
from bot.pages import keep_photo
from domain.dialogue.owing import picture_wanted
from domain.identifiers import mask_phone
from domain.messages.links import OneTimeLink

MOST = 15 * 1024 * 1024  # phones of today take pictures of up to about 12 MB


def show(app: App, link: OneTimeLink) -> ResponseReturnValue:
    """The form: take a picture or choose one."""
    return _form(app, link, "")


def act(app: App, link: OneTimeLink, token: str) -> ResponseReturnValue:
    """Keep the picture and use the link up. What was read comes by SMS."""
    try:
        request.max_content_length = MOST
        given = request.files.get("photo")
    except RequestEntityTooLarge:
        return _again(app, link, "照片太大了，请换一张小一点的（15兆以内）。", 413)
    content = given.read() if given is not None else b""
    if not content:
        return _again(app, link, "还没有选照片，请先点上面的框拍照或选一张。", 400)
    if not keep_photo(app, token, content):
        return render_template("pages/gone.html", slow=False), 404
    phone = mask_phone(link.address.value)
    said = ["照片收到了，正在读。", f"读到的内容会马上发短信到 {phone}，请在短信里接着办。"]
    return render_template("pages/done.html", title="照片已收到", said=said)


def _again(app: App, link: OneTimeLink, trouble: str, status: int) -> ResponseReturnValue:
    return _form(app, link, trouble), status


def _form(app: App, link: OneTimeLink, trouble: str) -> str:
    """The form, with the name of the paper that is wanted now."""
    with app.store.read() as session:
        wanted = picture_wanted(session, link.contact_id)
    return render_template("pages/photo.html", wanted=wanted, trouble=trouble)
