"""A lease (租赁协议), read: who lets what to whom, from when to when."""

from __future__ import annotations

import re

from bot.ocr import values
from bot.ocr.fields import FieldReading
from bot.ocr.parties import END, NAME, first, missing, name_at, reading
from bot.ocr.prose import Prose
from bot.ocr.spans import signed_on, span_of

FIELDS = ("lessor", "lessee", "address", "valid_from", "valid_to", "signed_on")

_NOTE = r"(?:（[^（）]{1,8}）)?(?:名称|全称)?"
_LESSOR = (
    re.compile(rf"(?:出租|出租赁)(?:方|人|单位){_NOTE}：(?P<v>{NAME}){END}"),
    re.compile(rf"甲方（出租(?:方|人)?）：(?P<v>{NAME}){END}"),
    re.compile(rf"(?:^|\n)甲方{_NOTE}：(?P<v>{NAME}){END}"),
)
_LESSEE = (
    re.compile(rf"(?:承租|租赁|租用)(?:方|人|单位){_NOTE}：(?P<v>{NAME}){END}"),
    re.compile(rf"乙方（承租(?:方|人)?）：(?P<v>{NAME}){END}"),
    re.compile(rf"(?:^|\n)乙方{_NOTE}：(?P<v>{NAME}){END}"),
)
_ADDRESS = (
    re.compile(r"(?:租赁|房屋|厂房|场地|物业)?(?:地址|地点|坐落|位置)(?:为|位于)?：(?P<v>[^。；\n]{5,80})"),
    re.compile(
        r"(?:位于|坐落于|坐落在|座落于|座落在|地处)[：]?(?P<v>[^。；\n]{5,80}?)"
        r"(?=的(?:厂房|房屋|房产|场地|土地|仓库|商铺|写字楼|办公|车间|标准厂房|物业)|出租|租给|，|。|；|\n)"
    ),
)


def read_lease(prose: Prose) -> dict[str, FieldReading]:
    """Every field of FIELDS; on a page without the beginning, what stands there is None with the doubt `not_found`."""
    day, at = signed_on(prose)
    span = span_of(prose, day)
    dated = prose.found(*span.at)
    start = reading(span.start, dated) if span.start else missing()
    end = reading(span.end, dated) if span.end else missing("" if span.open_end else "not_found")
    if end.value and start.value and end.value < start.value:
        end = FieldReading(end.value, end.confidence * 0.6, (*end.doubts, "order"), end.quads)
    return {
        "lessor": name_at(prose, first(prose, _LESSOR)),
        "lessee": name_at(prose, first(prose, _LESSEE)),
        "address": _address(prose),
        "valid_from": start,
        "valid_to": end,
        "signed_on": reading(day, prose.found(*at)) if day else missing(),
    }


def _address(prose: Prose) -> FieldReading:
    for pattern in _ADDRESS:
        if (match := pattern.search(prose.text)) is not None:
            found = prose.found(*match.span("v"))
            return reading(values.printed(found.text).rstrip("。；，").removesuffix("的"), found)
    return missing()
