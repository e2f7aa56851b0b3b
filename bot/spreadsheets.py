"""Spreadsheets in and out: Excel (xlsx) and CSV read within limits, templates and results written.

A file comes from outside: its size, what it unpacks to, its sheets, rows and columns are bounded before anything is
read, formulas are never computed (the value that Excel kept counts), and nothing that is written can become a formula.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.utils import column_index_from_string

from domain.groups.batches import NoBatch
from domain.groups.columns import COLUMNS, HEADING_ROWS, cells, headings, is_example, result_headings

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
MOST_PARTS = 200  # files inside of an xlsx
MOST_COLUMNS, MOST_SHEETS = 60, 10
BLANK_ROWS = 5000  # so many empty rows in a row end a sheet: Excel formats columns down to row 1,048,576
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Row = tuple[int, dict[str, str], list[dict[str, str]]]  # the line, its values by field, what is wrong with them


def read(content: bytes, most: int) -> list[Row]:
    """The rows of a file that name something, in order; the example is left out. NoBatch says in Chinese why a file is
    not taken. Not more than `most` rows and one are read."""
    if not content:
        raise NoBatch("还没有选文件，请先选好填写的表格。")
    if len(content) > MOST_BYTES:
        raise NoBatch("文件太大了（最大5兆），请删去图片和多余的工作表，或分成几个文件。")
    for sheet in _sheets(content):
        found = _rows(sheet, most)
        if found is not None:
            return found
    raise NoBatch("没有找到“户号”这一列。请下载模板，把内容粘贴进去再上传；列名在第一行，顺序不限。")


def template() -> bytes:
    """The workbook to be filled in: columns as text, lists where there is a choice, an example, and how to fill in."""
    made, book = _book()
    sheet = book.add_worksheet("批量注册")
    text = book.add_format({"num_format": "@", "align": "left"})
    bold = book.add_format({"bold": True, "bg_color": "#E5F3EE", "border": 1, "num_format": "@"})
    pale = book.add_format({"font_color": "#8A94A0", "num_format": "@"})
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width, text)
        sheet.write_string(0, place, column.heading, bold)
        sheet.write_comment(0, place, column.note)
        sheet.write_string(1, place, column.example, pale)
        if column.choices:
            sheet.data_validation(1, place, 10_000, place, {"validate": "list", "source": list(column.choices)})
    length = {"validate": "length", "criteria": "==", "value": 16, "error_title": "户号", "error_type": "warning"}
    sheet.data_validation(2, 0, 10_000, 0, {**length, "error_message": "户号是16位数字，05开头"})
    sheet.freeze_panes(1, 0)
    _explanation(book)
    book.close()
    return made.getvalue()


def results(rows: Sequence[Sequence[str]]) -> bytes:
    """A result as a workbook: the template's columns and what became of each row, ready to be mended and sent again."""
    made, book = _book()
    sheet = book.add_worksheet("批量注册")
    text = book.add_format({"num_format": "@", "align": "left", "text_wrap": False})
    bold = book.add_format({"bold": True, "bg_color": "#E5F3EE", "border": 1, "num_format": "@"})
    for place, heading in enumerate(result_headings()):
        width = COLUMNS[place].width if place < len(COLUMNS) else 30
        sheet.set_column(place, place, width, text)
        sheet.write_string(0, place, heading, bold)
    for line, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            sheet.write_string(line, place, cell, text)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), len(result_headings()) - 1)
    book.close()
    return made.getvalue()


def _explanation(book: Any) -> None:
    sheet = book.add_worksheet("填写说明")
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 90)
    notes = [(column.heading, column.note) for column in COLUMNS]
    notes += [
        ("怎么填", "每行一个户号。第2行是示例，不用删，系统会跳过。列的顺序可以换，不用的列可以删。"),
        ("数字变样", "各列已设为文本。从别处粘贴请用“选择性粘贴-数值”；若户号变成5.3E+14这样，要重新填。"),
        ("传了以后", "系统逐行核对，页面上能看到进度和每行的问题；有问题的行改好后再传，已提交的行会自动跳过。"),
        ("什么算数", "核对完会请您确认一次，您确认了才会提交。"),
    ]
    for line, (heading, note) in enumerate(notes):
        sheet.write_string(line, 0, heading)
        sheet.write_string(line, 1, note)


def _book() -> tuple[BytesIO, Any]:
    made = BytesIO()
    return made, xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})


