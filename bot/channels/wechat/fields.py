"""Values that a template notice takes. Beyond the limits WeChat cuts silently or answers 47003.

Limits: the parameter table of the subscription messages (developers.weixin.qq.com), which WeChat's staff confirm for
the templates of service accounts: no line breaks, no emoji, per kind a length and an alphabet.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.channels.wechat.text import clean

_CHINA = ZoneInfo("Asia/Shanghai")
_FIGURE = re.compile(r"[A-Za-z0-9]+(?:[.,:/%-][A-Za-z0-9]+)*%?")
_NOT_HAN = re.compile(r"[^\u3400-\u9fff\U00020000-\U0003ffff]")
_PATTERNS = {
    "number": re.compile(r"-?[0-9.]{1,32}"),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "symbol": re.compile(r"[^\w\s]{1,5}"),
    "amount": re.compile(r"[¥￥$€£]?[0-9]{1,10}(\.[0-9]{1,2})?元?"),
    "phone_number": re.compile(r"[0-9+\- ]{1,17}"),
    "car_number": re.compile(r"\w{1,8}"),
}


def fit(kind: str, value: str | date) -> str:
    """`value` as a field of this kind takes it; `kind` may be the field's key ("thing1").

    Words are shortened with “…” where they must be, never within a figure. Where a shorter value would be a false one
    (number, amount, phone number, …) and for an unknown kind it raises ValueError, without the value in its text.
    """
    name = kind.rstrip("0123456789")
    if name in ("time", "date"):
        return _moment(name, value)
    text = _plain(str(value))
    if name in _WORDS:
        return _WORDS[name](text) or "无"
    if name not in _PATTERNS or not _PATTERNS[name].fullmatch(text):
        raise ValueError(f"no value for a field of kind {name}")
    return text


def _moment(name: str, value: str | date) -> str:
    """A moment as a person in China reads it; a text is taken to be one already."""
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, datetime):
        value = value.astimezone(_CHINA) if value.tzinfo else value
    day = f"{value.year}年{value.month}月{value.day}日"
    if name == "date" or not isinstance(value, datetime):
        return day
    return f"{day} {value:%H:%M}"


def _plain(text: str) -> str:
    """One line, without emoji (they arrive as □) and format characters."""
    kept = "".join(c for c in clean(text) if unicodedata.category(c) not in ("So", "Sk", "Cf", "Mn", "Co", "Cn"))
    return " ".join(kept.split())


def _shorten(text: str, limit: int, mark: str) -> str:
    if len(text) <= limit:
        return text
    end = limit - len(mark)
    for figure in _FIGURE.finditer(text):
        if figure.start() < end < figure.end():
            end = figure.start()
    return text[:end].rstrip(" ，,、（(：:-") + mark


def _character_string(text: str) -> str:
    ascii_only = "".join(c for c in unicodedata.normalize("NFKC", text) if " " <= c <= "~")
    return _shorten(" ".join(ascii_only.split()), 32, "...")


def _name(text: str) -> str:
    return text[:20] if text.isascii() else text[:10]


_WORDS: dict[str, Callable[[str], str]] = {
    "thing": lambda text: _shorten(text, 20, "…"),
    "character_string": _character_string,
    "name": _name,
    "phrase": lambda text: _NOT_HAN.sub("", text)[:5],
    "const": lambda text: text,
}
