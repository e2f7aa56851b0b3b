"""The number that must be zero: a code that is wrong and not doubted."""

from __future__ import annotations

import pytest

from bot.ocr.codes import find_code
from bot.ocr.layout import take_apart
from tests.bot.ocr_pages import CODE, Row, landscape, page

OTHER = "91330100799655058B"


def found(*rows: Row) -> tuple[str | None, str]:
    code = find_code(take_apart(page(*landscape(code=rows))))
    return code.code, code.doubt


@pytest.mark.parametrize(
    "rows",
    [
        [("统一社会信用代码", 120, 220), (CODE, 120, 262)],
        [("统一社会信用代码" + CODE, 120, 220)],
        [("统一社会信用代码：" + CODE + "（1-1）", 120, 220)],
        [("统一社会信用代码", 120, 220), ("911100006000", 120, 262), ("37341L", 360, 262)],
        [("统一社会信用代码", 120, 220), ("9111 0000 6000 3734 1L", 120, 262)],
        [(CODE + "（副本）", 120, 262)],
        [("9111000060(副本)0037341L", 120, 262)],
        [("9I11OOOO6OOO37341L", 120, 262)],
    ],
)
def test_a_code_is_found_however_it_was_cut_into_pieces(rows: list[Row]) -> None:
    assert found(*rows) == (CODE, "")


@pytest.mark.parametrize(
    ("read", "doubt"),
    [
        ("91110000600087341L", "repaired"),
        ("91110000600037349L", "ambiguous"),
        ("911100006000373999", "check_failed"),
        ("91110000600037341", None),
        ("9111000060003734", None),
        ("91110000****37341L", None),
    ],
)
def test_what_does_not_hold_is_doubted_or_left_out(read: str, doubt: str | None) -> None:
    code, said = found(("统一社会信用代码", 120, 220), (read, 120, 262))
    assert said == doubt if doubt else (code, said) == (None, "incomplete")


def test_one_misread_character_anywhere_never_gives_a_wrong_code_without_a_doubt() -> None:
    for place in range(18):
        for wrong in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            read = CODE[:place] + wrong + CODE[place + 1 :]
            code, doubt = found(("统一社会信用代码", 120, 220), (read, 120, 262))
            assert code in (CODE, None) or doubt


def test_two_different_codes_are_doubted() -> None:
    code, doubt = found(("统一社会信用代码", 120, 220), (CODE, 120, 262), (OTHER, 1400, 262))
    assert (code in (CODE, OTHER), doubt) == (True, "several")


def test_a_badly_read_code_is_doubted_though_its_checks_hold() -> None:
    blurred = page(*landscape(), score=0.7)
    assert find_code(take_apart(blurred)).doubt == "low_score"


def test_the_number_of_the_certificate_is_no_code() -> None:
    assert found(("证照编号：79791095536575414153", 900, 185)) == (None, "not_found")
