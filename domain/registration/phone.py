"""The applicant's own phone: a one-time code goes there and comes back, and the operator says whose it is."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.identifiers import mask_phone
from domain.notices import notices
from domain.people import bindings, codes
from domain.people.contacts import SMS, address_of
from domain.private import fingerprint
from domain.registration.applications import Application, Source, put
from domain.registration.steps import Scene
from domain.sources.lookups import Where


def ask_code(session: Session, application: Application, scene: Scene) -> list[str]:
    """Send a one-time code to the application's phone. A sentence for the user, whether or not one may be sent."""
    phone = application.value("phone")
    if phone is None:
        return []
    address = address_of(session, SMS, phone, scene.now)
    limits = codes.limits_set(session)
    try:
        code = codes.issue(session, **_code_key(application, phone), now=scene.now, random=scene.random, limits=limits)
    except codes.TooMany as refused:
        return [refused.message]
    notices.send_code(session, address, application, code, scene.now)
    return [f"验证码已发到 {mask_phone(phone)}，{limits.minutes}分钟内有效。"]


def code_is_out(session: Session, application: Application, now: datetime) -> bool:
    """Whether a one-time code is on its way to the application's phone, or there, that can still be used."""
    phone = application.value("phone")
    if phone is None:
        return False
    row = codes.OneTimeCode
    usable = (row.state == codes.CodeState.LIVE, row.expires_at > now, row.tries_left > 0)
    return bool(session.scalar(select(row.id).filter_by(**_code_key(application, phone)).where(*usable).limit(1)))


def awaits_code(application: Application) -> bool:
    """Whether a one-time code was sent that has not come back."""
    return application.value("phone") is not None and application.phone_verified_at is None


def take_phone(session: Session, application: Application, phone: str, scene: Scene) -> list[str]:
    """Take the applicant's phone in; a code goes to one that is new. What to say."""
    if phone != application.value("phone"):
        application.phone_verified_at = None
    put(application, "phone", Source.TYPED, phone, scene.now)
    if application.phone_verified_at is not None:
        return ["手机号没有变，已经验证过了。"]
    return ask_code(session, application, scene)


def take_code(session: Session, application: Application, text: str, scene: Scene) -> list[str]:
    """Take in a one-time code that came back. What to say; nothing where none is waited for."""
    phone = application.value("phone")
    if phone is None or application.phone_verified_at is not None:
        return []
    outcome = codes.check(session, **_code_key(application, phone), text=text, now=scene.now)
    if outcome.verdict != codes.Verdict.RIGHT:
        if outcome.verdict == codes.Verdict.WRONG and not outcome.tries_left:
            return ["验证码不对，次数也用完了。"]
        return [_CODE_WORDS[outcome.verdict].format(left=outcome.tries_left)]
    application.phone_verified_at = scene.now
    known = (application.facts or {}).get("phone_name") == "match"
    claim = bindings.Claim(application.contact_id, application.value("contact_name") or "", known, application.id)
    return [bindings.prove_phone(session, claim, phone, scene.now, scene.random)]


def note_phone_name(application: Application, scene: Scene) -> None:
    """Keep what the operator says of phone and name, where it was asked."""
    told = scene.facts.get(Where.TELECOM, f"{application.value('phone')}|{application.value('contact_name')}")
    if isinstance(told, str):
        application.facts = {**(application.facts or {}), "phone_name": told}


_CODE_WORDS = {
    codes.Verdict.WRONG: "验证码不对，请核对短信（还可以试{left}次）。",
    codes.Verdict.EXPIRED: "这个验证码已过期。",
    codes.Verdict.USED: "这个验证码已用过。",
    codes.Verdict.NONE: "这不是发给这个手机号的验证码。",
}


class _CodeKey(TypedDict):
    phone_hash: str
    contact_id: int
    purpose: str


def _code_key(application: Application, phone: str) -> _CodeKey:
    return {
        "phone_hash": fingerprint(SMS, phone),
        "contact_id": application.contact_id,
        "purpose": f"register:{application.id}",
    }
