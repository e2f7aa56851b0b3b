"""Send a spreadsheet, see how far it is, and read what became of each row. Nothing is submitted on this page: the
person is asked in the chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from bot import spreadsheets
from bot.app import App
from bot.batches import take
from domain.groups import batch_shown, batches
from domain.groups.batches import Batch, NoBatch
from domain.messages.links import LinkPurpose, OneTimeLink
from webhooks.guards import guarded

MOST = spreadsheets.MOST_BYTES + 100_000  # with what the form puts around it


def show(app: App, link: OneTimeLink) -> ResponseReturnValue:
    """The form, and how the newest file (or the one that was asked for) stands. Works without a script: while rows are
    worked on, the page loads itself anew."""
    return _page(app, link, "")


def act(app: App, link: OneTimeLink, token: str) -> ResponseReturnValue:
    """Take a file. The link is not used up: the next, mended file comes by it, too."""
    try:
        request.max_content_length = MOST
        given = request.files.get("file")
    except RequestEntityTooLarge:
        return _page(app, link, "文件太大了（最大5兆），请分成几个文件。"), 413
    content = given.read() if given is not None else b""
    try:
        batch_id = take(app, link.contact_id, (given.filename if given is not None else "") or "表格", content)
    except NoBatch as refused:
        return _page(app, link, str(refused)), 400
    return redirect(url_for("pages.show", token=token, batch=batch_id), 303)


def install(app: App, blueprint: Blueprint) -> None:
    """The files beside the page: the template to fill in, and a result to mend."""

    @blueprint.get("/<token>/template.xlsx", endpoint="batch_template")
    @guarded("link")
    def template(token: str) -> ResponseReturnValue:
        if g.link.purpose != LinkPurpose.BATCH:
            return render_template("pages/gone.html", slow=False), 404
        return workbook(spreadsheets.template(), "template.xlsx")

    @blueprint.get("/<token>/result-<int:batch_id>.xlsx", endpoint="batch_result")
    @guarded("link")
    def result(token: str, batch_id: int) -> ResponseReturnValue:
        with app.store.read() as session:
            batch = session.get(Batch, batch_id)
            if g.link.purpose != LinkPurpose.BATCH or batch is None or batch.contact_id != g.link.contact_id:
                return render_template("pages/gone.html", slow=False), 404
            rows = batch_shown.sheet(session, batch, request.args.get("show", ""))
        return workbook(spreadsheets.results(rows), f"result-{batch_id}.xlsx")


def workbook(content: bytes, name: str) -> Response:
    """A spreadsheet as a download."""
    return Response(
        content,
        mimetype=spreadsheets.XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _page(app: App, link: OneTimeLink, trouble: str) -> str:
    with app.store.read() as session:
        files = batches.of_contact(session, link.contact_id)
        batch = _chosen(files)
        shown = _shown(session, batch) if batch is not None else {}
    return render_template("pages/batch.html", files=files, batch=batch, trouble=trouble, **shown)


def _chosen(files: Sequence[Batch]) -> Batch | None:
    """The file that the address names, among the person's own; else the newest."""
    wanted = request.args.get("batch", 0, type=int)
    return next((each for each in files if each.id == wanted), files[0] if files else None)


def _shown(session: Session, batch: Batch) -> dict[str, Any]:
    show_ = request.args.get("show", "")
    after = max(0, request.args.get("after", 0, type=int))
    return {"it": batch_shown.overview(session, batch), "list": batch_shown.listed(session, batch, show_, after)}
