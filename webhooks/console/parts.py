"""What every page of the console uses."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, render_template, request
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.orm import Session

from bot.app import App
from domain.applications import Application
from domain.binding_desk import may_decide
from domain.outages import TITLES, shut
from domain.people_desk import manages
from domain.review import may_see
from domain.sms_invitations import may_invite
from domain.staff import Role, Staff
from domain.talk_views import waiting_counts
from webhooks.console.send_errors import WORDS

# The page, its title, and whether it is the administrators' alone.
NAV = (
    ("queue", "审核", False),
    ("talks", "会话", False),
    ("messages", "消息", False),
    ("rules", "规则", True),
    ("figures", "参数", True),
    ("bindings", "绑定", False),
    ("invited", "邀请", False),
    ("people", "人员", False),
    ("health", "运行", True),
)


def desk() -> App:
    """The product's parts."""
    app: App = current_app.extensions["console"]
    return app


def me() -> Staff:
    """Who is logged in, as read at the beginning of the request."""
    staff: Staff = current_user.staff
    return staff


def page(template: str, **shown: Any) -> str:
    """A page of the console, with what its frame needs."""
    staff = me() if current_user.is_authenticated else None
    administrator = staff is not None and staff.role == Role.ADMINISTRATOR
    return render_template(
        f"console/{template}",
        me=staff,
        administrator=administrator,
        nav=_nav(staff),
        waiting_badge=waiting_badge,
        stopped=stopped,
        **shown,
    )


def _nav(staff: Staff | None) -> list[tuple[str, str, bool]]:
    """The pages in the frame; those about people only for whom they open."""
    closed = set()
    if staff is not None and not manages(staff, staff.organisation_id):
        closed.add("people")
    if staff is not None and not may_decide(staff):
        closed.add("bindings")
    if staff is not None and not may_invite(staff):
        closed.add("invited")
    return [each for each in NAV if each[0] not in closed]


def waiting_badge() -> Markup:
    """The number of people who wait for staff, red where one has waited too long."""
    with desk().store.read() as session:
        count, late = waiting_counts(session, me(), desk().clock())
    return Markup(render_template("console/talks_waiting.html", count=count, late=late))


def stopped() -> list[tuple[str, str, str]]:
    """The ways out that are shut: what each is called, the code, and what the code means."""
    with desk().store.read() as session:
        return [(TITLES[gate.name], gate.code, WORDS.get(gate.code, "")) for gate in shut(session)]


def visible(session: Session, application_id: int, *, lock: bool = False) -> Application:
    """The application, if whoever is logged in may see it: a stranger's is as little there as none (404)."""
    query = may_see(me()).where(Application.id == application_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        abort(404)
    return found


def page_number() -> int:
    """The page asked for in the address, from 1 on."""
    return max(1, min(request.args.get("page", 1, type=int), 10_000))
