"""The knowledge base: its articles, one on a page with a preview and its versions, and a box to try a question."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from domain.knowledge import articles, counting, history, trying
from domain.knowledge.articles import BadArticle, Draft
from domain.knowledge.tables import ASKED_BACK, COLUMNS, NONE_FOUND, THEMES, Article
from domain.teaching import lessons
from domain.teaching.lessons import Asked
from domain.workdays import local_day
from webhooks.console.parts import desk, me, page
from webhooks.guards import guarded

NEW = Draft(theme=THEMES[0], title="", text="", source="")


@guarded("administrator")
def knowledge() -> ResponseReturnValue:
    """The articles that the filters in the address leave, with `sort=asked` the most asked for first; with `ask`, what
    that question would be answered."""
    theme, words, asked, sort = (request.args.get(name, "").strip() for name in ("theme", "q", "ask", "sort"))
    with desk().store.read() as session:
        every = articles.in_order(session)
        times = counting.asked(session, local_day(desk().clock()))
        unanswered = lessons.how_many(session, Asked("unanswered"))
        tried = trying.tried(session, asked) if asked else None
        by_key = {each.key: each for each in every}
        answered = trying.preview(session, Draft.of(by_key[tried.found[0].key])) if tried and tried.shown else None
    rows = [each for each in every if theme in ("", each.theme) and _has(each, words)]
    if sort == "asked":
        rows.sort(key=lambda row: counting.rank(times, row.key))
    return page(
        "knowledge.html",
        rows=rows,
        every=len(every),
        theme=theme,
        words=words,
        sort=sort if sort == "asked" else "",
        times=times,
        days=counting.RECENT,
        total=counting.total(times),
        lacking=times.get(NONE_FOUND, counting.Times()),
        which=times.get(ASKED_BACK, counting.Times()),
        unanswered=unanswered,
        themes=THEMES,
        asked=asked,
        tried=tried,
        answered=answered,
        by_key=by_key,
        certainties=trying.CERTAINTIES,
    )


@guarded("administrator")
def new_article() -> ResponseReturnValue:
    """A new article. POST like `article`."""
    if request.method == "POST":
        return _preview_or_save(None)
    with desk().store.read() as session:
        return _form(session, None, NEW)


@guarded("administrator")
def article(article_id: int) -> ResponseReturnValue:
    """One article, or with `version` in the address an older one to begin from. POST with `act=preview` shows what
    users would read, any other POST saves it."""
    with desk().store.read() as session:
        found = session.get(Article, article_id)
        if found is None:
            abort(404)
        if request.method == "GET":
            older = history.version(session, article_id, request.args.get("version", 0, type=int))
            return _form(session, found, Draft.of(older or found), older=older.version if older else 0)
    return _preview_or_save(found)


@guarded("administrator")
def switch_article(article_id: int) -> ResponseReturnValue:
    """Switch an article on or off."""
    active = request.form.get("active") == "yes"
    with desk().store.write() as session:
        if session.get(Article, article_id) is None:
            abort(404)
        saved = articles.switch(session, article_id, active, me().id, desk().clock())
        flash(f"“{saved.title}”已{'启用' if active else '停用'}，立即生效。", "good")
    return redirect(url_for("console.knowledge", theme=request.form.get("theme") or None))


def _preview_or_save(found: Article | None) -> ResponseReturnValue:
    draft, faults = _typed()
    if request.form.get("act") != "preview":
        return _save(found, draft, faults)
    with desk().store.read() as session:
        wrong = {**articles.faults(session, draft, found.id if found else 0), **faults}
        return _form(session, found, draft, faults=wrong, previewed=not wrong)


def _save(found: Article | None, draft: Draft, faults: Mapping[str, str]) -> ResponseReturnValue:
    app = desk()
    try:
        if faults:
            raise BadArticle(faults)
        with app.store.write() as session:
            saved = _kept(session, found, draft)
    except BadArticle as bad:
        with app.store.read() as session:
            return _form(session, found, draft, faults=bad.faults), 400
    flash(f"“{saved.title}”已保存，现在是第 {saved.version} 版，立即生效。", "good")
    return redirect(url_for("console.article", article_id=saved.id))


def _kept(session: Session, found: Article | None, draft: Draft) -> Article:
    now = desk().clock()
    if found is None:
        return articles.make(session, request.form.get("key", "").strip(), draft, me().id, now)
    return articles.save(session, found.id, draft, me().id, now, request.form.get("seen", type=int))


def _form(
    session: Session,
    found: Article | None,
    draft: Draft,
    *,
    faults: Mapping[str, str] | None = None,
    previewed: bool = False,
    older: int = 0,
) -> str:
    return page(
        "article.html",
        it=found,
        draft=draft,
        faults=faults or {},
        key=request.form.get("key", "").strip(),
        seen=request.form.get("seen", type=int) or (found.version if found else 0),
        older=older,
        preview=trying.preview(session, draft) if previewed else None,
        themes=THEMES,
        columns=COLUMNS,
        months=counting.by_month(session, found.key) if found is not None else [],
        written=history.versions_of(session, found.id) if found is not None else [],
        placeholders=trying.placeholders(session),
    )


def _typed() -> tuple[Draft, dict[str, str]]:
    """What was typed, and which of it is no number."""
    form = request.form
    said = {name: form.get(name, "").strip() for name in ("theme", "title", "source")}
    text = "\n".join(line.rstrip() for line in form.get("text", "").strip().splitlines())
    words = tuple(dict.fromkeys(line.strip() for line in form.get("words", "").splitlines() if line.strip()))
    place = form.get("place", "").strip()
    faults = {} if place.isdecimal() and len(place) < 5 else {"place": "顺序要填 0 到 999 的整数"}
    draft = Draft(**said, text=text, words=words, place=0 if faults else int(place), active=form.get("active") == "yes")
    return draft, faults


def _has(row: Article, words: str) -> bool:
    return not words or any(words in said for said in (row.title, row.text, row.source, *row.words))
