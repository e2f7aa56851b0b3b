"""Packages as money on a user's own usage, side by side: the same months, the same market, the same assumptions.

Nothing is scaled up: where fewer months are known than were asked for, the sums are of those that are known, and it
says so. Where none is known, each month of the last year counts as the setting `card_kwh_middle`, and it says that.
Where the user states what a year comes to, that is spread evenly over the last twelve months, and it says that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy.orm import Session

from domain.market import prices
from domain.market.months import month_of, words
from domain.packages.bills import Bill, Shape, UsedMonth, bill
from domain.packages.draw import place
from domain.packages.offers import code_of, offered, version
from domain.packages.shapes import standard
from domain.packages.tables import PackageVersion
from domain.packages.terms import Terms, yuan
from domain.settings import figure
from domain.usage.months import used
from domain.workdays import local_day

YEAR, MOST_MONTHS = 12, 24
STANDARD = "card_kwh_middle"
CHAT, SMS, PICTURE = 5, 3, 3  # how many packages one answer lists, or shows


@dataclass(frozen=True, slots=True)
class Compared:
    """One package on the compared months."""

    code: str  # P0001-2
    name: str
    retailer: str
    service_score: int | None
    terms: Terms
    bill: Bill
    at_risk: Decimal  # 元 that the same months could cost more: see `_at_risk`
    offered: bool  # whether it may be chosen on the day of the comparison

    @property
    def yuan(self) -> Decimal:
        """元 for the compared months together."""
        return self.bill.yuan

    @property
    def average(self) -> Decimal:
        """元/兆瓦时."""
        return self.bill.average or Decimal(0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared, on what, the cheapest first; among equals in an order that was drawn."""

    account_mark: str
    month: int  # the trading month in which it was made
    asked: int  # how many months were asked for
    used: tuple[UsedMonth, ...]
    own: bool  # whether the months are the user's own, or the standard ones
    packages: tuple[Compared, ...]
    shift: int  # per cent of the energy that `at_risk` moves from valley to peak
    stated: int = 0  # the kWh of a year that the user stated, where it was compared on that

    @property
    def kwh(self) -> int:
        """The energy of all the compared months."""
        return sum(each.kwh for each in self.used)

    @property
    def period(self) -> str:
        """From which month to which."""
        first, last = words(self.used[0].month), words(self.used[-1].month)
        return first if first == last else f"{first}至{last}"

    @property
    def basis(self) -> str:
        """On whose usage, in words that a sentence may begin with."""
        if self.stated:
            return f"按您说的一年 {self.stated:,} 度、每月一样多估算（{self.period}）"
        if not self.own:
            return f"没有查到贵单位的用电数据，先按每月 {self.used[0].kwh:,} 度估算（{self.period}）"
        return f"按贵单位 {len(self.used)} 个月的用电（{self.period}，共 {self.kwh:,} 度）"

    @property
    def gaps(self) -> str:
        """How many months between the first and the last are not known; empty where all are."""
        missing = self.used[-1].month - self.used[0].month + 1 - len(self.used)
        fewer = f"只查到 {len(self.used)} 个月的用电，金额是这些月份的合计，不是全年。" if self._short else ""
        return fewer or (f"其中 {missing} 个月没有用电数据，没有算在内。" if missing else "")

    @property
    def _short(self) -> bool:
        return self.own and len(self.used) < YEAR

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was assumed, each said once."""
        said = [text for each in self.packages for text in each.bill.assumptions]
        risk = [_risk_words(self.shift)] if any(each.at_risk for each in self.packages) else []
        return tuple(dict.fromkeys([*([self.gaps] if self.gaps else []), *said, *risk]))

    def only(self, codes: Iterable[str]) -> Comparison:
        """The same comparison with these packages alone."""
        wanted = set(codes)
        return replace(self, packages=tuple(each for each in self.packages if each.code in wanted))


def compare(
    session: Session,
    account_mark: str,
    versions: Iterable[PackageVersion],
    now: datetime,
    months: int = YEAR,
    stated: int = 0,
) -> Comparison:
    """Each version on the account's last months, 12 to 24, up to the last one that is known; on `stated` kWh a year
    instead where there are any. `versions` may hold one that is no longer offered (what the user has now); it is
    marked. An empty mark: nobody's usage."""
    month = month_of(local_day(now))
    kept = [] if stated else _own(session, account_mark, month, min(max(months, YEAR), MOST_MONTHS))
    year = stated or YEAR * figure(session, STANDARD)
    on = kept or [UsedMonth(month - n, _share(year, n)) for n in range(YEAR, 0, -1)]
    market, shape, shift = prices.known(session), standard(session), figure(session, "choose_shift")
    may = {each.id for each in offered(session, local_day(now))}
    distinct = {each.id: each for each in versions}.values()
    made = [_compared(each, on, market, shape, shift, each.id in may) for each in distinct]
    made.sort(key=lambda each: (each.yuan, place(account_mark, month, each.code)))
    return Comparison(account_mark, month, months, tuple(on), bool(kept), tuple(made), shift, stated)


def text_lines(of: Comparison) -> list[str]:
    """The comparison for a chat: at most `CHAT` packages, and all that was assumed."""
    if not of.packages:
        return ["现在没有可以比较的套餐。"]
    shown, left = of.packages[:CHAT], len(of.packages) - CHAT
    return [
        f"{of.basis}，电能量费从低到高：",
        *(_line(number, each) for number, each in enumerate(shown, 1)),
        *([EQUAL] if _any_equal(shown) else []),
        *([f"另有 {left} 个更贵的套餐没有列出。"] if left > 0 else []),
        *of.assumptions,
    ]


