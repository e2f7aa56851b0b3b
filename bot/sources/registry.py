"""The business registry (工商): companies by code and by name."""

from __future__ import annotations

from typing import Any

import httpx
from pydantic import Field

from bot.sources.base import Source, Wire, Word, day_of, folded, is_number
from bot.sources.words import company_status
from domain.sources.facts import Company


class _Entry(Wire):
    uscc: Word = ""
    old_number: Word = ""
    name: str = Field(min_length=1)
    former_names: list[str] | None = None
    type: Word = ""
    legal_person: Word = ""
    legal_person_title: Word = ""
    capital: Word = ""
    established: Word = ""
    term: Word = ""
    address: Word = ""
    scope: Word = ""
    status: Word = ""


class _Found(Wire):
    companies: list[dict[str, Any]]


class Registry(Source):
    """GET /registry/companies/{code} and /registry/companies?name=."""

    name = "registry"

    def __init__(self, client: httpx.Client, url: str, token: str) -> None:
        super().__init__(client, url, f"Bearer {token}")

    def company(self, code: str) -> Company | None:
        """The company of a USCC or of a 15-digit number; None where there is none such. Raises SourceDown."""
        answer = self.ask("GET", f"/registry/companies/{code}") if is_number(code) else None
        if answer is None:
            return None
        found = _company(self.read(_Entry, answer))
        if code not in (found.uscc, found.old_number):
            raise self.down("garbled")
        return found

    def by_name(self, name: str) -> list[Company]:
        """The companies that have, or had, exactly this name (width and brackets aside). Raises SourceDown."""
        if not folded(name):
            return []
        answer = self.ask("GET", "/registry/companies", params={"name": name})
        entries = self.read(_Found, answer).companies
        found = [_company(self.read(_Entry, entry)) for entry in entries]
        return [each for each in found if folded(name) in map(folded, (each.name, *each.former_names))]

    def answers_right(self, good: str, bad: str) -> bool:
        """Whether it knows the code that it must know, and not the one that it cannot. Raises SourceDown."""
        return self.company(good) is not None and self.company(bad) is None


def _company(entry: _Entry) -> Company:
    return Company(
        uscc=entry.uscc,
        name=entry.name,
        old_number=entry.old_number,
        former_names=tuple(entry.former_names or ()),
        type=entry.type,
        legal_person=entry.legal_person,
        legal_person_title=entry.legal_person_title,
        capital=entry.capital,
        established=day_of(entry.established),
        term=entry.term,
        address=entry.address,
        scope=entry.scope,
        status=company_status(entry.status),
    )
