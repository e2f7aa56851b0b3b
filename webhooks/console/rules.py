"""The rules: every one on a list, one on a page, tried before it is saved, each version kept and compared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.people.staff import Organisation, OrganisationKind
from domain.registration.applications import Application
from domain.registration.kinds import KIND_NAMES
from domain.review.review import may_see
from domain.rules import drafts, history, judgements, trials
from domain.rules.conditions import symbols
from domain.rules.drafts import DOCUMENTS, BadDraft, Draft
from domain.rules.facts import FACTS
from domain.rules.rules import BadRule, Rule, Severity, edit, set_back
from domain.workdays import local_day
from webhooks.console import rule_words
from webhooks.console.parts import desk, me, page, page_number, visible
from webhooks.console.rule_list import chosen, listed
from webhooks.guards import guarded

PAGE = 50
NEW = Draft(condition="", severity=Severity.HINT, problem="", suggestion="")


@guarded("administrator")
def rules() -> ResponseReturnValue:
    """The rules that the filters in the address leave, with how many applications each met in the last thirty days."""
    with desk().store.read() as session:
        every = session.scalars(select(Rule).order_by(Rule.id)).all()
        hits = judgements.hits(session, desk().clock())
        bureaus = _bureaus(session)
    filters = chosen(request.args)
    return page(
        "rules.html",
        rows=listed(every, filters, hits),
        every=len(every),
        filters=filters,
        hits=hits,
        bureaus=bureaus,
        kinds=KIND_NAMES,
        documents=DOCUMENTS,
        scope=rule_words.scope,
        trouble=rule_words.trouble,
    )


@guarded("administrator")
def rule_hits(rule_id: int) -> ResponseReturnValue:
    """The applications that a rule met in the last thirty days."""
    number = page_number()
    with desk().store.read() as session:
        it = session.get(Rule, rule_id) or abort(404)
        met = judgements.met(session, rule_id, desk().clock())
        some = met[PAGE * (number - 1) : PAGE * number]
        found = session.scalars(may_see(me()).where(Application.id.in_([each for each, _ in some])))
        seen = {row.id: row for row in found}
        rows = [{"at": at, "application": seen.get(each)} for each, at in some]
        pages = max(1, -(-len(met) // PAGE))
        return page("rule_hits.html", it=it, rows=rows, total=len(met), number=number, pages=pages)


@guarded("administrator")
def new_rule() -> ResponseReturnValue:
    """A new rule, empty or, with `copy` in the address, as another one says. POST like `rule`."""
    with desk().store.read() as session:
        if request.method == "GET":
            source = session.get(Rule, request.args.get("copy", 0, type=int))
            return _form(session, None, Draft.of(source) if source is not None else NEW)
        if request.form.get("act") in ("try", "month"):
            return _try(session, None, *_typed())
    return _save(None)


@guarded("administrator")
def rule(rule_id: int) -> ResponseReturnValue:
    """One rule. POST with `act=try` tries what was typed on one application, `act=month` on last month's, any other
    POST saves it."""
    with desk().store.read() as session:
        found = session.get(Rule, rule_id)
        if found is None:
            abort(404)
        if request.method == "GET":
            return _form(session, found, Draft.of(found))
        if request.form.get("act") in ("try", "month"):
            return _try(session, found, *_typed())
    return _save(found)


@guarded("administrator")
def switch_rule(rule_id: int) -> ResponseReturnValue:
    """Switch a rule on or off."""
    active = request.form.get("active") == "yes"
    with desk().store.write() as session:
        if session.get(Rule, rule_id) is None:
            abort(404)
        try:
            saved = edit(session, rule_id, {"active": active}, me().id, desk().clock())
            flash(f"“{saved.name}”已{'启用' if active else '停用'}，对之后的检查生效。", "good")
        except BadRule as bad:
            flash(str(bad), "bad")
    return redirect(request.form.get("back") if _is_here(request.form.get("back", "")) else url_for("console.rules"))


@guarded("administrator")
def rule_back(rule_id: int) -> ResponseReturnValue:
    """Let an older version hold again."""
    version = request.form.get("version", 0, type=int)
    with desk().store.write() as session:
        if session.get(Rule, rule_id) is None:
            abort(404)
        try:
            saved = set_back(session, rule_id, version, me().id, desk().clock())
            flash(f"已恢复第 {version} 版的内容，现在是第 {saved.version} 版。", "good")
        except BadRule as bad:
            flash(str(bad), "bad")
    return redirect(url_for("console.rule", rule_id=rule_id))


@guarded("administrator")
def rule_versions(rule_id: int) -> ResponseReturnValue:
    """Two versions of a rule side by side; without a choice, the last two."""
    with desk().store.read() as session:
        found = session.get(Rule, rule_id)
        if found is None:
            abort(404)
        written = history.versions_of(session, rule_id)
    by_number = {each.version.version: each for each in written}
    new = by_number.get(request.args.get("b", 0, type=int), written[0])
    old = by_number.get(request.args.get("a", 0, type=int), written[min(1, len(written) - 1)])
    changes = history.between(old.version, new.version)
    return page(
        "rule_versions.html",
        it=found,
        written=written,
        old=old,
        new=new,
        changes=changes,
        columns=rule_words.COLUMNS,
        said=rule_words.written,
    )


@guarded("staff")
def judged(application_id: int) -> ResponseReturnValue:
    """By which versions of the rules an application was judged when it was handed in, and what they saw."""
    with desk().store.read() as session:
        application = visible(session, application_id)
        kept = judgements.latest(session, application)
        seen = judgements.seen(session, kept) if kept is not None else []
    return page("judgement.html", it=application, kept=kept, seen=seen, known=FACTS, fact=rule_words.fact)


def _save(found: Rule | None) -> ResponseReturnValue:
    app = desk()
    draft, faults = _typed()
    try:
        if faults:
            raise BadDraft({**drafts.faults(draft), **faults})
        with app.store.write() as session:
            saved = _kept(session, found, draft)
    except BadDraft as bad:
        with app.store.read() as session:
            return _form(session, found, draft, faults=bad.faults), 400
    flash(f"“{saved.name}”已保存，现在是第 {saved.version} 版，对之后的检查生效。", "good")
    return redirect(url_for("console.rules"))


def _kept(session: Session, found: Rule | None, draft: Draft) -> Rule:
    if found is not None:
        return drafts.save(session, found.id, draft, me().id, desk().clock())
    return drafts.make(session, request.form.get("name", "").strip(), draft, me().id, desk().clock())


def _try(session: Session, found: Rule | None, draft: Draft, faults: Mapping[str, str]) -> ResponseReturnValue:
    wrong = {**drafts.faults(draft), **faults}
    if wrong:
        return _form(session, found, draft, faults=wrong)
    if request.form.get("act") == "month":
        month = trials.try_on_month(session, draft, found, desk().clock())
        return _form(session, found, draft, month=month)
    number = request.form.get("number", "").strip().upper()
    application = session.scalar(may_see(me()).where(Application.number == number))
    if application is None:
        return _form(session, found, draft, faults={"number": "没有找到这个申请编号，请核对后再试"})
    try:
        tried = trials.try_on(session, draft, application, local_day(desk().clock()))
    except BadRule as bad:
        return _form(session, found, draft, faults={"condition": str(bad)})
    return _form(session, found, draft, tried=tried)


def _form(
    session: Session,
    found: Rule | None,
    draft: Draft,
    *,
    faults: Mapping[str, str] | None = None,
    tried: trials.Tried | None = None,
    month: trials.Month | None = None,
) -> str:
    return page(
        "rule.html",
        it=found,
        draft=draft,
        faults=faults or {},
        number=request.form.get("number", "").strip(),
        name=request.form.get("name", "").strip(),
        tried=tried,
        month=month,
        asked=_asked(draft),
        written=history.versions_of(session, found.id) if found is not None else [],
        known=FACTS,
        documents=DOCUMENTS,
        kinds=KIND_NAMES,
        bureaus=_bureaus(session),
        columns=rule_words.COLUMNS,
        said=rule_words.written,
        fact=rule_words.fact,
    )


def _asked(draft: Draft) -> frozenset[str]:
    """The facts that the condition asks, to show them first; none while it cannot be read."""
    try:
        return symbols(draft.condition)
    except BadRule:
        return frozenset()


def _typed() -> tuple[Draft, dict[str, str]]:
    """What was typed, and which of it is no day: that is asked for again, and the rest is kept."""
    form = request.form
    said = {name: form.get(name, "").strip() for name in ("condition", "severity", "problem", "suggestion", "document")}
    days: dict[str, date | None] = {"valid_from": None, "valid_to": None}
    faults = {}
    for name in days:
        try:
            days[name] = date.fromisoformat(form[name]) if form.get(name) else None
        except ValueError:
            faults[name] = "请写成 2026-01-31 的样子"
    draft = Draft(
        **said,
        **days,
        active=form.get("active") == "yes",
        needs_person=form.get("needs_person") == "yes",
        bureaus=tuple(form.getlist("bureaus")),
        kinds=tuple(form.getlist("kinds")),
    )
    return draft, faults


def _bureaus(session: Session) -> dict[str, str]:
    query = select(Organisation.code, Organisation.name).where(Organisation.kind == OrganisationKind.BUREAU)
    return dict(session.execute(query.order_by(Organisation.code)).all())


def _is_here(address: str) -> bool:
    """Whether an address is a page of the console: nobody is sent elsewhere by a form."""
    return address.startswith(url_for("console.rules"))
