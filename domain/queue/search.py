"""How an order is found again: by number, code, account, phone, or a part of the company's name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, false, select
from sqlalchemy.orm import Session, aliased

from domain.identifiers import compact
from domain.people.contacts import SMS, Address
from domain.private import fingerprint
from domain.queue.name_marks import NAMES, NameMark, matching
from domain.registration.applications import Application, FieldValue

LOOKED_AT = 300  # so many names are opened to see whether they really have the text


@dataclass(frozen=True, slots=True)
class Search:
    """What a text means. `short`: one character alone, or words that every company has, find nothing."""

    condition: ColumnElement[bool]
    short: bool = False


def search(session: Session, text: str) -> Search:
    """The orders that a text means. A name is found by its marks, whenever it was registered."""
    sought = compact(text)
    by_number = _by_number(sought)
    if by_number is not None:
        return Search(by_number)
    marks = matching(session, sought)
    if not marks:
        return Search(false(), short=True)
    first, *others = marks
    query = select(NameMark.application_id).where(NameMark.mark == first)
    for mark in others:
        other = aliased(NameMark)
        query = query.where(exists().where(other.mark == mark, other.application_id == NameMark.application_id))
    ids = list(session.scalars(query.limit(LOOKED_AT + 1)))
    if len(ids) > LOOKED_AT:
        return Search(Application.id.in_(query))
    return Search(Application.id.in_(_really_named(session, ids, sought)))


def _really_named(session: Session, ids: list[int], sought: str) -> list[int]:
    """Those of the applications whose names have the text: pairs that stand apart would have passed till here."""
    query = select(FieldValue.application_id, FieldValue.value).where(FieldValue.name.in_(NAMES))
    named = session.execute(query.where(FieldValue.application_id.in_(ids)))
    return sorted({owner for owner, name in named if sought in compact(name)})


def _by_number(text: str) -> ColumnElement[bool] | None:
    """What to search by, where the text is a number; None for a name."""
    if not (text.isascii() and text.isalnum()):
        return None
    if text.startswith("ZC"):
        return Application.number.between(text, text + "Z")
    if len(text) == 16 and text.isdigit():
        return Application.account_mark == fingerprint("account", text)
    if len(text) == 18 or (len(text) == 15 and text.isdigit()):
        return Application.code_mark == fingerprint("code", text)
    if len(text) == 11 and text.isdigit():
        owner = select(Address.contact_id).where(Address.channel == SMS, Address.fingerprint == fingerprint(SMS, text))
        return Application.contact_id.in_(owner)
    if text.isdigit():
        return Application.id.in_(select(Application.id).where(Application.number.endswith(text, autoescape=True)))
    return None
