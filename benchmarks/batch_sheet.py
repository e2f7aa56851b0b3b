"""The spreadsheet of the batch benchmark: a drawn town of accounts, and rows that are wrong in ten named ways."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter

from sandbox.seed import plant
from sandbox.store import Store

CODE, OTHER_CODE = "91530112MAQJWYLF5B", "915303026065579542"
BUREAU = {"code": "053001", "name": "昆明供电局"}
HEADINGS = ("户号", "统一社会信用代码", "企业名称", "与电表的关系", "联系人", "联系电话")
# What was planted → words of the problem that it must be told with.
WRONG = {
    "account that the archive does not have": "查不到户号",
    "account of 15 digits": "户号",
    "account shortened to 5.3E+14": "设为“文本”",
    "account twice in the file": "行重复",
    "account of another company": "您还不能代表这家单位",
    "account closed": "销户",
    "code with a wrong digit": "代码",
    "name that is another company's": "名称",
    "phone that nobody has proved": "验证",
    "tenant": "租户",
}


@dataclass
class Sheet:
    """The file, what was planted in which line, and the accounts that are right."""

    content: bytes = b""
    planted: dict[int, str] = field(default_factory=dict)  # line → which of WRONG
    good: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # every account number that can be asked for

    @property
    def by_kind(self) -> Counter[str]:
        """How many rows are wrong in which way."""
        return Counter(self.planted.values())


def account(number: int) -> str:
    """An account number of the town."""
    return f"0530017{number:09d}"


def move_in(root: Path, rows: int, chance: Random) -> Sheet:
    """Make the accounts known to the sandbox before it starts, and write the file: one row in ten is wrong."""
    store = Store(root / "var/sandbox/sandbox.sqlite")
    plant(store)
    wrong = list(WRONG) * max(1, rows // 10 // len(WRONG))
    kinds: list[str | None] = [*wrong, *([None] * (rows - len(wrong)))]
    chance.shuffle(kinds)
    kinds.sort(key=lambda kind: kind == "account twice in the file")  # the earlier one is the right one
    sheet, lines = Sheet(), []
    for at, kind in enumerate(kinds):
        lines.append(_line(sheet, store, account(at + 1), kind, chance))
        if kind is None:
            sheet.good.append(account(at + 1))
        else:
            sheet.planted[at + 2] = kind
    store.close()
    sheet.content = _workbook(lines)
    return sheet


def _line(sheet: Sheet, store: Store, number: str, kind: str | None, chance: Random) -> list[Any]:
    code = OTHER_CODE if kind == "account of another company" else CODE
    if kind != "account that the archive does not have":
        store.put("account", number, _archive(number, code, "closed" if kind == "account closed" else "active"))
    sheet.asked.append(number)
    match kind:
        case "account of 15 digits":
            return [number[:15]]
        case "account shortened to 5.3E+14":
            return [f"{int(number):.5E}"]
        case "account twice in the file":
            return [chance.choice(sheet.good)]
        case "code with a wrong digit":
            return [number, CODE[:-1] + "C"]
        case "name that is another company's":
            return [number, CODE, "曲靖市麒麟恒丰粮油加工厂"]
        case "phone that nobody has proved":
            return [number, "", "", "", "王芳", "13900000001"]
        case "tenant":
            return [number, "", "", "租户"]
    return [float(number)] if chance.random() < 0.1 else [number]  # a number that Excel has made, its first 0 gone


def _archive(number: str, code: str, status: str) -> dict[str, Any]:
    """The marketing system's record of an account."""
    name = "昆明滇星机械制造有限公司" if code == CODE else "曲靖市麒麟恒丰粮油加工厂"
    return {
        "account_number": number,
        "name": name,
        "uscc": code,
        "address": f"云南省昆明市西山区海口工业园区{int(number[-6:])}号",
        "capacity_kva": "400",
        "voltage_kv": "10",
        "bureau": BUREAU,
        "status": status,
        "contact_phone": "13887654321",
        "category": "一般工商业用电",
    }


def _workbook(lines: list[list[Any]]) -> bytes:
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    page = book.add_worksheet("批量注册")
    for line, cells in enumerate([list(HEADINGS), *lines]):
        for place, cell in enumerate(cells):
            page.write_number(line, place, cell) if isinstance(cell, float) else page.write_string(line, place, cell)
    book.close()
    return made.getvalue()
