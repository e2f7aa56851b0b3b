"""What a person reads when a page is refused."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from webhooks.console.parts import page

WORDS = {
    403: ("没有权限", "这个页面只对管理员开放。如需使用，请联系管理员。"),
    404: ("没有找到", "这里没有可看的内容：可能地址有误，或不属于您的单位。"),
}


def refused(error: HTTPException) -> ResponseReturnValue:
    """A page that is not there, or not for this person."""
    title, words = WORDS[error.code or 404]
    return page("refused.html", title=title, words=words), error.code or 404


def out_of_date(error: HTTPException) -> ResponseReturnValue:
    """A form without a valid token: nothing was done."""
    if not current_user.is_authenticated:
        flash("登录页面已过期，请再登录一次", "bad")
        return redirect(url_for("console.login"))
    words = "页面已过期，刚才的操作没有生效。请返回、刷新页面后再做一次。"
    return page("refused.html", title="页面已过期", words=words), 400
