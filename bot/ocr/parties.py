"""Who gives and who takes: the names behind labels and in sentences, and the numbers that belong to each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.ocr import values
from bot.ocr.fields import FieldReading
from bot.ocr.prose import Found, Prose
from domain.identifiers import InvalidIdentifier, normalise_identity, normalise_uscc, repair_uscc

NAME = r"[\u3400-\u9fffA-Za-z0-9·（）&]{2,60}?"
END = (
    r"(?=\n|$|[，。；：、]|（(?:统一|信用|身份|证件|性别|男|女|以下|甲方|乙方|盖章|公章|下称)|统一社会信用代码|信用代码|身份证|证件号|法定代表人|联系电话|地址：|住所"
    r"|（?盖章|（?公章|（?签字)"
)
_ORGANISATION = re.compile(
    r"公司|厂|店|部$|中心|合作社|研究院|医院|学校|集团|事务所|经营部|分公司|酒店|工作室|合伙|协会|委员会|餐厅|坊$|行$|站$|所$|馆$|场$|园$|吧$|铺$|队$|社$"
)
_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{17,19}(?![0-9A-Za-z])")
_LOW, _WEAK, _WEAK_NAME = 0.88, 0.4, 0.65  # the mean of a line, the least certain character of a value, of a name


def first(prose: Prose, patterns: Iterable[re.Pattern[str]]) -> tuple[int, int] | None:
    """Where the group `v` of the first pattern that fits stands."""
    for pattern in patterns:
        for match in pattern.finditer(prose.text):
            if is_name(match["v"]):
                return match.span("v")
    return None


def is_name(text: str) -> bool:
    """Whether this may be the name of a company or a person, not a word that stands for one."""
    bare = text.strip("（）")
    return len(bare) >= 2 and bare not in (
        "甲方",
        "乙方",
        "双方",
        "本人",
        "我方",
        "下列",
        "以下",
        "上述",
        "盖章",
        "公章",
        "签字",
        "签章",
        "身份证号",
    )


def name_at(prose: Prose, span: tuple[int, int] | None) -> FieldReading:
    """The name there, as written, with what may be doubted of it."""
    if span is None:
        return missing()
    found = prose.found(*span)
    text = found.text
    value = values.name(text) if is_organisation(text) else values.person(text)
    likely = is_organisation(value) or re.fullmatch(r"[\u3400-\u9fff·]{2,15}|[A-Za-z .]{3,40}", value)
    return reading(value, found, () if likely else ("unlikely",), _WEAK_NAME)


def is_organisation(name: str) -> bool:
    """Whether a name is a company's or another organisation's."""
    return len(name) >= 4 and _ORGANISATION.search(name) is not None


def missing(doubt: str = "not_found") -> FieldReading:
    """A field that was looked for and not found."""
    return FieldReading(None, 0.0, (doubt,) if doubt else ())


def reading(value: str, found: Found, doubts: Sequence[str] = (), weak: float = _WEAK) -> FieldReading:
    """A value with how surely its text was read."""
    why = (("low_score",) if found.score < _LOW or found.weakest < weak else ()) + tuple(doubts)
    return FieldReading(value, round(found.score * (0.6 if why else 1.0), 3), why, found.quads)


def numbers(prose: Prose) -> list[tuple[int, int]]:
    """Where numbers of 18 characters stand: codes of companies and of people."""
    return [match.span() for match in _CODE.finditer(prose.text) if sum(c.isdigit() for c in match.group()) >= 8]


def number_at(prose: Prose, span: tuple[int, int]) -> FieldReading:
    """The number there; doubted where its check digit does not hold or it was mended."""
    found = prose.found(*span)
    text = found.text.upper()
    personal = (
        "身份证" in prose.text[max(span[0] - 14, 0) : span[0]]
        or "身份号码" in prose.text[max(span[0] - 14, 0) : span[0]]
    )
    for normalise in (normalise_identity, normalise_uscc) if personal else (normalise_uscc, normalise_identity):
        try:
            return reading(normalise(text), found)
        except InvalidIdentifier:
            continue
    if not personal and len(text) == 17 and _holds("9" + text):  # the first figure is the one most often lost
        return reading("9" + text, found, ("repaired",))
    repair = None if personal else repair_uscc(text)
    if repair is not None and repair.unique:
        return reading(repair.code, found, () if repair.forced else ("repaired",))
    return reading(text, found, ("check_failed",))


def _holds(code: str) -> bool:
    try:
        return normalise_uscc(code) == code
    except InvalidIdentifier:
        return False
