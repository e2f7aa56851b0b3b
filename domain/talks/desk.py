"""What staff do in a conversation: take it, answer, pass it on, hand it back. The person hears of each step."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.dialogue.thread import resumed
from domain.evidence import record
from domain.messages.messages import InboundMessage, InState, OutboundMessage, OutState, Say
from domain.messages.sms_texts import written
from domain.notices.catalogue import CATALOGUE
from domain.people.contacts import SMS, Address
from domain.people.staff import Organisation, Staff
from domain.registration.applications import Photo, current
from domain.registration.registration import Scene, Step
from domain.review.review import NotAllowed
from domain.talks import conversations
from domain.talks.conversations import Conversation
from domain.talks.words import BACK, CLOSED, READING_NOW, STAFF


def take(session: Session, row: Conversation, staff: Staff, scene: Scene, instead_of: int | None = None) -> None:
    """Take a conversation; the person is told that somebody is there. NotAllowed says who was quicker."""
    conversations.take(session, row, staff, scene.now, instead_of)
    word = Say(f"{staff.organisation.name}的工作人员已接入，请直接说。")
    tell(session, row, [word], f"taken:{scene.now.isoformat()}", scene)


def answer(
    session: Session, row: Conversation, staff: Staff, place: Address, pieces: Sequence[str], key: str, scene: Scene
) -> list[OutboundMessage]:
    """Say something to the person, as the pieces that a channel takes. The same `key` is said once. NotAllowed: nobody
    speaks in a colleague's conversation."""
    if place.contact_id != row.contact_id:
        raise NotAllowed("这个联系方式不是这位用户的")
    if not any(piece.strip() for piece in pieces):
        raise NotAllowed("请先写下要答复的内容")
    conversations.must_hold(session, row, staff, scene.now)
    says = [Say(f"{STAFF if number == 0 else ''}{piece}") for number, piece in enumerate(pieces)]
    rows = [_owe(session, place, say, f"staff:{row.id}:{key}:{n}", scene, staff) for n, say in enumerate(says)]
    said = [each for each in rows if each is not None]
    if said:
        conversations.answered(session, row)
        data = {"messages": [each.id for each in said], "channel": place.channel, "text": "".join(pieces)}
        record(session, "talk_answered", ("conversation", row.id), f"staff:{staff.id}", data, scene.now)
    return said


def by_sms(
    session: Session, row: Conversation, staff: Staff, message_id: int, place: Address, scene: Scene
) -> OutboundMessage:
    """Send by SMS what WeChat does not let through now. NotAllowed when it has gone out, or was sent so already."""
    conversations.must_hold(session, row, staff, scene.now)
    held = session.get(OutboundMessage, message_id)
    if held is None or held.address.contact_id != row.contact_id or held.staff_id is None or place.channel != SMS:
        raise NotAllowed("没有这条可以改发的答复")
    stuck = (OutState.HELD, OutState.FAILED, OutState.EXPIRED)
    taken = session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.id == held.id, OutboundMessage.state.in_(stuck))
        .values(state=OutState.MERGED)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise NotAllowed("这条答复已经发出，不用改发短信")
    say = Say(str((held.body or {}).get("text", "")))
    sent = _owe(session, place, say, f"staff:{row.id}:sms:{held.id}", scene, staff)
    if sent is None:
        raise NotAllowed("这条答复已经改发过短信")
    sent.fallback_for = held.id
    return sent


def pass_on(session: Session, row: Conversation, staff: Staff, to: Staff | Organisation, scene: Scene) -> None:
    """Give a conversation to a colleague, or to another organisation; the person is told that it goes on."""
    conversations.hand_to(session, row, staff, to, scene.now)
    name = to.organisation.name if isinstance(to, Staff) else to.name
    tell(session, row, [Say(f"已转给{name}的同事，请稍等。")], f"passed:{scene.now.isoformat()}", scene)


def hand_back(session: Session, row: Conversation, staff: Staff, scene: Scene) -> None:
    """Give the talk back to the bot, which takes up the thread. A photo that has come meanwhile and that the draft
    waits for is read now."""
    conversations.must_hold(session, row, staff, scene.now)
    conversations.end(session, row, f"staff:{staff.id}", scene.now)
    give_back(session, row, Say(BACK), scene)


def close(session: Session, row: Conversation, staff: Staff, scene: Scene) -> None:
    """End a talk that is settled."""
    conversations.must_hold(session, row, staff, scene.now)
    conversations.end(session, row, f"staff:{staff.id}", scene.now)
    tell(session, row, [Say(CLOSED)], "ended", scene)


def give_back(session: Session, row: Conversation, word: Say, scene: Scene) -> None:
    """The bot speaks again, beginning with `word`."""
    if _read_photo_now(session, row):
        tell(session, row, [Say(f"{word.text}\n{READING_NOW}")], "ended", scene)
    else:
        tell(session, row, [word, *resumed(session, row.contact_id, scene)], "ended", scene)


def tell(session: Session, row: Conversation, says: Sequence[Say], key: str, scene: Scene) -> None:
    """A word of the desk to the person, where they wrote last; once for each key."""
    place = last_place(session, row.contact_id)
    if place is not None:
        for number, say in enumerate(says):
            _owe(session, place, say, f"talk:{row.id}:{key}:{number}", scene)


def last_place(session: Session, contact_id: int) -> Address | None:
    """Where the person wrote last."""
    return session.scalar(
        select(Address)
        .join(InboundMessage, InboundMessage.address_id == Address.id)
        .where(Address.contact_id == contact_id)
        .order_by(InboundMessage.id.desc())
        .limit(1)
    )


def _owe(
    session: Session, place: Address, say: Say, key: str, scene: Scene, staff: Staff | None = None
) -> OutboundMessage | None:
    if session.scalar(select(OutboundMessage.id).where(OutboundMessage.key == key)) is not None:
        return None
    if place.channel == SMS:
        say = written(session, place, say, scene.random, scene.now)
    now, lasts = scene.now, CATALOGUE["staff"].lasts if staff is not None else None
    row = OutboundMessage(
        address_id=place.id,
        question_id=say.question_id,
        staff_id=staff.id if staff is not None else None,
        event="staff" if staff is not None else "",  # the desk's own words are the bot's: numbers below them count
        key=key,
        body=say.body(),
        due_at=now,
        expires_at=now + lasts if lasts else None,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _read_photo_now(session: Session, row: Conversation) -> bool:
    draft = current(session, row.contact_id)
    if draft is None or draft.paused or draft.asking not in (Step.LICENCE, Step.PHOTO):
        return False
    photo = session.scalar(
        select(Photo)
        .where(Photo.contact_id == row.contact_id, Photo.received_at >= row.opened_at, Photo.file != "")
        .order_by(Photo.id.desc())
        .limit(1)
    )
    if photo is None or photo.reading is not None:
        return False
    photo.application_id = draft.id
    inbound = session.get_one(InboundMessage, photo.inbound_id)
    inbound.state, inbound.passive, inbound.attempts, inbound.done_at = InState.KEPT, False, 0, None
    return True
