"""A request in words: one text that every side is shown, hashed; and its essentials for an SMS."""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from domain.contracts.parties import Needed
from domain.contracts.tables import KIND_NAMES, SIDE_NAMES, Contract, RequestKind
from domain.contracts.wishes import Plan
from domain.market import months, prices
from domain.packages.bills import UsedMonth, bill, leaving_fee
from domain.packages.shapes import standard
from domain.packages.tables import PackageVersion
from domain.packages.terms import Terms, leaving_words, price_words, yuan
from domain.usage.months import used
from domain.workdays import CHINA, in_words, local_day


def text_of(session: Session, plan: Plan, needed: tuple[Needed, ...], last: str, now: datetime) -> str:
    """Who, what changes (old → new), the months, the money, who must agree until when, and what silence does."""
    application, wish = plan.wish.application, plan.wish
    lines = [
        KIND_NAMES[wish.kind],
        f"用户：{application.value('name')}，{plan.unit.line.replace('交易单元：', '')}",
        *_change(plan),
        *_money(session, plan, now),
        *_leaving(session, plan, now),
        f"要同意的：{'；'.join(f'{SIDE_NAMES[each.side]}（{each.why}）' for each in needed)}",
        f"到{last}还没有都同意，这件事自动作废，什么都不改变。",
    ]
    return "\n".join(lines)


def short(shown: str, last_day: str) -> str:
    """The essentials of a request for an SMS: what, for whom, from what to what; the whole text is on a page."""
    lines = shown.split("\n")
    user = next((each for each in lines if each.startswith("用户：")), "").removeprefix("用户：").partition("，")[0]
    to = next((each for each in lines if each.startswith(("变为：", "内容："))), "")[3:]
    return f"{user}{lines[0]}\n{to}\n{last_day}前答复有效"


def in_a_line(shown: str) -> str:
    """What a request would change, in one line: 更换套餐，变为……"""
    lines = shown.split("\n")
    to = next((each for each in lines if each.startswith(("变为：", "内容："))), "")
    return f"{lines[0]}，{to}" if to else lines[0]


def digest(text: str) -> str:
    """The mark of exactly what was shown: SHA-256 of the text in UTF-8, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def terms_in_words(terms: Terms) -> str:
    """Price, term and leaving, on one line."""
    return f"{price_words(terms)}；期限{terms.months}个月；提前终止：{leaving_words(terms)}"


def when(moment: datetime) -> str:
    """A moment as people read it."""
    here = moment.astimezone(CHINA)
    return f"{in_words(here)} {here:%H:%M}"


def cost(session: Session, account_mark: str, terms: Terms, now: datetime) -> tuple[Decimal, list[UsedMonth]] | None:
    """What the account's last twelve months would have cost on these terms, in 元; None where no month is known."""
    known = used(session, account_mark, months.month_of(local_day(now)))
    if not known:
        return None
    return bill(terms, known, prices.known(session), standard(session)).yuan, known


def _change(plan: Plan) -> list[str]:
    wish, old = plan.wish, plan.old
    if wish.kind == RequestKind.END:
        assert old is not None
        return [
            f"现在：{_named(old.version)}，到{months.words(old.last_month)}",
            f"变为：合同提前到{months.words(plan.last_month)}为止，之后没有售电公司；已结算的月份不变",
        ]
    assert wish.version is not None
    now_it_is = [f"现在：{_named(old.version)}，到{months.words(old.last_month)}"] if old is not None else []
    begins = f"从{months.words(plan.first_month)}到{months.words(plan.last_month)}"
    to = "变为" if old is not None else "内容"
    return [
        *now_it_is,
        f"{to}：{_named(wish.version)}，{begins}",
        f"条款：{terms_in_words(Terms.from_json(wish.version.terms))}",
    ]


def _money(session: Session, plan: Plan, now: datetime) -> list[str]:
    """What the last twelve months would have cost, under the old terms and the new ones."""
    version, mark = plan.wish.version, plan.wish.application.account_mark
    if version is None or mark is None:
        return []
    new = cost(session, mark, Terms.from_json(version.terms), now)
    if new is None:
        return ["费用：没有贵单位最近12个月的用电记录，算不出金额"]
    amount, known = new
    kwh = sum(each.kwh for each in known)
    said = f"费用：按最近{len(known)}个月用电{kwh:,}千瓦时算，电能量费 {yuan(amount)} 元"
    if plan.old is None:
        return [said]
    before = cost(session, mark, Terms.from_json(plan.old.terms), now)
    assert before is not None
    more = amount - before[0]
    differs = f"，比现在{'多' if more > 0 else '少'} {yuan(abs(more))} 元" if more else "，和现在一样"
    return [said + differs]


def _leaving(session: Session, plan: Plan, now: datetime) -> list[str]:
    """What leaving the old contract before its end costs."""
    ends_early = plan.wish.kind == RequestKind.END or (plan.wish.kind == RequestKind.COMPANY and plan.wish.inside)
    if plan.old is None or not ends_early:
        return []
    terms = Terms.from_json(plan.old.terms)
    left = plan.old.last_month - plan.first_month + 1
    fee = leaving_fee(terms, _left_kwh(session, plan.old, left, now))
    if not fee:
        return ["违约金：没有"]
    return [f"违约金：{leaving_words(terms)}；剩{left}个月，按去年同期用电估算约 {yuan(fee)} 元"]


def _left_kwh(session: Session, old: Contract, left: int, now: datetime) -> int:
    """The energy of the months that are left, taken from the same months a year before; the average where unknown."""
    mark = old.application.account_mark or ""
    this_month = months.month_of(local_day(now))
    known = {each.month: each.kwh for each in used(session, mark, this_month, 24)}
    if not known:
        return 0
    average = sum(known.values()) // len(known)
    wanted = range(old.last_month - left + 1, old.last_month + 1)
    return sum(known.get(month - 12, average) for month in wanted)


def _named(version: PackageVersion) -> str:
    return f"{version.package.retailer.name}“{version.package.name}”"


def day(moment: datetime) -> str:
    """The day of a moment, in short."""
    here = moment.astimezone(CHINA)
    return f"{here.month}月{here.day}日"
