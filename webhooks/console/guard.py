"""Who passes: every console page goes through `guard`, which reads the page's own mark."""

from __future__ import annotations

import hashlib
import hmac

from flask import Flask, Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf import CSRFProtect

from bot.app import App
from domain.people.staff import Role, Staff

POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Member(UserMixin):
    """A member of staff who is logged in. The id ends when the password changes, and with it every session."""

    def __init__(self, staff: Staff) -> None:
        self.staff = staff

    def get_id(self) -> str:
        """What the session keeps: the row's id and a mark of the password as it is kept."""
        return f"{self.staff.id}:{hashlib.sha256(self.staff.password.encode()).hexdigest()[:16]}"


def prepare_logins(app: App, flask: Flask) -> None:
    """Sessions by flask-login, tokens by flask-wtf. A closed login ends its sessions with the next click."""
    logins = LoginManager(flask)
    CSRFProtect(flask)

    @logins.user_loader
    def load(kept: str) -> Member | None:
        number = kept.partition(":")[0]
        if not number.isdecimal():
            return None
        with app.store.read() as session:
            staff = session.get(Staff, int(number))
        if staff is None or not staff.active:
            return None
        member = Member(staff)
        return member if hmac.compare_digest(member.get_id(), kept) else None


def guard() -> ResponseReturnValue | None:
    """Before every page: what the view's mark asks for. A view without a mark passes nobody."""
    view = current_app.view_functions[request.endpoint or ""]
    by = getattr(view, "__guard__", "")
    if by != "public":
        if not current_user.is_authenticated:
            wanted = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("console.login", next=wanted))
        if by not in ("staff", "administrator"):
            abort(403)
        if by == "administrator" and current_user.staff.role != Role.ADMINISTRATOR:
            abort(403)
    if room := getattr(view, "__room__", 0):  # before the token is looked for, which reads the form
        request.max_content_length = room
    current_app.extensions["csrf"].protect()
    return None


def seal(response: Response) -> Response:
    """After every page: no frames, no foreign or inline script, nothing kept by a cache but style and script."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "console.static":
        response.headers["Cache-Control"] = "private, no-store"
    return response
