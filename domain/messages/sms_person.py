"""Who writes by SMS only: the phone that writes is the phone, and one code proves it and confirms the submission."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import object_session

from domain.people.contacts import SMS, Address, Contact, is_live
from domain.registration.applications import Application, Source, put
from domain.settings import value


def own_phone(contact: Contact) -> str | None:
    """The phone of somebody who is known by SMS alone, the newest one; None for whoever is on WeChat as well."""
    addresses: Sequence[Address] = [each for each in contact.addresses if is_live(each)]
    if not addresses or any(address.channel != SMS for address in addresses):
        return None
    return addresses[-1].value


def fill_in_phone(application: Application, now: datetime) -> None:
    """The phone that an SMS person writes from is not asked for; they can still change it."""
    phone = own_phone(application.contact)
    if phone is not None and application.value("phone") is None:
        put(application, "phone", Source.TYPED, phone, now)


def proved_later(application: Application) -> bool:
    """Whether the code that confirms the submission will prove the phone as well: it goes to this very phone, and
    nothing is submitted before it has come back. So an SMS person types one code, not two."""
    session = object_session(application)
    if session is None or application.value("phone") is None:
        return False
    confirmed = "submit" in str(value(session, "second_factor_for"))
    return confirmed and own_phone(application.contact) == application.value("phone")
