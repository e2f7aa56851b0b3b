"""What people say about themselves: who am I here, another phone, unbinding, colleagues, an invitation's code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from domain.dialogue import pending
from domain.dialogue.topics import HUMAN, PROGRESS, REGISTER
from domain.dialogue.wording import WELCOME
from domain.evidence import record
from domain.identifiers import mask_phone, normalise_phone
from domain.messages.links import LinkPurpose
from domain.messages.messages import InboundMessage, Option, Say
from domain.people import bindings, invitations, joining, phone_codes
from domain.people.authority import LEVEL_NAMES, Authority, Level, authorities_of, speakers_for
from domain.people.contacts import (
    SMS,
    WECHAT,
    Address,
    Contact,
    addresses_of,
    bound_places,
    called_address,
    is_bound,
    phones_of,
)
from domain.people.invitations import Invitation, InvitationKind
from domain.people.notices import CHANGED, SECURITY, tell_address, tell_contact
from domain.people.roles import called, may_take_over, roles_of
from domain.people.staff import ROLE_NAMES, Staff
from domain.questions.questions import Answer, ask, form_slot, withdraw
from domain.registration.applications import Application, Source, focus_on, of_contact, put
from domain.registration.registration import Scene
from domain.settings import figure

WHOAMI, INVITE, COLLEAGUES = (
    Option("我的身份", "cmd:whoami"),
    Option("邀请同事", "cmd:invite"),
    Option("我的同事", "cmd:colleagues"),
)
LEVELS = "查询：看进度；经办：还能填写提交；签署：还能确认合同；管理：还能邀请和解除同事。"
# One sentence whether it never was, was used, or is over: a stranger learns nothing from it.
NO_INVITATION = "这个邀请无效或已过期。请让邀请您的人重新发一个。"


def whoami(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """The roles and the addresses of the person, with what can be done about them."""
    contact_id = inbound.address.contact_id
    roles, where = roles_of(session, contact_id), bound_places(session, contact_id)
    lines = roles.lines() or ["还没有代表任何单位（注册通过后就有了）"]
    text = "您的身份：\n" + "\n".join(f"· {line}" for line in lines)
    text += "\n绑定：" + ("、".join(where) if where else "还没有")
    options = [COLLEAGUES, INVITE] if _managed(session, contact_id) else []
    if inbound.channel == WECHAT:
        options.append(Option("换手机号", "cmd:new_phone"))
    return [Say(text, [*options, Option("解除绑定", "cmd:unbind")], short=f"{lines[0]}。")]


def new_phone(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Another phone for who is known by WeChat: a code goes to the new one."""
    contact_id = inbound.address.contact_id
    if inbound.channel != WECHAT:
        return [Say("短信里不能换手机号。请在微信服务号里说“换手机号”；微信也没有绑定过，请用新手机回复“找回”。")]
    if not argument:
        pending.wait_for(session, contact_id, "new_phone", scene.now)
        return [Say("请发新的手机号，我会发验证码核对。原来的号码会收到一条提醒。", [_NEVER_MIND])]
    phone = normalise_phone(argument)
    if any(each.value == phone for each in phones_of(session, contact_id)):
        pending.drop(session, contact_id)
        return [Say("这个号码已经是您绑定的，不用换。", [WHOAMI])]
    pending.wait_for(session, contact_id, "phone_code", scene.now, phone=phone)
    return [Say(phone_codes.send(session, phone, contact_id, "new_phone", scene), [_NEVER_MIND])]


