"""What a demonstration on a laptop needs: console logins, template numbers, the catalogue as the providers list it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zlib import crc32

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.seed_market import SAMPLES, seed_market
from domain.messages.templates import SMS_TEMPLATES, WECHAT_TEMPLATES
from domain.people.contacts import SMS, address_of
from domain.people.staff import Organisation, OrganisationKind, Role, Staff, organisation, set_password
from domain.proxies import keys
from domain.proxies.tables import Proxy, Scope
from domain.settings import SettingValue, value

BUREAU = (OrganisationKind.BUREAU, "053001", "昆明供电局")  # the bureau of the sample company
CENTRE = (OrganisationKind.CENTRE, "centre", "电力交易中心")
SELLERS = [(OrganisationKind.RETAILER, each.code, each.name) for each in SAMPLES]
PROXY = (SAMPLES[0].code, SAMPLES[0].name)
LOGINS = {
    "handler": ("DEMO_HANDLER_PASSWORD", "赵经办", Role.HANDLER, BUREAU),
    "principal": ("DEMO_PRINCIPAL_PASSWORD", "钱主任", Role.PRINCIPAL, BUREAU),
    "reviewer": ("DEMO_REVIEWER_PASSWORD", "孙审核", Role.REVIEWER, CENTRE),
    "admin": ("DEMO_ADMIN_PASSWORD", "周管理", Role.ADMINISTRATOR, CENTRE),
    "retailer": ("DEMO_RETAILER_PASSWORD", "吴售电", Role.PRINCIPAL, SELLERS[0]),
    "retailer2": ("DEMO_RETAILER2_PASSWORD", "郑售电", Role.PRINCIPAL, SELLERS[1]),
}
# The phones (of people in the sandbox) on which the retail companies' staff answer in chat.
SELLERS_PHONES = {"retailer": "13908713001", "retailer2": "13908713002"}
# A demonstration is watched at any hour, and a step that follows the other should be seen soon.
SHOWN_AT_ONCE = {"quiet_from": "00:00", "quiet_to": "00:00", "merge_pause_seconds": 2, "merge_seconds": 10}


def seed(session: Session, now: datetime, environment: Mapping[str, str]) -> None:
    """Make what is missing. A second time nothing changes but the passwords, which follow the environment."""
    for login, (variable, name, role, (kind, code, title)) in LOGINS.items():
        if variable not in environment:
            continue
        place = organisation(session, kind, code, title)
        salt = secrets.token_bytes(16)
        set_password(session, login, environment[variable], salt, name=name, role=role, organisation_id=place.id)
    for setting, default in [*_sms_numbers().items(), *_wechat_numbers().items(), *SHOWN_AT_ONCE.items()]:
        if session.get(SettingValue, setting) is None:
            session.add(SettingValue(name=setting, value=default))
    session.flush()
    if path := environment.get("SANDBOX_SMS_TEMPLATES"):
        _write(Path(path), _sms_catalogue(session, environment.get("PUBLIC_URL", "http://127.0.0.1:8000")))
    if path := environment.get("SANDBOX_WECHAT_TEMPLATES"):
        _write(Path(path), _wechat_catalogue())
    seed_market(session, now)
    for login, phone in SELLERS_PHONES.items():
        _answers_by_sms(session, login, phone, now)
    _proxy(session, environment, now)  # at the end: it reads settings, which a session reads once


def _answers_by_sms(session: Session, login: str, phone: str, now: datetime) -> None:
    """A retail company's person is bound to a phone, as after an invitation; who is bound already stays so."""
    staff = session.scalar(select(Staff).where(Staff.login == login))
    if staff is None or staff.contact_id is not None:
        return
    address = address_of(session, SMS, phone, now)
    address.verified_at = address.verified_at or now
    staff.phone, staff.contact_id = phone, address.contact_id


def _proxy(session: Session, environment: Mapping[str, str], now: datetime) -> None:
    """A retail company with a key of its own, for the demonstration's program (sandbox/proxy_client.py)."""
    admin = session.scalar(select(Staff).where(Staff.login == "admin"))
    text = environment.get("DEMO_PROXY_KEY", "")
    if not text or admin is None or keys.found(session, text) is not None:
        return
    known = session.scalar(select(Proxy).join(Organisation).where(Organisation.code == PROXY[0]))
    proxy = known or keys.add_proxy(session, admin, OrganisationKind.RETAILER, *PROXY, now)
    keys.keep(session, proxy, text, keys.KeyWish("演示程序", tuple(Scope), 365), now)


def _sms_numbers() -> dict[str, str]:
    """A number made of the name, so that a template that is added changes no other one's."""
    return {f"sms_template_{name}": f"SMS_49{crc32(name.encode()) % 10**7:07d}" for name in SMS_TEMPLATES}


def _wechat_numbers() -> dict[str, str]:
    return {f"wechat_template_{name}": f"desk-{name}-{len(name):04d}" for name in WECHAT_TEMPLATES}


def _sms_catalogue(session: Session, host: str) -> list[dict[str, str]]:
    """As the provider lists it: under the numbers that are set, with the address that our links begin with."""
    return [
        {
            "code": str(value(session, f"sms_template_{name}")),
            "name": each.name,
            "content": each.registered(host),
            "type": each.kind,
        }
        for name, each in SMS_TEMPLATES.items()
    ]


def _wechat_catalogue() -> list[dict[str, str]]:
    numbers = _wechat_numbers()
    return [
        {
            "template_id": numbers[f"wechat_template_{name}"],
            "title": each.title,
            "content": "\n".join(f"{label}：{{{{{key}.DATA}}}}" for key, label in each.fields.items()),
        }
        for name, each in WECHAT_TEMPLATES.items()
    ]


def _write(path: Path, catalogue: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(catalogue, ensure_ascii=False, indent=1))
