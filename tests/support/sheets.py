"""Files as people send them: workbooks made by openpyxl, texts made by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import openpyxl

HEADINGS = ("户号", "统一社会信用代码", "企业名称", "联系人", "联系电话")


def workbook(rows: Sequence[Sequence[Any]], change: Callable[[Any], None] | None = None) -> bytes:
    """An xlsx of one sheet; `change` may do to the sheet what a person does in Excel."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(sheet)
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def accounts_file(numbers: Sequence[str]) -> bytes:
    """A file that names accounts and nothing else."""
    return workbook([HEADINGS, *([number] for number in numbers)])
