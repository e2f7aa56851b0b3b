"""Transformer capacity as people say it: 630kVA, 六百三十千伏安, 一台二百加一台一百六的变压器, 0.63兆伏安, SCB13-800/10."""

import re
from decimal import Decimal

# Bounded and begun at an edge, so that a flood of figures stays cheap.
_NUMBER = (
    r"(?:(?<![\d.])\d{1,6}(?:\.\d{1,3})?|(?<![零〇一二三四五六七八九十百千两])[零〇一二三四五六七八九十百千两]{1,12})"
)
_SINGLE = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<unit>兆伏安|mva|千伏安|kv[·.]?a)")
_SUM = re.compile(
    rf"(?:[一二两三\d]台)?(?P<first>{_NUMBER})(?:的|的变压器)?(?:\s*(?:千伏安|kva))?\s*(?:加上?|和|\+|、)\s*(?:[一二两三\d]台)?(?P<second>{_NUMBER})\s*(?:的\s*)?(?:千伏安|kva|变压器|变)"
)
_PLATE = re.compile(r"s[a-z]{0,4}h?\d{1,2}(?:-m)?[-·.]?(?:m[-·.]?)?(?P<number>\d{2,5})(?:kva)?/\d{1,2}")
_LOOSE = re.compile(
    r"(?:变压器|容量)(?:是|为|有|:|大概|总共|一共|改成|改为)*(?P<after>\d{2,5})(?![\d.]|\s*(?:号|千瓦|kw|万|元|度))|(?<!\d)(?P<before>\d{2,5})的(?:专用)?变压器"
)
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}


def number(text: str) -> Decimal:
    """The value of 630, 0.63, 六百三十, 六百三 (630), 一百六 (160) or 六三零. Text made of other characters raises."""
    if text[0].isdigit():
        return Decimal(text)
    if not any(char in _PLACES for char in text):
        return Decimal("".join(str(_DIGITS[char]) for char in text))
    total, digit, place = 0, None, 10
    for char in text:
        if char in _PLACES:
            place = _PLACES[char]
            total += (1 if digit is None else digit) * place
            digit = None
        else:
            digit, place = _DIGITS[char], (10 if _DIGITS[char] == 0 else place)
    return Decimal(total + (digit or 0) * max(place // 10, 1))


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def find_capacities(text: str) -> list[tuple[int, int, str]]:
    """Start, end and kVA (as a plain decimal) of each capacity in folded text. 630千瓦 and voltages are none."""
    found: list[tuple[int, int, str]] = []
    for match in _PLATE.finditer(text):
        found.append((*match.span(), _plain(Decimal(match["number"]))))
    for match in _SUM.finditer(text):
        found.append((*match.span(), _plain(number(match["first"]) + number(match["second"]))))
    for match in _SINGLE.finditer(text):
        if not any(start <= match.start() < end for start, end, _ in found):
            scale = 1000 if match["unit"] in {"兆伏安", "mva"} else 1
            found.append((*match.span(), _plain(number(match["number"]) * scale)))
    for match in _LOOSE.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end, _ in found):
            group = "after" if match["after"] else "before"
            found.append((*match.span(group), _plain(Decimal(match[group]))))
    return sorted(found)
