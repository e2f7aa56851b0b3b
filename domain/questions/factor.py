"""The second factor of an answer with legal effect: a one-time code, made for this question and this answer alone.

A push of Aliyun is not signed, so a “同意” by SMS proves nothing yet; the code that went to the phone and came back
does.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.evidence import record
from domain.identifiers import mask_phone
from domain.messages.messages import PAGE, InboundMessage, OutboundMessage, Say
from domain.people import codes
from domain.people.contacts import SMS, Address
from domain.private import fingerprint
from domain.questions.questions import Question, QuestionState
from domain.registration.applications import Application
from domain.registration.registration import Scene
from domain.settings import value

_PURPOSE = "answer:"


def is_needed(session: Session, question: Question, answer: str, inbound: InboundMessage) -> bool:
    """Whether this answer waits for a code: on a page always (a link may have been passed on), by SMS and in WeChat
    where the settings say so. What binds for years is proved alike on both."""
    if not question.binds(answer):
        return False
    if inbound.kind == PAGE:
        return True
    if inbound.channel != SMS and question.purpose in _matters(session, "second_factor_on_wechat_for"):
        return True
    on = inbound.channel == SMS or bool(value(session, "second_factor_on_wechat"))
    return on and question.purpose in _matters(session, "second_factor_for")


def _matters(session: Session, setting: str) -> list[str]:
    return str(value(session, setting)).split(",")


def send(session: Session, inbound: InboundMessage, question: Question, answer: str, scene: Scene) -> list[Say]:
    """Let the answer wait, and send the code for it. Nothing has changed until the code comes back."""
    address = _phone(session, inbound, question)
    if address is None:
        return [Say("这件事要用短信验证码确认，可您还没有验证过的手机号。请先在这里登记手机号，再回来答复。")]
    question.chosen, question.answered_by = answer, inbound.id
    limits = codes.limits_set(session)
    try:
        code = codes.issue(
            session,
            phone_hash=fingerprint(SMS, address.value),
            contact_id=question.contact_id,
            purpose=f"{_PURPOSE}{question.id}:{answer}",
            now=scene.now,
            random=scene.random,
            limits=limits,
        )
    except codes.TooMany as refused:
        return [Say(f"{refused.message}还没有算您答复。")]
    body = {"text": "", "sms": "confirm_code", "params": {"code": code}}
    session.add(
        OutboundMessage(
            address_id=address.id,
            application_id=question.application_id,
            event="code",
            body=body,
            due_at=scene.now,
            expires_at=scene.now + timedelta(minutes=limits.minutes),
            created_at=scene.now,
        )
    )
    data = {"answer": answer, "typed": inbound.text, "channel": inbound.channel, "message": inbound.channel_id}
    record(session, "answer_waits", ("question", question.id), f"contact:{question.contact_id}", data, scene.now)
    if inbound.channel == SMS and inbound.kind != PAGE:
        return []  # the SMS with the code says the rest
    text = f"还差一步：验证码已发到 {mask_phone(address.value)}，{limits.minutes}分钟内把6位数字回复给我，"
    return [Say(f"{text}才算您选了“{question.label(answer)}”。")]


def resend(session: Session, inbound: InboundMessage, scene: Scene) -> list[Say] | None:
    """Send the code of the waiting answer again; None where none waits."""
    question = waiting(session, inbound.address.contact_id)
    if question is None or question.deadline < scene.now:
        return None
    first = session.get(InboundMessage, question.answered_by)
    return send(session, first or inbound, question, question.chosen, scene)


def check(session: Session, inbound: InboundMessage, question: Question, code: str, scene: Scene) -> str:
    """Check the code that came back. Empty: it is right. Otherwise the sentence that says what to do."""
    purpose = f"{_PURPOSE}{question.id}:{question.chosen}"
    phone = session.scalar(
        select(codes.OneTimeCode.phone_hash)
        .where(codes.OneTimeCode.contact_id == question.contact_id, codes.OneTimeCode.purpose == purpose)
        .order_by(codes.OneTimeCode.id.desc())
    )
    key = {"phone_hash": phone or "", "contact_id": question.contact_id, "purpose": purpose}
    outcome = codes.check(session, **key, text=code, now=scene.now)  # type: ignore[arg-type]
    if outcome.verdict == codes.Verdict.RIGHT:
        _prove_phone(session, question, phone or "", scene)
        return ""
    if outcome.verdict == codes.Verdict.WRONG and outcome.tries_left:
        return f"验证码不对，还可以试{outcome.tries_left}次。还没有算您答复。"
    return "这个验证码已失效，什么都没有改变。回复“重发验证码”，我再发一条。"


def waiting(session: Session, contact_id: int) -> Question | None:
    """The open question that the contact's newest code was made for, if it was made for an answer."""
    purpose = session.scalar(
        select(codes.OneTimeCode.purpose)
        .where(codes.OneTimeCode.contact_id == contact_id)
        .order_by(codes.OneTimeCode.id.desc())
        .limit(1)
    )
    if purpose is None or not purpose.startswith(_PURPOSE):
        return None
    number, _, answer = purpose.removeprefix(_PURPOSE).partition(":")
    question = session.get(Question, int(number))
    open_still = question is not None and question.state == QuestionState.OPEN and question.chosen == answer
    return question if open_still else None


def _phone(session: Session, inbound: InboundMessage, question: Question) -> Address | None:
    """Where the code goes: the phone that writes; from WeChat the application's phone, else the newest proved one."""
    if inbound.channel == SMS:
        return inbound.address
    mine = select(Address).where(Address.contact_id == question.contact_id, Address.channel == SMS)
    application = session.get(Application, question.application_id) if question.application_id else None
    if application is not None and application.phone_verified_at is not None:
        mark = fingerprint(SMS, application.value("phone") or "")
        if (known := session.scalar(mine.where(Address.fingerprint == mark))) is not None:
            return known
    return session.scalar(mine.where(Address.verified_at.is_not(None)).order_by(Address.verified_at.desc()).limit(1))


def _prove_phone(session: Session, question: Question, phone_hash: str, scene: Scene) -> None:
    """The code came back, so the phone is in this person's hands: who writes by SMS types one code, not two."""
    address = session.scalar(select(Address).where(Address.channel == SMS, Address.fingerprint == phone_hash))
    if address is None or address.contact_id != question.contact_id:
        return
    address.verified_at = scene.now
    application = session.get(Application, question.application_id) if question.application_id else None
    if application is not None and fingerprint(SMS, application.value("phone") or "") == phone_hash:
        application.phone_verified_at = application.phone_verified_at or scene.now
