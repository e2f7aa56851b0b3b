"""How a rule's columns and the facts are called and written on the console."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domain.identifiers import mask_phone
from domain.registration.kinds import KIND_NAMES
from domain.rules.drafts import DOCUMENTS
from domain.rules.rules import BadRule, Rule, check_condition
from webhooks.console.words import SEVERITIES

COLUMNS: Mapping[str, str] = {
    "condition": "条件",
    "severity": "严重程度",
    "problem": "问题",
    "suggestion": "建议",
    "active": "状态",
    "needs_person": "转人工",
    "document": "要补的材料",
    "bureaus": "供电局",
    "kinds": "用户类型",
    "valid_from": "第一天",
    "valid_to": "最后一天",
}
_OPEN: Mapping[str, str] = {
    "document": "不用补",
    "bureaus": "全部",
    "kinds": "全部",
    "valid_from": "不限",
    "valid_to": "不限",
}


def written(name: str, value: Any, bureaus: Mapping[str, str] | None = None) -> str:
    """One column of a rule as people read it."""
    if name == "active":
        return "启用" if value else "停用"
    if name == "needs_person":
        return "是" if value else "否"
    if not value:
        return _OPEN.get(name, "—")
    if name in ("bureaus", "kinds"):
        names = bureaus or {} if name == "bureaus" else KIND_NAMES
        return "、".join(names.get(each, each) for each in value)
    words = {"severity": SEVERITIES, "document": DOCUMENTS}.get(name, {})
    return words.get(value, f"{value}")


def scope(rule: Rule, bureaus: Mapping[str, str]) -> str:
    """For whom, where and when a rule holds, in one line; empty where it holds for all."""
    said = [written("kinds", rule.kinds)] if rule.kinds else []
    said += [written("bureaus", rule.bureaus, bureaus)] if rule.bureaus else []
    said += [f"{rule.valid_from}起"] if rule.valid_from else []
    said += [f"至{rule.valid_to}"] if rule.valid_to else []
    return "；".join(said)


def trouble(rule: Rule) -> bool:
    """Whether a rule's condition cannot be read (it was written when more was allowed): it only makes hints."""
    try:
        check_condition(rule.condition)
    except BadRule:
        return True
    return False


def fact(name: str, value: Any) -> str:
    """A fact's value as people read it; a phone is shown in part."""
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return mask_phone(value) if name.endswith("_phone") else str(value)
