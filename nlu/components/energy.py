"""Energy as people say it: 5万度, 两千多万千瓦时, 一年三百来万度, 1.2亿度, 3200兆瓦时, 50MWh. 630千瓦 is power, 5万块 money."""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from components.numerals import NUMBER, number

_GROUPED = r"(?<![\d.,])\d{1,3}(?:,\d{3}){1,4}(?![\d,])"
_ENERGY = re.compile(
    rf"(?P<number>{_GROUPED}|{NUMBER})(?:[多来余]|\s)?(?P<more>[百千万亿w]{{0,2}})(?:[多来余]|左右|上下)?\s?"
    r"(?P<unit>千瓦[·.]?小?时|kw[·.*⋅ ]?h(?![a-z])|兆瓦[·.]?小?时|mw[·.*⋅ ]?h(?![a-z])|吉瓦时|gwh(?![a-z])|度(?![数假过大角]))"
)
_KWH = {"兆": 1000, "m": 1000, "吉": 10**6, "g": 10**6}
_HEAT = re.compile("温|发烧|角度|纬|经|零下|旋转")
_MOST = 10**12
_TWICE = 10  # 两度, 三度 without figures count times, not energy


def find_energy(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and whole kWh of each amount of energy in folded text with plain numerals. 多, 来 and 左右 keep the number;
    of a range (5到8万度) and of 几十万度 nothing is made."""
    for match in _ENERGY.finditer(text):
        amount = number(match["number"].replace(",", "") + match["more"].replace("w", "万"))
        if amount is None or _is_other(match, text, amount):
            continue
        kwh = (amount * _KWH.get(match["unit"][0], 1)).to_integral_value(ROUND_HALF_UP)
        if 0 < kwh <= _MOST:
            yield match.start(), match.end(), format(kwh, "f")


def _is_other(match: re.Match[str], text: str, amount: Decimal) -> bool:
    start = match.start()
    before = text[max(0, start - 8) : start]
    if re.search(r"[\d十百千万亿度][-~到至—]$", before) or (before[-1:] in {"几", "数"} and text[start] == "十"):
        return True
    if match["unit"] != "度":
        return False
    spoken = not text[start].isdigit() and amount < _TWICE and text[match.end() : match.end() + 1] != "电"
    return amount < 2 or spoken or bool(_HEAT.search(before))
