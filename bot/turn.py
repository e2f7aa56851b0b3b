"""One turn: an inbound message is taken, recognised, understood, acted on and answered, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import App
from bot.channels.base import Kind, SendError
from bot.doorbell import OCR
from bot.inquiry import inquire
from bot.rasa import RasaDown
from bot.redis import length
from bot.render import with_address
from domain.dialogue import dialogue
from domain.dialogue.acts import Act, Command, Picture
from domain.dialogue.situation import situation
from domain.dialogue.wording import ANSWER_LATER
from domain.knowledge import counting
from domain.messages.messages import (
    InboundMessage,
    InState,
    Say,
    addresses_with_due,
    answer_later,
    finish,
    inbound_with_address,
    just_owed,
    lease,
    release,
)
from domain.messages.sms_texts import on_sms
from domain.notices.outages import resting
from domain.registration.applications import Photo, current
from domain.registration.readings import Reading
from domain.registration.registration import Scene
from domain.sources import records
from domain.sources.lookups import Facts
from domain.talks import takeover
from domain.teaching import hearing
from domain.workdays import local_day

LEASE = timedelta(seconds=30)  # longer than any turn takes; after it, another may try
PHOTO_LEASE = timedelta(seconds=120)
TRIES = 5  # then the person gets a plain word instead of silence

_WITHOUT_WORDS = {Kind.FOLLOW: "greet", Kind.SCAN: "greet", Kind.VOICE: "voice", Kind.UNSUPPORTED: "unsupported"}

# What is being asked, in the words that nlu/ has learnt; the others are the same on both sides.
_RASAS_WORD = {
    **dict.fromkeys(("licence_check", "submit", "kind", "stuck", "whose_letter"), "confirm"),
    **dict.fromkeys(("licence_photo", "lease", "letter:owner", "letter:tenant", "identity"), "licence"),
    **dict.fromkeys(("owner_contact", "tenant_contact"), "contact_name"),
    **dict.fromkeys(("owner_phone", "tenant_phone"), "phone"),
    "tenant_name": "name",
}

log = structlog.get_logger(__name__)


class DocumentReader(Protocol):
    """Reads a picture of a document."""

    def read(self, picture: bytes) -> Reading:
        """What the picture says; a reading with `trouble` when it says nothing."""


def take_turn(app: App, inbound_id: int) -> None:
    """Work on an inbound message that nobody else works on. Its effect and its answers become rows, once."""
    with app.store.write() as session:
        if not lease(session, inbound_id, app.clock(), LEASE):
            return
        inbound = inbound_with_address(session, inbound_id)
        kind = Kind(inbound.kind)
        if kind == Kind.PHOTO and _is_kept(session, inbound_id):
            # To wait for the readers is no try: in a busy week they have an hour's pictures before them.
            inbound.attempts, inbound.lease_until = inbound.attempts - 1, app.clock() + PHOTO_LEASE
        attempts = inbound.attempts
        act = _plain_act(session, inbound, kind)
        # A photo is brought home first: WeChat keeps it for three days only.
        if kind != Kind.PHOTO and takeover.hushed(session, inbound, act, app.clock()):
            return
    if attempts > TRIES:
        log.error("turn.given_up", inbound_id=inbound_id)
        lost: Act = Picture(Reading(trouble="gone")) if kind == Kind.PHOTO else Command("unsure_what")
        perform(app, inbound_id, lost, "given_up")
    elif act is not None:
        perform(app, inbound_id, act, "exact")
    elif kind == Kind.PHOTO:
        _take_photo(app, inbound_id)
    else:
        _understand(app, inbound_id)


def perform(app: App, inbound_id: int, act: Act, decided_by: str, heard: hearing.Reading | None = None) -> None:
    """Do an act for an inbound message: ask the sources first, then change and answer in one transaction. `heard`: how
    Rasa read it, which is kept for teaching.
    Called again for the same message, it changes nothing; while staff are in charge, only exact answers act."""
    facts = _facts(app, inbound_id, act) if dialogue.may_ask(act) else Facts()
    now = app.clock()
    with app.store.write() as session:
        inbound = inbound_with_address(session, inbound_id)
        if inbound.state == InState.DONE:
            return
        if takeover.hushed(session, inbound, act, now):
            return
        records.keep(session, facts)
        scene = Scene(now, facts, app.random, inbound.channel)
        said = dialogue.handle(session, inbound, act, scene)
        says = on_sms(session, inbound, said, scene)
        finish(session, inbound, [with_address(say, app.settings.public_url) for say in says], decided_by, now)
        hearing.note(session, inbound, act, heard, said, now)
        session.flush()
        counting.note(session, said, local_day(now))
        owed = just_owed(session, now)
    for address_id in owed:  # ringing for all that is due after each turn would drown the workers in a storm
        app.doorbell.deliver(address_id)


def _facts(app: App, inbound_id: int, act: Act) -> Facts:
    """What the sources say that this act will want to know."""
    with app.store.read() as session:
        inbound = inbound_with_address(session, inbound_id)
        lookups = [] if inbound.state == InState.DONE else dialogue.lookups(session, inbound.address.contact_id, act)
    return inquire(app, lookups)


def read_photo(app: App, inbound_id: int, reader: DocumentReader) -> None:
    """Read the photo of an inbound message (in the OCR worker) and go on with what it says. Each try is counted: a
    picture that the reader dies of must not kill it for ever."""
    with app.store.write() as session:
        photo = session.scalar(select(Photo).where(Photo.inbound_id == inbound_id))
        inbound = session.get_one(InboundMessage, inbound_id)
        if photo is None or inbound.state == InState.DONE or inbound.attempts > TRIES:
            return
        inbound.attempts, inbound.lease_until = inbound.attempts + 1, app.clock() + PHOTO_LEASE
        name, known = photo.file, photo.reading
    reading = Reading.from_json(known) if known else reader.read(app.photos.read(name))
    with app.store.write() as session:
        photo = session.scalars(select(Photo).where(Photo.inbound_id == inbound_id)).one()
        photo.reading, photo.kind = reading.to_json(), "" if reading.trouble else reading.kind
    perform(app, inbound_id, Picture(reading), "photo")


def ring(app: App, now: datetime) -> None:
    """Tell the workers of what is due. Nothing is lost when nobody hears it."""
    with app.store.read() as session:
        due = addresses_with_due(session, now, without=resting(session, now))
    for address_id in due:
        app.doorbell.deliver(address_id)


def _plain_act(session: Session, inbound: InboundMessage, kind: Kind) -> Act | None:
    if kind == Kind.HANDOVER:
        return Command("handover", inbound.text)
    if kind in (Kind.SCAN, Kind.FOLLOW) and inbound.text:  # the scene of a QR code: an invitation, a letter
        return Command("scan", inbound.text)
    if kind in _WITHOUT_WORDS:
        return Command(_WITHOUT_WORDS[kind])
    return None if kind == Kind.PHOTO else dialogue.recognise(session, inbound)


def _understand(app: App, inbound_id: int) -> None:
    with app.store.read() as session:
        inbound = session.get_one(InboundMessage, inbound_id)
        contact_id, text = inbound.address.contact_id, inbound.text
        where = situation(session, contact_id, app.clock())
    asked, today = _RASAS_WORD.get(where.asking, where.asking), local_day(app.clock()).isoformat()
    metadata = {"inbound_id": inbound_id, **where.as_metadata(), "asking": asked, "today": today}
    try:
        intent = app.rasa.say(f"contact:{contact_id}", text, metadata)
    except RasaDown as down:
        _answer_later(app, inbound_id, str(down))
        return
    with app.store.read() as session:
        done = session.get_one(InboundMessage, inbound_id).state == InState.DONE
    if not done:
        _answer_later(app, inbound_id, f"nothing done for {intent}")


def _answer_later(app: App, inbound_id: int, why: str) -> None:
    """Understanding is down: say so once, and leave the message to be answered when it is back."""
    log.warning("turn.later", inbound_id=inbound_id, why=why)
    now = app.clock()
    with app.store.write() as session:
        release(session, inbound_id, InState.WAITING)
        answer_later(session, inbound_id, Say(ANSWER_LATER), now)
    ring(app, now)


def _take_photo(app: App, inbound_id: int) -> None:
    """Bring the picture home (WeChat keeps it for three days) and let the OCR worker read it."""
    with app.store.read() as session:
        inbound = session.get_one(InboundMessage, inbound_id)
        media, contact_id = inbound.media or {}, inbound.address.contact_id
        kept = _is_kept(session, inbound_id)
    if kept:
        if not length(app.redis, OCR):  # else it waits its turn there, and was not lost
            app.doorbell.photo(inbound_id)
        return
    try:
        content = app.wechat.download(media.get("id", ""), media.get("url", ""))
    except SendError as error:
        _photo_not_there(app, inbound_id, error)
        return
    if _keep_photo(app, inbound_id, contact_id, content):
        app.doorbell.photo(inbound_id)


def _is_kept(session: Session, inbound_id: int) -> bool:
    """Whether the picture of a message is here already, and waits to be read."""
    return session.scalar(select(Photo.id).where(Photo.inbound_id == inbound_id)) is not None


def _keep_photo(app: App, inbound_id: int, contact_id: int, content: bytes) -> bool:
    """Keep the picture; False when staff look at it and nobody reads it."""
    name = app.photos.keep(content)
    with app.store.write() as session:
        draft = current(session, contact_id)
        session.add(
            Photo(
                contact_id=contact_id,
                application_id=draft.id if draft is not None else None,
                inbound_id=inbound_id,
                file=name,
                received_at=app.clock(),
            )
        )
        inbound = session.get_one(InboundMessage, inbound_id)
        inbound.attempts, inbound.lease_until = 0, app.clock() + PHOTO_LEASE  # from now on the readings count
        return not takeover.hushed(session, inbound, None, app.clock())


def _photo_not_there(app: App, inbound_id: int, error: SendError) -> None:
    log.warning("photo.not_there", inbound_id=inbound_id, code=error.code)
    if error.retry == "never":
        trouble = "too_large" if error.code == "too_large" else "gone"
        perform(app, inbound_id, Picture(Reading(trouble=trouble)), "photo")
        return
    with app.store.write() as session:
        release(session, inbound_id, InState.KEPT)
