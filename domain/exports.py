"""Lists as spreadsheets: who took which away is kept as evidence, personal data is masked, no text is a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import xlsxwriter  # type: ignore[import-untyped]
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.evidence import record
from domain.identifiers import mask_phone
from domain.people.staff import Staff
from domain.queue.queue import for_a_row
from domain.registration.applications import STAGE_NAMES, Application, FieldValue
from domain.registration.kinds import KIND_NAMES
from domain.settings import figure, value
from domain.workdays import CHINA

IN_MEMORY = 4_000_000  # bytes of a file that are not put on the disk
AT_ONCE = 500
QUEUE_HEADS = ("申请编号", "企业", "户号", "供电单位", "用户类型", "来源", "阶段", "提交时间", "到达时间", "联系人",
               "联系电话")  # fmt: skip
SHOWN = ("name", "account_number", "contact_name", "phone")


class TooMany(Exception):
    """More rows than the setting lets into one file; the text says in Chinese what to do."""


def spreadsheet(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    """A list as xlsx, written row by row, open at its beginning. A text stays a text, whatever it begins with."""
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    book = xlsxwriter.Workbook(
        file,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    sheet, bold = book.add_worksheet(title[:31]), book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(heads) - 1, 20)
    sheet.write_row(0, 0, heads, bold)
    for at, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, (int, float)):
                sheet.write_number(at, column, cell)
            else:
                sheet.write_string(at, column, _text(cell))
    book.close()
    file.seek(0)
    return file


def queue_rows(session: Session, ids: Sequence[int], came_by: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """The orders of the queue, in the order given; people are masked unless the setting says otherwise."""
    plain = bool(value(session, "export_personal"))
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        query = select(Application).where(Application.id.in_(some)).options(*for_a_row(FieldValue.name.in_(SHOWN)))
        rows = {row.id: row for row in session.scalars(query)}
        for each in some:
            yield _order(rows[each], plain, came_by)
        session.expunge_all()


def let_out(session: Session, staff: Staff, what: str, asked: dict[str, str], rows: int, now: datetime) -> None:
    """Note that somebody takes a list away. TooMany where it is longer than the setting allows."""
    most = figure(session, "export_rows")
    if rows > most:
        raise TooMany(f"一共 {rows} 行，一次最多导出 {most} 行，请先用筛选缩小范围。")
    data = {"what": what, "asked": asked, "rows": rows, "personal": bool(value(session, "export_personal"))}
    record(session, "exported", ("staff", staff.id), f"staff:{staff.id}", data, now)


def _order(row: Application, plain: bool, came_by: dict[str, str]) -> tuple[str, ...]:
    person, phone = row.value("contact_name") or "", row.value("phone") or ""
    return (
        row.number or "",
        row.value("name") or "",
        row.value("account_number") or "",
        row.bureau.name if row.bureau else "未确定",
        KIND_NAMES.get(row.kind, row.kind),
        came_by.get(row.channel, row.channel),
        STAGE_NAMES.get(row.stage, row.stage),
        _text(row.submitted_at),
        _text(row.stage_since),
        person if plain else person[:1] + "*" * len(person[1:]),
        phone if plain else mask_phone(phone) if phone else "",
    )


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    return "" if cell is None else str(cell)
