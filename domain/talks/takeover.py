"""A person takes over, as seen from the chat: asking for staff, waiting, the bot's silence, and the way back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.dialogue.acts import Act, Command, Values
from domain.dialogue.thread import resumed
from domain.messages import messages
from domain.messages.messages import PAGE, InboundMessage, Option, OutboundMessage, Say
from domain.people.contacts import WECHAT, Address
from domain.questions.questions import Match, Question, is_late
from domain.questions.words import plain
from domain.registration.registration import Scene
from domain.settings import figure, value
from domain.talks import conversations
from domain.talks.conversations import Conversation, ConversationState
from domain.talks.service_hours import hours, is_open, opens_at
from domain.talks.words import BACK, ENDED, MEANWHILE, NO_TALK, PHOTO_KEPT, TRANSFER, UNSEEN
from domain.workdays import CHINA

# What acts also while staff are in charge. All of it is exact: a tap, a word of its own, an event of WeChat's.
STILL_HEARD = frozenset(("bot", "scan", "handover", "stop_notices", "start_notices", "phone_code", "staff_code"))
BACK_TO_BOT = Option("转回机器人", "cmd:bot")


def human(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """人工: open a conversation with staff, or say again where in the line the person stands."""
    contact_id = inbound.address.contact_id
    row = conversations.in_charge(session, contact_id)
    if row is not None and row.state == ConversationState.WECHAT and _can_transfer(session, inbound):
        return [Say(TRANSFER, transfer=True)]
    if row is None and _can_transfer(session, inbound):
        conversations.begin(session, contact_id, inbound.text, ConversationState.WECHAT, scene.now)
        return [Say(TRANSFER, transfer=True)]
    if row is None:
        row = conversations.begin(session, contact_id, inbound.text, ConversationState.WAITING, scene.now)
    return [where_in_line(session, row, scene.now)]


def bot_again(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """不等了, 转回机器人: the person goes on with the bot."""
    contact_id = inbound.address.contact_id
    row = conversations.in_charge(session, contact_id)
    if row is None:
        return [Say(NO_TALK), *resumed(session, contact_id, scene)]
    conversations.end(session, row, f"contact:{contact_id}", scene.now)
    return [Say(BACK), *resumed(session, contact_id, scene)]


def handover(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """WeChat's own desk has taken a talk (“create”), moved it (“switch”) or closed it (“close”)."""
    row = conversations.in_charge(session, inbound.address.contact_id)
    if row is None or row.state != ConversationState.WECHAT:
        return []
    if argument != "close":
        row.taken_at, row.waiting_since = row.taken_at or scene.now, None
        return []
    conversations.end(session, row, "wechat", scene.now)
    return [Say(ENDED), *resumed(session, row.contact_id, scene)]


def hushed(session: Session, inbound: InboundMessage, act: Act | None, now: datetime) -> bool:
    """While staff are in charge, what is no exact answer is kept for them and closed without a word of the bot's.
    False when the bot may go on."""
    row = conversations.in_charge(session, inbound.address.contact_id)
    if row is None or inbound.kind == PAGE or _acts_anyway(session, row, inbound, act):
        return False
    by_wechat = row.state == ConversationState.WECHAT and inbound.channel == WECHAT
    if by_wechat and not _can_transfer(session, inbound):
        conversations.wait_here(session, row, now)
    elif not (by_wechat and row.taken_at is not None):  # what WeChat's desk hears, it answers without telling us
        row.waiting_since = row.waiting_since or now
    messages.finish(session, inbound, _last_words(session, row, inbound), "staff", now)
    return True


def transfer_missed(session: Session, inbound_id: int, now: datetime) -> None:
    """WeChat hung up before it heard of the transfer, and no push can say it: the talk waits on our console."""
    for answer in messages.answers(session, inbound_id):
        if (answer.body or {}).get("transfer") and answer.via != "passive":
            row = conversations.in_charge(session, answer.address.contact_id)
            if row is not None and conversations.wait_here(session, row, now):
                answer.body = where_in_line(session, row, now).body()


