"""How Rasa read a message is kept with the answer: one row, and what the person did next is written into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from domain.dialogue import thread
from domain.dialogue.acts import Act, Command
from domain.dialogue.understood import label_of, understood
from domain.knowledge.tables import NONE_FOUND
from domain.messages.messages import InboundMessage, Say
from domain.people.contacts import Contact
from domain.private import fingerprint
from domain.registration.applications import FieldValue, of_contact
from domain.rules.troubles import monday
from domain.settings import figure
from domain.teaching.masking import ADDRESS, COMPANY, PERSON, masked, says_something, words_at
from domain.teaching.tables import BY_PERSON, HUMAN, NONE_OF_THEM, OFFERED, TAPPED, UNSURE, Heard

AT_ONCE = timedelta(minutes=10)  # 人工 later than that says nothing about the message before
NEWEST = 20  # applications whose names are looked for: a group's thousand accounts share a few
_WRITTEN = (
    *("inbound_id", "channel", "role", "stage", "asking", "intent", "guesses", "places", "unanswered", "next"),
    *("at", "week"),
)
_NOTHING_WRONG = {"greet", "thanks", "human"}  # whoever wants a person after these was understood
_PERSONS = frozenset({"contact_name", "legal_person", "owner_contact", "tenant_contact"})
_MARKS: Mapping[str, str] = {
    **dict.fromkeys(_PERSONS, PERSON),
    **dict.fromkeys(("name", "account_name", "owner_name", "tenant_name"), COMPANY),
    **dict.fromkeys(("address", "account_address"), ADDRESS),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How Rasa read a message: the intent, its guesses with their confidence, where names stand in the text, and the
    situation in which it was read (see `domain.dialogue.situation`)."""

    intent: str
    guesses: tuple[tuple[str, float], ...] = ()
    places: tuple[tuple[str, int, int], ...] = ()
    asking: str = ""
    stage: str = ""
    role: str = "user"


def note(
    session: Session, inbound: InboundMessage, act: Act, reading: Reading | None, says: Sequence[Say], now: datetime
) -> None:
    """Keep how a message was read that is answered with `says`, and what it tells about the one before it. Changes
    nothing else."""
    none = inbound.text.strip() == thread.NONE_OF_THEM
    if isinstance(act, Command) and (reading is None or act.name == "human" or none):
        _note_what_followed(session, inbound, act, now)
    if reading is None:
        return
    row = Heard(
        inbound_id=inbound.id,
        channel=inbound.channel,
        role=reading.role,
        stage=reading.stage,
        asking=reading.asking,
        intent=reading.intent,
        guesses=[[intent, round(confidence, 3)] for intent, confidence in reading.guesses],
        places=[list(each) for each in reading.places],
        unanswered=any(say.article == NONE_FOUND for say in says),
        next=OFFERED if any(say.text.startswith(thread.GUESSING) for say in says) else "",
        at=now,
        week=monday(now),
    )
    if row.unanswered or (reading.intent == UNSURE and not none) or _in_sample(session, inbound.id):
        _keep_words(session, row, inbound)
    if row.listed:
        session.add(row)
    else:  # nearly every message: written without what an object in the session costs
        session.execute(insert(Heard.metadata.tables["heard"]), {name: getattr(row, name) for name in _WRITTEN})


def forget(session: Session, now: datetime, limit: int = 1000) -> int:
    """Delete what is older than messages are kept. How many."""
    old = select(Heard.id).where(Heard.at < now - timedelta(days=figure(session, "message_days"))).limit(limit)
    ids = session.scalars(old).all()
    session.execute(delete(Heard).where(Heard.id.in_(ids)))
    return len(ids)


def _note_what_followed(session: Session, inbound: InboundMessage, act: Command, now: datetime) -> None:
    """A tap on a guess labels the message before; 人工 at once says that its answer was of no use."""
    before = select(func.max(InboundMessage.id)).where(
        InboundMessage.address_id == inbound.address_id, InboundMessage.id < inbound.id
    )
    row = session.scalar(select(Heard).where(Heard.inbound_id == before.scalar_subquery()))
    if row is None:
        return
    words, offered = inbound.text.strip(), row.next == OFFERED
    meant = _guess_meant(row, act, words) if offered and words != thread.NONE_OF_THEM else None
    if offered and meant is None and (act.name == "help" or words == thread.NONE_OF_THEM):
        row.next = NONE_OF_THEM
    elif meant is not None:
        row.next = TAPPED
        if not row.label:  # staff have the last word
            row.label, row.label_by, row.labelled_at = meant, BY_PERSON, now
    elif act.name == "human" and now - row.at <= AT_ONCE and row.intent not in _NOTHING_WRONG:
        row.next = HUMAN
        if not row.listed:
            _keep_words(session, row, session.get_one(InboundMessage, row.inbound_id))


def _guess_meant(row: Heard, act: Command, words: str) -> str | None:
    """Which of the guesses was chosen: by a tap, its number or its words."""
    offered = (intent for intent, _ in row.guesses if label_of(intent))
    return next(
        (intent for intent in offered if words == label_of(intent) or understood(intent, "").name == act.name), None
    )


def _in_sample(session: Session, inbound_id: int) -> bool:
    """Some in a hundred of all messages, always the same ones."""
    return crc32(str(inbound_id).encode()) % 100 < figure(session, "teach_percent")


def _keep_words(session: Session, row: Heard, inbound: InboundMessage) -> None:
    """List a message with its words, unless they are nothing but values that belong to somebody."""
    text = inbound.text.strip()
    named = [*words_at(text, row.places), *_known(session, inbound.address.contact_id)]
    words = masked(text, named, asked_for_a_name=row.asking in _PERSONS)
    if not says_something(words):
        return
    row.text, row.masked, row.listed = text, words, True
    row.same = fingerprint("heard", f"{row.asking}|{words}")
    earlier = select(Heard).where(Heard.listed.is_(True), Heard.same == row.same, Heard.label_by.like("staff:%"))
    known = session.scalar(earlier.order_by(Heard.labelled_at.desc()).limit(1))
    if known is not None:
        row.label, row.label_by, row.labelled_at = known.label, known.label_by, known.labelled_at


def _known(session: Session, contact_id: int) -> Iterator[tuple[str, str]]:
    """What is known of a contact that must not be told: each with its mark."""
    if name := session.get_one(Contact, contact_id).name:
        yield PERSON, name
    ids = [application.id for application in of_contact(session, contact_id)[:NEWEST]]
    query = select(FieldValue).where(FieldValue.application_id.in_(ids), FieldValue.name.in_(_MARKS))
    for each in session.scalars(query):
        yield _MARKS[each.name], each.value
