"""Messages are rows: what came in is kept once, what goes out waits until somebody claims it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, bindparam, event, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, object_session, relationship
from sqlalchemy.orm.attributes import set_committed_value

from domain.base import Base, Sealed, SealedJson, UtcDateTime
from domain.notices.catalogue import PICTURE, overtakes
from domain.people.contacts import WECHAT, Address

PASSIVE_GRACE = timedelta(seconds=6)  # WeChat waits 5 s for a passive reply; only then may a push take over
PAGE = "page"  # the kind of an inbound message that was written on a page, which shows its answer by itself


class InState(StrEnum):
    """How far an inbound message is."""

    KEPT = "kept"  # nobody has finished it yet
    WAITING = "waiting"  # understanding is down: told so, to be answered when it is back
    DONE = "done"


class OutState(StrEnum):
    """How far an outbound message is."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    HELD = "held"  # no push is allowed now: goes out with the next answer
    FAILED = "failed"  # for good; `error` says why
    MERGED = "merged"  # another row says it, too
    EXPIRED = "expired"  # not sent in time to be of use


class InboundMessage(Base):
    """One thing that a person did, kept before anything else happens."""

    __tablename__ = "inbound_messages"
    __table_args__ = (UniqueConstraint("channel", "channel_id"), Index("ix_inbound_open", "state", "lease_until"))

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    channel_id: Mapped[str]
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"), index=True)
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(Sealed, default="")
    media: Mapped[dict[str, str] | None] = mapped_column(SealedJson)
    choice: Mapped[str] = mapped_column(default="")
    bound: Mapped[bool] = mapped_column(default=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(default=InState.KEPT)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    passive: Mapped[bool] = mapped_column(default=True)  # somebody still waits for a passive reply
    decided_by: Mapped[str] = mapped_column(default="")  # exact, value, photo, rasa
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[Address] = relationship()


class OutboundMessage(Base):
    """One thing that we owe somebody. Whoever claims the row sends it."""

    __tablename__ = "outbound_messages"
    __table_args__ = (Index("ix_outbound_due", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_messages.id"), index=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"), index=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"), index=True)  # what it asks
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # a person on the console wrote it
    fallback_for: Mapped[int | None] = mapped_column(ForeignKey("outbound_messages.id"))  # which one could not arrive
    event: Mapped[str] = mapped_column(default="")  # the notice's name; empty for an answer
    key: Mapped[str | None] = mapped_column(unique=True)  # a notice is written once
    merge: Mapped[str] = mapped_column(default="")  # what is pending under the same word may become one message
    body: Mapped[dict[str, Any] | None] = mapped_column(SealedJson)
    state: Mapped[str] = mapped_column(default=OutState.PENDING)
    via: Mapped[str] = mapped_column(default="")  # passive, push, template, sms
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # after it, nobody needs it any more
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    provider_id: Mapped[str] = mapped_column(default="", index=True)
    error: Mapped[str] = mapped_column(default="")
    segments: Mapped[int] = mapped_column(default=0)  # how many SMS were charged
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[Address] = relationship()


_INBOUND, _OUTBOUND = Base.metadata.tables["inbound_messages"], Base.metadata.tables["outbound_messages"]
_BY_ID = (
    select(InboundMessage)
    .where(InboundMessage.id == bindparam("inbound_id"))
    .options(joinedload(InboundMessage.address, innerjoin=True))
)


@dataclass(frozen=True, slots=True)
class Option:
    """Something to tap, or to answer with its number."""

    label: str
    choice: str


@dataclass(frozen=True, slots=True)
class Say:
    """One answer: a text, what may be tapped below it, and where the first line will not do, a line for SMS."""

    text: str
    options: Sequence[Option] = field(default_factory=tuple)
    short: str = ""
    question_id: int | None = None  # the open question that it shows
    page: str = ""  # what a link in an SMS opens for it: see domain.messages.links.LinkPurpose
    sms: Mapping[str, Any] | None = None  # its SMS, with template and variables: see domain.messages.sms_texts
    picture: Mapping[str, Any] | None = None  # WeChat alone: drawn and sent behind it; see `domain.packages.compare`
    article: str = ""  # of the knowledge base: the key of its article and the version, or that there is none
    transfer: bool = False  # goes back as the hand-over to WeChat's own desk; the text is for when that is too late

    def body(self) -> dict[str, Any]:
        """The answer as an outbound row keeps it."""
        options = [[option.label, option.choice] for option in self.options]
        transfer = {"transfer": True} if self.transfer else {}
        article = {"article": self.article} if self.article else {}
        return {"text": self.text, "options": options, "short": self.short, **article, **transfer, **(self.sms or {})}


def inbound_with_address(session: Session, inbound_id: int) -> InboundMessage:
    """A message that was kept, with the address that it came from."""
    return session.scalars(_BY_ID, {"inbound_id": inbound_id}).one()


def known(session: Session, channel: str, channel_id: str) -> InboundMessage | None:
    """The message that was kept under the channel's own id, if it was."""
    return session.scalar(
        select(InboundMessage).where(InboundMessage.channel == channel, InboundMessage.channel_id == channel_id)
    )


def known_ids(session: Session, channel: str, channel_ids: Sequence[str]) -> set[str]:
    """Which of the channel's own ids were kept before."""
    row = InboundMessage
    return set(session.scalars(select(row.channel_id).where(row.channel == channel, row.channel_id.in_(channel_ids))))


def keep(session: Session, row: InboundMessage) -> tuple[InboundMessage, bool]:
    """Keep a message once: the row, and whether it is new. The unique key decides, in the database."""
    found = known(session, row.channel, row.channel_id)
    if found is not None:
        return found, False
    session.add(row)
    session.flush()
    return row, True


def lease(session: Session, inbound_id: int, now: datetime, lasts: timedelta) -> bool:
    """Take an unfinished message to work on it; False when it is finished or another one works on it."""
    taken = session.execute(
        update(InboundMessage)
        .where(
            InboundMessage.id == inbound_id,
            InboundMessage.state != InState.DONE,
            (InboundMessage.lease_until.is_(None)) | (InboundMessage.lease_until < now),
        )
        .values(lease_until=now + lasts, attempts=InboundMessage.attempts + 1)
    )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def release(session: Session, inbound_id: int, state: InState) -> None:
    """Give an unfinished message back. One that waits for understanding has not used up a try."""
    session.execute(
        update(InboundMessage)
        .where(InboundMessage.id == inbound_id, InboundMessage.state != InState.DONE)
        .values(
            lease_until=None,
            state=state,
            attempts=InboundMessage.attempts - (1 if state == InState.WAITING else 0),
        )
    )


def finish(session: Session, inbound: InboundMessage, says: Sequence[Say], decided_by: str, now: datetime) -> None:
    """Write the answers of an inbound message and close it, in the transaction of its effect. Their pictures follow as
    rows of their own, which never go back as a passive reply."""
    due = now if not inbound.passive else max(now, inbound.received_at + PASSIVE_GRACE)
    shared = {"inbound_id": inbound.id, "address_id": inbound.address_id, "due_at": due, "created_at": now}
    rows = [{**shared, "event": "", "question_id": say.question_id, "body": say.body()} for say in says]
    if inbound.channel == WECHAT:
        pictures = [dict(say.picture) for say in says if say.picture]
        rows += [{**shared, "event": PICTURE, "question_id": None, "body": each} for each in pictures]
    session.flush()  # from here on rows are written as they are, without what objects in a session cost at every turn
    if rows:
        session.execute(insert(_OUTBOUND), rows)
        _owe(session, inbound.address_id, due)
    done = {"state": InState.DONE, "decided_by": decided_by, "done_at": now, "lease_until": None}
    session.execute(update(_INBOUND).where(_INBOUND.c.id == inbound.id).values(done))
    for name, value in done.items():
        set_committed_value(inbound, name, value)


def answer_later(session: Session, inbound_id: int, say: Say, now: datetime) -> None:
    """Tell once that the answer comes later; the message stays open."""
    inbound = session.get_one(InboundMessage, inbound_id)
    key = f"later:{inbound_id}"
    if session.scalar(select(OutboundMessage.id).where(OutboundMessage.key == key)) is not None:
        return
    due = max(now, inbound.received_at + PASSIVE_GRACE) if inbound.passive else now
    session.add(
        OutboundMessage(
            inbound_id=inbound_id, address_id=inbound.address_id, key=key, body=say.body(), due_at=due, created_at=now
        )
    )


def answers(session: Session, inbound_id: int) -> list[OutboundMessage]:
    """The answers of an inbound message, in order."""
    return list(
        session.scalars(
            select(OutboundMessage)
            .where(OutboundMessage.inbound_id == inbound_id, OutboundMessage.event == "")
            .order_by(OutboundMessage.id)
        )
    )


def claim_passive(session: Session, inbound_id: int, now: datetime) -> list[OutboundMessage] | None:
    """Claim the answers for the passive way. The same rows come back for a repeat; None when a push has them."""
    rows = claim_here(session, inbound_id, "passive", now)
    return None if any(row.via != "passive" for row in rows) else rows


def claim_here(session: Session, inbound_id: int, via: str, now: datetime) -> list[OutboundMessage]:
    """Claim the answers that nobody has sent yet for the way on which the message came; all of its answers."""
    session.execute(
        update(OutboundMessage)
        .where(
            OutboundMessage.inbound_id == inbound_id,
            OutboundMessage.event == "",
            OutboundMessage.state == OutState.PENDING,
        )
        .values(state=OutState.SENT, via=via, sent_at=now, claimed_at=now)
    )
    return answers(session, inbound_id)


def leave_to_push(session: Session, inbound_id: int, now: datetime) -> None:
    """Nobody waits any longer for a passive reply: what is there, or comes later, is pushed."""
    session.execute(update(InboundMessage).where(InboundMessage.id == inbound_id).values(passive=False))
    session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.inbound_id == inbound_id, OutboundMessage.state == OutState.PENDING)
        .values(due_at=now)
    )


