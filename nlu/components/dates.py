"""Days and months as people write them: 15号, 12月1号, 2027年3月, 下个月底, 下周一, 后天, 开年以后.

What is not said is filled in from the day of the message: 15号 is the next one from then on, 10月用了 the last one. Without
that day nothing relative is resolved. 春节后, 月中 and 最近 are no day at all."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from components.numerals import number

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_NO_N = r"(?<![\d.一二三四五六七八九十百千万零〇两])"
_YEAR = r"(?P<year>(?:19|20|21)\d{2}|\d{2}|[一二][零〇九一]?[零〇一二三四五六七八九]{2})\s?年|(?P<near>今年|明年|来年|后年|去年|前年|本年)的?"
_MONTHS = {"前": -2, "上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "次": 1, "下下": 2}
_YEARS = {"前年": -2, "去年": -1, "今年": 0, "本年": 0, "明年": 1, "来年": 1, "后年": 2}
_DAYS = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "当天": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3,
}  # fmt: skip
_WEEKS = {"上上": -2, "上": -1, "这": 0, "本": 0, "": 0, "下": 1, "下下": 2}
_WEEKDAYS = (
    {char: place for place, char in enumerate("一二三四五六日")} | {"天": 6} | {str(n): n - 1 for n in range(1, 7)}
)

_ISO = re.compile(
    r"(?<![\d.\-/])(?P<year>(?:19|20)\d{2})(?P<sep>[-/.])(?P<month>\d{1,2})(?:(?P=sep)(?P<day>\d{1,2}))?(?![\d\-/]|\.\d)"
)
_MONTH_DAY = re.compile(
    rf"(?:(?<!\d)(?:{_YEAR})\s?|{_NO_N}(?<![年近前第每满半历])(?<![\d一二三四五六七八九十][-~到至]))(?P<month>{_N}|元)\s?月份?"
    rf"(?:\s?(?P<day>{_N})(?:\s?[号日]|(?=[起前后到至开]|$))|的?(?P<part>底|末|初)|(?P<vague>中旬|上旬|下旬|中))?"
)
_NEAR_MONTH = re.compile(
    rf"(?P<which>上上|下下|上|这|本|当|下|次)个?月(?:份?的?\s?(?P<day>{_N})\s?[号日]|的?(?P<part>底|末|初)|(?P<vague>中))?"
    r"|(?<![个\d一二三四五六七八九十上下本这当次每])月(?P<only>底|末|初)"
)
_YEAR_END = re.compile(r"(?:(?P<near>今年|明年|后年|去年|本年)的?年?|(?<![\d半每整])年)(?P<part>底|末|初)(?!中)")
_DAY = re.compile(
    rf"{_NO_N}(?<![月年路街巷道村弄幢栋第组队楼区镇园门牌座里坊名编#\-])(?P<day>{_N})(?:号|日(?![内游]))"
    r"(?![楼栋幢院门线信箱机表变厂井仓馆店段路桌车区房室附\-文令主公码站点厅柜台套方款产])"
)
_WEEKDAY = re.compile(
    r"(?P<which>上上|下下|上|这|本|下|(?<![每个两一几])(?<![一二三四五六日天][到至\-~]))(?:个)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天]|[1-6](?![\d个.]))(?![至到\-~])"
)
_WORD = re.compile(r"大前天|大后天|(?<!先)前天|(?<![先明])后天|昨[天日]|今[天日]|明[天日]")
_AFTER_DAYS = re.compile(rf"{_NO_N}(?P<days>{_N}|两)天(?:以后|之后|后)(?!天)")
_NEW_YEAR = re.compile(
    r"开年(?:了|过后|以后|之后|后)?(?!会)|(?<!过了)(?<!过完)元旦(?!节?(?:前|后|以后|之后|过后|假|放|晚|快))节?"
)

_PAST = re.compile("用了|用过|用的|用电量|多少度|[交办签发打付报]了|[交办签发付]的|统计|历史|抄表|去年|前年|之前|上次")
_COMING = re.compile("预测|预计|预估|估|计划|打算|起|开始|生效|明年|后年|到期")
_PLACE = re.compile("地址|住所|门牌|路|街|巷|大道")
_WORDS_OF_ONE = frozenset("一二三四五六七八九")
_BEFORE_DAY = re.compile("(?:^|[^\u4e00-\u9fff]|[到至从在于是就等前后])$")
_THROUGH = re.compile(r"(?<!\d)(?P<year>20\d{2})年\d{1,2}月(?:\d{1,2}[号日])?[至到\-~]{1,2}$")  # 2027年1月至12月
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


@dataclass(frozen=True)
class Day:
    """A day or month in a message. `kind` is date, month or date_like (there is no such day; `value` is the reason: day or
    month). `value` is empty where it takes the day of the message to know it. `figures`: written with a number."""

    start: int
    end: int
    kind: str
    value: str
    figures: bool


@dataclass(frozen=True)
class _Said:
    """What the whole message says about its days: the day it was sent on, and whether it looks back."""

    today: date | None
    back: bool


def find_days(text: str, today: date | None) -> list[Day]:
    """The days and months of folded text with plain numerals, left to right. Of overlapping ones the more exact is kept."""
    back = bool(_PAST.search(text)) and not _COMING.search(text)
    said, found, taken = _Said(today, back), list[Day](), bytearray(len(text))
    for pattern, reader in _READERS.items():
        if pattern is _DAY and _PLACE.search(text):
            continue
        for day in _read(pattern, reader, text, said):
            if not any(taken[day.start : day.end]):
                found.append(day)
                taken[day.start : day.end] = b"\1" * (day.end - day.start)
    return sorted(found, key=lambda day: day.start)


def _read(pattern: re.Pattern[str], reader: _Reader, text: str, said: _Said) -> Iterator[Day]:
    for match in pattern.finditer(text):
        kind, value = reader(match, said)
        if kind:
            yield Day(*match.span(), kind, value, pattern in _WITH_FIGURES)


_Reader = Callable[[re.Match[str], _Said], tuple[str, str]]
_NOTHING = ("", "")


def _day(year: int, month: int, day: int) -> tuple[str, str]:
    if not 1 <= month <= 12:
        return "date_like", "month"
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return "date_like", "day"
    return "date", date(year, month, day).isoformat()


def _month(year: int, month: int) -> tuple[str, str]:
    return ("month", f"{year:04d}-{month:02d}") if 1 <= month <= 12 else ("date_like", "month")


def _moved(today: date, months: int) -> tuple[int, int]:
    place = today.year * 12 + today.month - 1 + months
    return place // 12, place % 12 + 1


def _edge(year: int, month: int, part: str) -> tuple[str, str]:
    """月底 is the last day of the month, 月初 the first."""
    return _day(year, month, 1 if part == "初" else calendar.monthrange(year, month)[1])


def _int(text: str) -> int:
    return int(number(text) or 0)


def _iso(match: re.Match[str], said: _Said) -> tuple[str, str]:
    if match["day"] is None:
        decimal = match["sep"] == "."
        return _NOTHING if decimal else _month(int(match["year"]), int(match["month"]))
    return _day(int(match["year"]), int(match["month"]), int(match["day"]))


def _year(match: re.Match[str], today: date | None) -> int | None:
    """The year that was said; 0 where none was, None where it cannot be known."""
    if near := match["near"]:
        return today.year + _YEARS[near] if today else None
    if not match["year"]:
        return 0
    year = _int(match["year"])
    return year + (1900 if year >= 70 else 2000) if year < 100 else year


def _month_day(match: re.Match[str], said: _Said) -> tuple[str, str]:
    year, month = _year(match, said.today), 1 if match["month"] == "元" else _int(match["month"])
    day = _int(match["day"]) if match["day"] else 0
    if match["vague"]:
        return _NOTHING
    if year and not _FIRST_YEAR <= year <= _LAST_YEAR:
        return _NOTHING
    if month > 12 or month < 1:
        return "date_like", "month"
    if day > 31 or (match["day"] and not day) or (year == 0 and day > calendar.monthrange(2000, month)[1]):
        return "date_like", "day"
    if year == 0 and (through := _THROUGH.search(match.string, max(0, match.start() - 16), match.start())):
        year = int(through["year"])
    if year == 0 and said.today:
        year = _nearest_year(said.today, month, day, back=said.back)
    if not year:
        return ("date" if day or match["part"] else "month"), ""
    if match["part"]:
        return _edge(year, month, match["part"])
    return _day(year, month, day) if day else _month(year, month)


def _nearest_year(today: date, month: int, day: int, *, back: bool) -> int:
    """The next such day or month, this one included; looking back, the last one."""
    this = (today.month, today.day) if day else (today.month, 0)
    said = (month, day)
    if back:
        return today.year if said <= this else today.year - 1
    return today.year if said >= this else today.year + 1


def _near_month(match: re.Match[str], said: _Said) -> tuple[str, str]:
    part, day = match["part"] or match["only"], match["day"]
    if match["vague"]:
        return _NOTHING
    if said.today is None:
        return ("date" if part or day else "month"), ""
    months = _MONTHS[match["which"] or "本"]
    if match["only"] == "初" and said.today.day > 1 and not said.back:
        months = 1
    year, month = _moved(said.today, months)
    if part:
        return _edge(year, month, part)
    return _day(year, month, _int(day)) if day else _month(year, month)


def _year_end(match: re.Match[str], said: _Said) -> tuple[str, str]:
    if said.today is None:
        return "date", ""
    year = said.today.year + _YEARS[match["near"] or "今年"]
    if match["part"] == "初":
        return _month(year + (not match["near"]), 1)
    return _day(year, 12, 31)


def _day_only(match: re.Match[str], said: _Said) -> tuple[str, str]:
    day = _int(match["day"])
    named = match["day"] in _WORDS_OF_ONE and not _BEFORE_DAY.search(match.string[: match.start()])
    if not 1 <= day <= 31 or named:
        return _NOTHING  # more likely the number of a house, or a name (稳享一号)
    if said.today is None:
        return "date", ""
    steps = range(0, -3, -1) if said.back else range(3)
    for year, month in (_moved(said.today, step) for step in steps):
        kind, value = _day(year, month, day)
        right_way = value <= said.today.isoformat() if said.back else value >= said.today.isoformat()
        if kind == "date" and right_way:
            return kind, value
    return "date_like", "day"


def _weekday(match: re.Match[str], said: _Said) -> tuple[str, str]:
    """下周一 is the Monday of the week that begins next; 周一 alone the next one, today included."""
    if said.today is None:
        return "date", ""
    day = _WEEKDAYS[match["day"]]
    if not match["which"]:
        ahead = (day - said.today.weekday()) % 7
        return "date", (said.today + timedelta(ahead)).isoformat()
    monday = said.today - timedelta(said.today.weekday())
    return "date", (monday + timedelta(7 * _WEEKS[match["which"]] + day)).isoformat()


def _word(match: re.Match[str], said: _Said) -> tuple[str, str]:
    return "date", (said.today + timedelta(_DAYS[match[0]])).isoformat() if said.today else ""


def _after_days(match: re.Match[str], said: _Said) -> tuple[str, str]:
    days = 2 if match["days"] == "两" else _int(match["days"])
    return "date", (said.today + timedelta(days)).isoformat() if said.today else ""


def _new_year(match: re.Match[str], said: _Said) -> tuple[str, str]:
    """开年 is January; said in January or February it means after the holidays, which is no month."""
    kind = "month" if match[0].startswith("开") else "date"
    if said.today is None:
        return kind, ""
    if kind == "month":
        return _NOTHING if said.today.month <= 2 else _month(said.today.year + 1, 1)
    return _day(said.today.year + (said.today > date(said.today.year, 1, 1)), 1, 1)


# In the order of trust.
_READERS: Mapping[re.Pattern[str], _Reader] = {
    _ISO: _iso, _MONTH_DAY: _month_day, _NEAR_MONTH: _near_month, _YEAR_END: _year_end, _NEW_YEAR: _new_year,
    _WEEKDAY: _weekday, _WORD: _word, _AFTER_DAYS: _after_days, _DAY: _day_only,
}  # fmt: skip
_WITH_FIGURES = {_ISO, _MONTH_DAY, _DAY}
