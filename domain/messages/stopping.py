"""Notices that a person does not want, or that the carrier no longer brings them: stopped and started again, with
evidence. One-time codes that they ask for and answers to their own messages are no notices."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from domain.evidence import record
from domain.people.contacts import Address

# What a provider says of a phone that takes nothing from us any more, when sending or in a report.
REFUSED_FOR_GOOD = ("isv.CUSTOMER_REFUSED", "isv.BLACK_KEY_CONTROL_LIMIT", "MOBILE_IN_BLACK", "W-BLACK")


class StoppedBy(StrEnum):
    """Who stopped the notices of an address."""

    PERSON = "person"  # by a word: TD, 退订
    PROVIDER = "provider"  # the platform's or the carrier's list


def stop(session: Session, address: Address, by: StoppedBy, word: str, now: datetime) -> None:
    """Send no more notices there. `word` is what the person wrote, or the provider's code."""
    if not address.notices:
        return
    address.notices, address.stopped_by = False, by
    who = f"contact:{address.contact_id}" if by == StoppedBy.PERSON else "system"
    record(session, "notices_stopped", ("address", address.id), who, {"by": by, "word": word}, now)


def start(session: Session, address: Address, word: str, now: datetime) -> None:
    """Send notices there again, as the person asks."""
    if address.notices:
        return
    address.notices, address.stopped_by = True, ""
    record(session, "notices_started", ("address", address.id), f"contact:{address.contact_id}", {"word": word}, now)


def note_refusal(session: Session, address: Address, code: str, now: datetime) -> None:
    """A provider's word about an address: where it says that the phone takes nothing more, notices end."""
    if code in REFUSED_FOR_GOOD:
        stop(session, address, StoppedBy.PROVIDER, code, now)
