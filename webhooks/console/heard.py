"""What was not understood: listed, labelled by a tap, and taken away as examples without personal data."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from flask import abort, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from domain.teaching import examples, lessons
from domain.teaching.labels import GROUPS, asking_name, name_of
from domain.teaching.lessons import SHOWS, Asked, BadLabel
from domain.teaching.tables import BY_PERSON, IGNORED, Heard
from domain.workdays import local_day
from webhooks.console.parts import desk, me, page, page_number
from webhooks.guards import guarded

PAGE = 20


@guarded("administrator")
def heard() -> ResponseReturnValue:
    """The figures of the last weeks, and one page of what was said, equal words together."""
    asked, number = _asked(), page_number()
    with desk().store.read() as session:
        found = lessons.look(session, asked, number, PAGE)
        counts = {show: lessons.how_many(session, Asked(show, asked.week)) for show in SHOWS}
        weeks = lessons.by_week(session, desk().clock())
    return page(
        "heard.html",
        asked=asked,
        found=found,
        counts=counts,
        weeks=weeks,
        shows=SHOWS,
        groups=GROUPS,
        name_of=name_of,
        asking_name=asking_name,
        number=number,
        pages=max(1, -(-found.kinds // PAGE)),
        ignored=IGNORED,
        by_person=BY_PERSON,
    )


@guarded("administrator")
def label_heard(heard_id: int) -> ResponseReturnValue:
    """Say what some words meant; all that are equal get the same label."""
    try:
        with desk().store.write() as session:
            if session.get(Heard, heard_id) is None:
                abort(404)
            intent = request.form.get("intent", "")
            count = lessons.label(session, heard_id, intent, me().id, desk().clock())
        flash(f"{count} 句已标为“{name_of(intent)}”。" if intent else f"{count} 句放回待标注。", "good")
    except BadLabel as bad:
        flash(str(bad), "bad")
    asked = _asked()
    return redirect(url_for("console.heard", show=asked.show, week=asked.week, page=page_number()))


@guarded("administrator")
def export_examples() -> ResponseReturnValue:
    """All labelled words as examples for nlu/data/nlu/from_talks.yml."""
    now = desk().clock()
    with desk().store.write() as session:
        content = examples.written(session, me().id, now)
    name = f"from_talks-{local_day(now):%Y%m%d}.yml"
    return send_file(BytesIO(content.encode()), mimetype="application/yaml", as_attachment=True, download_name=name)


def _asked() -> Asked:
    """What the address asks for; what it does not know is left aside."""
    show = request.args.get("show", "open")
    return Asked(show if show in SHOWS else "open", request.args.get("week", None, type=date.fromisoformat))
