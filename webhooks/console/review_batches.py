"""Approving many at once: what was ticked is looked at first, then approved, and can be taken back as a whole."""

from __future__ import annotations

from urllib.parse import parse_qs

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from bot.rechecks import recheck
from bot.turn import ring
from domain.people.staff import Staff
from domain.queue import queue
from domain.review import batch as review_batch
from domain.review.batch import MOST, ItemState, ReviewBatch
from domain.workdays import local_day
from webhooks.console.parts import desk, me, page
from webhooks.console.waiting import wanted_from
from webhooks.guards import guarded


@guarded("staff")
def batch_preview() -> ResponseReturnValue:
    """Look at the orders that were ticked, or at all that a filter finds: what would pass, and what would not."""
    app, now = desk(), desk().clock()
    ids = _asked_for()
    if not ids:
        flash("请先勾选要通过的申请", "bad")
        return redirect(url_for("console.queue"))
    if len(ids) == MOST:
        flash(f"一次最多 {MOST} 份，先看最早的 {MOST} 份。", "good")
    found = recheck(app, ids)
    changed = {
        each: f"提交后有变化：{'；'.join(one.words() for one in said)}，请单独看" for each, said in found.items()
    }
    with app.store.write() as session:
        batch = review_batch.preview(session, session.get_one(Staff, me().id), ids, now, changed)
        batch_id = batch.id
    return redirect(url_for("console.batch", batch_id=batch_id))


@guarded("staff")
def batch(batch_id: int) -> ResponseReturnValue:
    """A batch: before it is done the preview, afterwards what came of each order."""
    with desk().store.read() as session:
        it = _mine(session, batch_id, named=True)
        left = review_batch.seconds_left(session, it, desk().clock())
        shown = {state.value: it.in_state(state) for state in ItemState}
        return page("batch.html", it=it, left=left, **shown)


@guarded("staff")
def batch_approve(batch_id: int) -> ResponseReturnValue:
    """Approve what would pass in the preview, in small transactions. Pressed twice, nothing is approved twice."""
    app, now = desk(), desk().clock()
    with app.store.write() as session:
        also = [int(each) for each in request.form.getlist("also") if each.isdecimal()]
        review_batch.include(session, _mine(session, batch_id, lock=True), also, now)
    taken = 1
    while taken:
        with app.store.write() as session:
            it = _mine(session, batch_id, lock=True)
            taken = review_batch.approve_next(session, it, session.get_one(Staff, me().id), now)
    with app.store.read() as session:
        it = _mine(session, batch_id)
        passed, failed = len(it.in_state(ItemState.APPROVED)), len(it.in_state(ItemState.FAILED))
    ring(app, now)
    flash(f"已通过 {passed} 份{f'，{failed} 份没有通过，原因见下' if failed else ''}。", "good" if passed else "bad")
    return redirect(url_for("console.batch", batch_id=batch_id))


@guarded("staff")
def batch_undo(batch_id: int) -> ResponseReturnValue:
    """Take the whole batch back, as far as nothing has come of it."""
    app, now = desk(), desk().clock()
    with app.store.write() as session:
        it = _mine(session, batch_id, lock=True)
        in_time = review_batch.seconds_left(session, it, now) > 0
        done = review_batch.undo_all(session, it, session.get_one(Staff, me().id), now) if in_time else 0
        left = len(it.in_state(ItemState.APPROVED))
    ring(app, now)
    flash(f"已撤回 {done} 份{f'，{left} 份不能撤回，原因见下' if left else ''}。", "good" if done else "bad")
    return redirect(url_for("console.batch", batch_id=batch_id))


def _asked_for() -> list[int]:
    """The ids that were ticked, or those that the queue's filter finds now."""
    if not request.form.get("all"):
        return [int(each) for each in request.form.getlist("order")[:MOST] if each.isdecimal()]
    args = MultiDict(parse_qs(request.form.get("filter", "").lstrip("?")))
    with desk().store.read() as session:
        late = queue.limits(session, local_day(desk().clock()))
        return queue.ids(session, me(), wanted_from(args), late, MOST)


def _mine(session: Session, batch_id: int, *, lock: bool = False, named: bool = False) -> ReviewBatch:
    it = review_batch.mine(session, batch_id, me(), lock=lock, named=named)
    if it is None:
        abort(404)
    return it
