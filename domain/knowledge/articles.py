"""Articles: reading them with the settings filled in, and writing them so that every version stays.

An answer is only ever an article's own words. A figure in it is a placeholder, so that an answer changes with the
setting and never says what held last year.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.evidence import record
from domain.figures import FIGURES
from domain.knowledge.tables import THEMES, Article, ArticleVersion
from domain.questions.words import fold
from domain.settings import value

SHIPPED = Path(__file__).parent / "articles.toml"
KEY = re.compile("[a-z][a-z0-9_]{2,39}")
LONGEST_TITLE, LONGEST_TEXT, LONGEST_SOURCE, LONGEST_WORD, MOST_WORDS = 40, 400, 120, 30, 40


class BadArticle(ValueError):
    """An article cannot be kept so: what is wrong, in Chinese, by the field where it stands."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("；".join(faults.values()))
        self.faults = dict(faults)


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as an administrator has typed it."""

    theme: str
    title: str
    text: str
    source: str
    words: tuple[str, ...] = ()
    place: int = 0
    active: bool = True

    @classmethod
    def of(cls, article: Article | ArticleVersion) -> Draft:
        """An article, or one of its versions, as a draft of it begins."""
        return cls(**{**article.said(), "words": tuple(article.words)})

    def values(self) -> dict[str, Any]:
        """The draft as the columns take it."""
        return {**asdict(self), "words": list(self.words)}


def filled(session: Session, text: str) -> str:
    """The text with the settings as they stand now. A placeholder that names no setting is left as it was written."""
    return text.format_map(_Figures(session))


def by_key(session: Session, key: str) -> Article | None:
    """The article that is shown under a key; None where there is none or it is switched off."""
    return session.scalar(select(Article).where(Article.key == key, Article.active.is_(True)))


def in_order(session: Session) -> list[Article]:
    """Every article as the list shows them: part by part, then by place."""
    order = {theme: number for number, theme in enumerate(THEMES)}
    rows = session.scalars(select(Article).order_by(Article.place, Article.id))
    return sorted(rows, key=lambda row: order.get(row.theme, len(order)))


def faults(session: Session, draft: Draft, article_id: int = 0) -> dict[str, str]:
    """What is wrong with a draft, by field, in Chinese; empty where it may be kept."""
    found = {
        "theme": "" if draft.theme in THEMES else "请选择分类",
        "title": _length(draft.title, "问题", 4, LONGEST_TITLE) or _twin(session, draft.title, article_id),
        "text": _length(draft.text, "回答", 4, LONGEST_TEXT) or _placeholders(draft.text),
        "source": _length(draft.source, "来源", 4, LONGEST_SOURCE),
        "words": _of_words(draft.words),
        "place": "" if 0 <= draft.place <= 999 else "顺序要填 0 到 999 的整数",
    }
    return {field: words for field, words in found.items() if words}


def save(
    session: Session, article_id: int, draft: Draft, staff_id: int, now: datetime, seen: int | None = None
) -> Article:
    """Change an article and keep the change as its next version. `seen`: the version that it was begun from. BadArticle
    where it may not be kept so, or a colleague has changed it since."""
    article = session.scalars(select(Article).where(Article.id == article_id).with_for_update()).one()
    wrong = faults(session, draft, article_id)
    if seen not in (None, article.version):
        wrong["version"] = f"同事刚把它改成了第 {article.version} 版，请看过下面的版本再保存"
    if wrong:
        raise BadArticle(wrong)
    changed = {name: new for name, new in draft.values().items() if getattr(article, name) != new}
    if changed:
        _change(session, article, changed, staff_id, now)
        data = {"key": article.key, "version": article.version, **changed}
        record(session, "article_changed", ("article", article.id), f"staff:{staff_id}", data, now)
    return article


def switch(session: Session, article_id: int, active: bool, staff_id: int, now: datetime) -> Article:
    """Switch an article on or off, whatever else it says."""
    article = session.scalars(select(Article).where(Article.id == article_id).with_for_update()).one()
    if article.active != active:
        _change(session, article, {"active": active}, staff_id, now)
        data = {"key": article.key, "version": article.version, "active": active}
        record(session, "article_changed", ("article", article.id), f"staff:{staff_id}", data, now)
    return article


def make(session: Session, key: str, draft: Draft, staff_id: int, now: datetime) -> Article:
    """A new article. BadArticle where it may not be kept so, or its key is taken."""
    wrong = faults(session, draft)
    if not KEY.fullmatch(key):
        wrong["key"] = "代号用小写英文字母、数字和下划线，3 到 40 个"
    elif session.scalar(select(Article.id).where(Article.key == key)) is not None:
        wrong["key"] = f"已经有一篇的代号是“{key}”，请换一个"
    if wrong:
        raise BadArticle(wrong)
    article = _add(session, key, draft.values(), staff_id, now)
    data = {"key": key, **draft.values()}
    record(session, "article_made", ("article", article.id), f"staff:{staff_id}", data, now)
    return article


def last_place(session: Session, theme: str) -> int:
    """The place behind the last article of a part."""
    return int(session.scalar(select(func.max(Article.place)).where(Article.theme == theme)) or 0) + 10


def ship(session: Session) -> None:
    """Add the articles that a market starts with and that are not there yet. One that nobody has edited follows the
    product, as a new version; an edited one is left as it is."""
    known = {article.key: article for article in session.scalars(select(Article))}
    written = select(ArticleVersion.article_id).where(ArticleVersion.staff_id.is_not(None))
    edited = set(session.scalars(written))
    for key, draft in shipped().items():
        article = known.get(key)
        if article is None:
            _add(session, key, draft.values(), None, None)
        elif article.id not in edited and article.said() != draft.values():
            _change(session, article, draft.values(), None, None)


@cache
def shipped() -> dict[str, Draft]:
    """The articles that come with the product, by key, in their order."""
    rows = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["article"]
    return {
        row["key"]: Draft(
            row["theme"], row["title"], row["text"].strip(), row["source"], tuple(row["words"]), place=10 * number
        )
        for number, row in enumerate(rows, start=1)
    }


def unknown_placeholders(text: str) -> list[str]:
    """What stands in braces and names no setting; one entry for braces that do not match."""
    try:
        parts = [(name, spec, turned) for _, name, spec, turned in Formatter().parse(text) if name is not None]
    except ValueError:
        return ["{"]
    return [name for name, spec, turned in parts if name not in FIGURES or spec or turned]


class _Figures(dict[str, object]):
    """The settings that a text names, looked up as it names them."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def __missing__(self, name: str) -> object:
        if name not in FIGURES:
            return f"{{{name}}}"
        known = value(self._session, name)
        if isinstance(known, bool):
            return "开" if known else "关"
        return str(known).replace(",", "、") if FIGURES[name].form in ("days", "months") else known


