"""The facts of an application that a rule's condition may ask, and what each of them means.

Each topic has its own list and its own function, here or in a module of its own; a name that stands in two lists is our
own error, and a test finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy.orm import Session

from domain import names
from domain.identifiers import InvalidIdentifier, normalise_registration_number, normalise_uscc
from domain.messages.sms_person import proved_later
from domain.registration import provenance
from domain.registration.applications import Application, Source
from domain.registration.intake import same
from domain.registration.kinds import Kind, PartyRole
from domain.registration.licences import SURE
from domain.registration.parties import PARTY_FACTS, facts_of_parties
from domain.rules.facts_others import OTHERS_FACTS, facts_of_others
from domain.rules.facts_papers import PAPERS_FACTS, facts_of_papers

COMPANY_FACTS: Mapping[str, str] = {
    "code": "统一社会信用代码",
    "code_doubted": "代码是照片识别的、有疑问、用户还没确认",
    "code_valid": "代码的校验位正确（18位代码或老的15位注册号）",
    "name": "企业名称",
    "photo_name": "照片上的名称",
    "photo_name_relation": "照片名称与企业名称：same 一致、former 曾用名、branch 分支机构、differs 不同",
    "photo_name_reason": "照片名称与企业名称差在哪里",
    "photo_code_differs": "照片上的代码读得清楚，且与申请的代码不同",
    "legal_person": "法定代表人",
    "registry_known": "工商登记里有这家企业",
    "registry_name": "工商登记的名称",
    "registry_name_relation": "企业名称与工商登记：same 一致、former 曾用名、branch 分支机构、differs 不同",
    "registry_name_reason": "企业名称与工商登记差在哪里",
    "registry_legal_person": "工商登记的法定代表人",
    "registry_status": "工商登记的状态：存续、注销、吊销、迁出、未知",
    "registry_type": "工商登记的企业类型",
    "registry_scope": "工商登记的经营范围",
    "registry_established": "工商登记的成立日期",
    "registry_down": "工商接口没有应答",
    "licence_photo": "有营业执照照片",
    "licence_end": "营业期限的最后一天（长期时为空）",
    "licence_days_left": "营业期限还剩几天（已过为负数，长期时为空）",
}
ACCOUNT_FACTS: Mapping[str, str] = {
    "account_number": "户号",
    "account_known": "营销系统里有这个户号",
    "account_name": "户名",
    "account_name_relation": "户名与产权人名称（本单位是产权人时即企业名称）：same、former、branch、differs",
    "account_name_reason": "户名与产权人名称差在哪里",
    "account_name_agrees": "户名与企业名称一致",
    "account_code": "营销系统登记的代码",
    "account_code_valid": "营销系统登记的代码校验位正确",
    "account_owner_code": "产权人的代码（本单位是产权人时即本单位的代码）",
    "account_status": "户号状态：active 用电、closed 销户、unknown 未知",
    "account_category": "用电类别",
    "bureau_known": "知道由哪个供电局审核",
    "bureau_code": "供电局代码",
    "marketing_down": "营销接口没有应答",
    "capacity_kva": "受电容量（千伏安）",
}
PERSON_FACTS: Mapping[str, str] = {
    "contact_name": "联系人姓名",
    "contact_is_legal_person": "联系人就是法定代表人",
    "phone_verified": "手机已用短信验证",
    "phone_name": "运营商核验手机与姓名：match 一致、mismatch 不一致、unknown 未知",
}
# Every fact, in the words of the console; `docs/rules.md` has the same list.
FACTS: Mapping[str, str] = {
    "today": "今天的日期",
    "channel": "从哪里提交：wechat 微信、sms 短信、batch 批量、api 代办接口",
    **COMPANY_FACTS,
    **ACCOUNT_FACTS,
    **PERSON_FACTS,
    **PARTY_FACTS,
    "owner_is_applicant": "产权人就是申请的企业（代码相同，没有代码时名称相同）",
    "tenant_is_applicant": "租户就是申请的企业（代码相同，没有代码时名称相同）",
    "typed_differs": "用户填写、且与接口查到的不同的各项",
    "decided_against": "以用户所说或照片为准、且与接口查到的不同的各项",
    **PAPERS_FACTS,
    **OTHERS_FACTS,
}


def facts_of(session: Session, application: Application, today: date) -> dict[str, Any]:
    """The facts that a condition may use; `docs/rules.md` lists them. One that is not known is null."""
    return {
        "today": today,
        "channel": application.channel or None,
        **_of_company(application, today),
        **_of_account(application),
        **_of_person(application),
        **facts_of_parties(session, application),
        "owner_is_applicant": _is_applicant(application, PartyRole.OWNER),
        "tenant_is_applicant": _is_applicant(application, PartyRole.TENANT),
        **provenance.facts(application),
        **facts_of_papers(application, today),
        **facts_of_others(session, application),
    }


def _of_company(application: Application, today: date) -> dict[str, Any]:
    company: Mapping[str, Any] = (application.facts or {}).get("company") or {}
    end = _end_of(application.value("term"))
    return {
        "code": application.value("code"),
        "code_doubted": _doubted(application),
        "code_valid": _valid(application.value("code")),
        "name": application.value("name"),
        **_photo(application, company),
        "legal_person": application.value("legal_person"),
        "registry_known": bool(company),
        "registry_name": company.get("name"),
        **_related("registry_name", application.value("name"), company.get("name"), company),
        "registry_legal_person": company.get("legal_person") or None,
        "registry_status": company.get("status"),
        "registry_type": company.get("type") or None,
        "registry_scope": company.get("scope") or None,
        "registry_established": _day(company.get("established")),
        "registry_down": any(name in application.missing_facts for name in ("registry", "registry_name")),
        "licence_photo": application.has_licence_photo(),
        "licence_end": end,
        "licence_days_left": (end - today) // timedelta(days=1) if end else None,
    }


def _photo(application: Application, company: Mapping[str, Any]) -> dict[str, Any]:
    name, code = application.said_by("name", Source.OCR), application.said_by("code", Source.OCR)
    sure_code = code is not None and not code.doubts and code.confidence >= SURE
    known = (application.value("code"), company.get("old_number"))
    read = name.value if name is not None else None
    return {
        "photo_name": read,
        **_related("photo_name", read, application.value("name"), company),
        "photo_code_differs": sure_code and code is not None and not any(same(code.value, each) for each in known),
    }


def _of_account(application: Application) -> dict[str, Any]:
    account: Mapping[str, Any] = (application.facts or {}).get("account") or {}
    company: Mapping[str, Any] = (application.facts or {}).get("company") or {}
    own = application.kind == Kind.OWNER
    owner = application.value("name") if own else application.value("owner_name")
    return {
        "account_number": application.value("account_number"),
        "account_known": bool(account),
        "account_name": account.get("name") or None,
        **_related("account_name", account.get("name"), owner, company if own else {}),
        "account_name_agrees": same(account.get("name"), application.value("name")) if account else None,
        "account_code": account.get("uscc") or None,
        "account_code_valid": _valid(account.get("uscc")),
        "account_owner_code": application.value("code") if own else application.value("owner_code"),
        "account_status": account.get("status"),
        "account_category": account.get("category") or None,
        "bureau_known": application.bureau is not None,
        "bureau_code": application.bureau.code if application.bureau is not None else None,
        "marketing_down": "marketing" in application.missing_facts,
        "capacity_kva": _decimal(application.value("capacity_kva")),
    }


def _of_person(application: Application) -> dict[str, Any]:
    contact, legal = application.value("contact_name"), application.value("legal_person")
    return {
        "contact_name": contact,
        "contact_is_legal_person": same(contact, legal) if contact and legal else None,
        "phone_verified": application.phone_verified_at is not None or proved_later(application),
        "phone_name": (application.facts or {}).get("phone_name"),
    }


def _is_applicant(application: Application, role: PartyRole) -> bool | None:
    code, name = application.value(f"{role}_code"), application.value(f"{role}_name")
    if code and application.value("code"):
        return code == application.value("code")
    return names.same_name(name, application.value("name")) if name and application.value("name") else None


def _related(prefix: str, name: str | None, known: str | None, company: Mapping[str, Any]) -> dict[str, str | None]:
    """The two facts of one comparison; the company's former names count."""
    found = names.relation(name, known, tuple(company.get("former_names") or ()))
    return {
        f"{prefix}_relation": found.word if found else None,
        f"{prefix}_reason": found.reason if found else None,
    }


def _valid(code: str | None) -> bool | None:
    if not code:
        return None
    for normalise in (normalise_uscc, normalise_registration_number):
        try:
            normalise(code)
        except InvalidIdentifier:
            continue
        return True
    return False


def _doubted(application: Application) -> bool:
    row = application.said_by("code", Source.OCR)
    return bool(row and row.doubts) and application.source("code") == Source.OCR and not application.licence_confirmed


def _end_of(term: str | None) -> date | None:
    return _day((term or "").rpartition("至")[2].strip())


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _decimal(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None
