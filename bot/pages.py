"""What people do on the pages behind one-time links: it becomes an inbound message like any other, and its answer is
shown on the page when it is ready at once, and sent by SMS otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.app import App
from bot.channels.base import Kind
from bot.redis import count_within
from bot.turn import PHOTO_LEASE, ring, take_turn
from domain.messages import links, messages
from domain.messages.messages import InboundMessage, InState
from domain.people.contacts import SMS
from domain.registration.applications import Photo, current
from domain.settings import figure

GUESSES_IN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Written:
    """What a person did on a page: the words of what was tapped or typed, and the tapped option."""

    text: str
    choice: str = ""


def too_many_guesses(app: App, where: str) -> bool:
    """Count one link that is none for this network address; whether there have been too many in the last hour."""
    with app.store.read() as session:
        most = figure(session, "link_guesses")
    return count_within(app.redis, f"link:{where}", GUESSES_IN) > most


def keep_photo(app: App, token: str, content: bytes) -> bool:
    """A picture sent on a page goes the way of every picture. False when the link was used meanwhile."""
    name, now = app.photos.keep(content), app.clock()
    with app.store.write() as session:
        link = links.find(session, token, now)
        if link is None or not links.use(session, link, now):
            app.photos.erase(name)
            return False
        inbound = _inbound(link, f"page:{link.id}", Kind.PHOTO, "", "", now, passive=False)
        inbound.lease_until = now + PHOTO_LEASE
        session.add(inbound)
        session.flush()
        draft = current(session, link.contact_id)
        photo = Photo(contact_id=link.contact_id, inbound_id=inbound.id, file=name, received_at=now)
        photo.application_id = draft.id if draft is not None else None
        session.add(photo)
    app.doorbell.photo(inbound.id)
    return True


def write(app: App, link: links.OneTimeLink, written: Written) -> list[str]:
    """Take what was tapped or typed on a page as a message of the link's phone; the answers, ready to be shown.
    Nothing when the answer takes longer: then it comes by SMS."""
    now = app.clock()
    name = f"page:{link.id}:{app.random.getrandbits(64):x}"
    with app.store.write() as session:
        inbound = _inbound(link, name, Kind.PAGE, written.text, written.choice, now, passive=True)
        session.add(inbound)
        session.flush()
    take_turn(app, inbound.id)
    return _shown_here(app, inbound.id)


def _inbound(
    link: links.OneTimeLink, name: str, kind: Kind, text: str, choice: str, now: object, *, passive: bool
) -> InboundMessage:
    return InboundMessage(
        channel=SMS,
        channel_id=name,
        address_id=link.address_id,
        kind=kind,
        text=text,
        choice=choice,
        received_at=now,
        passive=passive,
    )


def _shown_here(app: App, inbound_id: int) -> list[str]:
    """The answers that nobody has sent yet are shown here, and not sent as well."""
    now = app.clock()
    with app.store.write() as session:
        done = session.get_one(InboundMessage, inbound_id).state == InState.DONE
        rows = messages.claim_here(session, inbound_id, "page", now)
        texts = [str((row.body or {}).get("text", "")) for row in rows if row.via == "page"]
        if not done:
            messages.leave_to_push(session, inbound_id, now)
    ring(app, now)
    return texts
