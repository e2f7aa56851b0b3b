"""The facts card of a package (套餐说明): what it costs at three standard usages, its term, how to leave, how green it
is, how its price went. Plain data for a page, and the same as lines for a chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from domain.market import prices
from domain.market.months import month_of, words
from domain.market.retailers import STATE_NAMES
from domain.packages.bills import Shape, UsedMonth, bill, cents
from domain.packages.offers import code_of, offered, price_history
from domain.packages.shapes import standard
from domain.packages.tables import PackageVersion
from domain.packages.terms import Terms, lines, price_words, yuan
from domain.settings import figure

USAGES = ("card_kwh_small", "card_kwh_middle", "card_kwh_large")
YEAR = 12


@dataclass(frozen=True, slots=True)
class AtUsage:
    """What a package costs whoever uses so much every month."""

    kwh: int  # a month
    yuan: Decimal  # a month, on the average of the year
    average: Decimal  # 元/兆瓦时


@dataclass(frozen=True, slots=True)
class Card:
    """All that stands on the card."""

    code: str
    name: str
    retailer: str
    retailer_state: str
    retailer_phone: str
    score: int | None
    facts: tuple[tuple[str, str], ...]
    usages: tuple[AtUsage, ...]
    assumptions: tuple[str, ...]
    history: tuple[tuple[date, str], ...]
    offered_from: date
    offered_to: date | None
    offered: bool  # whether it may be chosen on the day of the card


def card(session: Session, version: PackageVersion, day: date) -> Card:
    """The card of a version as of a day. The standard usages are counted over the twelve months before that day."""
    terms, retailer = Terms.from_json(version.terms), version.package.retailer
    kwhs = sorted({figure(session, name) for name in USAGES})
    usages, assumptions = at_usages(terms, kwhs, day, prices.known(session), standard(session))
    return Card(
        code=code_of(version),
        name=version.package.name,
        retailer=retailer.name,
        retailer_state=STATE_NAMES[retailer.state],
        retailer_phone=retailer.phone,
        score=retailer.service_score,
        facts=tuple(lines(terms)),
        usages=usages,
        assumptions=assumptions,
        history=tuple((point.since, price_words(point.terms)) for point in price_history(session, version.package)),
        offered_from=version.offered_from,
        offered_to=version.offered_to,
        offered=version.id in {each.id for each in offered(session, day)},
    )


def at_usages(
    terms: Terms, kwhs: list[int], day: date, market: Mapping[int, Decimal], shape: Shape
) -> tuple[tuple[AtUsage, ...], tuple[str, ...]]:
    """What the terms cost at so many kWh in each month of the year before a day, and what was assumed."""
    now = month_of(day)
    shown, assumptions = [], []
    for kwh in kwhs:
        made = bill(terms, [UsedMonth(now - n, kwh) for n in range(YEAR, 0, -1)], market, shape)
        shown.append(AtUsage(kwh, cents(made.yuan / YEAR), made.average or Decimal(0)))
        assumptions = list(made.assumptions)
    period = f"按{words(now - YEAR)}至{words(now - 1)}每月用电相同计算，金额是月平均。"
    return tuple(shown), (period, *assumptions)


def text_lines(of: Card) -> list[str]:
    """The card as lines for a chat."""
    score = f"（服务评分 {of.score}）" if of.score is not None else ""
    return [
        f"【{of.code}】{of.name}",
        f"{of.retailer}{score}",
        *(f"{what}：{said}" for what, said in of.facts),
        *(f"每月 {each.kwh:,} 度：约 {yuan(each.yuan)} 元/月，合 {yuan(each.average)} 元/兆瓦时" for each in of.usages),
        offered_words(of),
        *of.assumptions,
    ]


def short(of: Card) -> str:
    """The card in one line, for an SMS."""
    facts = dict(of.facts)
    return f"{of.code} {of.retailer}“{of.name}”：{facts['价格']}，{facts['期限']}，{facts['提前终止']}"


def offered_words(of: Card) -> str:
    """From when to when it may be chosen."""
    if not of.offered:
        return "现在不能选这个套餐。"
    return f"可选时间：{of.offered_from:%Y-%m-%d} 起" + (f"，到 {of.offered_to:%Y-%m-%d}" if of.offered_to else "")