def _sheets(content: bytes) -> Iterator[Iterator[tuple[int, Sequence[object]]]]:
    """The sheets of a file, each as its lines with their numbers."""
    if content.startswith(b"PK"):
        yield from _workbook(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise NoBatch("这是旧格式（.xls）或加了密码的文件。请在 Excel 里“另存为”.xlsx，不设密码，再上传。")
    else:
        yield _comma_separated(content)


def _workbook(content: bytes) -> Iterator[Iterator[tuple[int, Sequence[object]]]]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise NoBatch("文件里的内容太多了。请只留要注册的那张工作表，删去图片和空白的格式，再上传。")
            book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
            for sheet in book.worksheets[:MOST_SHEETS]:
                if sheet.sheet_state == "visible":
                    sheet.reset_dimensions()  # some programs write that there is one cell only
                    merged = _merged(archive, sheet)
                    yield _lines(sheet, merged)
            book.close()
    except NoBatch:
        raise
    except Exception:  # whatever a broken or a hostile file makes of the reader: it is refused in words
        raise NoBatch("文件打不开，可能已损坏。请用 Excel 或 WPS 另存为 .xlsx 再上传。") from None


def _lines(sheet: Any, merged: dict[tuple[int, int], tuple[int, int]]) -> Iterator[tuple[int, Sequence[object]]]:
    """The lines of a sheet. What stands in merged cells counts for each of them."""
    heads: dict[tuple[int, int], object] = {}
    wanted, blank = set(merged.values()), 0
    for line, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
        blank = blank + 1 if all(cell is None for cell in row) else 0
        if blank > BLANK_ROWS:
            return
        if not merged:
            yield line, row
            continue
        heads |= {(line, place): cell for place, cell in enumerate(row, start=1) if (line, place) in wanted}
        yield line, [heads.get(merged.get((line, place), (0, 0)), cell) for place, cell in enumerate(row, start=1)]


def _merged(archive: zipfile.ZipFile, sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """Each merged cell, and the one that holds its value. Ranges of more cells than a person merges are left alone."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for left, top, right, bottom in _MERGED.findall(archive.read(sheet._worksheet_path.lstrip("/"))):
        first, last = column_index_from_string(left.decode()), column_index_from_string(right.decode())
        lines = range(int(top), int(bottom) + 1)
        if len(lines) * (last - first + 1) + len(found) > 50_000:
            continue
        found |= {(line, place): (int(top), first) for line in lines for place in range(first, last + 1)}
    return found


def _comma_separated(content: bytes) -> Iterator[tuple[int, Sequence[object]]]:
    """The lines of a CSV: UTF-8, or GBK as Excel in China writes it; parted by commas, semicolons or tabs."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise NoBatch("文件读不出文字。请用 Excel 或 WPS 另存为 .xlsx，或存为 UTF-8 的 CSV，再上传。")
    if "\0" in text:
        raise NoBatch("这不是表格文件。请上传 .xlsx 或 .csv。")
    first = text.split("\n", 1)[0]
    mark = max(",;\t，", key=first.count)
    try:
        for line, row in enumerate(csv.reader(StringIO(text), delimiter=mark), start=1):
            yield line, row[:MOST_COLUMNS]
    except csv.Error:
        raise NoBatch("CSV 文件的格式有误。请用 Excel 或 WPS 另存为 .xlsx 再上传。") from None


def _rows(sheet: Iterator[tuple[int, Sequence[object]]], most: int) -> list[Row] | None:
    """The rows below the headings; None where the sheet has no headings that are known."""
    top = [(line, row) for line, row in _first(sheet, HEADING_ROWS)]
    found = headings([row for _, row in top])
    if found is None:
        return None
    index, fields = found
    rows: list[Row] = []
    for line, row in _both(top[index + 1 :], sheet):
        values, wrong = cells(row, fields)
        if values and not is_example(values):
            rows.append((line, values, wrong))
            if len(rows) > most:
                break
    return rows


def _first(sheet: Iterator[tuple[int, Sequence[object]]], count: int) -> Iterator[tuple[int, Sequence[object]]]:
    for _ in range(count):
        each = next(sheet, None)
        if each is None:
            return
        yield each


def _both(
    top: Sequence[tuple[int, Sequence[object]]], rest: Iterator[tuple[int, Sequence[object]]]
) -> Iterator[tuple[int, Sequence[object]]]:
    yield from top
    yield from rest
