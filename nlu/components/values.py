"""Values in a message, found by code: what they are, where they stand, and their plain form. Nothing is validated
here beyond the shape; the product checks each again."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from components.capacity import bare_capacity, find_capacities
from components.codes import read_code
from components.companies import find_companies
from components.dates import Day, find_days
from components.energy import find_energy
from components.fields import find_fields
from components.folding import Folded, fold, spoken_digits
from components.names import find_names, names_apart
from components.numerals import plain_numerals, read_out_digits

_SEP = r"[ \t\r\n\-–—_.·]{0,3}"
_GAP = r"[ \-–—.·]{0,2}"
_PACKAGE = re.compile(
    r"(?<![a-z\d])p[ \-–—]{0,2}([\do]{4,8}|[零〇一二三四五六七八九]{4})(?:\s?[-–—]\s?(\d{1,3}))?(?![\da-z])"
)
# The product makes fourteen figures; a shorter one is looked for, too, and not found.
_OUR_NUMBER = re.compile(rf"(?<![a-z\d])(?:zc|ht|bg){_GAP}20\d(?:{_GAP}\d){{8,12}}(?!{_GAP}\d)")
_USCC = re.compile(rf"(?<![0-9a-z])[0-9a-z](?:{_SEP}[0-9a-z]){{17}}(?![0-9a-z])")
_USCC_LIKE = re.compile(r"(?<![0-9a-z])(?=[0-9]*[a-z])9[0-9a-z]{14,19}(?![0-9a-z])")
_CODE_ASKED = re.compile(rf"(?<![0-9a-z])[0-9a-z](?:{_SEP}[0-9a-z]){{14,20}}(?![0-9a-z])")
_ACCOUNT = re.compile(rf"(?<!\d)[0o]{_SEP}5(?:{_SEP}[\doil]){{14}}(?!{_SEP}\d)")
_ACCOUNT_GROUPS = re.compile(r"(?<!\d)05\d\d(?:[,、。/]\s?\d{4}){3}(?!\d)")
_ACCOUNT_LIKE = re.compile(rf"(?<![0-9a-z])[\do](?:{_GAP}\d){{13,17}}(?![0-9a-z])")
_PHONE = re.compile(rf"(?<!\d)(?:\+?86{_GAP}|0086{_GAP})?(1[3-9](?:{_GAP}\d){{9}})(?!\d)")
_PHONE_GROUPS = re.compile(r"(?<!\d)1[3-9]\d[,、。/]?\d{4}[,、。/]\d{4}(?!\d)")
_PHONE_LIKE = re.compile(r"(?<!\d)1[3-9]\d{8}(?:\d{2})?(?!\d)")
_SMS_CODE = re.compile(r"(?<![\d.\-/])\d{3}[ \-]?\d{3}(?![\d.\-/])(?!\s*(?:kva|kw|mw|gw|千|万|兆|元|块|度|年|月|号线))")
_SMS_PAIRS = re.compile(r"(?<![\d.\-/])\d{2}[ \-]\d{2}[ \-]\d{2}(?![\d.\-/])")
_ADDRESS = re.compile(
    r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,12}(?:省|市|州|县|区|镇|乡|街道|村|路|街|园)[\u4e00-\u9fff0-9a-z\-()]{0,40}(?:号|村|组|栋|幢|园|区|路|室|楼|厂房|旁)"
)
_ADDRESS_LEAD = re.compile(r"^.{0,8}(?:地址|住所|位于|搬到|改成|改为|在|是|为)+")
_READ_OUT = str.maketrans("o零〇一二三四五六七八九", "000123456789")
_LETTERS = str.maketrans("oil", "011")

_DATE_FIELDS = frozenset({"established", "term", "date", "month", "starts", "ends"})
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
    """A message folded, with the places (in folded text) of all values and field words. `said` are days in words (明天,
    下个月), which the classifier reads as the words that they are, unless a day was asked for. A place without a value is
    one that takes the day of the message to know it."""

    folded: Folded
    places: tuple[tuple[int, int, str, str], ...]
    fields: tuple[tuple[int, int, str], ...]
    said: tuple[tuple[int, int, str, str], ...] = ()

    def values(self) -> list[Value]:
        """The values, then the days in words, then the field words, with places in the original text."""
        fields = ((start, end, "field", key) for start, end, key in self.fields)
        return [
            Value(kind, *self.folded.span(start, end), value)
            for start, end, kind, value in (*self.places, *self.said, *fields)
            if kind != "id_number" and value
        ]


def _digits(text: str) -> str:
    return "".join(char for char in text.translate(_LETTERS) if char.isdigit())


def _alnum(text: str) -> str:
    return "".join(char for char in text if char.isascii() and char.isalnum()).upper()


@dataclass
class _Finder:
    """Collects places; what is taken once is not taken again, so the order of the looks is the order of trust."""

    text: str
    found: list[tuple[int, int, str, str]] = field(default_factory=list)
    taken: bytearray = field(init=False)

    def __post_init__(self) -> None:
        self.taken = bytearray(len(self.text))

    def is_free(self, start: int, end: int) -> bool:
        """Whether no place holds any of these characters."""
        return not any(self.taken[start:end])

    def take(self, start: int, end: int, kind: str, value: str) -> None:
        """Keep a place where it is free."""
        if kind and self.is_free(start, end):
            self.found.append((start, end, kind, value))
            self.taken[start:end] = b"\1" * (end - start)

    def look(self, pattern: re.Pattern[str], kind: str) -> None:
        """Keep every match as digits."""
        for match in pattern.finditer(self.text):
            self.take(*match.span(), kind, _digits(match[0]))


def _find_codes(finder: _Finder, plain: str) -> None:
    for match in _PACKAGE.finditer(plain):
        version = f"-{int(match[2])}" if match[2] else ""
        finder.take(*match.span(), "package", f"P{match[1].translate(_READ_OUT)}{version}")
    for match in _OUR_NUMBER.finditer(finder.text):
        finder.take(*match.span(), "number", _alnum(match[0]))
    for match in _USCC.finditer(finder.text):
        finder.take(*match.span(), *read_code(_alnum(match[0])))


def _find_numbers(finder: _Finder, asking: str, days: list[Day]) -> None:
    finder.look(_ACCOUNT, "account_number")
    finder.look(_ACCOUNT_GROUPS, "account_number")
    for match in _PHONE.finditer(finder.text):
        finder.take(*match.span(1), "phone", _digits(match[1]))
    finder.look(_PHONE_GROUPS, "phone")
    for match in (_CODE_ASKED if asking == "code" else _USCC_LIKE).finditer(finder.text):
        finder.take(*match.span(), "uscc_like", _alnum(match[0]))
    for day in days:
        if day.figures and day.end - day.start >= 8:  # two of these make the figures of an account number
            finder.take(day.start, day.end, day.kind, day.value)
    finder.look(_ACCOUNT_LIKE, "account_number_like")
    finder.look(_PHONE_LIKE, "phone_like")


def _find_amounts(finder: _Finder, plain: str, asking: str) -> None:
    for start, end, value in find_capacities(plain):
        finder.take(start, end, "capacity", value)
    for start, end, value in find_energy(plain):
        finder.take(start, end, "energy", value)
    finder.look(_SMS_CODE, "sms_code")
    if asking == "sms_code" or "验证码" in plain:
        finder.look(_SMS_PAIRS, "sms_code")


def _find_words(finder: _Finder, asking: str, raw: str) -> None:
    for start, end in find_companies(raw, asked=asking == "name"):
        finder.take(start, end, "company_name", raw[start:end])
    for start, end in find_names(raw):
        finder.take(start, end, "person_name", raw[start:end])
    if asking in NAME_FIELDS:
        for start, end in names_apart(raw):
            finder.take(start, end, "person_name", raw[start:end])
    if asking == "address":
        for match in _ADDRESS.finditer(raw):
            lead = _ADDRESS_LEAD.match(match[0])
            start = match.start() + (lead.end() if lead else 0)
            finder.take(start, match.end(), "address", raw[start : match.end()])


def _said(finder: _Finder, days: list[Day]) -> Iterator[tuple[int, int, str, str]]:
    """Days in words that no place holds."""
    return (
        (day.start, day.end, day.kind, day.value)
        for day in days
        if not day.figures and finder.is_free(day.start, day.end)
    )


@lru_cache(maxsize=8)  # one message is read by every part of the pipeline
def read(raw: str, asking: str = "", today: date | None = None) -> Reading:
    """All values and field words of a message; `asking` is the field that was just asked for, or empty; `today` the day
    that relative days count from, without which none is resolved."""
    folded = fold(raw)
    plain = plain_numerals(folded.text)
    finder = _Finder(read_out_digits(spoken_digits(folded.text)))
    days = [] if asking == "address" else find_days(plain, today)
    _find_codes(finder, plain)
    _find_numbers(finder, asking, days)
    _find_amounts(finder, plain, asking)
    _find_words(finder, asking, folded.text)
    if asking == "capacity" and (bare := bare_capacity(plain)):
        finder.take(bare[0], bare[1], "capacity", bare[2])
    for day in days:
        if day.figures or asking in _DATE_FIELDS:
            finder.take(day.start, day.end, day.kind, day.value)
    fields = tuple(found for found in find_fields(folded.text) if finder.is_free(found[0], found[1]))
    return Reading(folded, tuple(sorted(finder.found)), fields, tuple(_said(finder, days)))


def _context(metadata: object) -> Mapping[str, object]:
    """A live message's metadata, or a training example's, which Rasa keeps one level deeper."""
    if not isinstance(metadata, dict):
        return {}
    example = metadata.get("example")
    return example if isinstance(example, dict) else metadata


def asking_of(metadata: object) -> str:
    """The field that was just asked for, whether for the first time or again to correct it."""
    asking = _context(metadata).get("asking")
    return asking.removeprefix("correct:") if isinstance(asking, str) else ""


def today_of(metadata: object) -> date | None:
    """The day of the message (`today`, an ISO date); None where there is none, or no day."""
    today = _context(metadata).get("today")
    if isinstance(today, date):
        return today
    try:
        return date.fromisoformat(today) if isinstance(today, str) else None
    except ValueError:
        return None