def phone_code(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """The code of the new phone came back: it takes the place of the old ones, which are told."""
    contact_id = inbound.address.contact_id
    held = pending.waiting(session, contact_id, "phone_code", scene.now)
    if held is None:
        return [Say("现在不需要验证码。", [REGISTER, PROGRESS])]
    phone = held["phone"]
    if wrong := phone_codes.check(session, phone, contact_id, "new_phone", argument, scene):
        return [Say(wrong, [Option("再发一条", f"cmd:new_phone:{phone}"), _NEVER_MIND])]
    pending.drop(session, contact_id)
    old = phones_of(session, contact_id)
    said = bindings.prove_phone(session, bindings.Claim(contact_id), phone, scene.now, scene.random)
    if not any(each.value == phone for each in phones_of(session, contact_id)):
        return [Say(said, [WHOAMI])]
    for address in old:
        _replace_phone(session, contact_id, address, phone, scene)
    return [Say(f"{said}以后的短信都发到 {mask_phone(phone)}。", [WHOAMI])]


def unbind(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Ask which binding is to end, then whether it really is."""
    mine = [each for each in addresses_of(session, inbound.address.contact_id) if is_bound(each)]
    if inbound.channel == SMS:
        mine = [each for each in mine if each.id == inbound.address_id]
    chosen = next((each for each in mine if f"{each.id}" == argument), mine[0] if len(mine) == 1 else None)
    if not mine:
        return [Say("现在没有可以解除的绑定。", [PROGRESS])]
    if chosen is None:
        return [Say("要解除哪一个？", [Option(called_address(each), f"cmd:unbind:{each.id}") for each in mine])]
    last = len([each for each in addresses_of(session, chosen.contact_id) if is_bound(each)]) == 1
    loses = "这是您最后一个绑定，解除后不能再代表任何单位办理。" if last else ""
    text = f"解除后，{called_address(chosen)}不再收到您的通知，也不能用它办您的事。{loses}确定解除吗？"
    answers = (Answer("yes", "确认解除"), Answer("no", "不解除", ("保留",), free=True))
    return [_ask(session, chosen.contact_id, "unbind", f"unbind:{chosen.id}", text, answers, scene)]


def lost(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Neither the old phone nor the old WeChat is there: a reviewer decides."""
    pending.wait_for(session, inbound.address.contact_id, "lost", scene.now)
    text = "请在一条消息里写清：单位名称、原来登记的手机号、您的姓名，和为什么用不了原来的。工作人员核对后答复您。"
    return [Say(text, [_NEVER_MIND], short="请回复：单位名称、原手机号、您的姓名。工作人员核对后答复您。")]


def lost_said(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Put what they wrote before the reviewers. The answer is the same whatever is known."""
    contact_id = inbound.address.contact_id
    pending.drop(session, contact_id)
    bindings.open_request(
        session, bindings.Claim(contact_id), bindings.RequestKind.LOST, scene.now, said=argument[:500]
    )
    return [Say("已登记，工作人员核对后会在这里答复您。着急请回复“人工”。", [HUMAN])]


def never_mind(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Nothing is waited for any more."""
    pending.drop(session, inbound.address.contact_id)
    return [Say("好的，没有改变什么。", [WHOAMI, PROGRESS])]


def colleagues(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Who else speaks for the companies that the person manages; a tap begins to end one."""
    managed = _managed(session, inbound.address.contact_id)
    if not managed:
        return [Say("您还没有管理的单位。", [WHOAMI])]
    lines, options = [], []
    for own in managed:
        others = [each for each in speakers_for(session, own.company_mark) if each.contact_id != own.contact_id]
        lines.append(f"{own.company_name}：" + ("" if others else "只有您自己"))
        for each in others:
            name = called(session, each.contact_id)
            lines.append(f"· {name}（{LEVEL_NAMES[each.level]}）")
            options.append(Option(f"解除{name}", f"cmd:end_authority:{each.id}"))
    return [Say("\n".join(lines), [*options[:8], INVITE])]


def end_authority(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Ask whether a colleague's authority is really to end."""
    theirs = session.get(Authority, int(argument)) if argument.isdecimal() else None
    contact_id = inbound.address.contact_id
    marks = {each.company_mark for each in _managed(session, contact_id)}
    if theirs is None or theirs.ended_at is not None or theirs.company_mark not in marks:
        return colleagues(session, inbound, "", scene)
    text = f"解除后，{called(session, theirs.contact_id)}不能再代表{theirs.company_name}。确定解除吗？"
    answers = (Answer("yes", "确认解除"), Answer("no", "不解除", ("保留",), free=True))
    return [_ask(session, contact_id, "end_authority", f"authority:{theirs.id}", text, answers, scene)]


def invite(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Ask for which company, and what the colleague may do."""
    contact_id = inbound.address.contact_id
    managed = _managed(session, contact_id)
    if not managed:
        return [Say("只有单位的管理人能邀请同事。注册通过后，申请人就是管理人。", [WHOAMI])]
    if inbound.channel != WECHAT:
        return [Say("邀请同事请在微信服务号里办。")]
    chosen = next((each for each in managed if f"{each.id}" == argument), managed[0] if len(managed) == 1 else None)
    if chosen is None:
        return [Say("邀请到哪家？", [Option(each.company_name, f"cmd:invite:{each.id}") for each in managed[:8]])]
    text = f"邀请同事代表{chosen.company_name}，给什么权限？\n{LEVELS}"
    answers = [Answer(level, LEVEL_NAMES[level]) for level in Level]
    answers.append(Answer("no", "先不邀请", free=True))
    return [_ask(session, contact_id, "invite", f"invite:{chosen.id}", text, answers, scene)]


def scan(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """A QR code was scanned, or an invitation's code sent. The person is asked before anything is bound."""
    if not invitations.is_token(argument):
        return [Say(WELCOME, [REGISTER, PROGRESS])]
    found = invitations.find(session, argument, scene.now)
    if found is None:
        return [Say(NO_INVITATION, [REGISTER, PROGRESS])]
    if inbound.channel != WECHAT:
        return [Say("邀请要在微信里用：请关注微信服务号，把这串邀请码发过去。")]
    text = _invited_text(session, found)
    answers = (Answer("yes", "是我，确认绑定", ("确认绑定",)), Answer("no", "不是我", free=True))
    contact_id = inbound.address.contact_id
    return [_ask(session, contact_id, "invitation", f"invitation:{found.id}", text, answers, scene)]


def _invited_text(session: Session, invitation: Invitation) -> str:
    if invitation.kind == InvitationKind.STAFF:
        staff = session.get_one(Staff, invitation.staff_id)
        return f"您是{staff.organisation.name}的{staff.name}（{ROLE_NAMES[staff.role]}）吗？"
    level = LEVEL_NAMES[invitation.level]
    return f"邀请您代表{invitation.company_name}，权限是“{level}”。您是被邀请的人吗？"


def _managed(session: Session, contact_id: int) -> list[Authority]:
    return [each for each in authorities_of(session, contact_id) if each.level == Level.MANAGE]


def _replace_phone(session: Session, contact_id: int, old: Address, phone: str, scene: Scene) -> None:
    """The old phone leaves, is told so, and the applications go by the new one."""
    who = f"contact:{contact_id}"
    for application in of_contact(session, contact_id):
        if application.value("phone") == old.value:
            put(application, "phone", Source.TYPED, phone, scene.now)
            application.phone_verified_at = scene.now
    text = "您绑定的手机号已换成别的号码，以后的通知不再发到这里。"
    tell_address(session, old, SECURITY, text, "replaced", scene.now)
    joining.retire(session, old, "replaced", who, scene.now)
    record(session, "phone_changed", ("contact", contact_id), who, {"from": old.id}, scene.now)


def _ask(session: Session, contact_id: int, purpose: str, slot: str, text: str, answers: object, scene: Scene) -> Say:
    return ask(
        session,
        contact_id=contact_id,
        purpose=purpose,
        slot=slot,
        text=text,
        answers=answers,  # type: ignore[arg-type]
        now=scene.now,
        deadline=scene.now + timedelta(minutes=figure(session, "question_minutes")),
        random=scene.random,
        binding=True,
        short=text,
    )


_NEVER_MIND = Option("不换了", "cmd:never_mind")


def take_over(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """A colleague who may handle the company's matters goes on with an application that came back."""
    contact_id = inbound.address.contact_id
    application = session.get(Application, int(argument)) if argument.isdecimal() else None
    if application is None or not may_take_over(session, contact_id, application):
        return [Say("这份申请现在不能接手。", [PROGRESS])]
    withdraw(session, application.contact_id, form_slot(application.id))
    before, company = application.contact_id, application.value("name") or "贵单位"
    application.contact = session.get_one(Contact, contact_id)
    focus_on(application)
    data = {"from": before}
    record(session, "taken_over", ("application", application.id), f"contact:{contact_id}", data, scene.now)
    text = f"{company}被退回的申请由{called(session, contact_id)}接手修改。"
    tell_contact(session, before, CHANGED, text, f"taken:{application.id}:{scene.now.isoformat()}", scene.now)
    return [Say("好的，现在由您接着办，以后的进度也通知您。", [Option("现在修改", "cmd:returned_why"), PROGRESS])]


def bind_wechat(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """By SMS: a one-time link that binds the WeChat of who opens it."""
    if inbound.channel != SMS:
        return [Say("您现在就在微信里。要绑定手机号，回复“换手机号”。", [WHOAMI])]
    return [Say("请打开链接，绑定您的微信", page=LinkPurpose.BIND)]


COMMANDS: Mapping[str, Callable[[Session, InboundMessage, str, Scene], list[Say]]] = {
    "whoami": whoami,
    "new_phone": new_phone,
    "phone_code": phone_code,
    "unbind": unbind,
    "lost": lost,
    "lost_said": lost_said,
    "never_mind": never_mind,
    "colleagues": colleagues,
    "end_authority": end_authority,
    "invite": invite,
    "scan": scan,
    "bind_wechat": bind_wechat,
    "take_over": take_over,
}
