"""Binding requests on the console: what a reviewer sees of them, and what a decision does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from domain.people.bindings import BindingRequest, RequestKind, RequestState, decide, distrust_phone, give_phone
from domain.people.contacts import Address, addresses_of, bound_places, is_live
from domain.people.joining import hand_over, join, retire
from domain.people.notices import CHANGED, SECURITY, tell_address, tell_contact
from domain.people.roles import called
from domain.people.staff import OrganisationKind, Role, Staff
from domain.registration.applications import Application, of_contact
from domain.review.review import NotAllowed


class Decision(StrEnum):
    """What a reviewer may decide."""

    SAME = "same"  # one person: all that is the old contact's goes over
    PHONE = "phone"  # the phone goes over, nothing else
    REFUSE = "refuse"


DECISIONS = {
    RequestKind.PHONE: (Decision.SAME, Decision.PHONE, Decision.REFUSE),
    RequestKind.STALE_PHONE: (Decision.SAME, Decision.REFUSE),
    RequestKind.LOST: (Decision.SAME, Decision.REFUSE),
}


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a request, as a reviewer sees it: never a whole phone."""

    name: str
    bound: list[str]
    applications: list[Application]


@dataclass(frozen=True, slots=True)
class Shown:
    """A request with both sides, and what may be decided."""

    it: BindingRequest
    asker: Party
    holder: Party | None
    may: tuple[Decision, ...]


def may_decide(staff: Staff) -> bool:
    """Whether binding requests are this member of staff's: the centre's reviewers and administrators."""
    return staff.organisation.kind == OrganisationKind.CENTRE and staff.role in (Role.REVIEWER, Role.ADMINISTRATOR)


def waiting(session: Session, limit: int = 200) -> list[Shown]:
    """What a reviewer has to decide, oldest first; what a holder refused is among it until a reviewer has seen it."""
    rows = session.scalars(select(BindingRequest).where(_undecided()).order_by(BindingRequest.id).limit(limit))
    return [_shown(session, row) for row in rows]


def decided(session: Session, limit: int = 50) -> list[Shown]:
    """The latest decisions of reviewers, newest first."""
    query = select(BindingRequest).where(BindingRequest.decided_by.like("staff:%"))
    rows = session.scalars(query.order_by(BindingRequest.decided_at.desc()).limit(limit))
    return [_shown(session, row) for row in rows]


def settle(
    session: Session, by: Staff, request_id: int, decision: str, remark: str, number: str, now: datetime
) -> BindingRequest:
    """A reviewer decides, with a remark that stays. `number` names an application of whoever lost phone and WeChat.
    NotAllowed says why not."""
    request = session.get(BindingRequest, request_id, with_for_update=True)
    if request is None or not may_decide(by) or not _is_open(request):
        raise NotAllowed("这件事已经处理过，或不归您处理，请刷新")
    if decision not in DECISIONS[RequestKind(request.kind)]:
        raise NotAllowed("请选择处理结果")
    if not remark.strip():
        raise NotAllowed("请写明依据（核对了什么材料、和谁通过电话）")
    if request.kind == RequestKind.LOST and decision == Decision.SAME:
        request.holder_id = _holder_by_number(session, request, number)
    state = RequestState.REFUSED if decision == Decision.REFUSE else RequestState.GRANTED
    who = f"staff:{by.id}"
    decide(session, request, state, who, remark.strip(), now)
    _act(session, request, Decision(decision), who, now)
    return request


def _act(session: Session, request: BindingRequest, decision: Decision, who: str, now: datetime) -> None:
    asker, holder, key = request.contact_id, request.holder_id, f"decided:{request.id}"
    if decision == Decision.REFUSE:
        if request.kind == RequestKind.PHONE:
            distrust_phone(session, request)
        tell_contact(session, asker, CHANGED, "您的绑定申请核对后没有通过。有疑问请回复“人工”。", key, now)
        return
    if holder is None:
        raise NotAllowed("不知道原来是谁的，不能转过去")
    if decision == Decision.PHONE:
        text = "您原来绑定的手机号，经工作人员核对，已归另一位使用人。您的申请都没有动。"
        tell_contact(session, holder, SECURITY, text, key, now, not_to=request.phone_id)
        give_phone(session, request, who, now)
    elif request.kind != RequestKind.LOST:
        join(session, holder, asker, who, "reviewer", now)
    else:
        _take_over(session, request, who, now)
    tell_contact(session, asker, CHANGED, "您的绑定申请已核对通过，回复“我的进度”可以查看。", key, now)


def _take_over(session: Session, request: BindingRequest, who: str, now: datetime) -> None:
    """What was the old contact's is the asker's; its addresses are in other hands, or lost, and are told so."""
    assert request.holder_id is not None
    for address in [each for each in addresses_of(session, request.holder_id) if is_live(each)]:
        _let_go(session, address, request, who, now)
    hand_over(session, request.holder_id, request.contact_id, who, now)


def _let_go(session: Session, address: Address, request: BindingRequest, who: str, now: datetime) -> None:
    text = "您的业务经工作人员核对，已转到新的手机或微信，这里不再收到通知。"
    tell_address(session, address, SECURITY, text, f"decided:{request.id}", now)
    retire(session, address, "lost", who, now)


def _holder_by_number(session: Session, request: BindingRequest, number: str) -> int:
    found = session.scalar(select(Application).where(Application.number == number.strip().upper()))
    if found is None or found.contact_id == request.contact_id:
        raise NotAllowed("请填原来那份申请的编号（ZC开头），在审核列表里可以查到")
    return found.contact_id


def _undecided() -> ColumnElement[bool]:
    refused_by_holder = (BindingRequest.state == RequestState.REFUSED) & BindingRequest.decided_by.like("contact:%")
    return or_(BindingRequest.state == RequestState.OPEN, refused_by_holder)


def _is_open(request: BindingRequest) -> bool:
    by_holder = request.state == RequestState.REFUSED and request.decided_by.startswith("contact:")
    return request.state == RequestState.OPEN or by_holder


def _shown(session: Session, row: BindingRequest) -> Shown:
    holder = _party(session, row.holder_id) if row.holder_id is not None else None
    return Shown(row, _party(session, row.contact_id), holder, DECISIONS[RequestKind(row.kind)])


def _party(session: Session, contact_id: int) -> Party:
    return Party(called(session, contact_id), bound_places(session, contact_id), of_contact(session, contact_id))
