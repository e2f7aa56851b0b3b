"""Days as people type them where a day is asked for; one that there is not is refused with the reason."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date

EXAMPLE = "例如：2027年12月31日"
_DAY = re.compile(r"(?<!\d)(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})(?:[日号]|(?!\d))")
_TOGETHER = re.compile(r"(?<!\d)(20\d{2}|19\d{2})(\d{2})(\d{2})(?!\d)")
_PARTS = re.compile(r"(?:(\d{4})[年./-])?(\d{1,4})[月./-](?:(\d{1,4})[日号]?)?")
_LONE_DAY = re.compile(r"(\d{1,4})[日号]")
_DIGITS = {char: str(place) for place, char in enumerate("〇一二三四五六七八九")} | {"零": "0", "元": "1"}
_LEAP = 2028  # where no year is said, February may have 29 days


def day_of(text: str) -> date | None:
    """The day that a text names with its year; None where it names none, or one that there is not."""
    plain = _plain(text)
    found = _DAY.search(plain) or _TOGETHER.search(plain)
    try:
        return date(*(int(each) for each in found.groups())) if found is not None else None
    except ValueError:
        return None


def no_such_day(text: str) -> str:
    """Why a text names no day of the calendar: “2027年2月没有30日，只有28天”; empty where nothing is wrong with it."""
    plain = _plain(text)
    found = _DAY.search(plain) or _TOGETHER.search(plain) or _PARTS.search(plain)
    if found is None:
        alone = _LONE_DAY.search(plain)
        return f"没有{int(alone[1])}日，一个月最多31天" if alone and not 1 <= int(alone[1]) <= 31 else ""
    year, month, of = (int(each) if each else 0 for each in found.groups())
    if not 1 <= month <= 12:
        return f"没有{month}月，月份是1到12"
    if not found[3] or 1 <= of <= (most := calendar.monthrange(year or _LEAP, month)[1]):
        return ""
    return f"{f'{year}年' if year else ''}{month}月没有{of}日，{'只' if of else ''}有{most}天"


def refusal(text: str) -> str:
    """What is said back to a text that is no day, where one is asked for: the reason, and how a day is written."""
    plain, why = _plain(text), no_such_day(text)
    if not why and not day_of(text):
        why = "年份没有写全，请写四位" if re.search(r"\d{1,2}月\d{1,2}", plain) else "这里要填日期"
    return f"{why}。请发日期，{EXAMPLE}。"


def _plain(text: str) -> str:
    """Half width, without spaces, and Chinese numbers as figures."""
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    folded = re.sub(r"[〇零一二三四五六七八九]{4}(?=年)", lambda year: "".join(_DIGITS[c] for c in year[0]), folded)
    return re.sub(r"[一二三四五六七八九十]{1,3}(?=[月日号])", lambda found: f"{_number(found[0])}", folded)


def _number(words: str) -> int:
    """A number below a hundred in Chinese: 三十一."""
    tens, ten, ones = words.rpartition("十")
    if not ten:
        return int("".join(_DIGITS[each] for each in words))
    return 10 * int("".join(_DIGITS[each] for each in tens) or 1) + int("".join(_DIGITS[each] for each in ones) or 0)
