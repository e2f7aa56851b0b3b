"""The facts of an application that a rule's condition may ask, and what each of them means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.applications import EDITABLE, Application, Source, Stage
from domain.intake import same
from domain.sms_person import proved_later

# Every fact, in the words of the console; `docs/rules.md` has the same list.
FACTS: Mapping[str, str] = {
    "today": "今天的日期",
    "code": "统一社会信用代码",
    "code_doubted": "代码是照片识别的、有疑问、用户还没确认",
    "name": "企业名称",
    "photo_name": "照片上的名称",
    "legal_person": "法定代表人",
    "registry_known": "工商登记里有这家企业",
    "registry_name": "工商登记的名称",
    "registry_legal_person": "工商登记的法定代表人",
    "registry_status": "工商登记的状态：存续、注销、吊销、迁出、未知",
    "registry_down": "工商接口没有应答",
    "licence_photo": "有营业执照照片",
    "licence_end": "营业期限的最后一天（长期时为空）",
    "account_number": "户号",
    "account_known": "营销系统里有这个户号",
    "account_name": "户名",
    "account_code": "营销系统登记的代码",
    "account_status": "户号状态：active、closed、unknown",
    "account_name_agrees": "户名与企业名称一致",
    "account_registered": "这个户号已有别的申请",
    "marketing_down": "营销接口没有应答",
    "capacity_kva": "受电容量（千伏安）",
    "contact_name": "联系人姓名",
    "phone_verified": "手机已用短信验证",
    "phone_name": "运营商核验手机与姓名：match、mismatch、unknown",
}


def facts_of(session: Session, application: Application, today: date) -> dict[str, Any]:
    """The facts that a condition may use; `docs/rules.md` lists them. One that is not known is null."""
    company = (application.facts or {}).get("company") or {}
    account = (application.facts or {}).get("account") or {}
    photo_name = application.said_by("name", Source.OCR)
    return {
        "today": today,
        "code": application.value("code"),
        "code_doubted": _doubted(application),
        "name": application.value("name"),
        "photo_name": photo_name.value if photo_name is not None else None,
        "legal_person": application.value("legal_person"),
        "registry_known": bool(company),
        "registry_name": company.get("name"),
        "registry_legal_person": company.get("legal_person"),
        "registry_status": company.get("status"),
        "registry_down": any(name in application.missing_facts for name in ("registry", "registry_name")),
        "licence_photo": application.has_licence_photo(),
        "licence_end": _end_of(application.value("term")),
        "account_number": application.value("account_number"),
        "account_known": bool(account),
        "account_name": account.get("name"),
        "account_code": account.get("uscc") or None,
        "account_status": account.get("status"),
        "account_name_agrees": same(account.get("name"), application.value("name")) if account else None,
        "account_registered": _registered_elsewhere(session, application),
        "marketing_down": "marketing" in application.missing_facts,
        "capacity_kva": _decimal(application.value("capacity_kva")),
        "contact_name": application.value("contact_name"),
        "phone_verified": application.phone_verified_at is not None or proved_later(application),
        "phone_name": (application.facts or {}).get("phone_name"),
    }


def _doubted(application: Application) -> bool:
    row = application.said_by("code", Source.OCR)
    return bool(row and row.doubts) and application.source("code") == Source.OCR and not application.licence_confirmed


def _registered_elsewhere(session: Session, application: Application) -> bool:
    if application.account_mark is None:
        return False
    others = select(func.count()).where(
        Application.account_mark == application.account_mark,
        Application.id != application.id,
        Application.stage.not_in([*EDITABLE, Stage.CANCELLED]),
    )
    return bool(session.scalar(others))


def _end_of(term: str | None) -> date | None:
    tail = (term or "").rpartition("至")[2].strip()
    try:
        return date.fromisoformat(tail)
    except ValueError:
        return None


def _decimal(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None
