"""A retail company's staff hear what the trading centre has decided about their package, why, and what comes next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from domain.contracts.sides import staff_in
from domain.notices.notices import tell_staff
from domain.packages.offers import code_of
from domain.packages.tables import PackageVersion, VersionState
from domain.workdays import local_day


def decided(session: Session, version: PackageVersion, now: datetime) -> None:
    """Tell everybody who may sign for the company, once for each decision."""
    code, name = code_of(version), version.package.name
    brief, text = _passed(version, code, now) if version.state == VersionState.APPROVED else _not(version, code)
    people = staff_in(session, version.package.retailer)
    key = f"{version.id}:{version.state}"
    tell_staff(session, "package_decided", people, {"text": brief}, now, key=key, text=f"套餐“{name}”（{code}）{text}")


def _passed(version: PackageVersion, code: str, now: datetime) -> tuple[str, str]:
    first = max(version.offered_from, local_day(now))
    day = f"{first.month}月{first.day}日"
    how = f"回复“提议 用户编号 {version.package.code}”可以推荐给用户；在审核台“套餐”里看用户看到的样子。"
    return f"套餐{code}已审核通过，{day}起可选", f"已由交易中心审核通过，{day}起用户可以选。{how}"


def _not(version: PackageVersion, code: str) -> tuple[str, str]:
    why = (version.refusal or "").rstrip("。")
    next_step = "请在审核台“套餐”里打开它，改好后再提交，会成为新的一版。"
    return f"套餐{code}未通过：{why}", f"没有通过交易中心审核，原因：{why}。{next_step}"
