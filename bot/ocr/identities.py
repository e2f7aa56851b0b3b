"""An identity card (居民身份证), read: name and number on the front, how long it holds on the back."""

from __future__ import annotations

import re

from bot.ocr import values
from bot.ocr.fields import FieldReading
from bot.ocr.parties import missing, number_at, numbers, reading
from bot.ocr.prose import Prose
from bot.ocr.spans import DAY

FIELDS = ("name", "number", "valid_to", "side")

_NAME = re.compile(r"姓?名：?(?P<v>[\u3400-\u9fff·]{2,20}?)(?=\n|$|性别|性|民族|出生|男|女)")
_TERM = re.compile(
    rf"(?:有效期限?：?)?(?P<start>{DAY}|\d{{4}}[.\d]{{6}})\D{{0,3}}?(?P<end>\d{{4}}\.\d{{2}}\.\d{{2}}|长期)"
)
_EIGHT = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")


def read_identity(prose: Prose) -> dict[str, FieldReading]:
    """Every field of FIELDS; what stands on the other side is None without a doubt. A card that holds for ever (长期)
    has no last day, without a doubt."""
    back = "签发机关" in prose.text or "有效期限" in prose.text
    front = "号码" in prose.text or "姓名" in prose.text
    whole = prose.found(0, len(prose.text))
    side = FieldReading("back" if back and not front else "front", round(whole.score or 0.5, 3), ())
    return {
        "name": _name(prose) if front else missing(""),
        "number": _number(prose) if front else missing(""),
        "valid_to": _last_day(prose) if back else missing(""),
        "side": side,
    }


def _name(prose: Prose) -> FieldReading:
    match = _NAME.search(prose.text)
    if match is None:
        return missing()
    found = prose.found(*match.span("v"))
    return reading(values.person(found.text), found, (), 0.65)


def _number(prose: Prose) -> FieldReading:
    found = numbers(prose)
    return number_at(prose, found[0]) if found else missing()


def _last_day(prose: Prose) -> FieldReading:
    match = _TERM.search(prose.text)
    if match is None:
        return missing()
    found = prose.found(*match.span("end"))
    parts = _EIGHT.fullmatch(match["end"])
    if parts is None:
        return FieldReading(None, found.score, ())
    day = values.iso_date("-".join(parts.groups()))
    return reading(day, found) if day else missing("unlikely")
