"""Messages that did not arrive: why, and once more."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from bot.turn import ring
from domain import desk_views
from domain.desk_acts import can_go_again, send_again
from domain.messages import OutState
from domain.review import NotAllowed
from webhooks.console.parts import desk, me, page, page_number
from webhooks.console.send_errors import explain
from webhooks.guards import guarded

PAGE = 50


@guarded("staff")
def messages() -> ResponseReturnValue:
    """What failed for good, or (`?state=held`) what waits until WeChat allows a push; never the texts themselves."""
    state = OutState.HELD if request.args.get("state") == "held" else OutState.FAILED
    number = page_number()
    with desk().store.read() as session:
        counts = desk_views.undelivered_counts(session, me())
        found, total = desk_views.undelivered(session, me(), state, number, PAGE)
        numbers = desk_views.numbers_of(session, [row.application_id for row in found])
    rows = [{"it": row, "why": explain(row), "again": can_go_again(row)} for row in found]
    pages = max(1, -(-total // PAGE))
    return page("messages.html", rows=rows, state=state, counts=counts, numbers=numbers, number=number, pages=pages)


@guarded("staff")
def again(row_id: int) -> ResponseReturnValue:
    """Send one of them once more."""
    app, now = desk(), desk().clock()
    was = "held"
    try:
        with app.store.write() as session:
            row = desk_views.message_seen(session, me(), row_id)
            if row is None:
                abort(404)
            was = row.state
            send_again(session, row, me(), now)
    except NotAllowed as refused:
        flash(str(refused), "bad")
    else:
        ring(app, now)
        flash("已重新排队发送，稍后刷新可看结果。", "good")
    return redirect(url_for("console.messages", state=was if was == OutState.HELD else None))
