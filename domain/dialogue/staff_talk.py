"""Staff of a bureau or the trading centre in chat: what waits for them. Decisions are made on the console alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.contracts import consents
from domain.dialogue import contract_talk
from domain.dialogue.progress import progress
from domain.dialogue.thread import resumed, with_thread
from domain.dialogue.topics import HUMAN, PROGRESS, topic
from domain.messages.messages import InboundMessage, Option, Say
from domain.notices import outages
from domain.people.staff import OrganisationKind, Staff
from domain.queue import queue
from domain.registration.registration import Scene
from domain.workdays import local_day

_RETAIL_HELP = (
    "您可以直接说：\n· 待办：等贵公司答复的事\n· 同意或不同意，加编号\n· 提议 用户 套餐：给用户推荐贵公司的套餐\n· 人工"
)
_REVIEW = (OrganisationKind.BUREAU, OrganisationKind.CENTRE)


def reviewer(session: Session, contact_id: int) -> Staff | None:
    """The login of the bureau or the trading centre that this contact is bound to."""
    query = select(Staff).where(Staff.contact_id == contact_id, Staff.active.is_(True)).order_by(Staff.id)
    return next((each for each in session.scalars(query) if each.organisation.kind in _REVIEW), None)


def todo(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """“待办”: a retail company's requests; for reviewers how many orders wait, and how many are late."""
    staff = reviewer(session, inbound.address.contact_id)
    return [_waiting(session, staff, scene)] if staff else contract_talk.todo(session, inbound, argument, scene)


def decides(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """To approve, return or urge in free words changes nothing: where it is done is said."""
    contact_id = inbound.address.contact_id
    if (staff := reviewer(session, contact_id)) is not None:
        waiting = _waiting(session, staff, scene)
        return [Say(f"审核、退回和催办都在审核平台上办，聊天里不改变任何申请。\n{waiting.text}", waiting.options)]
    if consents.retailers_of(session, f"contact:{contact_id}"):
        return contract_talk.todo(session, inbound, argument, scene)
    shown = progress(session, contact_id, scene.now)
    return [Say(f"通过和退回由供电局、交易中心的审核人员决定。\n{shown.text}", [*shown.options, HUMAN])]


def interface_state(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Which ways out are shut now, for reviewers; others hear that what waits is made up for by itself."""
    if reviewer(session, inbound.address.contact_id) is None:
        return [Say("有接口暂时不通时，申请照常受理，恢复后系统自动补查，不用您重办。", [PROGRESS, HUMAN])]
    shut = [f"{outages.TITLES.get(each.name, each.name)}暂停发送" for each in outages.shut(session)]
    text = "；".join(shut) or "短信和微信的发送都正常"
    return [Say(f"{text}。各数据接口欠了哪些答复、哪些申请在等，审核平台“运行情况”页有。")]


def _waiting(session: Session, staff: Staff, scene: Scene) -> Say:
    found = queue.counts(session, staff, queue.limits(session, local_day(scene.now)))
    if not found["due"]:
        return Say(f"{staff.organisation.name}现在没有等您审核的申请。")
    late = f"，其中{found['red']}件已超期、{found['orange']}件快超期" if found["red"] or found["orange"] else ""
    return Say(f"等您审核的有{found['due']}件{late}。请到审核平台办理。", [Option("接口情况", "cmd:interface_state")])


def help_(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """“帮助”: what retail staff can do here is not what a user can; both take up what they were asked."""
    staff = consents.retailers_of(session, f"contact:{inbound.address.contact_id}")
    said = Say(_RETAIL_HELP, [Option("待办", "cmd:todo"), HUMAN]) if staff else topic("help")
    return with_thread(said, resumed(session, inbound.address.contact_id, scene))


COMMANDS: Mapping[str, Callable[[Session, InboundMessage, str, Scene], list[Say]]] = {
    "todo": todo,
    "help": help_,
    "staff_decides": decides,
    "interface_state": interface_state,
}
