"""Spreadsheets of many accounts: how far each is, row by row, and sending one for a person who asks for help. Whoever
sends it, the person is asked before anything is submitted."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot import spreadsheets
from bot.batches import take
from domain.exports import TooMany, let_out
from domain.groups import batch_shown, batches
from domain.groups.batch_desk import NotForThem, officer_of, seen
from domain.groups.batches import Batch, NoBatch
from webhooks.console.parts import desk, me, page
from webhooks.guards import guarded
from webhooks.pages.batch import workbook


@guarded("staff", room=spreadsheets.MOST_BYTES + 100_000)
def many() -> ResponseReturnValue:
    """The files that this person may see, the newest first; POST sends one for somebody."""
    return _send() if request.method == "POST" else _page()


def _page() -> str:
    with desk().store.read() as session:
        rows = [{"it": each, "how": batch_shown.overview(session, each)} for each in seen(session, me())]
    return page("many.html", rows=rows)


@guarded("staff")
def many_rows(batch_id: int) -> ResponseReturnValue:
    """One file: the bar, the counts and its rows."""
    with desk().store.read() as session:
        found = _visible(session, batch_id)
        show, after = request.args.get("show", ""), max(0, request.args.get("after", 0, type=int))
        shown = {"how": batch_shown.overview(session, found), "list": batch_shown.listed(session, found, show, after)}
    return page("many_rows.html", it=found, words=batches.ROW_STATES, **shown)


@guarded("staff")
def batch_sheet(batch_id: int) -> ResponseReturnValue:
    """Its rows and what became of them, as a spreadsheet that can be mended and sent again."""
    show = request.args.get("show", "")
    try:
        with desk().store.write() as session:
            rows = batch_shown.sheet(session, _visible(session, batch_id), show)
            let_out(session, me(), "批量注册结果", {"batch": str(batch_id), "show": show}, len(rows), desk().clock())
    except TooMany as refused:
        flash(str(refused), "bad")
        return redirect(url_for("console.many_rows", batch_id=batch_id))
    return workbook(spreadsheets.results(rows), f"result-{batch_id}.xlsx")


@guarded("staff")
def batch_template() -> ResponseReturnValue:
    """The workbook to be filled in."""
    return workbook(spreadsheets.template(), "template.xlsx")


def _send() -> ResponseReturnValue:
    app, given = desk(), request.files.get("file")
    content = given.read() if given is not None else b""
    try:
        with app.store.read() as session:
            contact_id = officer_of(session, me(), request.form.get("phone", "")[:30])
        batch_id = take(app, contact_id, (given.filename if given is not None else "") or "表格", content, me())
    except (NoBatch, NotForThem) as refused:
        flash(str(refused), "bad")
        return _page()  # the phone stays in the form; a browser keeps no file
    flash("表格收到了，正在核对。核对完会请本人确认，确认了才提交。", "good")
    return redirect(url_for("console.many_rows", batch_id=batch_id))


def _visible(session: Session, batch_id: int) -> Batch:
    found = next(iter(seen(session, me(), batch_id)), None)
    return found if found is not None else abort(404)
