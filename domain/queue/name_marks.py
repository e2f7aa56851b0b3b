"""Companies are found by a part of their name though names are sealed: every two characters that stand side by side
leave a keyed mark. Whoever reads the store without the key sees which applications share a pair, not which pair."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import BigInteger, ForeignKey, Table, delete, event, func, insert, select
from sqlalchemy.orm import Mapped, Session, UOWTransaction, mapped_column

from domain.base import Base
from domain.identifiers import compact
from domain.private import fingerprint
from domain.registration.applications import FieldValue

NAMES = ("name", "account_name")  # the fields that are searched
LONGEST = 60  # characters of one name that are marked
COMMON = 2000  # a pair that so many applications share no longer helps to choose
# Nearly every company has these: marked they would cost room and tell nobody apart.
_EVERYWHERE = frozenset(("有限", "限公", "公司", "责任", "任公", "限责", "股份", "份有"))


class NameMark(Base):
    """One pair of characters in one application's names. The mark is a number made of the pair with the data key."""

    __tablename__ = "name_marks"
    __table_args__ = {"sqlite_with_rowid": False}

    mark: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True, index=True)


TABLE: Table = NameMark.__table__  # type: ignore[assignment]


def marks_of(names: Iterable[str]) -> set[int]:
    """The marks of names; one character alone, and what every company's name has, leaves none."""
    return {_mark(pair) for name in names for pair in _pairs(name)}


def matching(session: Session, text: str) -> list[int]:
    """The marks that an application must have all of to have this text in a name, the rarest first: at most four, as
    the first few leave hardly anything to the others. None where the text is too short to search by."""
    counted = sorted((_frequency(session, mark), mark) for mark in marks_of([text]))
    return [mark for _, mark in counted[:4]]


def remark(session: Session, application_ids: Iterable[int]) -> None:
    """Write the marks of these applications anew, from the names that they have in the store."""
    ids = sorted(set(application_ids))
    if not ids:
        return
    query = select(FieldValue.application_id, FieldValue.value)
    named = session.execute(query.where(FieldValue.application_id.in_(ids), FieldValue.name.in_(NAMES))).all()
    rows = {(mark, owner) for owner, name in named for mark in marks_of([name])}
    connection = session.connection()
    connection.execute(delete(TABLE).where(TABLE.c.application_id.in_(ids)))
    if rows:
        connection.execute(insert(TABLE), [{"mark": mark, "application_id": owner} for mark, owner in sorted(rows)])


@event.listens_for(Session, "after_flush")
def _keep_in_step(session: Session, _context: UOWTransaction) -> None:
    """Whoever writes a name, its marks follow in the same transaction: no caller can forget them."""
    changed = [*session.new, *session.dirty, *session.deleted]
    rows = [row for row in changed if isinstance(row, FieldValue) and row.name in NAMES]
    if rows:
        with session.no_autoflush:
            remark(session, {row.application_id for row in rows if row.application_id is not None})


def _frequency(session: Session, mark: int) -> int:
    some = select(TABLE.c.application_id).where(TABLE.c.mark == mark).limit(COMMON).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _pairs(name: str) -> set[str]:
    text = compact(name)[:LONGEST]
    return {text[at : at + 2] for at in range(len(text) - 1)} - _EVERYWHERE


def _mark(pair: str) -> int:
    return int(fingerprint("name", pair)[:15], 16)
