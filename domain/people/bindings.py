"""Which phone and which WeChat belong to whom: proving, moving, unbinding, each with its evidence.

A right code proves who holds a phone now, not who held it before. So what hangs on a phone follows it only where it is
plainly the same person; else the one it belongs to, or a reviewer, decides (docs/people.md has the table).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, Sealed, UtcDateTime
from domain.evidence import record
from domain.identifiers import mask_phone
from domain.messages.links import OneTimeLink
from domain.people.authority import authorities_of
from domain.people.contacts import SMS, WECHAT, Address, address_of, addresses_of, known_address, move_address
from domain.people.joining import join, retire
from domain.people.notices import SECURITY, show_question, tell_address, tell_contact
from domain.questions.questions import Answer, ask, open_question
from domain.registration.applications import editable, of_contact
from domain.settings import figure


class RequestState(StrEnum):
    """How far a binding request is."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RequestKind(StrEnum):
    """Why somebody has to decide."""

    PHONE = "phone"  # the phone is another WeChat user's
    STALE_PHONE = "stale_phone"  # the phone was silent for long: does what hung on it go with it?
    LOST = "lost_phone"  # neither the old phone nor the old WeChat is there any more


class BindingRequest(Base):
    """Somebody wants what is bound to somebody else, or cannot prove a phone: the one it belongs to, or a reviewer,
    decides."""

    __tablename__ = "binding_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)  # who asks
    kind: Mapped[str]
    phone_id: Mapped[int | None] = mapped_column(ForeignKey("addresses.id"))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)  # whose it is now
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    company_mark: Mapped[str] = mapped_column(default="")
    said: Mapped[str] = mapped_column(Sealed, default="")  # what the person wrote
    state: Mapped[str] = mapped_column(default=RequestState.OPEN)
    decided_by: Mapped[str] = mapped_column(default="")  # contact:7, staff:3
    remark: Mapped[str] = mapped_column(Sealed, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Claim:
    """Who proves a phone: their name as they say it, and whether the operator has the phone under it."""

    contact_id: int
    name: str = ""
    named_by_operator: bool = False
    application_id: int | None = None


VERIFIED = "手机号验证通过。"
ASKED = f"{VERIFIED}它还绑在另一个微信上，已请那边确认；不影响您接着办这份申请。"


def prove_phone(session: Session, claim: Claim, phone: str, now: datetime, random: Random) -> str:
    """A right code came back from a phone. Decides what that means for the contact who asked for it, does it, and
    returns the sentence to say. The phone counts as proved for what it was asked for in every case.

    Who is known by an SMS alone gains no other phone: an SMS is not proof of who writes, and the other phone would see
    all that is theirs."""
    address = address_of(session, SMS, phone, now)
    holder_id = address.contact_id
    if holder_id == claim.contact_id:
        _bind(session, address, "sms_code", now)
        return VERIFIED
    if not addresses_of(session, claim.contact_id, WECHAT):
        return VERIFIED
    if _is_nobody(session, address):
        move_address(session, address, claim.contact_id)
        _bind(session, address, "sms_code", now)
        return VERIFIED
    if addresses_of(session, holder_id, WECHAT):
        return _ask_holder(session, claim, address, now, random)
    if _is_stale(session, address, now) and not _same_name(session, holder_id, claim):
        return _take_over_alone(session, claim, address, now)
    join(session, holder_id, claim.contact_id, f"contact:{claim.contact_id}", "phone_proved", now)
    _bind(session, address, "sms_code", now)
    return f"{VERIFIED}您以前在这个号码上办的事，也都接到这里了，回复“我的进度”可以看。"


def decide(
    session: Session, request: BindingRequest, state: RequestState, who: str, remark: str, now: datetime
) -> None:
    """Write down who decided a request, how and why. What follows from it is the caller's."""
    request.state, request.decided_by, request.remark, request.decided_at = state, who, remark, now
    data = {"request": request.id, "kind": request.kind, "state": state, "remark": remark}
    record(session, "binding_decided", ("contact", request.contact_id), who, data, now)


def distrust_phone(session: Session, request: BindingRequest) -> None:
    """The phone is not the asker's: none of their open applications counts on it any more."""
    phone = session.get_one(Address, request.phone_id).value
    for application in editable(session, request.contact_id):
        if application.value("phone") == phone:
            application.phone_verified_at = None


def give_phone(session: Session, request: BindingRequest, who: str, now: datetime) -> None:
    """The phone alone goes to who asked for it: a reviewer has found that its holder changed."""
    old = session.get_one(Address, request.phone_id)
    retire(session, old, "reviewer", who, now)
    request.phone_id = _new_phone(session, request.contact_id, old.value, now).id


def _bind(session: Session, address: Address, by: str, now: datetime) -> None:
    new = address.verified_at is None
    address.verified_at = address.last_seen_at = now
    address.reachable, address.bound_by = True, by
    if new:
        who = f"contact:{address.contact_id}"
        record(session, "address_bound", ("contact", address.contact_id), who, {"address": address.id, "by": by}, now)


def _is_nobody(session: Session, address: Address) -> bool:
    """Nobody has ever written from there or proved it: the row was made when a code was sent to it."""
    if address.verified_at is not None or address.last_seen_at is not None:
        return False
    return len(addresses_of(session, address.contact_id)) == 1 and not of_contact(session, address.contact_id)


def _is_stale(session: Session, address: Address, now: datetime) -> bool:
    """Carriers hand numbers out again: a phone that was silent for long may be somebody else's by now."""
    seen = [moment for moment in (address.last_seen_at, address.verified_at) if moment is not None]
    last = max(seen, default=address.created_at)
    return last < now - timedelta(days=figure(session, "phone_stale_days"))


def _same_name(session: Session, holder_id: int, claim: Claim) -> bool:
    """The operator has the phone under the name that both the old contact and the new one gave."""
    names = {application.value("contact_name") for application in of_contact(session, holder_id)} - {None}
    return claim.named_by_operator and names == {claim.name}


def _take_over_alone(session: Session, claim: Claim, address: Address, now: datetime) -> str:
    """The phone changes hands, and nothing else does. A reviewer decides about the rest, where there is any."""
    holder_id, phone, who = address.contact_id, address.value, f"contact:{claim.contact_id}"
    leaves_something = bool(of_contact(session, holder_id) or authorities_of(session, holder_id))
    retire(session, address, "phone_proved_by_another", who, now)
    fresh = _new_phone(session, claim.contact_id, phone, now)
    if not leaves_something:
        return VERIFIED
    open_request(session, claim, RequestKind.STALE_PHONE, now, phone_id=fresh.id, holder_id=holder_id)
    return f"{VERIFIED}这个号码很久没有用过，以前的记录没有自动转过来，已请工作人员核对。"


def _new_phone(session: Session, contact_id: int, phone: str, now: datetime) -> Address:
    address = address_of(session, SMS, phone, now)
    move_address(session, address, contact_id)
    _bind(session, address, "sms_code", now)
    return address


def _ask_holder(session: Session, claim: Claim, address: Address, now: datetime, random: Random) -> str:
    """The phone is another WeChat user's: they are asked there, once, and staff see it. Who was told “not me” before
    does not ask again."""
    refused = _refused_before(session, claim, address)
    if refused is not None:
        distrust_phone(session, refused)
        return "这个号码的主人说过不是本人，不能用来登记。请换一个手机号；确是您的号码，请回复“人工”。"
    request = open_request(session, claim, RequestKind.PHONE, now, phone_id=address.id, holder_id=address.contact_id)
    if open_question(session, address.contact_id, f"request:{request.id}") is not None:
        return ASKED
    say = ask(
        session,
        contact_id=address.contact_id,
        purpose="phone_claimed",
        slot=f"request:{request.id}",
        text=f"有人用短信验证码证明了您绑定的手机号{mask_phone(address.value)}。是您换了微信吗？",
        answers=(Answer("same", "是我换了微信"), Answer("not_me", "不是我")),
        now=now,
        deadline=now + timedelta(minutes=figure(session, "question_minutes")),
        random=random,
        binding=True,
    )
    show_question(session, address.contact_id, say, f"{request.id}:{say.question_id}", now)
    text = f"有人用短信验证码证明了您绑定的手机号{mask_phone(address.value)}。回复任意内容，就能看到并确认。"
    tell_contact(session, address.contact_id, SECURITY, text, f"claim:{request.id}", now, not_to=address.id)
    return ASKED


def _refused_before(session: Session, claim: Claim, address: Address) -> BindingRequest | None:
    return session.scalar(
        select(BindingRequest).where(
            BindingRequest.contact_id == claim.contact_id,
            BindingRequest.phone_id == address.id,
            BindingRequest.state == RequestState.REFUSED,
        )
    )


def prove_by_link(session: Session, link: OneTimeLink, openid: str, now: datetime, random: Random) -> str:
    """Who opened the link that was sent to a phone is known by a WeChat now: that proves the phone to be theirs, with
    all that this means. The sentence to say."""
    phone = link.address.value
    known = known_address(session, WECHAT, openid)
    wechat = known or address_of(session, WECHAT, openid, now)
    if known is None:
        wechat.reachable = False  # a page login does not say whether they follow; a follow will
    wechat.bound_by = "page"
    said = prove_phone(session, Claim(wechat.contact_id), phone, now, random)
    data = {"address": wechat.id, "by": "page", "link": link.id}
    who = f"contact:{wechat.contact_id}"
    record(session, "address_bound", ("contact", wechat.contact_id), who, data, now)
    text = f"手机号{mask_phone(phone)}已绑定一个微信"
    tell_address(session, address_of(session, SMS, phone, now), SECURITY, text, f"link:{link.id}", now)
    return said.replace(VERIFIED, "绑定好了。") + "还没关注服务号的话，请关注后在微信里接着办。"


def open_request(
    session: Session,
    claim: Claim,
    kind: RequestKind,
    now: datetime,
    *,
    phone_id: int | None = None,
    holder_id: int | None = None,
    said: str = "",
) -> BindingRequest:
    """Put a matter before the one it concerns and before the reviewers; the open one where it is there already."""
    same = (
        BindingRequest.contact_id == claim.contact_id,
        BindingRequest.kind == kind,
        BindingRequest.state == RequestState.OPEN,
        BindingRequest.phone_id == phone_id,
    )
    found = session.scalar(select(BindingRequest).where(*same))
    if found is not None:
        found.said = said or found.said
        return found
    made = BindingRequest(
        contact_id=claim.contact_id,
        kind=kind,
        phone_id=phone_id,
        holder_id=holder_id,
        application_id=claim.application_id,
        said=said,
        created_at=now,
    )
    session.add(made)
    session.flush()
    data = {"request": made.id, "kind": kind, "holder": holder_id}
    record(session, "binding_requested", ("contact", claim.contact_id), f"contact:{claim.contact_id}", data, now)
    return made