def let_go(session: Session, address_id: int, now: datetime) -> None:
    """Pushes are allowed again: what was held for want of them is due."""
    held = session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.address_id == address_id, OutboundMessage.state == OutState.HELD)
        .values(state=OutState.PENDING, due_at=now)
    )
    if held.rowcount:  # type: ignore[attr-defined]
        _owe(session, address_id, now)


def claim(session: Session, row_id: int, now: datetime) -> bool:
    """Claim one pending row for sending; False when somebody else has it."""
    taken = session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.id == row_id, OutboundMessage.state == OutState.PENDING)
        .values(state=OutState.SENDING, claimed_at=now, attempts=OutboundMessage.attempts + 1)
    )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def due(session: Session, address_id: int, now: datetime, limit: int = 50) -> list[OutboundMessage]:
    """What is to be sent to an address by now, oldest first. Notices wait while an older one is to be tried again, or
    may have gone out; answers, codes and warnings wait for their own kind alone."""
    open_still = (OutboundMessage.due_at <= now) | (OutboundMessage.error != "") | (OutboundMessage.attempts > 0)
    rows = session.scalars(
        select(OutboundMessage)
        .where(
            OutboundMessage.address_id == address_id,
            ((OutboundMessage.state == OutState.PENDING) & open_still) | (OutboundMessage.state == OutState.SENDING),
        )
        .order_by(OutboundMessage.id)
        .limit(limit)
    )
    found: list[OutboundMessage] = []
    waits = {True: False, False: False}  # of what overtakes, of the other notices
    for row in rows:
        ahead = overtakes(row.event)
        if row.state == OutState.SENDING:
            waits[False] = waits[False] or not ahead
        elif row.due_at > now:
            waits[ahead] = True
        elif not waits[ahead]:
            found.append(row)
    return found


