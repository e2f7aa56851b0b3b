"""The members of staff: administrators keep everybody's, a bureau's principal keeps its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.turn import ring
from domain.people import desk as people_desk
from domain.people.invitations import Invitation
from domain.people.staff import ROLES_IN, Staff
from domain.review.desk_acts import set_active
from domain.review.review import NotAllowed
from webhooks.console.parts import desk, me, page
from webhooks.console.qr import drawn
from webhooks.guards import guarded


@guarded("staff")
def people() -> ResponseReturnValue:
    """Everybody with a login whom the visitor keeps; nobody else's page."""
    with desk().store.read() as session:
        places, rows = people_desk.managed(session, me())
    if not places:
        abort(403)
    roles = {place.kind: ROLES_IN[place.kind] for place in places}
    return page("people.html", rows=rows, places=places, roles=roles, now=desk().clock())


@guarded("administrator")
def activate(staff_id: int) -> ResponseReturnValue:
    """Close a login (its sessions end with their next click) or open it again."""
    app = desk()
    try:
        with app.store.write() as session:
            changed = _set(session, staff_id)
    except NotAllowed as refused:
        flash(str(refused), "bad")
    else:
        flash(f"{changed.name} 已{'启用' if changed.active else '停用，正在使用的登录立即失效'}。", "good")
    return redirect(url_for("console.people"))


@guarded("staff")
def add_staff() -> ResponseReturnValue:
    """Make a login and invite its person: the page with the QR code, to be printed or photographed once."""
    app, now, form = desk(), desk().clock(), request.form
    try:
        with app.store.write() as session:
            made = people_desk.add(
                session,
                me(),
                organisation_id=form.get("organisation", 0, type=int),
                login=form.get("login", "")[:40],
                name=form.get("name", "")[:40],
                role=form.get("role", ""),
                phone=form.get("phone", "")[:30],
                random=app.random,
            )
            shown = people_desk.invite(session, me(), made.id, app.random, now)
    except NotAllowed as refused:
        flash(str(refused), "bad")
        return people()  # what was typed stays in the form
    return _invitation(*shown, now)


@guarded("staff")
def invite_staff(staff_id: int) -> ResponseReturnValue:
    """Invite somebody anew; what they were given before is worth nothing from now on."""
    app, now = desk(), desk().clock()
    try:
        with app.store.write() as session:
            shown = people_desk.invite(session, me(), staff_id, app.random, now)
    except NotAllowed as refused:
        flash(str(refused), "bad")
        return redirect(url_for("console.people"))
    return _invitation(*shown, now)


@guarded("staff")
def keep_phone(staff_id: int) -> ResponseReturnValue:
    """Keep the phone on which somebody is reached."""
    return _change(lambda session, now: people_desk.keep_phone(session, me(), staff_id, _typed(), now), "电话已保存")


@guarded("staff")
def unbind_staff(staff_id: int) -> ResponseReturnValue:
    """Somebody is reached in WeChat no more."""
    return _change(lambda session, now: people_desk.unbind(session, me(), staff_id, now), "已解除微信绑定")


def _typed() -> str:
    return request.form.get("phone", "")[:30]


def _change(act: Callable[[Session, datetime], Staff], done: str) -> ResponseReturnValue:
    app, now = desk(), desk().clock()
    try:
        with app.store.write() as session:
            changed = act(session, now)
    except NotAllowed as refused:
        flash(str(refused), "bad")
    else:
        ring(app, now)
        flash(f"{changed.name}：{done}。", "good")
    return redirect(url_for("console.people"))


def _invitation(staff: Staff, made: Invitation, token: str, now: datetime) -> ResponseReturnValue:
    return page("invitation.html", staff=staff, made=made, words=token, drawn=drawn(token, made, now), now=now)


def _set(session: Session, staff_id: int) -> Staff:
    return set_active(session, staff_id, request.form.get("active") == "yes", me(), desk().clock())
