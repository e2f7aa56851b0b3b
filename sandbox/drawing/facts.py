"""What a licence says of a company, and under which words: the labels differ by form, layout and year."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

TITLES = {
    "sole_trader": "经营者",
    "branch": "负责人",
    "partnership": "执行事务合伙人",
    "sole_proprietorship": "投资人",
    "company": "法定代表人",
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
    legacy = layout == "legacy"
    address = {"sole_trader": "经营场所", "branch": "营业场所", "partnership": "主要经营场所"}.get(form, "住所")
    head = TITLES[form]
    if legacy and form in ("company", "sole_trader", "sole_proprietorship"):
        head += "姓名"
    term = "合伙期限" if form == "partnership" else "营业期限"
    started = "注册日期" if form == "sole_trader" and layout != "landscape2019" else "成立日期"
    capital = "出资额" if form in ("partnership", "sole_proprietorship") else "注册资本"
    found = [
        Row("name", "名称", str(company["name"])),
        Row("type", "公司类型" if legacy and form == "company" else "类型", str(company["type"])),
        Row("address", address, str(company["address"])),
        Row("legal_person", head, str(company["legal_person"])),
        Row("composition", "组成形式", str(company.get("composition") or "个人经营") if form == "sole_trader" else ""),
        Row("capital", capital, str(company.get("capital") or "") if form not in ("sole_trader", "branch") else ""),
        Row("established", started, printed_date(str(company["established"]), gap)),
        Row("term", term, printed_term(company, random, gap) if form != "sole_trader" else ""),
        Row("scope", "经营范围", str(company["scope"])),
    ]
    return [row for row in found if row.value]


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
    place = (city + county)[:14] or "昆明市"
    return place + ("工商行政管理局" if before_2019 else "市场监督管理局")
