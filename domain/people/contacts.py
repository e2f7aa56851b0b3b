"""People and where they can be reached. A contact is one person; an address is one phone or one openid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain.base import Base, Sealed, SealedJson, UtcDateTime
from domain.identifiers import mask_phone
from domain.private import fingerprint

WECHAT, SMS = "wechat", "sms"


class Contact(Base):
    """One person who talks with the desk."""

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(Sealed)
    focus_id: Mapped[int | None]  # the application that is meant where several are open; None: ask
    # What waits for their next word: domain.dialogue.pending.
    pending: Mapped[dict[str, Any] | None] = mapped_column(SealedJson)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    addresses: Mapped[list[Address]] = relationship(back_populates="contact", order_by="Address.id")


class Address(Base):
    """A phone or an openid of a contact, and what WeChat lets us push to it."""

    __tablename__ = "addresses"
    __table_args__ = (UniqueConstraint("channel", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    channel: Mapped[str]
    fingerprint: Mapped[str]
    value: Mapped[str] = mapped_column(Sealed)
    reachable: Mapped[bool] = mapped_column(default=True)  # WeChat: follows the account
    notices: Mapped[bool] = mapped_column(default=True)  # False once they were stopped: see domain.messages.stopping
    stopped_by: Mapped[str] = mapped_column(default="")  # person, provider; empty while they are sent
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bound_by: Mapped[str] = mapped_column(default="")  # sms_code, qr, page, reviewer; empty: it only wrote to us
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it last wrote or was proved
    push_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pushes_left: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    contact: Mapped[Contact] = relationship(back_populates="addresses")


def address_of(session: Session, channel: str, value: str, now: datetime) -> Address:
    """The address, with its contact; both are made when they are new."""
    found = known_address(session, channel, value)
    if found is not None:
        return found
    mark = fingerprint(channel, value)
    made = Address(channel=channel, fingerprint=mark, value=value, created_at=now, contact=Contact(created_at=now))
    session.add(made)
    session.flush()
    return made


def reachable(session: Session, contact_id: int, channel: str) -> Address | None:
    """Where the contact is reached on that channel: the newest address that is reachable, if any."""
    return session.scalar(
        select(Address)
        .where(Address.contact_id == contact_id, Address.channel == channel, Address.reachable.is_(True))
        .order_by(Address.id.desc())
    )


def known_address(session: Session, channel: str, value: str) -> Address | None:
    """The address with that phone or openid, if anybody has used it yet."""
    mark = fingerprint(channel, value)
    return session.scalar(select(Address).where(Address.channel == channel, Address.fingerprint == mark))


def addresses_of(session: Session, contact_id: int, channel: str = "") -> list[Address]:
    """A contact's addresses, oldest first; of one channel only where it is named. Not those that were given up."""
    query = select(Address).where(Address.contact_id == contact_id).order_by(Address.id)
    found = session.scalars(query.where(Address.channel == channel) if channel else query)
    return [address for address in found if is_live(address)]


def move_address(session: Session, address: Address, contact_id: int) -> None:
    """Give an address to another contact. Whether that is right is decided in `domain.people.bindings`."""
    address.contact = session.get_one(Contact, contact_id)
    session.flush()


def is_live(address: Address) -> bool:
    """Whether the address is still its contact's: one that was given up only holds history."""
    return address.fingerprint == fingerprint(address.channel, address.value)


def is_bound(address: Address) -> bool:
    """Whether the address stands for its contact: a WeChat does, a phone once it was proved."""
    return is_live(address) and (address.channel == WECHAT or address.verified_at is not None)


def phones_of(session: Session, contact_id: int) -> list[Address]:
    """The phones that a contact has proved, oldest first."""
    return [each for each in addresses_of(session, contact_id, SMS) if is_bound(each)]


def called_address(address: Address) -> str:
    """What an address is called before its person."""
    return mask_phone(address.value) if address.channel == SMS else "微信"


def bound_places(session: Session, contact_id: int) -> list[str]:
    """Where a contact is bound, as they read it: phones with their ends only."""
    wechats = [each for each in addresses_of(session, contact_id, WECHAT) if is_live(each)]
    return [f"手机{mask_phone(each.value)}" for each in phones_of(session, contact_id)] + ["微信"] * bool(wechats)


@dataclass(frozen=True, slots=True)
class Window:
    """How many pushes WeChat allows after what a person did, and for how long."""

    lasts: timedelta
    pushes: int


# WeChat service accounts, customer-service messages: 5 in 48 hours after a message, 3 in 1 minute after a tap,
# a subscription or a scan (developers.weixin.qq.com/doc/service, api_sendcustommessage).
AFTER_MESSAGE = Window(timedelta(hours=48), 5)
AFTER_TAP = Window(timedelta(minutes=1), 3)


def open_window(address: Address, window: Window, now: datetime) -> None:
    """A person acted: pushes are allowed again. A tap never shortens what a message has opened."""
    still_open = address.push_until is not None and address.push_until > now and address.pushes_left > 0
    if window is AFTER_TAP and still_open and address.pushes_left >= window.pushes:
        return
    address.push_until, address.pushes_left = now + window.lasts, window.pushes


def take_push(address: Address, now: datetime) -> bool:
    """Use one push of the window; False when none is left."""
    if address.push_until is None or address.push_until <= now or address.pushes_left <= 0:
        return False
    address.pushes_left -= 1
    return True
