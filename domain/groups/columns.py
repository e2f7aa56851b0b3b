"""The words of a batch's spreadsheet: its columns, how renamed ones are known, and what Excel does to numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from domain.groups.batches import NoBatch
from domain.registration.kinds import KIND_NAMES

HEADING_ROWS = 10  # a title and notes may stand above the headings
EXAMPLE = "示例"  # a row that begins with it is no row
EXACT_DIGITS = 15  # as many digits of a number Excel keeps


class BadCell(ValueError):
    """A cell whose value is lost; the text says in Chinese why and what to do."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field it fills, its heading, other words for it, an example, and what is to be known."""

    field: str
    heading: str
    also: Sequence[str]
    example: str
    note: str
    width: int = 20
    choices: Sequence[str] = ()


COLUMNS: Sequence[Column] = (
    Column(
        "account_number",
        "户号",
        ("用电户号", "用户编号", "客户编号", "用电客户编号", "电费户号"),
        f"{EXAMPLE}：0530012345678901",
        "必填。16位数字，05开头，在电费单左上角。",
        26,
    ),
    Column(
        "code",
        "统一社会信用代码",
        ("社会信用代码", "信用代码", "税号", "纳税人识别号"),
        "91530100MA00000000",
        "可不填：户号档案里有代码时自动带出。填了就按填的核对。",
        24,
    ),
    Column(
        "name",
        "企业名称",
        ("单位名称", "公司名称", "企业全称", "单位全称"),
        "昆明示例有限公司",
        "可不填：按工商登记自动带出。填了就与工商登记核对。",
        34,
    ),
    Column(
        "kind",
        "与电表的关系",
        ("身份", "账户类型", "三户类型", "关系"),
        KIND_NAMES["owner"],
        "可不填，不填就是产权人（电表在本单位名下）。租户、缴费人还要另交租赁协议和授权委托书照片。",
        16,
        tuple(KIND_NAMES.values()),
    ),
    Column(
        "contact_name",
        "联系人",
        ("联系人姓名", "经办人", "专员", "联系人名称"),
        "王芳",
        "可不填：用典型注册户的联系人。",
        14,
    ),
    Column(
        "phone",
        "联系电话",
        ("手机号", "手机", "联系人手机", "联系人电话", "电话", "手机号码", "联系方式"),
        "13800000000",
        "可不填：用典型注册户的电话。填别的号码要先由本人在微信或短信里验证过。",
        16,
    ),
)
RESULTS = ("结果", "问题", "处理建议", "申请编号")  # behind the columns of a result; not read when it comes back
_KINDS: Mapping[str, str] = {name: kind for kind, name in KIND_NAMES.items()}


def headings(rows: Sequence[Sequence[object]]) -> tuple[int, dict[int, str]] | None:
    """Where the headings stand: the index of their row, and which column holds which field. None: there are none among
    these rows. NoBatch where two columns would be the same field."""
    for index, row in enumerate(rows[:HEADING_ROWS]):
        found = _fields(row)
        if "account_number" in found.values():
            twice = [field for field in found.values() if list(found.values()).count(field) > 1]
            if twice:
                heading = next(each.heading for each in COLUMNS if each.field == twice[0])
                raise NoBatch(f"有两列都像“{heading}”，请只留一列，再上传一次。")
            return index, found
    return None


def cells(row: Sequence[object], fields: Mapping[int, str]) -> tuple[dict[str, str], list[dict[str, str]]]:
    """One row's values by field, and what is wrong with its cells as they stand."""
    values: dict[str, str] = {}
    wrong: list[dict[str, str]] = []
    for place, field in fields.items():
        cell = row[place] if place < len(row) else None
        try:
            text = _kind(as_text(cell, field)) if field == "kind" else as_text(cell, field)
        except BadCell as bad:
            wrong.append({"field": field, "problem": str(bad), "suggestion": "请改好这一格再上传。"})
            text = str(cell)
        if text:
            values[field] = text[:200]
    return values, wrong


def is_example(values: Mapping[str, str]) -> bool:
    """Whether a row is the template's example."""
    return values.get("account_number", "").startswith(EXAMPLE)


def as_text(cell: object, field: str) -> str:
    """A cell as it was meant. Excel makes numbers of digits: what it has kept whole is made right again (a leading 0 of
    an account number included), what it has rounded is lost. BadCell says so."""
    if cell is None or isinstance(cell, bool):
        return "" if cell is None else str(cell)
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    number = _number(cell)
    if number is None:
        return _clean(str(cell))
    if _digits(number) > EXACT_DIGITS:
        raise BadCell("Excel 把这一格变成了数字，后面的位数已经丢了，请把这一列设为“文本”后重填。")
    text = f"{number:f}".rstrip("0").rstrip(".") if number != number.to_integral_value() else f"{number:.0f}"
    return f"0{text}" if field == "account_number" and len(text) == 15 and text.startswith("5") else text


def result_headings() -> list[str]:
    """The headings of a result: those of the template, and what became of each row."""
    return [*(each.heading for each in COLUMNS), *RESULTS]


def shown_cells(values: Mapping[str, str]) -> list[str]:
    """A row's values in the order of the columns, as its file said them."""
    named = {**values, **({"kind": KIND_NAMES[values["kind"]]} if values.get("kind") in KIND_NAMES else {})}
    return [named.get(each.field, "") for each in COLUMNS]


def _fields(row: Sequence[object]) -> dict[int, str]:
    """Which column holds which field: an exact word first, then one that holds a known word."""
    words = {place: _fold(cell) for place, cell in enumerate(row) if isinstance(cell, str) and len(cell) <= 40}
    known = {_fold(word): each.field for each in COLUMNS for word in (each.heading, *each.also)}
    found = {place: known[word] for place, word in words.items() if word in known}
    for each in COLUMNS:
        if each.field not in found.values():
            holds = [place for place, word in words.items() if place not in found and _fold(each.heading) in word]
            found |= dict.fromkeys(holds[:1], each.field)
    return dict(sorted(found.items()))


def _fold(text: object) -> str:
    """A heading without what people add to it: blanks, stars, brackets and what stands in them."""
    folded = unicodedata.normalize("NFKC", str(text))
    return re.sub(r"\(.*?\)|[\s*:：【】\[\]“”\"']", "", folded)


def _clean(text: str) -> str:
    folded = re.sub(r"[\u200b-\u200f\ufeff\u00a0\t\r\n]", " ", text).strip().lstrip("'’")
    return "" if folded in ("-", "—", "/", "无", "#N/A", "#REF!", "#VALUE!") else folded


def _number(cell: object) -> Decimal | None:
    """The number that a cell is: one of Excel's, or one that a CSV writes as 5.3E+14."""
    if isinstance(cell, int | float):
        return Decimal(repr(cell))
    text = str(cell).strip()
    if not re.fullmatch(r"\d(?:\.\d+)?[Ee]\+?\d{1,2}", text):
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    # 5.30011E+14 says six of fifteen digits: the others are not zeros, they are lost.
    if len(text.split("E")[0].split("e")[0].replace(".", "")) < _digits(number):
        raise BadCell("Excel 把这一格存成了科学计数法，后面的位数已经丢了，请把这一列设为“文本”后重填。")
    return number


def _digits(number: Decimal) -> int:
    return len(f"{abs(number):f}".split(".")[0])


def _kind(text: str) -> str:
    """A kind by its name, or by a word that holds it (我是租户)."""
    if not text:
        return ""
    for name, kind in _KINDS.items():
        if name in text or text == kind:
            return kind
    raise BadCell(f"“与电表的关系”要填{'、'.join(_KINDS)}其中一种。")
