"""A registration as its proxy reads it: where it stands, what is wrong, what happens next. Never what sources said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from domain.groups.units import unit_of
from domain.identifiers import mask_phone
from domain.market.months import month_of
from domain.market.readiness import readiness
from domain.proxies import authorisations, documents, permissions
from domain.proxies.registrations import found_now, may_see
from domain.proxies.tables import CONSENT_NAMES, Consent, Proxy, ProxyAuthorisation
from domain.registration.applications import STAGE_NAMES, Application, Source, Stage
from domain.registration.filing import Finding
from domain.rules.rules import Severity
from domain.supplements import supplements
from domain.workdays import local_day

_SHOWN = ("account_number", "code", "name", "contact_name")
_NEXT: Mapping[str, str] = {
    Stage.RETURNED: "请按 problems 改好，再提交一次。",
    Stage.BUREAU_REVIEW: "供电局审核，有变化会回调通知。",
    Stage.CENTRE_REVIEW: "交易中心审核，有变化会回调通知。",
    Stage.AWAITING_MARKET: "审核通过。请用户在服务号或短信里选择市场，代办方不能代选。",
    Stage.AWAITING_RETAILER: "审核通过。请用户选取售电公司。",
    Stage.AWAITING_CERTIFICATE: "审核通过。请用户办理数字证书。",
    Stage.REGISTERED: "注册完毕，能不能交易看 trading。",
    Stage.CANCELLED: "这份登记已撤掉。",
}


def registration(
    session: Session, proxy: Proxy, application: Application, now: datetime, problems: Sequence[Finding] | None = None
) -> dict[str, Any]:
    """A registration whole; without what is in it once the user's yes is over."""
    standing = authorisations.standing(session, proxy.id, application.code_mark)
    visible = may_see(session, proxy, application, now)
    if problems is None:
        problems = found_now(session, application, now) if visible else []
    shown = summary(application) | {
        "visible": visible,
        "authorisation": authorisation(standing, now) if standing is not None else None,
        "next": _next(application, standing, problems, now),
    }
    if not visible:
        return shown
    phone = application.value("phone")
    own = application.contact_id == proxy.contact_id
    return shown | {
        **{name: _said(application, name) if own else application.value(name) for name in _SHOWN},
        "phone": mask_phone(phone) if phone else None,
        "unit": None if own else _unit(session, application),
        "trading": _trading(session, application, now),
        "problems": [finding(each) for each in problems] + _returned(application),
        "documents": [document(row, photo) for row, photo in documents.of_application(session, application)],
        "supplements": [_supplement(each) for each in supplements.unsettled(session, application.id)],
    }


def summary(application: Application) -> dict[str, Any]:
    """A registration as a list shows it."""
    submitted = application.submitted_at
    return {
        "id": application.id,
        "number": application.number,
        "kind": application.kind,
        "stage": application.stage,
        "stage_title": STAGE_NAMES[Stage(application.stage)],
        "created_at": application.created_at.isoformat(),
        "updated_at": application.updated_at.isoformat(),
        "submitted_at": submitted.isoformat() if submitted is not None else None,
    }


def authorisation(row: ProxyAuthorisation, now: datetime) -> dict[str, Any]:
    """How far the user's yes is."""
    over = row.state == Consent.GIVEN and row.until <= now
    return {
        "id": row.id,
        "state": "expired" if over else row.state,
        "title": "授权已到期" if over else CONSENT_NAMES[row.state],
        "asked_at": row.asked_at.isoformat(),
        "deadline": row.deadline.isoformat(),
        "until": row.until.isoformat() if row.state == Consent.GIVEN else None,
    }


def permission(row: ProxyAuthorisation, now: datetime) -> dict[str, Any]:
    """How far a person's yes to a program is that would sign in their name."""
    shown = authorisation(row, now)
    title = permissions.TITLES.get(shown["state"], shown["title"])
    return {**shown, "title": title, "staff": row.staff.login if row.staff is not None else "", "program": row.program}


def finding(found: Finding) -> dict[str, Any]:
    """One thing that is wrong: where, what, what to do, how grave it is, by which rule."""
    return {
        "field": found.field,
        "problem": found.problem,
        "suggestion": found.suggestion,
        "severity": found.severity,
        "rule": found.rule,
    }


def document(row: Any, photo: Any) -> dict[str, Any]:
    """A document: how far its reading is, and what it is."""
    state, title = documents.described(row, photo)
    return {
        "id": row.id,
        "state": state,
        "kind": photo.kind,
        "title": title,
        "party": row.party,
        "registration": row.application_id,
    }


def _next(
    application: Application, standing: ProxyAuthorisation | None, problems: Sequence[Finding], now: datetime
) -> str:
    if application.stage not in (Stage.FILLING, Stage.RETURNED):
        return _NEXT.get(application.stage, "审核中，有变化会回调通知。")
    if standing is not None and standing.state == Consent.ASKED:
        return "已请用户在自己手机上确认，等用户答复。"
    if not authorisations.holds(standing, now):
        return "请先填好资料，再发起授权，由用户在自己手机上同意。"
    if any(each.severity == Severity.BLOCKING for each in problems):
        return "用户已同意。请先解决 problems 里“blocking”的问题，再提交。"
    return _NEXT[Stage.RETURNED] if application.stage == Stage.RETURNED else "用户已同意，可以提交。"


def _returned(application: Application) -> list[dict[str, Any]]:
    """What a reviewer sent back and why."""
    if application.stage != Stage.RETURNED:
        return []
    kept = application.steps[-1].problems or []
    remark = next((step.remark for step in reversed(application.steps) if step.decision == "returned"), "")
    found = [Finding(each.get("field", ""), each["problem"], each.get("suggestion", ""), rule="退回") for each in kept]
    if not found and remark:
        found = [Finding("", remark, "请改好后再提交。", rule="退回")]
    return [finding(each) for each in found]


def _said(application: Application, name: str) -> str | None:
    """What the proxy has said itself, typed or as a picture. Whose an account is, it could otherwise look up for any
    number, and who else trades with that company."""
    said = [application.said_by(name, source) for source in (Source.TYPED, Source.OCR)]
    return next((each.value for each in said if each is not None), None)


def _trading(session: Session, application: Application, now: datetime) -> dict[str, Any] | None:
    """Whether the unit may trade in this month, and why not; nothing before the admission."""
    if application.stage not in supplements.ADMITTED:
        return None
    ready = readiness(session, application, month_of(local_day(now)))
    return {"may_trade": ready.may_trade, "why": ready.why}


def _supplement(row: supplements.Supplement) -> dict[str, Any]:
    return {
        "title": row.title,
        "problem": row.problem,
        "suggestion": row.suggestion,
        "due": row.due.isoformat() if row.due is not None else None,
        "state": row.state,
    }


def _unit(session: Session, application: Application) -> dict[str, Any] | None:
    """By what the account is traded, once its company is known."""
    if application.code_mark is None:
        return None
    unit = unit_of(session, application)
    return {"kind": unit.kind, "label": unit.label}
