"""What may be asked for: checked against what holds, and worked out to the month. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from domain.contracts import contracts
from domain.contracts.tables import Contract, RequestKind, Side
from domain.groups.units import Unit, unit_of
from domain.market import months
from domain.packages.offers import is_offered
from domain.packages.tables import PackageVersion
from domain.packages.terms import Terms
from domain.registration.applications import Application, Stage
from domain.supplements.supplements import ADMITTED

RETAIL = (Stage.AWAITING_RETAILER, Stage.REGISTERED)


class NotPossible(ValueError):
    """It cannot be asked for now; the text says in Chinese why, and what can be done instead."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants for an application's trading unit. `inside`: already within the term of the contract in
    force; otherwise at its end. `version` is the package to come; an end has none."""

    kind: RequestKind
    application: Application
    version: PackageVersion | None = None
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A wish worked out: the unit, the contract that it changes, the months of what is to come. For an end, the last
    month is the old contract's."""

    wish: Wish
    unit: Unit
    old: Contract | None
    first_month: int
    last_month: int

    @property
    def sides(self) -> dict[Side, int | None]:
        """Which retail company is on which side; the user's side is None."""
        found: dict[Side, int | None] = {Side.USER: None}
        if self.old is not None:
            found[Side.OLD] = self.old.retailer_id
        if self.wish.version is not None:
            found[Side.NEW] = self.wish.version.package.retailer_id
        return found


def plan(session: Session, wish: Wish, day: date) -> Plan:
    """The wish worked out on this day. NotPossible says why it cannot be."""
    _may_trade_retail(wish.application)
    unit = unit_of(session, wish.application)
    this_month = months.month_of(day)
    old = contracts.last(session, unit.mark, this_month)
    if wish.version is not None:
        _is_for_sale(wish.version, day)
    if wish.kind == RequestKind.BIND:
        return _bind(wish, unit, old, this_month)
    if old is None:
        raise NotPossible("贵单位现在没有零售合同。想签一份，回复“套餐”。")
    if wish.kind == RequestKind.END:
        return _end(wish, unit, old, this_month)
    _is_another(wish, old)
    first = this_month + 1 if wish.inside else old.last_month + 1
    if wish.inside and first > old.last_month:
        raise NotPossible("合同这个月就到期，不用提前变更，请选“到期后”。")
    if wish.inside and old.first_month > this_month + 1:
        raise NotPossible(f"这份合同从{months.words(old.first_month)}才开始，请先等它生效。")
    last = _last(wish, old, first)
    return Plan(wish, unit, old, first, last)


def _may_trade_retail(application: Application) -> None:
    if application.stage == Stage.AWAITING_CERTIFICATE:
        raise NotPossible("贵单位在批发市场，不通过售电公司购电。想改到零售市场，回复“选择市场”。")
    if application.stage == Stage.AWAITING_MARKET:
        raise NotPossible("请先选择市场：回复“选择市场”。")
    if application.stage not in RETAIL:
        known = "注册审核通过后才能选售电公司。" if application.stage not in ADMITTED else ""
        raise NotPossible(f"{known}现在可以回复“进度”看到哪一步了。")


def _is_for_sale(version: PackageVersion, day: date) -> None:
    retailer = version.package.retailer
    if not retailer.sells:
        raise NotPossible(f"{retailer.name}现在不能签新合同，请选另一家。回复“套餐”可以看在售的。")
    if not is_offered(version, day):
        raise NotPossible(f"套餐“{version.package.name}”现在不在售，请选另一个。回复“套餐”可以看在售的。")


def _bind(wish: Wish, unit: Unit, old: Contract | None, this_month: int) -> Plan:
    if wish.version is None:
        raise NotPossible("请先选一个套餐：回复“套餐”。")
    if old is not None and (old.last_month > this_month or old.renewal == ""):
        raise NotPossible("贵单位已经有零售合同。想换，回复“我的合同”。")
    first = this_month + 1
    return Plan(wish, unit, None, first, first + Terms.from_json(wish.version.terms).months - 1)


def _end(wish: Wish, unit: Unit, old: Contract, this_month: int) -> Plan:
    if old.last_month <= this_month:
        raise NotPossible("合同这个月就到期，不用提前终止。不想续约，回复“不续约”。")
    last = max(this_month, old.first_month - 1)
    return Plan(wish, unit, old, last + 1, last)


def _is_another(wish: Wish, old: Contract) -> None:
    if wish.version is None:
        raise NotPossible("请先选一个套餐：回复“套餐”。")
    same_company = wish.version.package.retailer_id == old.retailer_id
    if wish.kind == RequestKind.PACKAGE and not same_company:
        raise NotPossible("这是另一家售电公司的套餐，请用“换公司”。")
    if wish.kind == RequestKind.COMPANY and same_company:
        raise NotPossible("这还是现在这家售电公司的套餐，请用“换套餐”。")
    if wish.version.id == old.version_id and wish.inside:
        raise NotPossible("现在用的就是这个套餐，不用换。")


def _last(wish: Wish, old: Contract, first: int) -> int:
    """A change of the package inside the term cannot alter the term."""
    if wish.kind == RequestKind.PACKAGE and wish.inside:
        return old.last_month
    assert wish.version is not None
    return first + Terms.from_json(wish.version.terms).months - 1
