"""Spreadsheets as people make them: renamed and moved columns, numbers that Excel made, files that mean harm."""

from __future__ import annotations

import zipfile
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import spreadsheets
from domain.groups.batches import NoBatch
from domain.groups.columns import BadCell, as_text
from tests.support.sheets import HEADINGS, workbook

FIRST, SECOND = "0530010686818433", "0530010686818441"
USCC = "91530112MAQJWYLF5B"


def values(content: bytes, most: int = 2000) -> list[dict[str, str]]:
    return [row for _, row, _ in spreadsheets.read(content, most)]


def refusal(content: bytes, most: int = 2000) -> str:
    with pytest.raises(NoBatch) as refused:
        spreadsheets.read(content, most)
    return str(refused.value)


def test_the_template_comes_back_empty_and_filled_in_as_it_was_filled() -> None:
    """Its example is no row; digits typed into it stay digits."""
    book = openpyxl.load_workbook(BytesIO(spreadsheets.template()))
    sheet = book["批量注册"]
    assert [cell.value for cell in sheet[1]][:3] == ["户号", "统一社会信用代码", "企业名称"]
    assert sheet["A2"].number_format == "@"
    assert any(rule.type == "list" for rule in sheet.data_validations.dataValidation)
    assert "填写说明" in book.sheetnames
    assert values(spreadsheets.template()) == []
    sheet["A3"], sheet["E3"] = FIRST, "王芳"
    filled = BytesIO()
    book.save(filled)
    assert values(filled.getvalue()) == [{"account_number": FIRST, "contact_name": "王芳"}]


def test_renamed_and_moved_columns_are_found_by_their_words() -> None:
    """A title may stand above, and columns that nobody asked for are left alone."""
    rows = [
        ["集团用户清单"],
        [],
        ["序号", "手机", "企业 名称*", "用户编号（16位）"],
        [1, "13887654321", "昆明甲公司", FIRST],
    ]
    assert values(workbook(rows)) == [{"phone": "13887654321", "name": "昆明甲公司", "account_number": FIRST}]


def test_two_columns_for_the_same_field_are_refused() -> None:
    assert "两列都像“户号”" in refusal(workbook([["户号", "用户编号"], [FIRST, SECOND]]))


def test_a_file_without_headings_says_what_to_do() -> None:
    assert "下载模板" in refusal(workbook([[FIRST], [SECOND]]))


def test_the_line_is_the_one_that_excel_shows_and_empty_rows_are_none() -> None:
    rows = spreadsheets.read(workbook([HEADINGS, [FIRST], [], [None, "  "], [SECOND]]), 2000)
    assert [line for line, _, _ in rows] == [2, 5]


@pytest.mark.parametrize(
    ("cell", "field", "meant"),
    [
        (530010686818433, "account_number", FIRST),
        (530010686818433.0, "account_number", FIRST),
        ("5.30010686818433E+14", "account_number", FIRST),
        (13887654321, "phone", "13887654321"),
        (13887654321.0, "phone", "13887654321"),
        (f"'{FIRST}", "account_number", FIRST),
        ("\u200b0530010686818433\u00a0", "account_number", FIRST),
        ("#REF!", "name", ""),
        ("-", "name", ""),
        (None, "name", ""),
    ],
    ids=[
        "lost zero",
        "float",
        "scientific, whole",
        "phone",
        "phone as float",
        "quote",
        "blanks",
        "error",
        "dash",
        "none",
    ],
)
def test_what_excel_made_of_a_number_is_made_right(cell: object, field: str, meant: str) -> None:
    assert as_text(cell, field) == meant


@pytest.mark.parametrize("cell", [5.3001068681843305e15, 915301120000000000, "5.3E+14", "5.30011E+14"])
def test_a_number_that_was_rounded_is_refused_and_not_guessed(cell: object) -> None:
    with pytest.raises(BadCell, match="文本"):
        as_text(cell, "account_number")


def test_a_rounded_number_stands_beside_its_row() -> None:
    """The other rows are taken, and this one says which cell to mend."""
    rows = spreadsheets.read(workbook([HEADINGS, [5300106868184330.0], [FIRST]]), 2000)
    assert [bool(wrong) for _, _, wrong in rows] == [True, False]
    assert rows[0][2][0]["field"] == "account_number"


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(min_value=530_000_000_000_000, max_value=539_999_999_999_999))
def test_no_digit_of_an_account_is_ever_changed(number: int) -> None:
    """Through a real file, as the number that Excel would make of it."""
    assert values(workbook([["户号"], [number]])) == [{"account_number": f"0{number}"}]


def test_merged_cells_count_for_each_of_their_rows() -> None:
    def merge(sheet: object) -> None:
        sheet.merge_cells("B2:B4")  # type: ignore[attr-defined]

    rows = [HEADINGS, [FIRST, USCC], [SECOND], ["0530010686818459"]]
    assert [row["code"] for row in values(workbook(rows, merge))] == [USCC] * 3


def test_a_formula_counts_as_what_excel_computed_and_is_never_computed_here() -> None:
    """A file that no Excel has computed has nothing there."""

    def formula(sheet: object) -> None:
        sheet["C2"] = '=WEBSERVICE("http://example.com")'  # type: ignore[index]

    assert values(workbook([HEADINGS, [FIRST]], formula)) == [{"account_number": FIRST}]


def test_a_result_cannot_become_a_formula() -> None:
    sheet = openpyxl.load_workbook(BytesIO(spreadsheets.results([["=1+1", "", "+cmd"]]))).active
    assert (sheet["A2"].data_type, sheet["A2"].value, sheet["C2"].data_type) == ("s", "=1+1", "s")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gbk"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_csv_of_either_encoding_is_read(encoding: str, mark: str) -> None:
    text = f"户号{mark}企业名称\r\n{FIRST}{mark}昆明甲公司\r\n"
    assert values(text.encode(encoding)) == [{"account_number": FIRST, "name": "昆明甲公司"}]


def bomb() -> bytes:
    """A workbook whose sheet unpacks to a hundred megabytes of nothing."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 100_000_000)
    return made.getvalue()


def with_entities() -> bytes:
    """A workbook whose sheet is made of entities that grow."""
    lol = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    evil = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">{lol}]><x>&a8;</x>'
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook([HEADINGS]))) as good, zipfile.ZipFile(made, "w") as archive:
        for part in good.namelist():
            archive.writestr(part, evil if part == "xl/workbook.xml" else good.read(part))
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "还没有选文件"),
        (b"PK\x03\x04 broken", "打不开"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old one", ".xls"),
        (b"\x00\x01\x02 a program", "不是表格"),
        (b"\xff\xd8\xff\xe0 a picture \x81", "读不出文字"),
        (b"x" * (5 * 1024 * 1024 + 1), "太大"),
        (bomb(), "太多"),
        (with_entities(), "打不开"),
    ],
    ids=["nothing", "broken", "old", "binary", "picture", "large", "bomb", "entities"],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(content: bytes, says: str) -> None:
    assert says in refusal(content)


def test_no_more_rows_are_read_than_are_allowed() -> None:
    """One more is enough to say so."""
    assert len(spreadsheets.read(workbook([["户号"], *([FIRST] for _ in range(50))]), 20)) == 21


def test_formats_down_to_the_last_row_of_excel_cost_nothing() -> None:
    def far(sheet: object) -> None:
        sheet["A1048576"] = "末行"  # type: ignore[index]

    assert values(workbook([["户号"], [FIRST]], far)) == [{"account_number": FIRST}]
