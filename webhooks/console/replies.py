"""Standard replies: the reasons that reviewers choose from, edited by administrators."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from domain.people.staff import Staff
from domain.registration.applications import FIELD_NAMES
from domain.review import replies
from webhooks.console.parts import desk, me, page
from webhooks.guards import guarded


@guarded("administrator")
def standard_replies() -> ResponseReturnValue:
    """All replies, the most used first."""
    return _shown()


@guarded("administrator")
def save_reply() -> ResponseReturnValue:
    """Write a new reply or change one. What was typed stays on the page when it is refused."""
    form = request.form
    number = form.get("id", "")
    try:
        with desk().store.write() as session:
            replies.save(
                session,
                int(number) if number.isdecimal() else None,
                form.get("text", ""),
                form.get("step", ""),
                form.get("field", ""),
                form.get("active") == "yes",
                session.get_one(Staff, me().id),
                desk().clock(),
            )
    except replies.BadReply as bad:
        flash(str(bad), "bad")
        return _shown(typed=form.to_dict()), 400
    flash("标准回复已保存。", "good")
    return redirect(url_for("console.standard_replies"))


def _shown(typed: dict[str, str] | None = None) -> str:
    with desk().store.read() as session:
        rows = replies.all_replies(session)
    words = [*FIELD_NAMES.values(), "申请编号"]
    return page("replies.html", rows=rows, typed=typed or {}, steps=replies.STEPS, about=replies.ABOUT, words=words)
