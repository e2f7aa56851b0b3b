"""Terms as somebody wrote them, in a form or a program: read exactly, or refused with a word for each field."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from domain.packages.kinds import KEYS, BadTerms, Kind, Leaving, Part, Season, key_name

MOST_PRICE = Decimal(5000)  # 元/兆瓦时: ten times what energy costs here; more is a slip of the keyboard
MOST_SUM = Decimal(100_000_000)  # 元
MOST_MONTHS, MOST_NOTICE = 60, 180
ZERO = Decimal(0)
Word = TypeVar("Word", bound=StrEnum)


def fields(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `Terms`, from the form that `Terms.to_json` gives. BadTerms names every field that cannot be."""
    reader = _Reader(kept)
    kind = reader.choice("kind", Kind, "请选择价格类型") or Kind.FIXED
    read = {
        "kind": kind,
        "prices": reader.prices(kind),
        "months": reader.whole("months", "期限", 1, MOST_MONTHS, "个月"),
        **reader.sharing(kind),
        **reader.green(),
        **reader.leaving(),
    }
    if not reader.problems:
        reader.order(kind, read)
    if reader.problems:
        raise BadTerms(reader.problems)
    return read


class _Reader:
    """Reads one value after the other and collects what is wrong."""

    def __init__(self, kept: Mapping[str, Any]) -> None:
        self._kept = kept
        self.problems: dict[str, str] = {}

    def choice(self, name: str, of: type[Word], words: str) -> Word | None:
        """One of the words of an enumeration."""
        try:
            return of(str(self._kept.get(name, "")))
        except ValueError:
            self.problems[name] = words
            return None

    def whole(self, name: str, title: str, least: int, most: int, unit: str) -> int:
        """A whole number between two; where 0 is one of them, nothing typed is 0."""
        typed = self._kept.get(name)
        text = "" if typed is None else str(typed).strip()
        if not text and not least:
            return 0
        number = int(text) if text.isdecimal() and text.isascii() and len(text) <= 9 else -1
        if not least <= number <= most:
            self.problems[name] = f"{title}要填 {least} 到 {most} 的整数（{unit}）"
            return least
        return number

    def amount(self, name: str, title: str, most: Decimal, given: object = None) -> Decimal:
        """An amount from 0, with at most two places. Numbers of a program are refused: they are not exact."""
        typed = self._kept.get(name) if given is None else given
        exact = amount(typed)
        if exact is None or not ZERO <= exact <= most:
            self.problems[name] = f"{title}要填 0 到 {most} 的数，最多两位小数，例如 385.50"
            return ZERO
        return exact

    def prices(self, kind: Kind) -> tuple[Decimal, ...]:
        """The prices that this kind has, no other ones."""
        given = self._kept.get("prices")
        given = given if isinstance(given, Mapping) else {}
        if strange := [key for key in given if key not in KEYS[kind]]:
            self.problems["prices"] = f"这种价格类型没有“{strange[0]}”这个价格"
        named = [(key, key_name(key) or "电价") for key in KEYS[kind]]
        return tuple(self.amount(f"prices.{key}", name, MOST_PRICE, given.get(key, "")) for key, name in named)

    def sharing(self, kind: Kind) -> dict[str, Any]:
        """What only a shared price has."""
        if kind != Kind.SHARED:
            return {}
        share = self.whole("share", "用户分成比例", 1, 100, "%")
        return {"reference": self.amount("reference", "参考价", MOST_PRICE), "share": share}

    def green(self) -> dict[str, Any]:
        """The green share, and its premium where there is one."""
        percent = self.whole("green_percent", "绿电比例", 0, 100, "%")
        typed = self._kept.get("green_premium") or "0"
        premium = self.amount("green_premium", "绿电加价", MOST_PRICE, typed)
        if premium and not percent and "green_percent" not in self.problems:
            self.problems["green_premium"] = "没有绿电比例时，绿电加价要填 0"
        return {"green_percent": percent, "green_premium": premium}

    def leaving(self) -> dict[str, Any]:
        """What leaving costs."""
        how = self.choice("leaving", Leaving, "请选择提前终止怎么收费") or Leaving.NONE
        most = MOST_PRICE if how == Leaving.PER_MWH else MOST_SUM
        fee = self.amount("leaving_fee", "违约金", most, self._kept.get("leaving_fee") or "0")
        if (how == Leaving.NONE) == bool(fee) and not {"leaving", "leaving_fee"} & self.problems.keys():
            nothing = how == Leaving.NONE
            self.problems["leaving_fee"] = "不收违约金时，金额要填 0" if nothing else "请填违约金的金额"
        notice = self.whole("notice_days", "提前提出的天数", 0, MOST_NOTICE, "天")
        return {"leaving": how, "leaving_fee": fee, "notice_days": notice}

    def order(self, kind: Kind, read: Mapping[str, Any]) -> None:
        """What the prices must be to one another."""
        by_key = dict(zip(KEYS[kind], read["prices"], strict=True))
        for prefix in {key.rpartition(".")[0] for key in by_key if key.rpartition(".")[2] in list(Part)}:
            peak, flat, valley = (by_key[f"{prefix}.{part}" if prefix else str(part)] for part in Part)
            if not peak >= flat >= valley:
                season = key_name(prefix) if prefix in list(Season) else ""
                self.problems["prices"] = f"{season}峰段价不能低于平段价，平段价不能低于谷段价"
        if kind == Kind.SHARED and by_key["all"] * 100 < read["reference"] * read["share"]:
            self.problems["reference"] = "参考价乘以分成比例不能高于保底价，否则电价可能低于零"


def amount(typed: object) -> Decimal | None:
    """The decimal that a text says; None for what is no text, has more than two places, or says something else."""
    if isinstance(typed, Decimal):
        typed = f"{typed:f}"
    if isinstance(typed, int) and not isinstance(typed, bool):
        typed = str(typed)
    if not isinstance(typed, str):
        return None
    text = typed.strip().replace(",", "").replace("，", "")
    if not text.isascii() or not text.replace(".", "", 1).isdigit():
        return None
    exact = Decimal(text)
    exponent = exact.as_tuple().exponent
    return exact if isinstance(exponent, int) and exponent >= -2 and len(text) <= 15 else None
