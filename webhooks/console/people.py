"""The members of staff. Logins are made on the command line; here they are closed and opened again."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from domain import desk_views
from domain.desk_acts import set_active
from domain.review import NotAllowed
from domain.staff import Staff
from webhooks.console.parts import desk, me, page
from webhooks.guards import guarded


@guarded("administrator")
def people() -> ResponseReturnValue:
    """Everybody with a login."""
    with desk().store.read() as session:
        rows = desk_views.people_of(session)
    return page("people.html", rows=rows, now=desk().clock())


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


def _set(session: Session, staff_id: int) -> Staff:
    return set_active(session, staff_id, request.form.get("active") == "yes", me(), desk().clock())
