"""Messages that did not arrive: why, and once more; and all messages of one person."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from bot.turn import ring
from domain.messages import delivery as delivery_views
from domain.messages.messages import OutState
from domain.review import desk_views
from domain.review.desk_acts import can_go_again, send_again
from domain.review.review import NotAllowed
from webhooks.console.parts import desk, me, page, page_number, visible
from webhooks.console.send_errors import WORDS, explain
from webhooks.guards import guarded

PAGE = 50
STATES = {"held": OutState.HELD, "expired": OutState.EXPIRED}


@guarded("staff")
def messages() -> ResponseReturnValue:
    """What failed for good, or (`?state=`) what waits until WeChat allows a push, or came too late to be sent; of one
    reason (`?reason=`); how many each day. Never the texts themselves."""
    state = STATES.get(request.args.get("state", ""), OutState.FAILED)
    reason, number = request.args.get("reason", "")[:80], page_number()
    with desk().store.read() as session:
        counts = delivery_views.counts(session, me())
        reasons = delivery_views.reasons(session, me(), state)
        found, total = delivery_views.undelivered(session, me(), state, reason, number, PAGE)
        numbers = desk_views.numbers_of(session, [row.application_id for row in found])
        days = delivery_views.by_day(session, me(), desk().clock())
    rows = [{"it": row, "why": explain(row), "again": can_go_again(row)} for row in found]
    shown = {"rows": rows, "state": state, "counts": counts, "numbers": numbers, "number": number, "days": days}
    pages = max(1, -(-total // PAGE))
    return page("messages.html", reason=reason, reasons=reasons, words=WORDS, pages=pages, **shown)


@guarded("staff")
def delivery(application_id: int) -> ResponseReturnValue:
    """All messages of an application's contact, both ways and on every channel, with what became of them."""
    number = page_number()
    with desk().store.read() as session:
        application = visible(session, application_id)
        lines, older = delivery_views.of_contact(session, me(), application.contact_id, number, PAGE)
        rows = [{"it": line, "why": explain(line.went) if line.went is not None else ""} for line in lines]
        return page("delivery.html", application=application, rows=rows, older=older, number=number)


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
    return redirect(url_for("console.messages", state=was if was in STATES else None))