def cautions(of: Comparison) -> list[str]:
    """What a list must not keep to itself: that the order of equals was drawn, and which months are missing."""
    return [*([EQUAL] if _any_equal(of.packages) else []), *([of.gaps] if of.gaps else [])]


def sms_lines(of: Comparison) -> list[str]:
    """The comparison as the lines of one SMS: at most four, none over 35 characters (docs/sms.md)."""
    if not of.packages:
        return ["现在没有可以比较的套餐"]
    count = min(len(of.packages), SMS)
    head = f"按最近用电{len(of.used)}个月" if of.own else f"没有用电数据，按每月{of.used[0].kwh:,}度"
    head = f"按您说的一年{of.stated:,}度" if of.stated else head
    most = f"，最低{count}个" if len(of.packages) > count else "，从低到高"
    lines = [f"{each.code}约{whole(each.yuan)}元，合{yuan(each.average)}元/兆瓦时" for each in of.packages[:SMS]]
    return [head + most, *lines]


def picture(of: Comparison) -> dict[str, Any]:
    """What `Say.picture` takes, to send this comparison as a picture: choose its packages with `Comparison.only`."""
    codes = [each.code for each in of.packages[:PICTURE]]
    text = f"[图片] 套餐比较：{'、'.join(codes)}"
    return {"text": text, "account_mark": of.account_mark, "codes": codes, "months": of.asked, "stated": of.stated}


def pictured(session: Session, body: Mapping[str, Any], now: datetime) -> Comparison:
    """The comparison that `picture` wrote down, made anew. A package that is gone is left out."""
    found = [version(session, code) for code in body["codes"]]
    return compare(session, body["account_mark"], filter(None, found), now, body["months"], body.get("stated", 0))


@dataclass(frozen=True, slots=True)
class Row:
    """One package as a table shows it."""

    code: str
    name: str
    retailer: str
    yuan: str
    above: str  # 元 more than the cheapest of the table
    average: str
    offered: bool


def rows(of: Comparison) -> list[Row]:
    """The comparison as a table, the cheapest first."""
    least = min((each.yuan for each in of.packages), default=Decimal(0))
    return [_row(each, least) for each in of.packages]


def _row(of: Compared, least: Decimal) -> Row:
    return Row(of.code, of.name, of.retailer, yuan(of.yuan), _above(of.yuan - least), yuan(of.average), of.offered)


def _above(difference: Decimal) -> str:
    return f"{yuan(difference)} 元" if difference else "最低"


EQUAL = "金额相同的，先后由抽签决定，不代表谁更好。"


def whole(amount: Decimal) -> str:
    """元 without cents, rounded half up, thousands parted."""
    return f"{amount.quantize(Decimal(1), ROUND_HALF_UP):,}"


def _share(year: int, n: int) -> int:
    """The n-th month's even part of a year in whole kWh; the parts together are the year."""
    return year * n // YEAR - year * (n - 1) // YEAR


def _own(session: Session, account_mark: str, month: int, months: int) -> list[UsedMonth]:
    """The last months of an account that are known, ending with the last of them; none where nothing was used."""
    known = used(session, account_mark, month, months)
    if not any(each.kwh for each in known):
        return []
    return used(session, account_mark, known[-1].month + 1, months)


def _compared(
    version: PackageVersion,
    on: Sequence[UsedMonth],
    market: Mapping[int, Decimal],
    shape: Shape,
    shift: int,
    may: bool,
) -> Compared:
    terms, retailer = Terms.from_json(version.terms), version.package.retailer
    made = bill(terms, on, market, shape)
    risk = at_risk(terms, on, made.yuan, shape, shift)
    name = version.package.name
    return Compared(code_of(version), name, retailer.name, retailer.service_score, terms, made, risk, may)


def at_risk(terms: Terms, on: Sequence[UsedMonth], cost: Decimal, shape: Shape, shift: int) -> Decimal:
    """元 that these months could cost more on the same terms: without any share of a falling market, and with so many
    per cent of each month's energy at peak instead of at valley. Nothing for a price that hangs on neither."""
    moved = [_at_peak(each, shift) for each in on]
    taken = min(shift, shape.valley)
    worse = replace(shape, peak=shape.peak + taken, valley=shape.valley - taken)
    return max(Decimal("0.00"), bill(terms, moved, {}, worse).yuan - cost)


def _at_peak(each: UsedMonth, shift: int) -> UsedMonth:
    if each.peak is None or each.valley is None:
        return each
    moved = min(each.valley, each.kwh * shift // 100)
    return replace(each, peak=each.peak + moved, valley=each.valley - moved)


def _risk_words(shift: int) -> str:
    return f"“最多多付”是假设没有分成，并且有 {shift}% 的电量从谷段移到峰段。"


def _line(number: int, of: Compared) -> str:
    risk = f"，最多多付 {yuan(of.at_risk)} 元" if of.at_risk else ""
    gone = "" if of.offered else "（现在不能选）"
    cost = f"{yuan(of.yuan)} 元，合 {yuan(of.average)} 元/兆瓦时"
    return f"{number}. {of.code}“{of.name}”（{of.retailer}）{gone}：{cost}{risk}"


def _any_equal(packages: Sequence[Compared]) -> bool:
    return len({each.yuan for each in packages}) < len(packages)
