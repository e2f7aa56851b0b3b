"""Which package to look at first, and why, in one short sentence with figures that does not hide that others do
something better; the details stand below it.

The order hangs on the weighted scores (`criteria`) alone. Whoever is within the margin of the best one left is equally
good: their order is drawn (`draw`), the same for an account through a month, and it says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy.orm import Session

from domain.packages import criteria
from domain.packages.compare import Compared, Comparison, whole
from domain.packages.criteria import CRITERIA, Criterion, Policy
from domain.packages.draw import place
from domain.packages.terms import yuan

Told = list[tuple[Criterion, str]]  # what a package is better or worse at, in words


@dataclass(frozen=True, slots=True)
class Ranked:
    """A package in its place."""

    rank: int  # equally good ones share it
    package: Compared
    points: Fraction  # 0 to 100
    scores: dict[str, Fraction]  # by criterion, 0 to 1


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The order, and what to say of it."""

    ranked: tuple[Ranked, ...]
    sentence: str  # at most some 60 characters
    details: tuple[str, ...]
    weighing: str  # by what it was weighed


def recommend(session: Session, comparison: Comparison) -> Recommendation:
    """Rank what may be chosen of a comparison, as the administrator weighs."""
    return rank(comparison, criteria.policy(session))


def rank(comparison: Comparison, by: Policy) -> Recommendation:
    """Rank what may be chosen. The order of what comes in has no say."""
    packages = [each for each in comparison.packages if each.offered]
    scored = [
        Ranked(0, package, criteria.total(each, by), each)
        for package, each in zip(packages, criteria.scores(packages, by), strict=True)
    ]
    ranked = _ordered(scored, comparison, by)
    return Recommendation(ranked, _sentence(comparison, ranked, by), _details(comparison, ranked, by), _weighing(by))


def text_lines(of: Recommendation) -> list[str]:
    """The recommendation for a chat."""
    return [of.sentence, *of.details, *([of.weighing] if len(of.ranked) > 1 else [])]


def _ordered(scored: Sequence[Ranked], comparison: Comparison, by: Policy) -> tuple[Ranked, ...]:
    left = sorted(scored, key=lambda each: (-each.points, each.package.code))
    ordered: list[Ranked] = []
    while left:
        group = [each for each in left if left[0].points - each.points <= by.margin]
        left = left[len(group) :]
        group.sort(key=lambda each: place(comparison.account_mark, comparison.month, each.package.code))
        here = len(ordered) + 1
        ordered += [Ranked(here, each.package, each.points, each.scores) for each in group]
    return tuple(ordered)


def _sentence(comparison: Comparison, ranked: Sequence[Ranked], by: Policy) -> str:
    """Company, package, cost, the difference to the cheapest other one, and that others do something better: short
    enough to be read at a glance."""
    if not ranked:
        return "现在没有可以推荐的套餐。"
    first, others = ranked[0].package, [each.package for each in ranked[1:]]
    told = f"{first.retailer}“{first.name}”{'' if comparison.own else '估算'}约{whole(first.yuan)}元"
    if not others:
        return f"{told}；可选的只有这一个，没有可比的。"
    worse = [each.title for each, _ in _sides(first, others, by)[1]]
    equal = sum(each.rank == 1 for each in ranked) - 1
    told += f"，{_against_in_short(first, others)}"
    told += f"；与另{equal}个同样好，抽签在前" if equal else ""
    told += f"；{worse[0] if len(worse) == 1 else f'{len(worse)}项'}不如别家" if worse else ""
    return f"{told}。"


def _against_in_short(first: Compared, others: Sequence[Compared]) -> str:
    least = min(each.yuan for each in others)
    if first.yuan == least:
        return "和最低的一样"
    if first.yuan > least:
        return f"比最低的多{whole(first.yuan - least)}元"
    return f"最低，比次低的少{whole(least - first.yuan)}元"


def _details(comparison: Comparison, ranked: Sequence[Ranked], by: Policy) -> tuple[str, ...]:
    """What stands behind the sentence: exact sums, each better and worse point with its figure."""
    if len(ranked) < 2:
        return (f"{comparison.basis}，要付 {yuan(ranked[0].package.yuan)} 元。",) if ranked else ()
    first, others = ranked[0].package, [each.package for each in ranked[1:]]
    good, bad = _sides(first, others, by)
    cost = f"{first.code} 要付 {yuan(first.yuan)} 元；{_against(first, others)}。"
    sides = [f"好在{'，'.join(said for _, said in good)}。"] if good else []
    sides += [f"不如别家的是{'，'.join(said for _, said in bad)}。"] if bad else []
    return (cost, *sides, *_drawn(ranked, by))


def _drawn(ranked: Sequence[Ranked], by: Policy) -> list[str]:
    """That being first was drawn, where it was."""
    equal = [each.package.code for each in ranked if each.rank == 1]
    if len(equal) == 1:
        return []
    return [f"{'、'.join(equal)} 同样好（总分相差不超过 {by.margin} 分），先后由抽签决定。"]


def _against(first: Compared, others: Sequence[Compared]) -> str:
    """The cost against the cheapest other one; told whatever weighs."""
    other = min(others, key=lambda each: (each.yuan, each.code))
    if first.yuan == other.yuan:
        return f"和 {other.code} 一样，是最低的"
    if first.yuan > other.yuan:
        return f"比最低的 {other.code} 多 {yuan(first.yuan - other.yuan)} 元"
    return f"是最低的，比 {other.code} 少 {yuan(other.yuan - first.yuan)} 元"


def _sides(first: Compared, others: Sequence[Compared], by: Policy) -> tuple[Told, Told]:
    """What it is better at, and what not, of all that counts; the cost is told before."""
    good: Told = []
    bad: Told = []
    for each in CRITERIA:
        if each.good is None or each.bad is None or not by.weights[each.name]:
            continue
        known = [other for other in others if each.figure(other) is not None]
        mine = each.figure(first)
        if not known:
            continue
        best = (max if each.more else min)(known, key=lambda other: (each.figure(other) or 0, other.code))
        if mine is None or _worse(each, mine, best):
            bad.append((each, each.bad(each.shown(mine), best.code, each.shown(each.figure(best)))))
        elif any(_worse(each, each.figure(other), first) for other in known):
            good.append((each, each.good(mine)))
    return good, bad


def _worse(by: Criterion, value: Decimal | None, than: Compared) -> bool:
    other = by.figure(than)
    if value is None or other is None:
        return False
    return value < other if by.more else value > other


def _weighing(by: Policy) -> str:
    counted = [f"{each.title} {by.weights[each.name]}" for each in CRITERIA if by.weights[each.name]]
    return (
        f"比较的标准和权重由交易中心设定：{'、'.join(counted)}。" if counted else "没有设定比较的标准，先后由抽签决定。"
    )
