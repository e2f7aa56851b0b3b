"""A batch as a page or a spreadsheet shows it: the bar, the counts, and a line for each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.groups import batch_ending
from domain.groups.batch_consent import list_mark
from domain.groups.batches import (
    BATCH_STATES,
    OPEN_ROWS,
    ROW_STATES,
    Batch,
    BatchRow,
    BatchState,
    RowState,
    counts,
    rows_of,
)
from domain.groups.columns import shown_cells
from domain.identifiers import mask_phone
from domain.registration.applications import Application

PAGE = 100
SHOWS: Mapping[str, Sequence[str]] = {
    "": (),
    "ok": (RowState.READY, RowState.CHOSEN, RowState.SUBMITTED, RowState.KNOWN),
    "problem": (RowState.PROBLEM,),
}


@dataclass(frozen=True, slots=True)
class Overview:
    """How a batch stands: the words, the bar, the counts by name, and the mark of the list that may be submitted."""

    state: str
    working: bool
    done: int
    total: int
    counts: Mapping[str, int]
    ok: int
    problem: int
    mark: str
    kept_until: date | None  # the day on which it is removed unless the person agrees
    removed: bool

    @property
    def percent(self) -> int:
        """How far the stage is that is being worked on; never 100 before it is over."""
        return 100 * self.done // self.total if self.total else 100


@dataclass(frozen=True, slots=True)
class Line:
    """One row as a page shows it; phones with their ends only."""

    number: int
    state: str
    account: str
    name: str
    contact: str
    findings: Sequence[Mapping[str, str]]
    order: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of rows; `after` leads to the next one, None at the end."""

    show: str
    lines: Sequence[Line]
    after: int | None


def overview(session: Session, batch: Batch) -> Overview:
    """How the batch stands now."""
    found = counts(session, batch.id)
    waits = OPEN_ROWS.get(BatchState(batch.state))
    total = batch.row_count if batch.state != BatchState.SUBMITTING else found["chosen"] + found["submitted"]
    return Overview(
        state=BATCH_STATES[batch.state],
        working=waits is not None,
        done=total - (found[waits] if waits is not None else 0),
        total=total,
        counts={ROW_STATES[state]: count for state, count in found.items() if count},
        ok=sum(found[state] for state in SHOWS["ok"]),
        problem=found[RowState.PROBLEM],
        mark=list_mark(session, batch)[:8] if batch.state == BatchState.CHECKED else "",
        kept_until=batch_ending.kept_until(session, batch),
        removed=batch.state == BatchState.REMOVED,
    )


def listed(session: Session, batch: Batch, show: str, after: int) -> Listed:
    """A page of rows behind a line of the file: all, the good ones, or those with a problem."""
    show = show if show in SHOWS else ""
    rows = rows_of(session, batch.id, SHOWS[show], after, PAGE + 1)
    orders = _orders(session, rows[:PAGE])
    lines = [_line(row, orders) for row in rows[:PAGE]]
    return Listed(show, lines, rows[PAGE - 1].number if len(rows) > PAGE else None)


def sheet(session: Session, batch: Batch, show: str = "") -> list[list[str]]:
    """The rows as a spreadsheet: the columns as they came, the result, the first problem, what to do, the order. What
    was sent is shown whole, so that it can be mended and sent again."""
    rows = rows_of(session, batch.id, SHOWS.get(show, ()))
    orders = _orders(session, rows)
    return [
        [
            *shown_cells(row.cells),
            ROW_STATES[row.state],
            "".join(each["problem"] for each in row.findings),
            "".join(dict.fromkeys(each["suggestion"] for each in row.findings)),
            orders.get(row.application_id or 0, ""),
        ]
        for row in rows
    ]


def _line(row: BatchRow, orders: Mapping[int, str]) -> Line:
    phone = row.cells.get("phone", "")
    contact = f"{row.cells.get('contact_name', '')} {mask_phone(phone) if phone else ''}".strip()
    account, order = row.cells.get("account_number", ""), orders.get(row.application_id or 0, "")
    return Line(row.number, row.state, account, row.cells.get("name", ""), contact, row.findings, order)


def _orders(session: Session, rows: Sequence[BatchRow]) -> dict[int, str]:
    """The work order's number of each row's application, once it has one."""
    ids = [row.application_id for row in rows if row.application_id is not None]
    found: dict[int, str] = {}
    for start in range(0, len(ids), 500):
        query = select(Application.id, Application.number).where(Application.id.in_(ids[start : start + 500]))
        found |= {id_: number or "" for id_, number in session.execute(query)}
    return found
