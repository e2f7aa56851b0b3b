"""A batch: many accounts at once, from a spreadsheet. Rows remember how far they are, so that nothing is done twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, insert, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain.base import Base, Sealed, SealedJson, UtcDateTime
from domain.evidence import record
from domain.people.contacts import Contact
from domain.people.staff import Staff
from domain.registration.applications import Application
from domain.settings import figure
from domain.workdays import CHINA

LEASE = timedelta(seconds=60)  # longer than the rows take that are done under one lease


class NoBatch(Exception):
    """A file is not taken; the text says in Chinese why and what to do."""


class BatchState(StrEnum):
    """How far a batch is."""

    CHECKING = "checking"
    CHECKED = "checked"  # every row was looked at; what is good waits for the person's word
    SUBMITTING = "submitting"
    DONE = "done"
    REMOVED = "removed"  # nobody confirmed it in time: see `domain.groups.batch_ending`


class RowState(StrEnum):
    """How far a row is."""

    NEW = "new"
    READY = "ready"  # may be submitted
    PROBLEM = "problem"
    CHOSEN = "chosen"  # the person has agreed; it is being submitted
    SUBMITTED = "submitted"
    KNOWN = "known"  # this account was handed in before: nothing to do
    MOVED = "moved"  # a later file has this account


BATCH_STATES: Mapping[str, str] = {
    BatchState.CHECKING: "正在核对",
    BatchState.CHECKED: "核对完，等您确认",
    BatchState.SUBMITTING: "正在提交",
    BatchState.DONE: "已办完",
    BatchState.REMOVED: "到期没有确认，已清除",
}
ROW_STATES: Mapping[str, str] = {
    RowState.NEW: "等待核对",
    RowState.READY: "可提交",
    RowState.PROBLEM: "有问题",
    RowState.CHOSEN: "正在提交",
    RowState.SUBMITTED: "已提交",
    RowState.KNOWN: "已办过",
    RowState.MOVED: "见后来的表格",
}
OPEN_ROWS = {BatchState.CHECKING: RowState.NEW, BatchState.SUBMITTING: RowState.CHOSEN}


class Batch(Base):
    """One file of one person. The person is asked before anything is submitted, whoever brought the file."""

    __tablename__ = "batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # who brought it on the console
    name: Mapped[str] = mapped_column(Sealed)  # the file's
    state: Mapped[str] = mapped_column(default=BatchState.CHECKING, index=True)
    row_count: Mapped[int]
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contact: Mapped[Contact] = relationship()
    staff: Mapped[Staff | None] = relationship(lazy="selectin")  # an outer join cannot be locked


class BatchRow(Base):
    """One line of the file: what stood in it, and what became of it."""

    __tablename__ = "batch_rows"
    __table_args__ = (UniqueConstraint("batch_id", "number"), Index("ix_batch_rows_open", "batch_id", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    number: Mapped[int]  # the line in the file, as Excel counts
    state: Mapped[str] = mapped_column(default=RowState.NEW)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"), index=True)
    cells: Mapped[dict[str, str]] = mapped_column(SealedJson)  # field → what stood there
    findings: Mapped[list[dict[str, str]]] = mapped_column(SealedJson, default=list)
    application: Mapped[Application | None] = relationship()


def begin(
    session: Session,
    contact: Contact,
    name: str,
    rows: Sequence[tuple[int, Mapping[str, str], Sequence[Mapping[str, str]]]],
    now: datetime,
    staff: Staff | None = None,
) -> Batch:
    """Keep a file's rows: the line, its cells, and what is wrong with it as it stands there. NoBatch where it has too
    many, or where the person has brought too many files today."""
    most = figure(session, "batch_rows")
    if not rows:
        raise NoBatch("表格里没有要注册的户号。请从第2行起，每行填一个户号。")
    if len(rows) > most:
        raise NoBatch(f"表格有{len(rows)}行，一次最多{most}行，请分成几个文件上传。")
    if _today(session, contact.id, now) >= figure(session, "batch_files_a_day"):
        raise NoBatch("今天上传的文件已到上限，请明天再传；急着办请回复“人工”。")
    batch = Batch(contact=contact, staff=staff, name=name[:100], row_count=len(rows), created_at=now)
    session.add(batch)
    session.flush()
    kept = [
        {
            "batch_id": batch.id,
            "number": number,
            "cells": dict(cells),
            "findings": [dict(each) for each in findings],
            "state": RowState.PROBLEM if findings else RowState.NEW,
        }
        for number, cells, findings in rows
    ]
    session.execute(insert(BatchRow), kept)
    who = f"staff:{staff.id}" if staff is not None else f"contact:{contact.id}"
    record(session, "batch_uploaded", ("batch", batch.id), who, {"file": batch.name, "rows": len(rows)}, now)
    return batch


def lease(session: Session, batch_id: int, now: datetime) -> bool:
    """Take a batch that has rows to be worked on; False when somebody else has it, or nothing is left to do."""
    taken = session.execute(
        update(Batch)
        .where(
            Batch.id == batch_id,
            Batch.state.in_(list(OPEN_ROWS)),
            or_(Batch.lease_until.is_(None), Batch.lease_until < now),
        )
        .values(lease_until=now + LEASE)
    )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def waiting(session: Session, now: datetime) -> list[int]:
    """The batches that nobody works on though they have rows to be worked on."""
    free = or_(Batch.lease_until.is_(None), Batch.lease_until < now)
    query = select(Batch.id).where(Batch.state.in_(list(OPEN_ROWS)), free)
    return list(session.scalars(query.order_by(Batch.id)))


def next_rows(session: Session, batch: Batch, limit: int) -> list[BatchRow]:
    """The rows whose turn it is, in the order of the file."""
    wanted = OPEN_ROWS.get(BatchState(batch.state))
    query = select(BatchRow).where(BatchRow.batch_id == batch.id, BatchRow.state == wanted)
    return list(session.scalars(query.order_by(BatchRow.number).limit(limit)))


def counts(session: Session, batch_id: int) -> dict[str, int]:
    """How many rows are how far."""
    query = select(BatchRow.state, func.count()).where(BatchRow.batch_id == batch_id).group_by(BatchRow.state)
    found = dict(session.execute(query).all())
    return {state: found.get(state, 0) for state in RowState}


def rows_of(
    session: Session, batch_id: int, states: Sequence[str] = (), after: int = 0, limit: int = 0
) -> list[BatchRow]:
    """The rows of a batch in the order of the file: of some states, behind a line, at most so many."""
    query = select(BatchRow).where(BatchRow.batch_id == batch_id, BatchRow.number > after).order_by(BatchRow.number)
    query = query.where(BatchRow.state.in_(states)) if states else query
    return list(session.scalars(query.limit(limit) if limit else query))


def of_contact(session: Session, contact_id: int, limit: int = 10) -> list[Batch]:
    """The files of a person, the newest first."""
    return list(
        session.scalars(select(Batch).where(Batch.contact_id == contact_id).order_by(Batch.id.desc()).limit(limit))
    )


def _today(session: Session, contact_id: int, now: datetime) -> int:
    midnight = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(func.count()).where(Batch.contact_id == contact_id, Batch.created_at >= midnight)
    return session.scalar(query) or 0


def told(row: BatchRow) -> Mapping[str, Any]:
    """The first thing that is wrong with a row, as one line shows it; empty where nothing is."""
    return row.findings[0] if row.findings else {}
