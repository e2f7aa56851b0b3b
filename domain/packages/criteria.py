"""What packages are judged by, each 0 to 1 over the compared ones: cost, risk, service, green share, ease of leaving.

The scale of an amount is a stated span (a setting, 元/兆瓦时), not the distance between the best and the worst: a
difference of one 元 stays a small one, however few packages there are. Scores are exact fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy.orm import Session

from domain.packages.bills import MWH, leaving_fee
from domain.packages.compare import Compared
from domain.packages.terms import yuan
from domain.settings import figure

YEAR = 12
Figures = Sequence[Decimal | None]


@dataclass(frozen=True, slots=True)
class Policy:
    """How the administrator weighs: weights of 0 to 100, spans in 元/兆瓦时, the margin in points of 100."""

    weights: Mapping[str, int]
    spans: Mapping[str, int]
    margin: int


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing to judge by. `figure`: what is told of a package; `more`: whether more of it is better."""

    name: str
    title: str
    more: bool
    figure: Callable[[Compared], Decimal | None]
    shown: Callable[[Decimal | None], str]
    good: Callable[[Decimal], str] | None = None  # in words, where it is the best; None: told in another way
    bad: Callable[[str, str, str], str] | None = None  # where it is not: its figure, the best one's code and figure


def leaving_cost(of: Compared) -> Decimal:
    """元 for leaving when half of the term is left, the usage staying as compared."""
    left = (of.terms.months + 1) // 2
    return leaving_fee(of.terms, of.bill.kwh * left // len(of.bill.months))


def _percent(value: Decimal | None) -> str:
    return f"{value or 0}%"


def _points(value: Decimal | None) -> str:
    return f"{value} 分" if value is not None else "还没有"


def _yuan(value: Decimal | None) -> str:
    return f"{yuan(value or Decimal(0))} 元"


CRITERIA: tuple[Criterion, ...] = (
    Criterion(
        "cost",
        "费用",
        False,
        lambda of: of.yuan,
        _yuan,
    ),
    Criterion(
        "risk",
        "价格风险",
        False,
        lambda of: of.at_risk,
        _yuan,
        lambda value: f"可能多付的最少（最多 {_yuan(value)}）" if value else "行情或用电时段变了也不会多付",
        lambda mine, code, best: f"行情或用电时段变了最多要多付 {mine}（{code} 是 {best}）",
    ),
    Criterion(
        "service",
        "服务评分",
        True,
        lambda of: None if of.service_score is None else Decimal(of.service_score),
        _points,
        lambda value: f"服务评分最高（{_points(value)}）",
        lambda mine, code, best: f"服务评分{mine}（{code} 是 {best}）",
    ),
    Criterion(
        "green",
        "绿电比例",
        True,
        lambda of: Decimal(of.terms.green_percent),
        _percent,
        lambda value: f"绿电最多（{_percent(value)}）",
        lambda mine, code, best: f"绿电 {mine}（{code} 是 {best}）",
    ),
    Criterion(
        "leaving",
        "提前终止",
        False,
        leaving_cost,
        _yuan,
        lambda value: f"提前终止付得最少（期限过半时约 {_yuan(value)}）" if value else "提前终止不收违约金",
        lambda mine, code, best: f"期限过半时提前终止约付 {mine}（{code} 是 {best}）",
    ),
)


def policy(session: Session) -> Policy:
    """The weights, spans and margin as the settings have them."""
    weights = {each.name: figure(session, f"choose_weight_{each.name}") for each in CRITERIA}
    spans = {name: figure(session, f"choose_span_{name}") for name in ("cost", "risk", "leaving")}
    return Policy(weights, spans, figure(session, "choose_margin"))


def scores(packages: Sequence[Compared], by: Policy) -> list[dict[str, Fraction]]:
    """For each package its score on each criterion, 0 to 1, in the order given."""
    columns = {each.name: _column(each, packages, by) for each in CRITERIA}
    return [{name: column[place] for name, column in columns.items()} for place in range(len(packages))]


def total(of: Mapping[str, Fraction], by: Policy) -> Fraction:
    """The weighted score, 0 to 100; 0 for everybody where no criterion counts."""
    weight = sum(by.weights.values())
    return (
        sum((of[name] * by.weights[name] for name in by.weights), Fraction(0)) * 100 / weight if weight else Fraction(0)
    )


def _column(of: Criterion, packages: Sequence[Compared], by: Policy) -> list[Fraction]:
    figures = [of.figure(each) for each in packages]
    if of.more:
        return _shares(figures)
    mwh = [Fraction(each.bill.kwh) / Fraction(MWH) for each in packages]
    if of.name == "leaving":
        mwh = [part * YEAR / len(each.bill.months) for part, each in zip(mwh, packages, strict=True)]
    rates = [Fraction(value or 0) / part for value, part in zip(figures, mwh, strict=True)]
    least = min(rates, default=Fraction(0)) if of.name == "cost" else Fraction(0)
    return [max(Fraction(0), 1 - (rate - least) / by.spans[of.name]) for rate in rates]


def _shares(figures: Figures) -> list[Fraction]:
    """Of 100. What is not known counts as the average of what is: neither for nor against."""
    known = [Fraction(value) / 100 for value in figures if value is not None]
    unknown = sum(known, Fraction(0)) / len(known) if known else Fraction(1, 2)
    return [unknown if value is None else Fraction(value) / 100 for value in figures]
