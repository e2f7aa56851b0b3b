"""What a message states beside its wish: energy, days, months, as understanding found them. What each of them means for
the wish is decided here; it travels in the command's argument, so that every tap that follows keeps it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from domain.dialogue.days import no_such_day
from domain.market import months
from domain.workdays import in_words

# By the kind that understanding gives a value: energy (kWh), date (ISO), month (2027-03), number (ZC…); and date_like,
# the words of a day that there is not.
Stated = Mapping[str, Sequence[str]]
NO_DAY = "!"  # before the words of a day that there is not

_MOST = 10**12
_TIMES = {"天": 365, "日": 365, "月": 12, "季": 4, "半年": 2, "年": 1}
_COUNTED = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}
_EACH = re.compile(r"(?:每个?|平均每?个?|/)(?P<of>天|日|月|季|半年|年)|(?<![个\d])(?P<mean>[日月季年])(?:均|用电?量?)")
_MANY_MONTHS = re.compile(r"(?P<count>\d{1,2}|[一两二三四五六])个月")
_ANY = re.compile(r"(?:[一上本这当下全今去明前个]|\d)(?P<of>天|月|季|年)|(?P<half>半年)|年度")
_A_YEAR = re.compile(r"[一全]年[^\d，,。]{0,6}[\d一二两三四五六七八九十]")
_SOME_MONTHS = re.compile(r"月份?[到至~～—-]+\d{1,2}月")  # how many is not counted: the amount is asked about
_ONE_MONTH = re.compile(r"\d月")  # 去年12月: the month, not the year
_RANGE = re.compile("[到至~～—-]")
_UNSAID = "您没有说是多久的用电，先当一年的算；如果是一个月的，请回复“每月{said}度哪个套餐划算”。"
_SEVERAL = "您说了几个电量，不知道按哪个算，这次没有用上。请只说总量，例如“一年5万度哪个套餐划算”。"


def yearly(text: str, said: Stated) -> str:
    """The kWh of a year by what was stated, with ? where no period was said; ? alone where there are several."""
    energies = said.get("energy", ())
    if len(energies) != 1 or not energies[0].isdecimal():
        return "?" if energies else ""
    times = _times(text)
    return f"{int(energies[0]) * times[0] // times[1]}" if times else f"{energies[0]}?"


def kwh(stated: str) -> int:
    """The energy in an argument; none where it is no number."""
    plain = stated.rstrip("?")
    return min(int(plain), _MOST) if plain.isdecimal() else 0


def doubts(stated: str) -> list[str]:
    """What must be said of how a stated energy was read."""
    if stated == "?":
        return [_SEVERAL]
    return [_UNSAID.format(said=stated.rstrip("?"))] if stated.endswith("?") else []


def day(said: Stated) -> str:
    """The first day or month that was stated, or what was meant for one."""
    found = [*said.get("date", ()), *said.get("month", ())]
    wrong = [NO_DAY + each.replace("/", "-") for each in said.get("date_like", ())]
    return next(iter([*wrong, *found]), "")


def stated_months(text: str, said: Stated) -> str:
    """The months that were stated, as an argument: each of them, or all from the first to the last of two."""
    if wrong := said.get("date_like"):
        return NO_DAY + wrong[0].replace("/", "-")
    found = sorted({months.parse(each) for each in said.get("month", ())})
    if len(found) == 2 and _RANGE.search(text):
        found = list(range(found[0], found[1] + 1))
    return ",".join(months.code(each) for each in found) or ("day" if said.get("date") else "")


def when(stated: str) -> str:
    """A stated day or month as people read it."""
    if len(stated) == len("2027-03"):
        return months.words(months.parse(stated))
    return in_words(date.fromisoformat(stated))


def refused(stated: str) -> str:
    """Why a stated day is none; empty where it is one."""
    return no_such_day(stated.removeprefix(NO_DAY)) if stated.startswith(NO_DAY) else ""


def ends_with(stated: str) -> int:
    """The month with which something ends that is to end on this day: with the day before, where that is a month's
    first."""
    if len(stated) == len("2027-03"):
        return months.parse(stated)
    of = date.fromisoformat(stated)
    return months.month_of(of - timedelta(days=1) if of.day == 1 else of)


def _times(text: str) -> tuple[int, int] | None:
    """How many of the period make a year: so many, over so many."""
    if found := _EACH.search(text):
        return _TIMES[found["of"] or found["mean"]], 1
    if _SOME_MONTHS.search(text):
        return None
    if _A_YEAR.search(text):
        return 1, 1
    if _ONE_MONTH.search(text):
        return 12, 1
    if found := _MANY_MONTHS.search(text):
        count = _COUNTED.get(found["count"]) or int(found["count"])
        return (12, count) if 1 <= count <= 24 else None
    if found := _ANY.search(text):
        return _TIMES["半年" if found["half"] else found["of"] or "年"], 1
    return None
