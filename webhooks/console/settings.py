"""The figures of the market's rules, and who changed which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from domain import settings
from domain.figures import CHOICES, FIGURES, GROUPS, MATTERS, UNITS, BadSetting, Figure
from domain.groups import unit_change
from domain.market import threshold
from domain.review import desk_views
from webhooks.console.parts import desk, me, page
from webhooks.guards import guarded


@guarded("administrator")
def figures() -> ResponseReturnValue:
    """Every figure with its unit, its default and its value; POST changes one of them."""
    return _change() if request.method == "POST" else _page({})


@guarded("administrator")
def wholesale_threshold() -> ResponseReturnValue:
    """Whom another threshold of the wholesale market would concern, before it is saved."""
    try:
        then = int(FIGURES[threshold.NAME].parse(request.args.get("value", "")))
    except BadSetting:
        abort(404)
    with desk().store.read() as session:
        return page("threshold.html", it=threshold.preview(session, then))


def _is_other(name: str, text: str) -> bool:
    """Whether this is a value that could be saved, and would change something."""
    try:
        typed = FIGURES[name].parse(text)
    except BadSetting:
        return False
    with desk().store.read() as session:
        return bool(typed != settings.value(session, name))


def _page(typed: Mapping[str, str]) -> str:
    """The page; what was typed and could not be saved stands in its field."""
    with desk().store.read() as session:
        groups = {title: _rows(session, figures) for title, figures in GROUPS.items()}
        changes = settings.changes(session)
        names = desk_views.names_of(session, [change.staff_id for change in changes])
    return page(
        "settings.html",
        groups=groups,
        changes=changes,
        names=names,
        titles=FIGURES,
        choices=CHOICES,
        matters=MATTERS,
        typed=typed,
    )


def _rows(session: Session, figures: Mapping[str, Figure]) -> list[dict[str, Any]]:
    return [{"name": name, "it": each, "value": settings.value(session, name)} for name, each in figures.items()]


def _change() -> ResponseReturnValue:
    app, name, text = desk(), request.form.get("name", ""), ",".join(request.form.getlist("value"))
    if name not in FIGURES:
        abort(404)
    if name == "trading_unit" and request.form.get("value") in UNITS and not request.form.get("sure"):
        return redirect(url_for("console.trading_unit", value=request.form["value"]))  # what it would change, first
    if name == threshold.NAME and not request.form.get("sure") and _is_other(name, text):
        return redirect(url_for("console.wholesale_threshold", value=text.strip()))  # whom it concerns, first
    try:
        with app.store.write() as session:
            unit_change.change_setting(session, name, text, me().id, app.clock())
    except BadSetting as bad:
        flash(f"没有保存：{bad}", "bad")
        return _page({name: text})
    flash(f"“{FIGURES[name].title}”已保存，立即生效。", "good")
    return redirect(url_for("console.figures", _anchor=name))
