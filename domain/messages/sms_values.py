"""What a variable of an SMS template may hold, and how a value that is too long is made to fit.

Aliyun checks each variable by the kind that it was registered as (documents 108088 and 2806243): 1 to 35 characters, no
web address, no mobile number, no 【】, no emoji; a one-time code 4 to 6 digits or letters. A value is shortened where
that leaves it true: a text at its end, a company's name in its middle; a figure, a code or a date never.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

MOST = 35  # characters of one variable


class BadValue(ValueError):
    """A value that fits no variable of its kind, and that nothing may be left out of."""


class Kind(StrEnum):
    """What a variable holds; in brackets the kind that it is registered as."""

    CODE = "code"  # a one-time code (验证码)
    NUMBER = "number"  # a work order, a count, a question's code (其他号码)
    UNIT = "unit"  # a company's or an office's name (others: names hold brackets, and a late notice says so in front)
    NAME = "name"  # a person's name
    ADDRESS = "address"
    TIME = "time"
    MONEY = "money"
    TEXT = "text"  # words (others)
    TOKEN = "token"  # the end of a link whose beginning is fixed (link_param)


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable: what it holds and how many characters at the most."""

    kind: Kind
    most: int = MOST

    def fit(self, value: str) -> str:
        """The value as it may be sent. BadValue where it is empty, or where shortening it would make it false."""
        clean = cleaned(value)
        if not clean:
            raise BadValue("empty")
        if len(clean) > self.most:
            clean = _SHORTEN.get(self.kind, _refuse)(clean, self.most)
        if self.kind in _FORMS and not _FORMS[self.kind].fullmatch(clean):
            raise BadValue(f"no {self.kind}")
        return clean


_UNSENT = re.compile(r"(?:https?://|www\.|[a-z0-9-]+\.(?:com|cn|net|org|top|xyz)\b)[!-~]*", re.IGNORECASE | re.ASCII)
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)(\d{4})(\d{4})(?!\d)")
# What is not taken apart: figures with their unit, dates, codes, names in quotation marks that are short enough.
_ATOM = re.compile(
    r"(?:\d+年)?\d+月(?:\d+日)?(?: ?\d{1,2}:\d{2})?"
    r"|[A-Za-z0-9*][A-Za-z0-9*.,:/%+-]*(?:千伏安|千瓦时|个工作日|个|万元|元|份|天|位)?"
    r"|“[^”]{1,12}”|.",
    re.DOTALL,
)
_LOOSE_ENDS = " ，,、；;。：:（(“"
_HALF_A_FORM = re.compile(r"[（(]$|(?:有|有限|有限责|有限责任|股|股份|有限公)$")
_BRANCH = re.compile(r"(?<=公司)[^公]{2,14}(?:分公司|分厂|分店|营业部|办事处|支行)$")


def cleaned(text: str) -> str:
    """The text on one line, without what no SMS variable may hold: a mobile number shows its ends, a web address is
    left out, 【】 become brackets, emoji go."""
    words = " ".join(text.split()).replace("【", "[").replace("】", "]")
    words = _MOBILE.sub(r"\1****\3", _UNSENT.sub("", words))
    return " ".join("".join(each for each in words if not _is_picture(each)).split())


def is_whole(text: str) -> bool:
    """Whether an SMS can say the text as it is: nothing would have to be left out."""
    return cleaned(text) == " ".join(text.split())


def shorten(text: str, most: int = MOST) -> str:
    """A text that fits: cut between two words, never inside a figure, a date or a code."""
    words = " ".join(text.split())
    if len(words) <= most:
        return words
    kept = ""
    for atom in _ATOM.findall(words):
        if len(kept) + len(atom) >= most:
            break
        kept += atom
    return kept.rstrip(_LOOSE_ENDS) + "…"


def shorten_unit(name: str, most: int = MOST) -> str:
    """A company's name that fits. It begins as it does, so that its own name stays; what tells a branch from its
    sisters stays at its end."""
    if len(name) <= most:
        return name
    branch = _BRANCH.search(name)
    end = branch.group() if branch is not None and len(branch.group()) < most - 8 else ""
    return f"{_HALF_A_FORM.sub('', name[: most - 1 - len(end)])}…{end}"


def pieces(text: str, most: int = MOST) -> list[str]:
    """The whole text in pieces that each fit one variable, parted where it can be: after a sentence, a comma, else
    between two words. Nothing is left out; the mark between two pieces is the template's."""
    found: list[str] = []
    for sentence in filter(None, re.split(r"[\n。；;]+", cleaned_lines(text))):
        for part in _parts(sentence.strip(), most):
            joint = "" if found and found[-1][-1:] in "？！?!：:" else "；"
            if found and len(found[-1]) + len(joint) + len(part) <= most:
                found[-1] += joint + part
            else:
                found.append(part)
    return found


def cleaned_lines(text: str) -> str:
    """`cleaned`, line by line."""
    return "\n".join(filter(None, (cleaned(line.removeprefix("·")) for line in text.splitlines())))


def _parts(sentence: str, most: int) -> list[str]:
    """One sentence in pieces: filled up comma by comma, and a clause that is too long in itself word by word."""
    parts: list[str] = []
    line = ""
    for clause in re.findall(r"[^，、]*[，、]?", sentence):
        if len(line) + len(clause.rstrip("，、")) <= most:
            line += clause
            continue
        parts.append(line)
        line = ""
        for atom in _ATOM.findall(clause):
            if len(line) + len(atom) > most:
                parts.append(line)
                line = ""
            line += atom
    parts.append(line)
    return [trimmed for trimmed in (part.strip(" ，、") for part in parts) if trimmed]


def _is_picture(character: str) -> bool:
    return unicodedata.category(character) in ("So", "Sk", "Cs", "Co", "Cf", "Cc")


def _refuse(value: str, most: int) -> str:
    raise BadValue(f"longer than {most}, and nothing may be left out")


_SHORTEN: Mapping[Kind, Callable[[str, int], str]] = {
    Kind.TEXT: shorten,
    Kind.UNIT: shorten_unit,
    Kind.ADDRESS: shorten,
    Kind.NAME: shorten,
}
_FORMS: Mapping[Kind, re.Pattern[str]] = {
    Kind.CODE: re.compile(r"[A-Za-z0-9]{4,6}"),
    Kind.NUMBER: re.compile(r"[A-Za-z0-9.,-]{1,35}"),
    Kind.TOKEN: re.compile(r"[A-Za-z0-9]{1,35}"),
}
