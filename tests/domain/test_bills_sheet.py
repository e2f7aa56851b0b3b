"""Bills against a spreadsheet (bills.xlsx). Its cells hold formulas (ROUND(D19*$B$2/1000,2) and the like); the
amounts in them were worked out by a spreadsheet's engine that shares no code with the price engine. Inputs are read off
the sheet, too, so that whoever changes a cell and recalculates sees the test follow."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from domain.market.months import parse
from domain.packages.bills import Shape, UsedMonth, bill
from domain.packages.terms import Kind, Terms
from tests.support.terms import written

FILE = Path(__file__).with_name("bills.xlsx")
COLUMNS = "ABCDEFGHIJKLM"  # month, season, kWh, its parts, market, price, three lines, green, yuan
CENT = Decimal("0.01")


@cache
def book(*, values: bool) -> Workbook:
    return load_workbook(FILE, data_only=values)


def rows(kind: Kind, *, values: bool = True) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    """What the sheet of a kind says: its terms by name, its months by column, its sum."""
    lines = list(book(values=values)[str(kind)].iter_rows(values_only=True))
    begin = next(at for at, line in enumerate(lines) if line[0] == "month")
    named = {str(line[0]): line[1] for line in lines[: begin - 1]}
    table = [dict(zip(COLUMNS, line, strict=True)) for line in lines[begin + 1 :]]
    return named, table[:-1], table[-1]


def terms_of(named: dict[str, Any]) -> Terms:
    prices = {name.removeprefix("price "): f"{value:.2f}" for name, value in named.items() if name.startswith("price ")}
    sharing = {"reference": f"{named['reference']:.2f}", "share": named["share"]}
    green = {"green_percent": named["green percent"], "green_premium": f"{named['green premium']:.2f}"}
    return Terms.from_json(written(Kind(named["kind"]), prices=prices, **sharing, **green))


def used(row: dict[str, Any], kind: Kind) -> UsedMonth:
    """A month; its parts count as metered where they are typed in, not worked out from the standard shape."""
    typed = [each for each in rows(kind, values=False)[1] if each["A"] == row["A"]][0]
    parts = [typed[column] for column in "DEF"]
    metered = all(isinstance(part, int) for part in parts)
    return UsedMonth(parse(row["A"]), row["C"], *(parts if metered else ()))


@pytest.mark.parametrize("kind", Kind)
def test_every_month_and_line_is_as_the_spreadsheet_says_to_the_cent(kind: Kind) -> None:
    named, table, total = rows(kind)
    shape = Shape(named["shape peak"], named["shape valley"], frozenset({6, 7, 8, 9, 10}), frozenset({5, 11}))
    market = {parse(row["A"]): Decimal(f"{row['G']:.2f}") for row in table if row["G"]}
    made = bill(terms_of(named), [used(row, kind) for row in table], market, shape)
    assert len(made.months) == len(table) == 12
    for month, row in zip(made.months, table, strict=True):
        assert shape.season(month.month) == row["B"]
        amounts = [*(row[column] for column in "IJK" if len(month.lines) > 2 or column == "I"), row["L"]]
        assert [line.yuan for line in month.lines] == [Decimal(f"{each:.2f}") for each in amounts]
        assert month.yuan == Decimal(f"{row['M']:.2f}")
    assert (made.kwh, made.yuan) == (total["C"], Decimal(f"{total['M']:.2f}"))


@pytest.mark.parametrize("kind", Kind)
def test_the_amounts_of_the_spreadsheet_are_worked_out_by_it(kind: Kind) -> None:
    """No amount is typed in: each cell of a line, a month and the sum holds a formula."""
    _, table, total = rows(kind, values=False)
    assert all(str(row[column]).startswith("=") for row in table for column in "ILM")
    assert str(total["M"]).startswith("=SUM")
