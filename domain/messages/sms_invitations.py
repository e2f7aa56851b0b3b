"""Companies that are invited by SMS to register: a list from the trading centre, each phone once in a while, and what
became of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from domain.dialogue.topics import HUMAN
from domain.evidence import record
from domain.identifiers import InvalidIdentifier, mask_phone, normalise_phone
from domain.messages.messages import InboundMessage, Option, OutboundMessage
from domain.notices.notices import tell
from domain.people.contacts import SMS, Address, address_of
from domain.people.staff import OrganisationKind, Staff
from domain.registration.applications import Application
from domain.review.review import NotAllowed
from domain.settings import figure

EVENT = "invite"
MOST = 50  # lines at a time
BEGIN = Option("开始注册", "cmd:register")  # what a “1” means under it
_PHONE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}")


@dataclass(slots=True)
class Outcome:
    """What became of a list: how many were invited, and why the others were not, by the line as it was typed."""

    invited: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Invited:
    """One invitation as the console lists it."""

    row: OutboundMessage
    company: str
    answered_at: datetime | None
    began: bool


def may_invite(staff: Staff) -> bool:
    """Whether this member of staff invites companies: the trading centre does."""
    return staff.organisation.kind == OrganisationKind.CENTRE


def invite(session: Session, text: str, staff: Staff, now: datetime) -> Outcome:
    """Invite everybody on a list of lines, each with a phone and a company. NotAllowed: not this staff, or too many."""
    if not may_invite(staff):
        raise NotAllowed("只有交易中心可以发邀请短信")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise NotAllowed("请至少填一行：手机号和单位名称")
    if len(lines) > MOST:
        raise NotAllowed(f"一次最多{MOST}行，现在是{len(lines)}行，请分几次发")
    outcome = Outcome()
    for line in lines:
        why = _one(session, line, staff, now)
        if why:
            outcome.refused.append((line, why))
        else:
            outcome.invited += 1
    return outcome


def invitations(session: Session, limit: int = 100) -> list[Invited]:
    """The newest invitations, with whether the phone has answered and begun since."""
    rows = session.scalars(
        select(OutboundMessage)
        .where(OutboundMessage.event == EVENT)
        .options(joinedload(OutboundMessage.address))
        .order_by(OutboundMessage.id.desc())
        .limit(limit)
    ).all()
    answers, began = _answers(session, rows), _began(session, rows)
    return [
        Invited(row, _company(row), _after(answers.get(row.address_id, []), row), row.address.contact_id in began)
        for row in rows
    ]


def _one(session: Session, line: str, staff: Staff, now: datetime) -> str:
    """Invite one; empty when it was written, else why not."""
    found = _PHONE.search(line)
    if found is None:
        return "没有找到手机号"
    company = re.sub(r"^[\s,，;；|:：]+|[\s,，;；|:：]+$", "", line.replace(found.group(), " "))
    if not 4 <= len(company) <= 60:
        return "没有找到单位名称"
    try:
        phone = address_of(session, SMS, normalise_phone(found.group()), now)
    except InvalidIdentifier:
        return "手机号不对"
    return _refusal(session, phone, now) or _write(session, phone, company, staff, now)


def _refusal(session: Session, phone: Address, now: datetime) -> str:
    if not phone.notices:
        return "对方已退订"
    days = figure(session, "invite_days")
    row = OutboundMessage
    mine = (row.address_id == phone.id, row.event == EVENT, row.created_at > now - timedelta(days=days))
    if session.scalar(select(row.id).where(*mine).limit(1)) is not None:
        return f"{days}天内已经邀请过"
    if session.scalar(select(Application.id).where(Application.contact_id == phone.contact_id).limit(1)) is not None:
        return "这个手机号已经在办理"
    return ""


def _write(session: Session, phone: Address, company: str, staff: Staff, now: datetime) -> str:
    key = f"{phone.id}:{now.timestamp():.0f}"
    rows = tell(session, EVENT, phone.contact_id, {"company": company}, now, key=key, at=phone)
    if not rows:
        return "邀请短信已被关闭"
    rows[0].body = {**(rows[0].body or {}), "options": [[BEGIN.label, BEGIN.choice], [HUMAN.label, HUMAN.choice]]}
    data = {"company": company, "phone": mask_phone(phone.value)}
    record(session, "invited_by_sms", ("address", phone.id), f"staff:{staff.id}", data, now)
    return ""


def _company(row: OutboundMessage) -> str:
    return str(((row.body or {}).get("params") or {}).get("company", ""))


def _answers(session: Session, rows: Sequence[OutboundMessage]) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = {}
    query = select(InboundMessage.address_id, InboundMessage.received_at)
    ids = {row.address_id for row in rows}
    for address_id, at in session.execute(query.where(InboundMessage.address_id.in_(ids)).order_by(InboundMessage.id)):
        found.setdefault(address_id, []).append(at)
    return found


def _after(answers: Sequence[datetime], row: OutboundMessage) -> datetime | None:
    return next((at for at in answers if at >= row.created_at), None)


def _began(session: Session, rows: Sequence[OutboundMessage]) -> set[int]:
    ids = {row.address.contact_id for row in rows}
    return set(session.scalars(select(Application.contact_id).where(Application.contact_id.in_(ids))))
