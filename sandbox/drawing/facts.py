"""What a licence says of a company, and under which words: the labels differ by form, layout and year."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

_LABELS = {
    "name": "名称",
    "type": "类型",
    "address": "住所",
    "legal_person": "法定代表人",
    "composition": "组成形式",
    "capital": "注册资本",
    "paid_capital": "实收资本",
    "established": "成立日期",
    "term": "营业期限",
    "scope": "经营范围",
}
_LABELS_BY_FORM: dict[str, dict[str, str]] = {
    "company": {},
    "branch": {"legal_person": "负责人", "address": "营业场所"},
    "partnership": {
        "legal_person": "执行事务合伙人",
        "address": "主要经营场所",
        "capital": "出资额",
        "term": "合伙期限",
    },
    "sole_trader": {"legal_person": "经营者", "address": "经营场所", "established": "注册日期"},
    "sole_proprietorship": {"legal_person": "投资人", "capital": "出资额"},
}
_LEGACY_LABELS: dict[str, dict[str, str]] = {
    "company": {"legal_person": "法定代表人姓名", "type": "公司类型"},
    "sole_trader": {"legal_person": "经营者姓名", "scope": "经营范围及方式"},
    "sole_proprietorship": {"legal_person": "投资人姓名", "name": "企业名称", "address": "企业住所"},
    "partnership": {"name": "企业名称", "type": "合伙企业类型"},
}
_LEGACY_ORDER = {
    False: ("name", "address", "legal_person", "capital", "paid_capital", "type", "scope", "established", "term"),
    True: ("name", "legal_person", "composition", "address", "scope", "established"),
}


@dataclass(frozen=True)
class Row:
    """One field of a licence: the company's key, the printed label, the printed value."""

    key: str
    label: str
    value: str


def form_of(company: Mapping[str, Any]) -> str:
    """Return which of the five forms a record is, by its type and the title of its head."""
    kind, title = str(company.get("type") or ""), str(company.get("legal_person_title") or "")
    if "个体" in kind or title == "经营者":
        return "sole_trader"
    if "个人独资企业" in kind or title == "投资人":
        return "sole_proprietorship"
    if "分公司" in kind or "分支" in kind or title == "负责人":
        return "branch"
    return "partnership" if "合伙" in kind or "合伙" in title else "company"


def printed_date(iso: str, gap: str = "") -> str:
    """2012-05-08 → 2012年05月08日, with `gap` around the figures."""
    year, month, day = iso.split("-")
    return f"{year}{gap}年{gap}{month}{gap}月{gap}{day}{gap}日"


def chinese_date(iso: str) -> str:
    """2012-05-18 → 二〇一二年五月十八日, as old licences print it."""
    digits = "〇一二三四五六七八九"
    year, month, day = iso.split("-")

    def number(value: int) -> str:
        tens, ones = divmod(value, 10)
        return ("" if tens == 0 else ("" if tens == 1 else digits[tens]) + "十") + (digits[ones] if ones else "")

    return f"{''.join(digits[int(figure)] for figure in year)}年{number(int(month))}月{number(int(day))}日"


def printed_term(company: Mapping[str, Any], random: Random, gap: str) -> str:
    """The term as licences print it; "" where the record has none."""
    term = str(company.get("term") or "")
    if not term:
        return ""
    if "至" not in term:
        if term != "长期" or random.random() < 0.5:
            return term
        return f"{printed_date(str(company['established']), gap)}{random.choice((' 至 ', '至'))}长期"
    start, end = term.split("至")
    end = printed_date(end, gap) if re.fullmatch(r"\d{4}-\d\d-\d\d", end) else end
    return f"{printed_date(start, gap)}{random.choice((' 至 ', '至', ' 至　'))}{end}"


def rows(company: Mapping[str, Any], layout: str, random: Random) -> list[Row]:
    """Return the fields in the order of the single-column layouts; fields which the record lacks are left out."""
    form, gap = form_of(company), random.choice(("", "", " "))
    started = printed_date(str(company["established"]), gap)
    values = {
        "name": str(company.get("name") or ""),
        "type": str(company.get("type") or ""),
        "address": str(company.get("address") or ""),
        "legal_person": str(company.get("legal_person") or ""),
        "composition": str(company.get("composition") or "个人经营") if form == "sole_trader" else "",
        "capital": str(company.get("capital") or "") if form not in ("sole_trader", "branch") else "",
        "established": started,
        "term": printed_term(company, random, gap) if form != "sole_trader" else "",
        "scope": str(company.get("scope") or ""),
    }
    labels = {**_LABELS, **_LABELS_BY_FORM[form]}
    order: tuple[str, ...] = tuple(values)
    if layout == "legacy":
        order, labels = _LEGACY_ORDER[form == "sole_trader"], {**labels, **_LEGACY_LABELS.get(form, {})}
        values["paid_capital"] = values["capital"] if form == "company" else ""
        values["established"] = random.choice((started, started, chinese_date(str(company["established"]))))
    elif layout == "landscape2019":
        labels["established"] = "成立日期"
    return [Row(key, labels[key], values[key]) for key in order if values[key]]


def shown(company: Mapping[str, Any], layout: str) -> dict[str, str | None]:
    """Return what a person reads from an untouched licence.

    Values are in the record's own notation (ISO dates, `term` as in the registry); None for what is not printed.
    """
    printed = {row.key for row in rows(company, layout, Random(0))}
    keys = ("name", "type", "legal_person", "capital", "established", "term", "address", "scope")
    return {"code": code_of(company, layout), **{key: str(company[key]) if key in printed else None for key in keys}}


def code_of(company: Mapping[str, Any], layout: str) -> str:
    """The number on the licence: on the legacy layout the old 15 digits where there are some, else the USCC."""
    return str(company.get("old_number") or company["uscc"]) if layout == "legacy" else str(company["uscc"])


def issuer(address: str, before_2019: bool) -> str:
    """The registration authority of an address: the county's, else the city's, under the name of its time."""
    found = re.match(r"(?:.+?(?:省|自治区))?(.+?(?:市|自治州|州))?(.+?(?:新区|区|县|市))?", address)
    city, county = (found.group(1) or "", found.group(2) or "") if found else ("", "")
    place = (county if county.endswith("市") else city + county) or city or "昆明市"
    return place + ("工商行政管理局" if before_2019 else "市场监督管理局")
