"""Invite companies by SMS: paste a list, see what became of each."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from bot.turn import ring
from domain.messages.sms_invitations import MOST, Outcome, invitations, invite, may_invite
from domain.review.review import NotAllowed
from webhooks.console.parts import desk, me, page
from webhooks.guards import guarded

MOST_CHARACTERS = 10_000


@guarded("staff")
def invited() -> ResponseReturnValue:
    """The form, and the newest invitations."""
    return _page(Outcome(), "")


@guarded("staff")
def invite_companies() -> ResponseReturnValue:
    """Write the invitations; the lines that were not taken come back with the reason, to be mended."""
    app, now, text = desk(), desk().clock(), request.form.get("lines", "")[:MOST_CHARACTERS]
    try:
        with app.store.write() as session:
            outcome = invite(session, text, me(), now)
    except NotAllowed as refused:
        flash(str(refused), "bad")
        return _page(Outcome(), text)
    ring(app, now)
    if outcome.invited:
        flash(f"已写入{outcome.invited}条邀请短信，夜间免打扰时段会等到早上再发。", "good")
    if not outcome.refused:
        return redirect(url_for("console.invited"))
    return _page(outcome, "\n".join(line for line, _ in outcome.refused))


def _page(outcome: Outcome, typed: str) -> str:
    if not may_invite(me()):
        abort(403)
    with desk().store.read() as session:
        rows = invitations(session)
    return page("invitations.html", rows=rows, refused=outcome.refused, typed=typed, most=MOST)
