"""The rules: every one on a list, one on a page, tried before it is saved."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import desk_views, rule_drafts
from domain.applications import Application
from domain.review import may_see
from domain.rule_drafts import Draft, Tried
from domain.rule_facts import FACTS
from domain.rules import BadRule, Rule, Severity
from domain.workdays import local_day
from webhooks.console.parts import desk, me, page
from webhooks.guards import guarded


@guarded("administrator")
def rules() -> ResponseReturnValue:
    """Every rule, the active ones first."""
    with desk().store.read() as session:
        rows = session.scalars(select(Rule).order_by(Rule.active.desc(), Rule.id)).all()
    order = list(Severity)
    return page(
        "rules.html", rows=sorted(rows, key=lambda rule: (not rule.active, order.index(Severity(rule.severity))))
    )


@guarded("administrator")
def rule(rule_id: int) -> ResponseReturnValue:
    """One rule. POST with `act=try` tries what was typed on one application, any other POST saves it."""
    with desk().store.read() as session:
        found = session.get(Rule, rule_id)
        if found is None:
            abort(404)
        if request.method == "GET":
            return _form(session, found, _as_it_stands(found))
        draft = _typed()
        if request.form.get("act") == "try":
            return _try(session, found, draft)
    return _save(found, draft)


def _save(found: Rule, draft: Draft) -> ResponseReturnValue:
    app = desk()
    try:
        with app.store.write() as session:
            saved = rule_drafts.save(session, found.id, draft, me().id, app.clock())
    except BadRule as bad:
        flash(str(bad), "bad")
        with app.store.read() as session:
            return _form(session, found, draft), 400
    flash(f"“{saved.name}”已保存，现在是第 {saved.version} 版，对之后的检查生效。", "good")
    return redirect(url_for("console.rules"))


def _try(session: Session, found: Rule, draft: Draft) -> ResponseReturnValue:
    number = request.form.get("number", "").strip().upper()
    application = session.scalar(may_see(me()).where(Application.number == number))
    if application is None:
        flash("没有找到这个申请编号，请核对后再试", "bad")
        return _form(session, found, draft, number=number)
    try:
        tried = rule_drafts.try_on(session, draft, application, local_day(desk().clock()))
    except BadRule as bad:
        flash(str(bad), "bad")
        return _form(session, found, draft, number=number)
    return _form(session, found, draft, number=number, tried=tried)


def _form(session: Session, found: Rule, draft: Draft, *, number: str = "", tried: Tried | None = None) -> str:
    changes = desk_views.rule_changes(session, found.id)
    names = desk_views.names_of(session, [change.staff_id for change in changes])
    return page(
        "rule.html", it=found, draft=draft, number=number, tried=tried, changes=changes, names=names, known=FACTS
    )


def _as_it_stands(found: Rule) -> Draft:
    return Draft(found.condition, found.severity, found.problem, found.suggestion, found.active)


def _typed() -> Draft:
    given = {name: request.form.get(name, "").strip() for name in ("condition", "severity", "problem", "suggestion")}
    return Draft(**given, active=request.form.get("active") == "yes")
