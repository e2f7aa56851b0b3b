"""The tables of the knowledge base: each article as it stands, and every version that it had."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, UtcDateTime

# The parts in which people read the list, in this order.
THEMES = ("市场", "材料与办理", "审核与进度", "套餐与电费", "合同", "短信、微信与账号", "关于本服务")


class Said:
    """What an article says: the same columns in the article as it stands and in each of its versions."""

    theme: Mapped[str]  # one of THEMES
    title: Mapped[str]  # the question, as people ask it
    text: Mapped[str]  # the answer; settings of `domain.figures` in braces
    source: Mapped[str]  # the rule that it comes from, as the user reads it
    words: Mapped[list[str]] = mapped_column(JSON)  # other ways to ask, by which it is found
    place: Mapped[int] = mapped_column(default=0)  # its place in its part, the lowest first
    active: Mapped[bool] = mapped_column(default=True)

    def said(self) -> dict[str, Any]:
        """What it says, by column."""
        return {name: getattr(self, name) for name in SAID}


SAID = ("theme", "title", "text", "source", "words", "place", "active")
# What an answer names in place of an article: none answers the question; it was asked back which one is meant.
NONE_FOUND, ASKED_BACK = "-none", "-which"
COLUMNS: Mapping[str, str] = {
    "theme": "分类",
    "title": "问题",
    "text": "回答",
    "source": "来源",
    "words": "其他问法",
    "place": "顺序",
    "active": "启用",
}


class Article(Said, Base):
    """An article as it stands. Its key stays: commands and taps that are on people's screens name it."""

    __tablename__ = "articles"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)


class ArticleVersion(Said, Base):
    """One version of an article; rows are added and never changed."""

    __tablename__ = "article_versions"
    __table_args__ = (UniqueConstraint("article_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    version: Mapped[int]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # None: it came with the product
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: as the product was set up or brought up to date


class ArticleCount(Base):
    """How often an article was given as an answer on one day, or one of the words above was. Of whom, nowhere."""

    __tablename__ = "article_counts"
    __table_args__ = (UniqueConstraint("key", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    day: Mapped[date] = mapped_column(index=True)
    times: Mapped[int]
