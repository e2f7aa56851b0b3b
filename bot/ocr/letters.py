"""A letter of authority (授权委托书), read: who authorises whom, to what, from when to when."""

from __future__ import annotations

import re

from bot.ocr import values
from bot.ocr.fields import FieldReading
from bot.ocr.parties import END, NAME, first, missing, name_at, number_at, numbers, reading
from bot.ocr.prose import Prose
from bot.ocr.spans import signed_on, span_of

FIELDS = ("grantor", "grantor_code", "grantee", "grantee_id", "matter", "valid_from", "valid_to", "signed_on")

_NOTE = r"(?:（[^（）]{1,8}）)?(?:名称|全称|姓名)?(?:（[^（）]{1,8}）)?"
_GIVER = r"(?:(?<!被)(?:委托|授权)(?:单位|方|人|企业|公司)|委托公司)"
_TAKER = r"(?:(?:受托|受委托|被授权|被委托)(?:单位|方|人|代理人|企业)|代理人)"
_WE = r"(?:我单位|我公司|本单位|本公司|我厂|我方|本人)"
_GIVES = r"(?:现|兹|特|今)?(?:授权|委托)"

_GRANTOR = (
    re.compile(rf"(?:^|\n){_GIVER}{_NOTE}：(?P<v>{NAME}){END}"),
    re.compile(rf"{_WE}[^，。\n：]{{0,6}}?[系是](?P<v>{NAME})(?:（[^）]*）)?的?(?:法定代表人|负责人|经营者|投资人)"),
    re.compile(
        rf"(?:我单位|我公司|本单位|本公司)[：，]?(?P<v>{NAME}(?:公司|厂|店|部|中心|社|合伙）?))(?:（[^）]*）)?，?{_GIVES}"
    ),
    re.compile(
        rf"(?:^|\n)(?P<v>{NAME}(?:公司|厂|店|部|中心|社|合伙）?))(?:（[^）]*）)?，?(?:现|兹|特|今)(?:授权|委托)"
    ),
    re.compile(rf"{_GIVER}{_NOTE}：(?P<v>{NAME}){END}"),
)
_STAFF = r"(?:我单位|我公司|本单位|本公司|我厂)?(?:的)?(?:员工|职工|工作人员|同志)?[：]?"
_GRANTEE = (
    re.compile(rf"(?:^|\n){_TAKER}{_NOTE}：(?P<v>{NAME}){END}"),
    re.compile(
        rf"{_GIVES}{_STAFF}(?P<v>{NAME})(?=（|，|为我|为本|为上述|作为|同志|先生|女士|代表|代为|全权|前往|到贵|负责|办理|身份证)"
    ),
    re.compile(rf"{_TAKER}{_NOTE}：(?P<v>{NAME}){END}"),
)
_MATTER = (
    re.compile(r"(?:委托|授权)(?:事项|范围|内容|业务|权限)(?:及权限|和权限)?：(?P<v>[^\n]{4,160})"),
    re.compile(r"(?:办理|处理|负责)(?P<v>[^。；\n]{4,120}?)(?=，其|，由此|，所|，我单位|，我公司|。|；|\n|$)"),
)


def read_letter(prose: Prose) -> dict[str, FieldReading]:
    """Every field of FIELDS; what the letter does not say is None with the doubt `not_found`, an open end without."""
    giver, taker = first(prose, _GRANTOR), first(prose, _GRANTEE)
    day, at = signed_on(prose)
    span = span_of(prose, day)
    dated = prose.found(*span.at)
    signed = reading(day, prose.found(*at)) if day else missing()
    end = reading(span.end, dated) if span.end else missing("" if span.open_end else "not_found")
    if span.from_signing and not span.open_end and not day:
        end = missing("signing_day")  # it runs from a day that is not in the picture
    return {
        "grantor": name_at(prose, giver),
        "grantee": name_at(prose, taker),
        **_numbers(prose, giver, taker),
        "matter": _matter(prose),
        "valid_from": reading(span.start, dated) if span.start else missing(""),
        "valid_to": _in_order(end, span.start),
        "signed_on": signed,
    }


def _numbers(prose: Prose, giver: tuple[int, int] | None, taker: tuple[int, int] | None) -> dict[str, FieldReading]:
    """Each number belongs to the party that was named last before it."""
    mentions = [
        (at, name) for span, name in ((giver, "grantor_code"), (taker, "grantee_id")) for at in _mentions(prose, span)
    ]
    found = {"grantor_code": missing(""), "grantee_id": missing("")}
    for span in numbers(prose):
        before = [mention for mention in mentions if mention[0] <= span[0]]
        name = max(before)[1] if before else "grantor_code"
        if found[name].value is None:
            found[name] = number_at(prose, span)
    return found


def _mentions(prose: Prose, span: tuple[int, int] | None) -> list[int]:
    if span is None:
        return []
    return [match.start() for match in re.finditer(re.escape(prose.text[slice(*span)]), prose.text)]


def _matter(prose: Prose) -> FieldReading:
    for pattern in _MATTER:
        if (match := pattern.search(prose.text)) is not None:
            found = prose.found(*match.span("v"))
            return reading(values.printed(found.text).rstrip("。；，"), found)
    return missing()


def _in_order(end: FieldReading, start: str) -> FieldReading:
    """A last day before the first one was misread, or written wrongly."""
    if end.value and start and end.value < start:
        return FieldReading(end.value, end.confidence * 0.6, (*end.doubts, "order"), end.quads)
    return end
