"""One-time codes for what is not an application: a new phone, the phone of a member of staff."""

from __future__ import annotations

from sqlalchemy.orm import Session

from domain.identifiers import mask_phone
from domain.notices.notices import send_code
from domain.people import codes
from domain.people.contacts import SMS, address_of
from domain.private import fingerprint
from domain.registration.registration import Scene


def send(session: Session, phone: str, contact_id: int, purpose: str, scene: Scene) -> str:
    """Send a code to a phone for that purpose alone. The sentence for the person, whether or not one may be sent."""
    limits = codes.limits_set(session)
    key = {"phone_hash": fingerprint(SMS, phone), "contact_id": contact_id, "purpose": purpose}
    try:
        code = codes.issue(session, **key, now=scene.now, random=scene.random, limits=limits)  # type: ignore[arg-type]
    except codes.TooMany as refused:
        return refused.message
    address = address_of(session, SMS, phone, scene.now)
    send_code(session, address, None, code, scene.now)
    return f"验证码已发到 {mask_phone(phone)}，{limits.minutes}分钟内把6位数字回复给我。"


def check(session: Session, phone: str, contact_id: int, purpose: str, text: str, scene: Scene) -> str:
    """Check a code that came back. Empty: it is right. Otherwise the sentence that says what to do."""
    key = {"phone_hash": fingerprint(SMS, phone), "contact_id": contact_id, "purpose": purpose}
    outcome = codes.check(session, **key, text=text, now=scene.now)  # type: ignore[arg-type]
    if outcome.verdict == codes.Verdict.RIGHT:
        return ""
    if outcome.verdict == codes.Verdict.WRONG and outcome.tries_left:
        return f"验证码不对，还可以试{outcome.tries_left}次。"
    return "这个验证码已失效，什么都没有改变。请重新来一次。"
