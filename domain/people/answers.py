"""Exact answers to questions about people: is this you, is it your phone, unbind, invite, end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from sqlalchemy.orm import Session

from domain.dialogue import pending
from domain.dialogue.topics import HUMAN, PROGRESS
from domain.evidence import record
from domain.messages.messages import InboundMessage, Say
from domain.people import bindings, invitations, joining, phone_codes
from domain.people.authority import LEVEL_NAMES, Authority, Level, end, grant, may
from domain.people.bindings import BindingRequest, RequestState
from domain.people.commands import COLLEAGUES, NO_INVITATION, WHOAMI
from domain.people.contacts import WECHAT, Address, addresses_of, called_address, is_bound
from domain.people.invitations import Invitation, InvitationKind
from domain.people.notices import CHANGED, SECURITY, tell_address, tell_contact
from domain.people.roles import called
from domain.people.staff import Staff
from domain.questions.questions import Question
from domain.registration.registration import Scene


class Given(Protocol):
    """An answer that counts; see `domain.dialogue.answers`."""

    @property
    def question(self) -> Question:
        """To which question."""

    @property
    def answer(self) -> str:
        """Which one."""


def claimed(session: Session, given: Given, scene: Scene) -> list[Say]:
    """The holder of a phone says whether it was them who proved it from another WeChat."""
    request = session.get_one(BindingRequest, _id(given), with_for_update=True)
    if request.state != RequestState.OPEN:
        return [Say("这件事工作人员已经处理过了。", [PROGRESS])]
    holder_id, who = given.question.contact_id, f"contact:{given.question.contact_id}"
    if given.answer == "same":
        bindings.decide(session, request, RequestState.GRANTED, who, "", scene.now)
        text = "原来那个微信确认了是您本人，以前办的事都接到这里了。"
        tell_contact(session, request.contact_id, CHANGED, text, f"claim:{request.id}", scene.now)
        joining.join(session, holder_id, request.contact_id, who, "holder_said_so", scene.now)
        return [Say("好的，您的申请和绑定都接到新微信了，这个微信也照常能用。", [PROGRESS])]
    bindings.decide(session, request, RequestState.REFUSED, who, "", scene.now)
    bindings.distrust_phone(session, request)
    text = "手机号的原主人说不是本人，这个号码先不能用来登记。请换一个手机号；确是您的号码，请回复“人工”。"
    key, mine = f"claim:{request.id}", request.phone_id
    tell_contact(session, request.contact_id, CHANGED, text, key, scene.now, not_to=mine)
    return [Say("好的，您的号码和资料都没有动，对方不能用它登记，工作人员也看得到。", [HUMAN])]


def unbound(session: Session, given: Given, scene: Scene) -> list[Say]:
    """An address leaves, or stays; it is told so itself, and so are the others."""
    address = session.get_one(Address, _id(given))
    contact_id, who = given.question.contact_id, f"contact:{given.question.contact_id}"
    if given.answer != "yes":
        return [Say("好的，绑定都留着。", [WHOAMI])]
    if address.contact_id != contact_id or not is_bound(address):
        return [Say("这个绑定已经不在了。", [WHOAMI])]
    here = f"{called_address(address)}已按您的确认解除绑定，以后收不到原来的通知"
    for each in [each for each in addresses_of(session, contact_id) if is_bound(each)]:
        tell_address(session, each, SECURITY, here, f"unbound:{address.id}", scene.now)
    joining.unbind(session, address, who, scene.now)
    return [Say("已解除绑定，这里不再收到原来的通知。想重新办，随时发消息。")]


def ended(session: Session, given: Given, scene: Scene) -> list[Say]:
    """A manager ends a colleague's authority. Whether they still manage is looked at again."""
    theirs = session.get_one(Authority, _id(given))
    contact_id = given.question.contact_id
    if given.answer != "yes":
        return [Say("好的，没有改变。", [COLLEAGUES])]
    if not may(session, contact_id, theirs.company_mark, Level.MANAGE):
        return [Say("您已不是这个单位的管理人，没有改变。", [WHOAMI])]
    end(session, theirs, "manager", f"contact:{contact_id}", scene.now)
    text = f"您不再代表{theirs.company_name}办理，由单位管理人解除。有疑问请联系单位。"
    tell_contact(session, theirs.contact_id, CHANGED, text, f"ended:{theirs.id}", scene.now)
    return [Say(f"已解除。对方不能再代表{theirs.company_name}，也收到了提醒。", [COLLEAGUES])]


def invited(session: Session, given: Given, scene: Scene) -> list[Say]:
    """A manager has chosen a level: the invitation's code, to be forwarded."""
    own = session.get_one(Authority, _id(given))
    contact_id = given.question.contact_id
    if given.answer == "no":
        return [Say("好的，没有发出邀请。", [COLLEAGUES])]
    if not may(session, contact_id, own.company_mark, Level.MANAGE):
        return [Say("您已不是这个单位的管理人，不能邀请。", [WHOAMI])]
    made, token = invitations.make(
        session,
        InvitationKind.COMPANY,
        random=scene.random,
        now=scene.now,
        company=(own.company_mark, own.company_name),
        level=given.answer,
        made_by_contact=contact_id,
    )
    days = (made.expires_at - scene.now).days
    text = f"邀请码做好了，{days}天内有效，只能用一次。请把下面这条转发给同事，让同事关注本服务号后原样发过来："
    return [Say(text), Say(token)]


