"""From when to when a paper holds, and when it was signed: the days in its sentences."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.ocr import values
from bot.ocr.prose import Prose

_YEAR, _PART = r"(?:[12][\dOoIl]{3}|[一二][〇○零O一二三四五六七八九]{3})", r"[\d元一二三四五六七八九十廿卅OoIl]{1,3}"
DAY = rf"{_YEAR}[年.\-/]{_PART}[月.\-/]{_PART}(?:[日号]|(?![\d一-龥]))"
_COUNT = r"(?:[\d]{1,3}|[一二两三四五六七八九十]{1,3}|[壹贰叁肆伍陆柒捌玖拾]{1,2})"
_SPAN = re.compile(rf"(?:自|从|由)?(?P<start>{DAY})(?:零时)?(?:起|开始|始)?(?:至|到|—+|－|-|~|～|一)(?P<end>{DAY})")
_SINCE = re.compile(
    rf"(?:自|从)(?:(?P<start>{DAY})|[^，。；\d\n]{{0,14}}?之?日)起?[，]?(?:计算)?[，]?(?:有效期)?(?:限)?(?:为)?"
    rf"(?P<count>{_COUNT})(?P<what>年|个月|日|天)"
)
_LASTS = re.compile(
    rf"(?:租期|租赁期限?|租赁时间|有效期限?|委托期限|授权期限|期限)(?:共|为|是)?[：]?(?P<count>{_COUNT})(?P<what>年|个月|日|天)"
    rf"(?:[，。（]|即|从|自)*(?:(?:自|从|起租日[：为]?)?(?P<start>{DAY})(?:起|开始)?)?"
)
_UNTIL = re.compile(
    rf"(?:有效期|期限|有效|截止|止于)[^。；\n\d]{{0,8}}?(?:至|到|为|：)?(?P<end>{DAY})|(?:至|到)(?P<last>{DAY})止"
)
_OPEN = re.compile(
    r"长期有效|无固定期限|办理完毕|办结|办理完成|(?:完毕|完成|办妥)(?:之日)?(?:为)?止|撤销(?:之日)?为?止|另行通知"
)
_SIGNING = re.compile(r"签署|签订|签字|盖章|出具|本委托书|本授权书|生效")
_FIGURES = {char: number for number, char in enumerate("零一二三四五六七八九")} | {
    "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9, "〇": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, as ISO days ("" for not said), where that stands in the text, and whether it has no end."""

    start: str = ""
    end: str = ""
    at: tuple[int, int] = (0, 0)
    open_end: bool = False
    from_signing: bool = False


def signed_on(prose: Prose) -> tuple[str, tuple[int, int]]:
    """The last day that stands alone on its line or behind 日期, and its place; ("", (0, 0)) without one."""
    alone = re.compile(rf"(?:^|\n|：|[^，。；\n]{{0,12}}(?:日期|时间|日)：?)(?P<day>{DAY})[。]?(?=\n|$)")
    found = [match for match in alone.finditer(prose.text) if values.iso_date(match["day"])]
    if not found:
        return "", (0, 0)
    return values.iso_date(found[-1]["day"]) or "", found[-1].span("day")


def span_of(prose: Prose, signed: str) -> Span:
    """How long the paper holds. A period counted from its signing begins on the day `signed`, where there is one."""
    text = prose.text
    for match in _SPAN.finditer(text):
        start, end = values.iso_date(match["start"]) or "", values.iso_date(match["end"]) or ""
        if start and end:
            return Span(start, end, match.span())
    for pattern in (_SINCE, _LASTS):
        for match in pattern.finditer(text):
            if counted := _counted(match, signed):
                return counted
    for match in _UNTIL.finditer(text):
        end = values.iso_date(match["end"] or match["last"]) or ""
        if end:
            return Span("", end, match.span())
    if (found := _OPEN.search(text)) is not None:
        start = signed if _SIGNING.search(text[max(found.start() - 24, 0) : found.start()]) else ""
        return Span(start, "", found.span(), open_end=True, from_signing=bool(start))
    return Span()


def _counted(match: re.Match[str], signed: str) -> Span | None:
    """A period of so many years, months or days from a day on: its last day is the same day of the last year or month
    (Civil Code, articles 201 and 202)."""
    given = values.iso_date(match["start"] or "") or ""
    if match["start"] is None and match.re is _LASTS and "租" in match.group():
        return None  # a lease counts from a day that it names, not from its signing
    begin, count = given or signed, _number(match["count"])
    if not count:
        return None
    end = later(date.fromisoformat(begin), count, match["what"]).isoformat() if begin else ""
    return Span(begin, end, match.span(), from_signing=not given)


def later(day: date, count: int, what: str) -> date:
    """The day so many 年, 个月 or 天 later; where the month has no such day, its last one."""
    if what in ("日", "天"):
        return day + timedelta(days=count)
    months = day.month - 1 + count * (12 if what == "年" else 1)
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    text = text.replace("拾", "十")
    if "十" not in text:
        return _FIGURES.get(text, 0) if len(text) == 1 else 0
    tens, _, ones = text.partition("十")
    return _FIGURES.get(tens, 1) * 10 + (_FIGURES.get(ones, 0) if ones else 0)
