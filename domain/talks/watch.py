"""Looked at each minute: nobody waits for staff unnoticed, and no talk stays open for ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.messages.messages import InboundMessage, OutboundMessage, Say
from domain.notices.notices import tell_staff
from domain.people.contacts import Address
from domain.people.staff import Organisation, OrganisationKind, Role, Staff
from domain.registration.registration import Scene
from domain.settings import figure
from domain.talks import conversations
from domain.talks.conversations import OPEN, Conversation, ConversationState
from domain.talks.desk import give_back, tell
from domain.talks.takeover import where_in_line
from domain.talks.views import is_late
from domain.talks.words import LEFT, STILL_WAITING


def found(session: Session) -> list[int]:
    """Every conversation that is open."""
    return list(session.scalars(select(Conversation.id).where(Conversation.state.in_(OPEN)).order_by(Conversation.id)))


def look(session: Session, conversation_id: int, scene: Scene) -> str:
    """What one conversation needs now, done once: "alarm", "back", "missed", or nothing (empty)."""
    row = session.get_one(Conversation, conversation_id, with_for_update=True)
    if _transfer_was_pushed(session, row) and conversations.wait_here(session, row, scene.now):
        tell(session, row, [where_in_line(session, row, scene.now)], "here", scene)
        return "missed"
    if is_late(session, row, scene.now) and conversations.is_told(session, row, scene.now):
        _alarm(session, row, scene)
        return "alarm"
    if _has_gone_quiet(session, row, scene.now) and conversations.end(session, row, "system", scene.now):
        give_back(session, row, Say(LEFT), scene)
        return "back"
    return ""


def on_duty(session: Session, row: Conversation) -> Sequence[Staff]:
    """Who is called: whoever holds the talk, else the staff of its organisation, else (nobody there) the centre's."""
    if row.staff is not None and row.staff.active:
        return [row.staff]
    working = select(Staff).join(Organisation).where(Staff.active.is_(True))
    theirs = session.scalars(working.where(Staff.organisation_id == row.organisation_id)).all()
    centre = (Organisation.kind == OrganisationKind.CENTRE, Staff.role.in_((Role.REVIEWER, Role.ADMINISTRATOR)))
    return theirs or session.scalars(working.where(*centre)).all()


def _alarm(session: Session, row: Conversation, scene: Scene) -> None:
    """Call the staff, and tell the person (once) that they are still being called."""
    now = scene.now
    since = row.waiting_since or now
    minutes = int((now - since).total_seconds() // 60)
    text = f"有用户等人工已{minutes}分钟，请到审核台“会话”处理"
    key = f"{row.id}:{since.isoformat()}"
    told = tell_staff(session, "talk_waiting", on_duty(session, row), {"text": text}, now, key=key)
    if not told:
        centre = select(Staff).join(Organisation).where(Organisation.kind == OrganisationKind.CENTRE)
        tell_staff(session, "talk_waiting", session.scalars(centre.where(Staff.active)), {"text": text}, now, key=key)
    if row.state == ConversationState.WAITING:
        ahead = conversations.before(session, row)
        line = f"前面还有{ahead}位" if ahead else "下一位就是您"
        tell(session, row, [Say(STILL_WAITING.format(line=line))], f"waiting:{since.isoformat()}", scene)


def _has_gone_quiet(session: Session, row: Conversation, now: datetime) -> bool:
    """Staff have answered (or WeChat's desk has it), and the person has not said a word for longer than the setting."""
    if row.waiting_since is not None and row.state != ConversationState.WECHAT:
        return False
    limit = now - timedelta(minutes=figure(session, "takeover_close_minutes"))
    begun = row.taken_at or row.opened_at
    return begun < limit and _last_word(session, row) < limit


def _last_word(session: Session, row: Conversation) -> datetime:
    theirs = select(Address.id).where(Address.contact_id == row.contact_id)
    came = session.scalar(select(func.max(InboundMessage.received_at)).where(InboundMessage.address_id.in_(theirs)))
    went = session.scalar(
        select(func.max(OutboundMessage.created_at)).where(
            OutboundMessage.address_id.in_(theirs), OutboundMessage.staff_id.is_not(None)
        )
    )
    return max(each for each in (came, went, row.opened_at) if each is not None)


def _transfer_was_pushed(session: Session, row: Conversation) -> bool:
    """A transfer cannot be pushed: where its words left so, WeChat's desk has never heard of the talk."""
    if row.state != ConversationState.WECHAT:
        return False
    pushed = session.scalars(
        select(OutboundMessage)
        .join(Address)
        .where(Address.contact_id == row.contact_id, OutboundMessage.created_at >= row.opened_at)
        .where(OutboundMessage.via == "push")
    )
    return any((each.body or {}).get("transfer") for each in pushed)
