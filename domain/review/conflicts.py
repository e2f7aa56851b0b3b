"""Nobody approves an application of their own company (A6)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from domain.evidence import record
from domain.identifiers import normalise_phone
from domain.people.authority import level_of
from domain.people.staff import Staff
from domain.proxies.tables import Proxy
from domain.registration.applications import Application
from domain.registration.intake import same
from domain.registration.parties import parties_of
from domain.settings import value


def own_company(session: Session, application: Application, staff: Staff) -> str:
    """Why the application counts as this person's own, in Chinese; empty: it does not."""
    if staff.contact_id is not None:
        if staff.contact_id == application.contact_id:
            return "这份申请是您本人提交的"
        if level_of(session, staff.contact_id, application.code_mark) is not None:
            return "您是这家企业的办事人"
    if application.proxy_id is not None:
        proxy = session.get_one(Proxy, application.proxy_id)
        if proxy.organisation_id == staff.organisation_id:
            return "这份申请由您所在的单位代理"
    return _named(session, application, staff)


def refused(session: Session, application: Application, staff: Staff, why: str, now: datetime) -> None:
    """Keep that somebody tried to approve their own company's application."""
    data = {"why": why, "number": application.number}
    record(session, "own_company_refused", ("application", application.id), f"staff:{staff.id}", data, now)


def _named(session: Session, application: Application, staff: Staff) -> str:
    """Whether the application names this person: by phone, or by name where the setting says so."""
    parties = list(parties_of(session, application).values())
    phones = [application.value("phone"), *(party.phone for party in parties)]
    if staff.phone and _phone(staff.phone) in [_phone(each) for each in phones if each]:
        return "申请里留的手机号是您的"
    names = [application.value("contact_name"), application.value("legal_person")]
    names += [party.contact_name for party in parties]
    if value(session, "conflict_by_name") and any(name and same(name, staff.name) for name in names):
        return "申请里的联系人或法定代表人与您同名"
    return ""


def _phone(text: str) -> str:
    try:
        return normalise_phone(text)
    except ValueError:
        return text