def expire(session: Session, now: datetime) -> int:
    """Give up what was not sent in time to be of use. A one-time code is erased with it. How many."""
    old = (OutboundMessage.state.in_((OutState.PENDING, OutState.HELD)), OutboundMessage.expires_at <= now)
    session.execute(update(OutboundMessage).where(*old, OutboundMessage.event == "code").values(body=None))
    gone = session.execute(update(OutboundMessage).where(*old).values(state=OutState.EXPIRED))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def addresses_with_due(session: Session, now: datetime, limit: int = 500, without: Sequence[str] = ()) -> list[int]:
    """The addresses that something is due for, the longest waiting first; `without` the channels that rest."""
    query = select(OutboundMessage.address_id).where(
        OutboundMessage.state == OutState.PENDING, OutboundMessage.due_at <= now
    )
    if without:
        query = query.join(Address).where(Address.channel.not_in(without))
    query = query.group_by(OutboundMessage.address_id).order_by(func.min(OutboundMessage.due_at))
    return list(session.scalars(query.limit(limit)))


def just_owed(session: Session, now: datetime) -> list[int]:
    """The addresses that this session has written something for that is due: whom to ring for, and nobody else."""
    written: dict[int, datetime] = session.info.get("owed", {})
    return [address_id for address_id, due_at in written.items() if due_at <= now]


@event.listens_for(OutboundMessage, "after_insert")
def _note_owed(_mapper: object, _connection: object, row: OutboundMessage) -> None:
    session = object_session(row)
    if session is not None:
        _owe(session, row.address_id, row.due_at)


def _owe(session: Session, address_id: int, due_at: datetime) -> None:
    owed: dict[int, datetime] = session.info.setdefault("owed", {})
    owed[address_id] = min(due_at, owed.get(address_id, due_at))


def unfinished(session: Session, now: datetime, older_than: timedelta, limit: int = 200) -> list[InboundMessage]:
    """Inbound messages that nobody works on though they have been here for a while: a crash, or Rasa was down."""
    return list(
        session.scalars(
            select(InboundMessage)
            .where(
                InboundMessage.state != InState.DONE,
                InboundMessage.received_at < now - older_than,
                (InboundMessage.lease_until.is_(None)) | (InboundMessage.lease_until < now),
            )
            .order_by(InboundMessage.id)
            .limit(limit)
        )
    )


def stuck(session: Session, now: datetime, older_than: timedelta) -> list[OutboundMessage]:
    """Rows that were claimed and never finished: whoever sent them died. Whether they went out is unknown."""
    return list(
        session.scalars(
            select(OutboundMessage).where(
                OutboundMessage.state == OutState.SENDING, OutboundMessage.claimed_at < now - older_than
            )
        )
    )
