"""The other parties are told of an application that names them, and may object. What they are told holds company names
and the end of the account only: whoever has the phone by mistake learns nothing of a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.evidence import record
from domain.identifiers import mask_phone
from domain.messages.messages import Say
from domain.notices import notices
from domain.people.answers import Given
from domain.people.contacts import SMS, WECHAT, Address, address_of, reachable
from domain.people.staff import Organisation, OrganisationKind, Role, Staff
from domain.questions.questions import Answer, Question, ask, withdraw
from domain.registration.applications import EDITABLE, Application, Stage
from domain.registration.kinds import ROLE_NAMES, Kind, PartyRole
from domain.registration.parties import Party, mark_of
from domain.registration.registration import Scene
from domain.settings import figure

EVENT = "party_told"
KNOWN, OBJECTED = "known", "objected"
_ANSWERS = (
    Answer(KNOWN, "知道了", ("属实", "没有异议", "无异议", "认识")),
    Answer(OBJECTED, "有异议", ("异议", "不属实", "不认识", "没有这回事", "不同意", "没有委托", "没有出租")),
)
# What the applicant says to be, as the party reads it: by the applicant's kind and the party's role.
_CLAIMS: Mapping[tuple[str, str], str] = {
    (Kind.TENANT, PartyRole.OWNER): "租用贵公司的场地用电",
    (Kind.PAYER, PartyRole.OWNER): "替租用贵公司场地的租户缴电费",
    (Kind.PAYER, PartyRole.TENANT): "替贵公司缴电费",
}


def due(session: Session, now: datetime, limit: int = 200) -> list[int]:
    """The parties that are to be told now."""
    query = select(Party.id).where(Party.due_at <= now).order_by(Party.due_at).limit(limit)
    return list(session.scalars(query))


def tell(session: Session, party_id: int, now: datetime, random: Random) -> bool:
    """Tell one party, once: by SMS to the phone that was given, and in WeChat where its person follows. False where
    nothing went out: it is no longer wanted, it waits for another day, or the person has stopped such messages."""
    row = session.get_one(Party, party_id, with_for_update=True)
    if row.due_at is None or row.due_at > now:
        return False
    phone, row.due_at = row.phone, None
    if phone is None or row.application.stage in (*EDITABLE, Stage.CANCELLED):
        return False
    if (free_at := _free_at(session, row, now)) > now:
        row.due_at = free_at
        return False
    return _tell(session, row, address_of(session, SMS, phone, now), now, random)


def answered(session: Session, given: Given, scene: Scene) -> list[Say]:
    """A party says that it knows of it, or objects. An objection stays, is kept as evidence, and is told to who reviews
    and to who applies."""
    row = session.get_one(Party, int(given.question.slot.partition(":")[2]), with_for_update=True)
    application, who = row.application, f"contact:{given.question.contact_id}"
    row.answer, row.answered_at = given.answer, scene.now
    objects = given.answer == OBJECTED
    data = {"role": row.role, "shown": given.question.text, "code": given.question.code, "answer": given.answer}
    event = "party_objected" if objects else "party_known"
    record(session, event, ("application", application.id), who, data, scene.now)
    if not objects:
        return [Say("好的，记下了，谢谢。以后不想收到这类消息，回复TD。")]
    if row.objected_at is None:
        row.objected_at = scene.now
        _tell_of_objection(session, row, scene.now)
    return [Say("异议已记下，审核人员会看到并核实。想补充说明，请回复“人工”。以后不想收到这类消息，回复TD。")]


def state_of(row: Party) -> str:
    """How far telling a party is, as a reviewer reads it."""
    if row.objected_at is not None:
        return "有异议"
    if row.answer == KNOWN:
        return "已确认知道"
    if row.not_told:
        return "未告知：对方不接收通知"
    if row.told_at is None:
        return "排队告知中" if row.due_at is not None else "提交后告知"
    return "已告知，没有答复（视为没有异议）"


def _tell(session: Session, row: Party, phone: Address, now: datetime, random: Random) -> bool:
    say = ask(
        session,
        contact_id=phone.contact_id,
        purpose=EVENT,
        slot=f"party:{row.id}",
        text=_text(session, row),
        answers=_ANSWERS,
        now=now,
        deadline=now + timedelta(days=figure(session, "party_answer_days")),
        random=random,
        short=_text(session, row),
    )
    question = session.get_one(Question, say.question_id)
    params = {**_params(session, row), "number": question.code}
    follower = reachable(session, phone.contact_id, WECHAT)
    rows = []
    for place in [each for each in (phone, follower) if each is not None]:
        key = f"{row.id}:{question.id}"
        rows += notices.tell(session, EVENT, phone.contact_id, params, now, key=key, text=say.text, at=place)
    if not rows:
        row.not_told = "stopped"
        withdraw(session, phone.contact_id, question.slot)
        return False
    for message in rows:
        message.question_id = question.id
        message.body = {**(message.body or {}), "options": [[each.label, each.choice] for each in say.options]}
    row.told_at, row.told_phone, row.told_of, row.answer, row.answered_at = now, phone.value, mark_of(row), "", None
    data = {"role": row.role, "phone": mask_phone(phone.value), "shown": say.text}
    record(session, EVENT, ("application", row.application_id), "system", data, now)
    return True


def _text(session: Session, row: Party) -> str:
    said = _params(session, row)
    return (
        f"{said['company']}为户号（尾号{said['tail']}）申请电力市场注册，称{said['claim']}。"
        f"属实请回复“知道了”，不属实请回复“有异议”。{said['days']}天内不答复视为没有异议。"
    )


def _params(session: Session, row: Party) -> dict[str, str]:
    application = row.application
    return {
        "company": application.value("name") or "一家公司",
        "tail": (application.value("account_number") or "")[-4:],
        "claim": _CLAIMS[(application.kind, row.role)],
        "days": f"{figure(session, 'party_answer_days')}",
    }


def _free_at(session: Session, row: Party, now: datetime) -> datetime:
    """When this phone may be told again: a landlord of many is not told of all of them in one day."""
    told = [moment for moment in _told_today(session, row, now) if moment is not None]
    if len(told) < figure(session, "party_told_daily"):
        return now
    return min(told) + timedelta(days=1)


def _told_today(session: Session, row: Party, now: datetime) -> list[datetime | None]:
    since = now - timedelta(days=1)
    return list(session.scalars(select(Party.told_at).where(Party.phone_mark == row.phone_mark, Party.told_at > since)))


def _tell_of_objection(session: Session, row: Party, now: datetime) -> None:
    application, role = row.application, ROLE_NAMES[row.role]
    key = f"{row.id}:{row.told_of[:12]}"
    text = f"申请{application.number}的{role}有异议，请核实"
    notices.tell_staff(session, "party_objected", _reviewers(session, application), {"text": text}, now, key=key)
    notices.tell(
        session,
        "objection",
        application.contact_id,
        {"text": f"{role}对您的注册申请有异议，审核时会核实"},
        now,
        key=key,
        text=f"{role}收到告知后对“{application.value('name')}”的注册申请提出了异议，审核人员会核实。请先和对方说清楚，需要时回复“人工”。",
        application=application,
    )


def _reviewers(session: Session, application: Application) -> list[Staff]:
    """Who looks at the application now: the bureau's handlers, else the centre's reviewers."""
    query = select(Staff).where(Staff.active)
    if application.stage == Stage.BUREAU_REVIEW and application.bureau_id is not None:
        wanted = query.where(Staff.organisation_id == application.bureau_id, Staff.role == Role.HANDLER)
    else:
        centre = select(Organisation.id).where(Organisation.kind == OrganisationKind.CENTRE)
        wanted = query.where(Staff.organisation_id.in_(centre), Staff.role == Role.REVIEWER)
    return list(session.scalars(wanted))


ANSWERS: Mapping[str, Callable[[Session, Given, Scene], list[Say]]] = {EVENT: answered}
