"""Conditional admission on the console: what is owed and until when, and what staff do about it; what the sources say
otherwise since an application was handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.turn import ring
from domain.people.staff import Staff
from domain.registration import provenance
from domain.registration.applications import Application
from domain.review.review import NotAllowed
from domain.sources import ages, rechecks
from domain.sources.lookups import Where
from domain.supplements import desk as supplement_desk
from domain.supplements import supplements
from domain.supplements.supplements import Supplement
from domain.workdays import local_day
from webhooks.console.parts import desk, me, page, page_number, visible
from webhooks.console.photos import KINDS
from webhooks.guards import guarded

ROOM = 15 * 1024 * 1024  # a picture, as from a phone's browser
MOST_WORDS = 500
SILENT: Mapping[str, str] = {Where.MARKETING: "营销系统", Where.REGISTRY: "工商登记", Where.TIANYANCHA: "天眼查"}

Act = Callable[[Session, Supplement, Staff, str, datetime], object]
ACTS: Mapping[str, Act] = {
    "accept": supplement_desk.accept,
    "waive": supplement_desk.waive,
    "refuse": supplement_desk.refuse,
}
DONE: Mapping[str, str] = {
    "accept": "已认可",
    "waive": "已免交",
    "refuse": "已请用户重交",
    "extend": "已延期",
    "hand_in": "已收下",
}


@guarded("staff")
def owed() -> ResponseReturnValue:
    """What is owed, the next to fall due first; the choice stands in the address."""
    app, staff = desk(), me()
    today, show = local_day(app.clock()), request.args.get("show", "open")
    show = show if show in supplement_desk.SHOWS else "open"
    with app.store.read() as session:
        found = supplement_desk.listed(session, staff, show, today, page_number())
        rows = [
            {"it": row, "application": row.application, "colour": supplement_desk.colour(session, row, today)}
            for row in found.rows
        ]
        return page(
            "owed.html",
            rows=rows,
            show=show,
            shows=supplement_desk.SHOWS,
            counts=supplement_desk.counts(session, staff, today),
            total=found.total,
            pages=found.pages,
            number=page_number(),
        )


@guarded("staff", room=ROOM)
def settle_owed(application_id: int, item_id: int) -> ResponseReturnValue:
    """Accept, waive, refuse, put off, or hand in for the user; whoever comes second changes nothing."""
    app, now = desk(), desk().clock()
    act = request.form.get("act", "")
    words = request.form.get("remark", "").strip()[:MOST_WORDS]
    kept = ""
    try:
        with app.store.write() as session:
            visible(session, application_id, lock=True)
            row = supplement_desk.visible(session, me(), item_id)
            if row is None or row.application_id != application_id:
                abort(404)
            staff = session.get_one(Staff, me().id)
            if act == "hand_in":
                kept = app.photos.keep(_picture())
                supplement_desk.hand_in(session, row, staff, kept, words, now)
            elif act == "extend":
                supplement_desk.extend(session, row, staff, _day(), words, now)
            elif act in ACTS:
                ACTS[act](session, row, staff, words, now)
            else:
                abort(404)
            title = row.title
    except NotAllowed as refused:
        if kept:
            app.photos.erase(kept)
        flash(str(refused), "bad")
    else:
        ring(app, now)
        flash(f"{title}：{DONE[act]}，已通知用户。", "good")
    return redirect(url_for("console.detail", application_id=application_id, _anchor="owed"))


def shown(session: Session, application: Application, now: datetime) -> dict[str, Any]:
    """What the application's page shows of this topic."""
    today, items = local_day(now), supplements.of_application(session, application.id)
    return {
        "owed": [{"it": row, "colour": supplement_desk.colour(session, row, today)} for row in items],
        "may_settle": supplement_desk.may_decide(me()),
        "unsettled": supplements.UNSETTLED,
        "today": today,
        "changes": rechecks.changes_of(session, application),
        "new_problems": rechecks.since_submission(session, application, now) if application.submitted_at else [],
        "silent": [SILENT.get(name, name) for name in rechecks.silent(session, application)],
        "others": lambda name: provenance.others(application, name),
        "decided": lambda name: provenance.is_decided(application, name),
        "typed_otherwise": provenance.typed_otherwise(application),
        "ages": {name: ages.since(application, name, now) for name in ("registry", "marketing", "tianyancha")},
    }


def _picture() -> bytes:
    given = request.files.get("file")
    content = given.read() if given is not None else b""
    if not any(content[at:].startswith(begin) for at, begin, _ in KINDS):
        raise NotAllowed("请选一张照片或扫描图（JPG、PNG，15兆以内）")
    return content


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("until", ""))
    except ValueError:
        raise NotAllowed("请选延到哪一天") from None
