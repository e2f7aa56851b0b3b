"""Values in a message, found by code: what they are, where they stand, and their plain form. Nothing is validated
here beyond the shape; the product checks each again."""

import re
from dataclasses import dataclass

from components.capacity import find_capacities
from components.fields import find_fields
from components.folding import Folded, fold, spoken_digits
from components.names import bare_name, find_names

_SEP = r"[ \t\n\-_.]{0,2}"
_USCC = re.compile(rf"(?<![0-9a-z])[0-9a-z](?:{_SEP}[0-9a-z]){{17}}(?![0-9a-z])")
_USCC_LIKE = re.compile(r"(?<![0-9a-z])(?=[0-9]*[a-z])9[0-9a-z]{14,19}(?![0-9a-z])")
_ACCOUNT = re.compile(rf"(?<!\d)[0o]{_SEP}5(?:{_SEP}\d){{14}}(?!{_SEP}\d)")
_ACCOUNT_LIKE = re.compile(r"(?<![0-9a-z])[\do](?:[ \-]{0,2}\d){13,17}(?![0-9a-z])")
_PHONE = re.compile(r"(?<!\d)(?:\+?86[ \-]{0,2}|0086[ \-]{0,2})?(1[3-9](?:[ \-]{0,2}\d){9})(?!\d)")
_PHONE_LIKE = re.compile(r"(?<!\d)1[3-9]\d{8}(?:\d{2})?(?!\d)")
_SMS_CODE = re.compile(r"(?<![\d.\-/])\d{3}[ \-]?\d{3}(?![\d.\-/])(?!\s*(?:kva|kw|千|万|元|块|度|年|月|号线))")
_ID_NUMBER = re.compile(r"[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])\d{5}[\dx]")
_COMPANY = re.compile(
    r"[\u4e00-\u9fff][\u4e00-\u9fff()]{3,24}?(?:有限责任公司|股份有限公司|集团有限公司|有限公司|合作社|个人独资企业)(?:[\u4e00-\u9fff]{2,6}分公司)?"
)
_COMPANY_LEAD = re.compile(
    r"^.*(?:不是|应该是|应该为|应是|名称是|名字是|名是|名称|名字|全称|名叫|公司是|公司叫|厂叫|我们是|我是|改成|改为|换成|叫做|写的是|叫|是|为|我们|咱们)"
)
_ADDRESS = re.compile(
    r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,12}(?:省|市|州|县|区|镇|乡|街道|村|路|街|园)[\u4e00-\u9fff0-9a-z\-()]{0,40}(?:号|村|组|栋|幢|园|区|路|室|楼|厂房|旁)"
)
_ADDRESS_LEAD = re.compile(r"^.{0,8}(?:地址|住所|位于|搬到|改成|改为|在|是|为)+")

NAME_FIELDS = frozenset({"contact_name", "legal_person"})


@dataclass(frozen=True)
class Value:
    """A value of one kind; start and end count characters of the original text, `value` is the plain form."""

    kind: str
    start: int
    end: int
    value: str


@dataclass(frozen=True)
class Reading:
    """A message folded, with the places (in folded text) of all values and field words."""

    folded: Folded
    places: tuple[tuple[int, int, str, str], ...]
    fields: tuple[tuple[int, int, str], ...]

    def values(self) -> list[Value]:
        """The values, then the field words, with places in the original text."""
        named = [*self.places, *((start, end, "field", key) for start, end, key in self.fields)]
        return [
            Value(kind, *self.folded.span(start, end), value)
            for start, end, kind, value in named
            if kind != "id_number"
        ]


def _digits(text: str) -> str:
    return "".join(char for char in text.replace("o", "0") if char.isdigit())


def _alnum(text: str) -> str:
    return "".join(char for char in text if char.isalnum()).upper()


def _code_kind(text: str) -> str:
    """What 18 letters and digits are: a credit code, an identity number (not asked for, never passed on), or neither."""
    plain = _alnum(text)
    if _ID_NUMBER.fullmatch(plain.lower()):
        return "id_number"
    if plain.isdigit() and plain[0] != "9":
        return ""
    return "uscc" if plain[0] in "0123456789AINVYO" and sum(char.isdigit() for char in plain) >= 8 else ""


class _Finder:
    """Collects places; what is taken once is not taken again, so the order of the looks is the order of trust."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[tuple[int, int, str, str]] = []

    def take(self, start: int, end: int, kind: str, value: str) -> None:
        if kind and not any(start < taken_end and taken_start < end for taken_start, taken_end, _, _ in self.found):
            self.found.append((start, end, kind, value))

    def look(self, pattern: re.Pattern[str], kind: str) -> None:
        for match in pattern.finditer(self.text):
            self.take(*match.span(), kind, _digits(match[0]))


def _find_numbers(finder: _Finder, asking: str) -> None:
    for match in _USCC.finditer(finder.text):
        finder.take(*match.span(), _code_kind(match[0]), _alnum(match[0]))
    finder.look(_ACCOUNT, "account_number")
    for match in _PHONE.finditer(finder.text):
        finder.take(*match.span(1), "phone", _digits(match[1]))
    for match in _USCC_LIKE.finditer(finder.text):
        finder.take(*match.span(), "uscc_like", _alnum(match[0]))
    finder.look(_ACCOUNT_LIKE, "uscc_like" if asking == "code" else "account_number_like")
    finder.look(_PHONE_LIKE, "phone_like")
    for start, end, value in find_capacities(finder.text):
        finder.take(start, end, "capacity", value)
    finder.look(_SMS_CODE, "sms_code")


def _find_words(finder: _Finder, asking: str, raw: Folded) -> None:
    for match in _COMPANY.finditer(raw.text):
        lead = _COMPANY_LEAD.match(match[0])
        start = match.start() + (lead.end() if lead else 0)
        if match.end() - start >= 6:
            finder.take(start, match.end(), "company_name", raw.text[start : match.end()])
    for start, end in find_names(raw.text):
        finder.take(start, end, "person_name", raw.text[start:end])
    stripped = raw.text.strip(" \t\n,.。!~、?？")
    if asking in NAME_FIELDS and bare_name(stripped):
        start = raw.text.index(stripped)
        finder.take(start, start + len(stripped), "person_name", stripped)
    if asking == "address":
        for match in _ADDRESS.finditer(raw.text):
            lead = _ADDRESS_LEAD.match(match[0])
            start = match.start() + (lead.end() if lead else 0)
            finder.take(start, match.end(), "address", raw.text[start : match.end()])
    if asking == "capacity" and stripped.isdigit() and len(stripped) <= 6:
        start = raw.text.index(stripped)
        finder.take(start, start + len(stripped), "capacity", stripped)


def read(raw: str, asking: str = "") -> Reading:
    """All values and field words of a message; `asking` is the field that was just asked for, or empty."""
    folded = fold(raw)
    finder = _Finder(spoken_digits(folded.text))
    _find_numbers(finder, asking)
    _find_words(finder, asking, folded)
    places = tuple(sorted(finder.found))
    fields = tuple(
        f for f in find_fields(folded.text) if not any(f[0] < end and start < f[1] for start, end, _, _ in places)
    )
    return Reading(folded, places, fields)


def asking_of(metadata: object) -> str:
    """The field that was just asked for, from a live message's metadata or from a training example's."""
    if not isinstance(metadata, dict):
        return ""
    example = metadata.get("example")
    asking = (example if isinstance(example, dict) else metadata).get("asking")
    return asking if isinstance(asking, str) else ""
