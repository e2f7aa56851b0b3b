"""What became of an article: its versions, who wrote each, and what each changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.knowledge.tables import SAID, ArticleVersion
from domain.people.staff import Staff
from domain.rules.history import Change, between


@dataclass(frozen=True, slots=True)
class Written:
    """One version: who wrote it (empty: it came with the product), and what it changed against the one before."""

    version: ArticleVersion
    who: str
    changes: Sequence[Change]


def versions_of(session: Session, article_id: int) -> list[Written]:
    """Every version of an article, the newest first."""
    query = select(ArticleVersion).where(ArticleVersion.article_id == article_id).order_by(ArticleVersion.version)
    rows = session.scalars(query).all()
    ids = {row.staff_id for row in rows}
    names = dict(session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids))).all())
    befores = [None, *rows[:-1]]
    written = [
        Written(row, names.get(row.staff_id or 0, ""), between(before, row, SAID) if before is not None else [])
        for before, row in zip(befores, rows, strict=True)
    ]
    return written[::-1]


def version(session: Session, article_id: int, number: int) -> ArticleVersion | None:
    """One version of an article; None where there is none of that number."""
    of = (ArticleVersion.article_id == article_id, ArticleVersion.version == number)
    return session.scalar(select(ArticleVersion).where(*of))
