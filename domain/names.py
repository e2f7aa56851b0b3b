"""Names of companies, compared as people compare them, with the reason for the verdict in words that users read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache

from opencc import OpenCC

SAME, FORMER, BRANCH, DIFFERS = "same", "former", "branch", "differs"
# The longest first: 有限责任公司 ends with a form that is another one.
FORMS = (
    *("股份有限责任公司", "有限责任公司", "股份有限公司", "有限公司", "股份合作公司", "特殊普通合伙", "普通合伙"),
    *("有限合伙", "个人独资企业", "农民专业合作社", "合作社", "集团公司", "总公司", "公司", "经营部", "商行", "厂"),
)
_BRANCH = re.compile(r"(分公司|分厂|分店|分行|支行|分社|营业部|办事处|分部|加工点|项目部)$")
_NUMBERS = "零一二三四五六七八九十"
_SPACES = re.compile(r"[\s\u200b-\u200f\ufeff]")
_UNSEEN = ("Cc", "Cf", "Cs")
_BRACKETS = re.compile(r"[()\[\]【】〔〕〈〉《》{}「」『』]")
_DOTS = re.compile(r"[,，。.、;；:：·•・‧\-‐‑–—_'\"“”‘’/]")


@dataclass(frozen=True, slots=True)
class Relation:
    """How one name stands to another: `word` for rules (same, former, branch, differs), `reason` for people."""

    word: str
    reason: str

    @property
    def same(self) -> bool:
        """Whether a person would say that both are written alike."""
        return self.word == SAME


def seen(text: str) -> str:
    """The text without what nobody sees and what turns writing round (control and format characters): a name must read
    for the reviewer as it is stored. Rare characters that no table knows yet stay."""
    return "".join(each for each in text if each.isspace() or unicodedata.category(each) not in _UNSEEN)


def relation(name: str | None, registered: str | None, former: Sequence[str] = ()) -> Relation | None:
    """How a name stands to the registered one and to its former names; None where one of the two is not known."""
    if not (name or "").strip() or not (registered or "").strip():
        return None
    assert name is not None and registered is not None
    if folded(name) == folded(registered):
        return Relation(SAME, _only(name, registered))
    if any(folded(name) == folded(each) for each in former):
        return Relation(FORMER, f"是曾用名，现名“{registered}”")
    if branch := _branch(name, registered):
        return Relation(BRANCH, branch)
    return Relation(DIFFERS, _difference(folded(name), folded(registered)))


def same_name(one: str | None, other: str | None) -> bool:
    """Whether two names are one to a person: width, brackets, spaces, dots, case and traditional characters aside."""
    return folded(one or "") == folded(other or "")


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """The name without what people do not count."""
    for _, fold in _FOLDS:
        name = fold(name)
    return name


_PLACE = re.compile(
    r"^云南省?|^(?:昆明|曲靖|玉溪|保山|昭通|丽江|普洱|临沧|楚雄|红河|文山|西双版纳|大理|德宏|怒江|迪庆)[市州]?"
)
_TRADE = re.compile(r"(?:配售电|售电|电力|电能|能源|科技|服务|销售|发展|集团|股份|有限|责任|公司)+$")


def called_in(name: str, text: str) -> bool:
    """Whether a text names a company as people do: 云岭 for 云南云岭售电有限公司. What is left of a name without its
    place and trade must stand in the text; a single character is no name."""
    plain = _TRADE.sub("", folded(name))
    short = _PLACE.sub("", plain)
    called = short if len(short) > 1 else plain
    return len(called) > 1 and called in folded(text)


def _only(name: str, registered: str) -> str:
    """What two writings of one name differ in."""
    if name == registered:
        return "完全一致"
    for label, fold in _FOLDS:
        if fold(name) == fold(registered):
            return f"只差{label}"
    return "只差写法（括号、空格、标点等）"


def _branch(name: str, registered: str) -> str:
    one, other = folded(name), folded(registered)
    if one.startswith(other) and _BRANCH.search(one):
        return f"是“{registered}”的分支机构"
    if other.startswith(one) and _BRANCH.search(other):
        return f"是“{registered}”的总公司"
    return ""


def _difference(name: str, registered: str) -> str:
    """The first thing that a person would point at."""
    stem, form = _parts(name)
    known_stem, known_form = _parts(registered)
    if stem == known_stem and form != known_form:
        return f"“{form or '没有写公司类型'}”与“{known_form or '没有写公司类型'}”不同"
    changes = [
        each for each in SequenceMatcher(None, name, registered, autojunk=False).get_opcodes() if each[0] != "equal"
    ]
    if len(changes) != 1:
        return "两个名称不同"
    _, a, b, c, d = changes[0]
    more, less = name[a:b], registered[c:d]
    if more and less:
        return f"“{less}”写成了“{more}”" if max(len(more), len(less)) <= 4 else "两个名称不同"
    return f"多了{_quoted(more)}" if more else f"少了{_quoted(less)}"


def _parts(name: str) -> tuple[str, str]:
    """The name and its legal form."""
    form = next((each for each in FORMS if name.endswith(each)), "")
    return name.removesuffix(form), form


def _quoted(words: str) -> str:
    count = f"{_NUMBERS[len(words)]}字" if len(words) < len(_NUMBERS) else ""
    return f"“{words}”{count}"


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def simple(text: str) -> str:
    """A text in simplified characters: a traditional one is the same word, and to the eye often the same."""
    return str(_simplifier().convert(text))


def _without(pattern: re.Pattern[str]) -> Callable[[str], str]:
    return lambda name: pattern.sub("", name)


# In the order in which they are applied; each alone says what two writings differ in. Brackets come before width, so
# that full-width brackets against half-width ones are called brackets.
_FOLDS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("括号写法", lambda name: _BRACKETS.sub("", name.translate(str.maketrans("（）［］｛｝", "()[]{}")))),
    ("空格", _without(_SPACES)),
    ("标点", _without(_DOTS)),
    ("全角半角或大小写", _plain),
    ("繁体简体", simple),
)


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")
