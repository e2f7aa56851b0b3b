"""Transformer capacity as people say it: 630kVA, 六百三十千伏安, 一台二百加一台一百六, 两台630, 2×400kVA, 0.63兆伏安, SCB13-800/10."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from components.numerals import NUMBER, number

_COUNT = r"[一二两三四五六七八九十\d]{1,2}"
_UNIT = r"兆伏安|mva|千伏[·.]?安|k\s?v[·.]?\s?a"
_TERM = re.compile(
    rf"(?:(?:(?<![\d.一二三四五六七八九十百千])|(?<=\d)(?=[一两三]))(?P<count>{_COUNT})\s?(?:台\s?[×x*]?|[×x*])(?:,?\s?(?P<each>每台|各|都是|均为|总共|一共|共|合计))?\s?)?"
    rf"(?P<number>{NUMBER}(?!\s?[伏瓦]))\s?个?(?P<unit>{_UNIT})?(?:的?\s?(?P<kind>专?变压器|专变))?"
    r"(?:\s?(?:的|,)?\s?[×x*]?\s?(?P<after>[一二两三四五六七八九\d])\s?台(?![\d一二两三四五六七八九])|[×x*](?P<times>[2-9])(?!\d))?"
)
_JOIN = re.compile(r"[\s,]*(?:[大小]的)?(?:和|\+|、|以及|还有|再?加上?|另外?)[\s,]*(?:另外|还有|再加)?个?(?:[大小]的)?")
_OTHER = re.compile(
    r"\s?(?:[万亿元块度年月号日人平米天吨户个家点层%瓦°安来多几]|千瓦|kw|千伏(?![·.]?安)|kv(?![·.]?a)|公里|[a-z\d])"
)
_PLATE = re.compile(
    rf"(?:(?P<count>{_COUNT})\s?台\s?)?(?<![a-z\d])(?:[a-z]{{0,2}}s[a-z]{{0,5}}\d{{1,2}}(?:[-·.—–]?[a-z]{{1,3}}){{0,3}}[-·.—–\s]?|yb[a-z\d]{{0,5}}-(?:10|12|35|40\.5)/0\.4-)"
    rf"(?P<number>\d{{2,5}})(?:kva)?(?:(?<=[\da])/\d{{1,2}}|(?!\d))(?:\s?(?P<after>{_COUNT})台)?"
)
_LOOSE = re.compile(
    rf"(?:变压器|主变|容量)(?:(?:[^,。]{{0,6}},?[^,。]{{0,6}})(?:[减增升降扩改](?:容)?[到至成])|[我说写填]|错了|不对|应该|是|为|有|:|,|大概|总共|一共|改成|改为|\s){{0,8}}(?P<number>{NUMBER})(?![\d.])"
    rf"|(?P<before>{NUMBER})的?(?:专用)?变压器"
)
_SHORT, _ELSE = 12, re.compile("[号码?]|尾|第|不是|不知")
_LEAST, _MOST = Decimal(10), Decimal(10**6)


@dataclass(frozen=True)
class _Term:
    """One number of a sum: how often it counts, and what says that it is a capacity at all."""

    match: re.Match[str]
    value: Decimal
    strong: bool

    @property
    def end(self) -> int:
        """Where the amount ends; the 变压器 after it stays a word."""
        last = "after" if self.match["after"] else "times" if self.match["times"] else ""
        return self.match.end() if last else max(self.match.end("number"), self.match.end("unit"))

    @property
    def counted(self) -> int:
        """How many transformers of it there are; 两台共1260 are named once."""
        text = self.match["count"] or self.match["after"] or self.match["times"]
        total = self.match["each"] in {"总共", "一共", "共", "合计"}
        return 1 if text is None or total else int(number(text) or 1)


def find_capacities(text: str) -> list[tuple[int, int, str]]:
    """Start, end and kVA (as a plain decimal) of each capacity in folded text with plain numerals. 630千瓦 and voltages
    are none."""
    found = [*_plates(text)]
    for run in _runs(text):
        span = run[0].match.start(), run[-1].end
        if any(term.strong for term in run) and not _taken(found, *span):
            found.append((*span, _plain(_sum(run))))
    for match in _LOOSE.finditer(text):
        group = "number" if match["number"] else "before"
        value = number(match[group])
        if _is_size(value) and not _taken(found, *match.span(group)) and not _OTHER.match(text, match.end(group)):
            found.append((*match.span(group), _plain(value)))
    return sorted(found)


def bare_capacity(text: str) -> tuple[int, int, str] | None:
    """The one number (or sum) of a short `text` that may be a capacity; only to be asked where one is expected."""
    runs = [*_runs(text)]
    if len(runs) != 1:
        return None
    start, end = runs[0][0].match.start(), runs[0][-1].end
    around = text[:start] + text[end:]
    return None if len(around) > _SHORT or _ELSE.search(around) else (start, end, _plain(_sum(runs[0])))


def _plates(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _PLATE.finditer(text):
        value = Decimal(match["number"]) * (number(match["count"] or match["after"] or "1") or 1)
        if "/" in match[0] and _is_size(value):
            yield (*match.span(), _plain(value))


def _runs(text: str) -> Iterator[list[_Term]]:
    """The numbers of the text that may be capacities; what 加, 和 or + joins comes together."""
    run: list[_Term] = []
    for term in _terms(text):
        if run and not _joined(text, run[-1].match, term.match):
            yield run
            run = []
        run.append(term)
    if run:
        yield run


def _joined(text: str, one: re.Match[str], two: re.Match[str]) -> bool:
    """By a word; or by a comma alone, where each is counted (315的一台，200的一台)."""
    counted = all(each["count"] or each["after"] for each in (one, two))
    between = re.sub("^的?(?:变压器)?", "", text[one.end() : two.start()])
    return bool(_JOIN.fullmatch(between)) or (counted and not between.strip(" ,"))


def _terms(text: str) -> Iterator[_Term]:
    for match in _TERM.finditer(text):
        value = number(match["number"])
        if value is None or (not match["unit"] and _OTHER.match(text, match.end("number"))):
            continue
        value *= 1000 if (match["unit"] or "").startswith(("兆", "m")) else 1
        counted = match["count"] and (value >= 30)
        strong = bool(match["unit"] or match["kind"] or counted or match["after"])
        if (_LEAST if not match["unit"] else 0) <= value <= _MOST and value > 0:
            yield _Term(match, value, strong)


def _sum(run: list[_Term]) -> Decimal:
    """三台630、500、400 names each of the three; 两台630 names one for both."""
    listed = len(run) > 1 and run[0].counted == len(run) and not any(term.match["count"] for term in run[1:])
    return sum((term.value * (1 if listed else term.counted) for term in run), Decimal(0))


def _taken(found: list[tuple[int, int, str]], start: int, end: int) -> bool:
    return any(start < taken_end and taken_start < end for taken_start, taken_end, _ in found)


def _is_size(value: Decimal | None) -> bool:
    return value is not None and _LEAST <= value <= _MOST


def _plain(value: Decimal | None) -> str:
    return format((value or Decimal(0)).normalize(), "f")
