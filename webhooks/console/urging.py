"""Urging by hand: one order from its page, or many from the queue."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from bot.turn import ring
from domain.notices.urging import urge
from webhooks.console.parts import desk, me
from webhooks.guards import guarded

MOST = 100  # orders at once


@guarded("staff")
def urge_orders() -> ResponseReturnValue:
    """Urge whoever has to act on the orders that were ticked, and say who was told."""
    app, now = desk(), desk().clock()
    ids = [int(each) for each in request.form.getlist("order")[:MOST] if each.isdecimal()]
    if not ids:
        flash("请先勾选要催办的申请", "bad")
        return redirect(url_for("console.queue", show="bureau"))
    with app.store.write() as session:
        done = urge(session, ids, me(), now)
    ring(app, now)
    flash(done.in_words() or "这些申请现在不能由您催办", "good" if done.orders else "bad")
    if request.form.get("from") == "order" and len(ids) == 1:
        return redirect(url_for("console.detail", application_id=ids[0]))
    return redirect(url_for("console.queue", show="bureau"))
