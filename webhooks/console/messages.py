"""Messages that did not arrive: why, and once more; and all messages of one person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from bot.turn import ring
from domain.messages import delivery as delivery_views
from domain.messages.delivery import Asked
from domain.messages.messages import InState, OutState
from domain.review import desk_views
from domain.review.desk_acts import can_go_again, send_again
from domain.review.review import NotAllowed
from webhooks.console.parts import desk, me, page, page_number, visible
from webhooks.console.send_errors import WORDS, explain
from webhooks.console.words import EVENTS
from webhooks.guards import guarded

PAGE = 50
STATES = ("held", "expired", "pending", "sending", "sent", "delivered", "merged", "any")  # beside “failed”


@guarded("staff")
def messages() -> ResponseReturnValue:
    """What failed for good, or (`?state=`) is in another state; of one reason, event, day, or charged month, as figures
    elsewhere lead here; how many each day. Never the texts themselves."""
    asked, number, staff = asked_for(request.args), page_number(), me()
    with desk().store.read() as session:
        counts = delivery_views.counts(session, staff)
        reasons = delivery_views.reasons(session, staff, OutState(asked.state)) if asked.state else {}
        found, total = delivery_views.listed(session, staff, asked, number, PAGE)
        numbers = desk_views.numbers_of(session, [row.application_id for row in found])
        days = delivery_views.by_day(session, staff, desk().clock())
    rows = [{"it": row, "why": explain(row), "again": can_go_again(row)} for row in found]
    shown = {"rows": rows, "asked": asked, "counts": counts, "numbers": numbers, "number": number, "days": days}
    pages = max(1, -(-total // PAGE))
    return page("messages.html", kept=kept(asked), total=total, reasons=reasons, words=WORDS, pages=pages, **shown)


def asked_for(args: Mapping[str, str]) -> Asked:
    """What an address asks for; what it does not know is left aside."""
    state = args.get("state", "")
    return Asked(
        state="" if state == "any" else state if state in STATES else OutState.FAILED,
        reason=args.get("reason", "")[:80],
        event=args["event"] if args.get("event") in EVENTS else "" if args.get("event") == "answer" else None,
        day=_day(args.get("day", "")),
        charged=_day(args.get("charged", "")),
    )


def kept(asked: Asked) -> dict[str, str]:
    """The same as an address carries it."""
    state = "any" if not asked.state else asked.state if asked.state != OutState.FAILED else ""
    event = "" if asked.event is None else asked.event or "answer"
    days = {"day": str(asked.day or ""), "charged": str(asked.charged or "")}
    return {
        name: text for name, text in {"state": state, "reason": asked.reason, "event": event, **days}.items() if text
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@guarded("administrator")
def received() -> ResponseReturnValue:
    """What people sent and how far it is: the lists behind the figures of 运行."""
    state, number = request.args.get("state", ""), page_number()
    chosen = InState(state) if state in tuple(InState) else InState.KEPT
    with desk().store.read() as session:
        rows, total = delivery_views.received(session, chosen, number, PAGE)
    shown = {"rows": rows, "total": total, "state": chosen, "number": number, "pages": max(1, -(-total // PAGE))}
    return page("received.html", **shown)


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
