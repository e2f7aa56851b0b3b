"""In and out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from domain.people.staff import sign_in
from webhooks.console.guard import Member
from webhooks.console.parts import desk, page
from webhooks.guards import guarded

# The same words whatever was wrong: they do not tell whether there is such an account, nor that it is locked.
WRONG = "账号或密码不对。连续输错5次会锁定15分钟；忘记密码请联系管理员。"


@guarded("public")
def login() -> ResponseReturnValue:
    """GET shows the form, POST logs in. The session starts anew, so that one planted before is worth nothing."""
    if request.method == "GET":
        return redirect(url_for("console.queue")) if current_user.is_authenticated else page("login.html")
    app = desk()
    name, password = request.form.get("login", "").strip()[:100], request.form.get("password", "")[:200]
    with app.store.write() as store:
        staff = sign_in(store, name, password, app.clock())
    if staff is None:
        flash(WRONG, "bad")
        return page("login.html", login=name), 401
    session.clear()
    session.permanent = True
    login_user(Member(staff))
    return redirect(_inside(request.args.get("next", "")))


@guarded("staff")
def logout() -> ResponseReturnValue:
    """The session ends."""
    logout_user()
    session.clear()
    flash("已退出登录", "good")
    return redirect(url_for("console.login"))


def _inside(wanted: str) -> str:
    """The page that was wanted before the login, if it is one of ours; else the queue."""
    parts = urlsplit(wanted)
    ours = not parts.scheme and not parts.netloc and parts.path.startswith("/console/") and "\\" not in wanted
    return wanted if ours else url_for("console.queue")