def confirmed(session: Session, given: Given, scene: Scene) -> list[Say]:
    """Who scanned an invitation says whether they are the one who was invited."""
    invitation = session.get_one(Invitation, _id(given))
    if given.answer != "yes":
        return [Say("好的，没有绑定。请把邀请交给被邀请的人。", [PROGRESS])]
    if not invitations.is_live(invitation, scene.now):
        return [Say(NO_INVITATION)]
    if invitation.kind == InvitationKind.STAFF:
        return _staff_confirmed(session, invitation, given.question.contact_id, scene)
    return _company_confirmed(session, invitation, given.question.contact_id, scene)


def staff_code(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """The code that went to the phone on file of a member of staff came back."""
    contact_id = inbound.address.contact_id
    held = pending.waiting(session, contact_id, "staff_code", scene.now)
    if held is None or inbound.channel != WECHAT:
        return [Say("现在不需要验证码。", [PROGRESS])]
    invitation = session.get_one(Invitation, held["invitation"])
    staff = session.get_one(Staff, invitation.staff_id)
    if wrong := phone_codes.check(session, staff.phone or "", contact_id, _purpose(invitation), argument, scene):
        return [Say(wrong)]
    pending.drop(session, contact_id)
    return _bind_staff(session, invitation, staff, contact_id, scene)


def _staff_confirmed(session: Session, invitation: Invitation, contact_id: int, scene: Scene) -> list[Say]:
    staff = session.get_one(Staff, invitation.staff_id)
    if not staff.phone:
        return _bind_staff(session, invitation, staff, contact_id, scene)
    pending.wait_for(session, contact_id, "staff_code", scene.now, invitation=invitation.id)
    return [Say(phone_codes.send(session, staff.phone, contact_id, _purpose(invitation), scene))]


def _bind_staff(session: Session, invitation: Invitation, staff: Staff, contact_id: int, scene: Scene) -> list[Say]:
    if not staff.active or not invitations.use(session, invitation.id, contact_id, scene.now):
        return [Say(NO_INVITATION)]
    if staff.contact_id is not None and staff.contact_id != contact_id:
        text = f"{staff.organisation.name}的账号改绑到了另一个微信。不是您本人操作，请马上联系管理员。"
        tell_contact(session, staff.contact_id, SECURITY, text, f"rebound:{invitation.id}", scene.now)
    staff.contact_id = contact_id
    data = {"contact": contact_id, "invitation": invitation.id}
    record(session, "staff_bound", ("staff", staff.id), f"contact:{contact_id}", data, scene.now)
    return [Say(f"绑定好了：{staff.organisation.name} {staff.name}。待办提醒会发到这里。", [WHOAMI])]


def _company_confirmed(session: Session, invitation: Invitation, contact_id: int, scene: Scene) -> list[Say]:
    if invitation.made_by_contact is not None and not may(
        session, invitation.made_by_contact, invitation.company_mark, Level.MANAGE
    ):
        return [Say(NO_INVITATION)]  # who invited may no longer say who speaks for the company
    if not invitations.use(session, invitation.id, contact_id, scene.now):
        return [Say(NO_INVITATION)]
    grant(
        session,
        contact_id=contact_id,
        company_mark=invitation.company_mark,
        company_name=invitation.company_name,
        level=Level(invitation.level),
        ground="invitation" if invitation.made_by_contact else "reviewer",
        who=f"contact:{contact_id}",
        now=scene.now,
        application_id=invitation.application_id,
    )
    level = LEVEL_NAMES[invitation.level]
    if invitation.made_by_contact is not None:
        name = called(session, contact_id)
        text = f"{name}用您的邀请绑定了{invitation.company_name}（{level}）。不认识的话，请回复“我的同事”解除。"
        tell_contact(session, invitation.made_by_contact, CHANGED, text, f"bound:{invitation.id}", scene.now)
    return [
        Say(
            f"绑定好了，您现在可以代表{invitation.company_name}（{level}）。",
            [PROGRESS, WHOAMI],
        )
    ]


def _purpose(invitation: Invitation) -> str:
    return f"invitation:{invitation.id}"


def _id(given: Given) -> int:
    """The row that a question of ours is about stands in its slot."""
    return int(given.question.slot.partition(":")[2])


ANSWERS: Mapping[str, Callable[[Session, Given, Scene], list[Say]]] = {
    "phone_claimed": claimed,
    "unbind": unbound,
    "end_authority": ended,
    "invite": invited,
    "invitation": confirmed,
}