def _length(text: str, what: str, least: int, most: int) -> str:
    return "" if least <= len(text.strip()) <= most else f"“{what}”要有 {least} 到 {most} 个字"


def _placeholders(text: str) -> str:
    unknown = unknown_placeholders(text)
    if unknown == ["{"]:
        return "花括号没有成对：参数写成 {wholesale_from_kva} 的样子"
    return f"没有叫“{unknown[0]}”的参数，请从下面的参数名里选" if unknown else ""


def _twin(session: Session, title: str, article_id: int) -> str:
    """Two articles with one question would be one tap that means two things."""
    rows = session.execute(select(Article.title).where(Article.id != article_id))
    return "已经有一篇是这个问题" if _bare(title) in {_bare(other) for (other,) in rows} else ""


def _bare(title: str) -> str:
    return fold(title).rstrip("?")


def _of_words(words: Sequence[str]) -> str:
    if len(words) > MOST_WORDS:
        return f"其他问法最多 {MOST_WORDS} 个"
    long = next((word for word in words if len(word) > LONGEST_WORD), "")
    return f"“{long[:10]}…”太长，每个问法最多 {LONGEST_WORD} 个字" if long else ""


def _add(session: Session, key: str, said: Mapping[str, Any], staff_id: int | None, now: datetime | None) -> Article:
    article = Article(key=key, **said)
    session.add(article)
    session.flush()
    _keep(session, article, staff_id, now)
    return article


def _change(
    session: Session, article: Article, new: Mapping[str, Any], staff_id: int | None, now: datetime | None
) -> None:
    for name, said in new.items():
        setattr(article, name, said)
    article.version += 1
    _keep(session, article, staff_id, now)


def _keep(session: Session, article: Article, staff_id: int | None, now: datetime | None) -> None:
    kept = ArticleVersion(article_id=article.id, version=article.version, staff_id=staff_id, at=now, **article.said())
    session.add(kept)
    session.flush()
