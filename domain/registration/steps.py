"""What is asked next, in the order that spares the user most work, and what surrounds one message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from random import Random

from domain.messages.sms_person import proved_later
from domain.registration.accounts import is_anothers
from domain.registration.applications import Application
from domain.registration.kinds import Kind
from domain.registration.papers import UNKNOWN, key_of, papers_wanted
from domain.registration.readings import DocumentKind
from domain.sources.lookups import Facts


class Step(StrEnum):
    """What is asked next. The value is also the field that a bare answer means."""

    LICENCE = "licence"
    LICENCE_CHECK = "licence_check"
    ACCOUNT = "account_number"
    KIND = "kind"
    STUCK = "stuck"  # something stops it that no further answer mends; see `domain.dialogue.asking`
    CONTACT = "contact_name"
    PHONE = "phone"
    CODE = "sms_code"
    LEASE = "lease"
    LETTER_OWNER = "letter:owner"
    LETTER_TENANT = "letter:tenant"
    WHOSE_LETTER = "whose_letter"
    IDENTITY = "identity"
    TENANT_NAME = "tenant_name"
    TENANT_CONTACT = "tenant_contact"
    TENANT_PHONE = "tenant_phone"
    OWNER_CONTACT = "owner_contact"
    OWNER_PHONE = "owner_phone"
    PHOTO = "licence_photo"
    SUBMIT = "submit"


PAPER_STEPS = (Step.LEASE, Step.LETTER_OWNER, Step.LETTER_TENANT, Step.IDENTITY)
PHOTO_STEPS = (Step.LICENCE, Step.LICENCE_CHECK, Step.PHOTO, *PAPER_STEPS)  # a picture is what would help here

# The data of the other parties, as far as a kind takes them. The tenant's come first: a payer knows them better.
_PARTY_STEPS = {
    Kind.OWNER: (),
    Kind.TENANT: (Step.OWNER_CONTACT, Step.OWNER_PHONE),
    Kind.PAYER: (
        Step.TENANT_NAME,
        Step.TENANT_CONTACT,
        Step.TENANT_PHONE,
        Step.OWNER_CONTACT,
        Step.OWNER_PHONE,
    ),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """What surrounds one message: the moment, what the sources said, where randomness comes from, and the way on which
    it came."""

    now: datetime
    facts: Facts
    random: Random
    channel: str = "wechat"


def next_step(application: Application) -> Step:
    """What is still missing, in the order that spares the user most work."""
    if application.value("code") is None and application.value("name") is None:
        return Step.LICENCE
    if not application.licence_confirmed:
        return Step.LICENCE_CHECK
    if application.value("account_number") is None:
        return Step.ACCOUNT
    if not application.kind_said and application.kind == Kind.OWNER and is_anothers(application):
        return Step.KIND
    if application.value("contact_name") is None:
        return Step.CONTACT
    if application.value("phone") is None:
        return Step.PHONE
    if application.phone_verified_at is None and not proved_later(application):
        return Step.CODE
    if (step := _step_of_kind(application)) is not None:
        return step
    return Step.SUBMIT if application.has_licence_photo() else Step.PHOTO


def _step_of_kind(application: Application) -> Step | None:
    """What a tenant or payer still owes: papers before words, because a paper may say what would be asked."""
    if application.papers(DocumentKind.LETTER, UNKNOWN):
        return Step.WHOSE_LETTER
    wanted = papers_wanted(application)
    if wanted:
        return Step(key_of(*wanted[0]))
    return next((step for step in _PARTY_STEPS[Kind(application.kind)] if application.value(step) is None), None)