def where_in_line(session: Session, row: Conversation, now: datetime) -> Say:
    """Where a person stands, and honestly when somebody will answer."""
    phone = str(value(session, "service_phone"))
    urgent = f"着急请拨{phone}。" if phone else ""
    if not is_open(session, now):
        when = _opening(session, now)
        text = f"已为您转人工。现在是下班时间，工作人员{when}回复您；问题可以先写在这里，一定有人看。{urgent}"
        short = f"已转人工，工作人员{when}回复。问题可先发来。"
        return Say(text + MEANWHILE, [BACK_TO_BOT], short)
    ahead = conversations.before(session, row)
    line = f"前面还有{ahead}位" if ahead else "下一位就是您"
    minutes = figure(session, "takeover_alarm_minutes")
    text = f"已为您转人工，{line}，一般{minutes}分钟内有人回复。您可以先把问题写下来。{urgent}"
    return Say(text + MEANWHILE, [BACK_TO_BOT], f"已转人工，{line}。问题可先发来。")


def _opening(session: Session, now: datetime) -> str:
    opening = opens_at(session, now)
    if opening is None:  # the next year's calendar is not out
        return f"在工作日{hours(session)}"
    local, days = opening.astimezone(CHINA), (opening.date() - now.astimezone(CHINA).date()).days
    day = {0: "今天", 1: "明天"}.get(days, f"{local.month}月{local.day}日")
    return f"{day}{local:%H:%M}起"


def _acts_anyway(session: Session, row: Conversation, inbound: InboundMessage, act: Act | None) -> bool:
    if isinstance(act, Match):
        return _is_meant(session, inbound, act)
    if isinstance(act, Values):  # a one-time code is exact, and will not wait
        return set(act.raw) == {"sms_code"}
    if not isinstance(act, Command):
        return False
    return act.name in STILL_HEARD or (act.name == "human" and row.state == ConversationState.WAITING)


def _is_meant(session: Session, inbound: InboundMessage, match: Match) -> bool:
    """An answer to a question that is open. Once staff have said something after it was shown, a bare “好” may be meant
    for them: what has legal effect then needs a tap, the question's code or the one-time code."""
    question = session.get(Question, match.question_id)
    if question is None or is_late(question, inbound.received_at):
        return False
    by_code = bool(question.code) and question.code in plain(inbound.text).upper()
    named = bool(inbound.choice or match.code) or by_code
    return not question.binding or named or not _staff_spoke_since(session, question)


def _staff_spoke_since(session: Session, question: Question) -> bool:
    said = select(func.max(OutboundMessage.id)).join(Address).where(Address.contact_id == question.contact_id)
    shown = session.scalar(said.where(OutboundMessage.question_id == question.id))
    spoken = session.scalar(said.where(OutboundMessage.staff_id.is_not(None)))
    return spoken is not None and spoken > (shown or 0)


def _can_transfer(session: Session, inbound: InboundMessage) -> bool:
    """A transfer is a passive reply and nothing else: WeChat must still be waiting for one."""
    return bool(value(session, "wechat_kf_transfer")) and inbound.channel == WECHAT and inbound.passive


def _last_words(session: Session, row: Conversation, inbound: InboundMessage) -> list[Say]:
    """What must be said even so: on to WeChat's desk, what staff cannot hear, that a picture has come (once)."""
    if row.state == ConversationState.WECHAT and _can_transfer(session, inbound):
        return [Say(TRANSFER, transfer=True)]
    if inbound.kind in UNSEEN:
        return [Say(UNSEEN[inbound.kind])]
    if inbound.kind == "photo" and not _sent_one_before(session, row, inbound):
        return [Say(PHOTO_KEPT)]
    return []


def _sent_one_before(session: Session, row: Conversation, inbound: InboundMessage) -> bool:
    query = select(InboundMessage.id).join(Address).where(Address.contact_id == row.contact_id)
    earlier = (InboundMessage.received_at >= row.opened_at, InboundMessage.id < inbound.id)
    return session.scalar(query.where(InboundMessage.kind == "photo", *earlier).limit(1)) is not None
