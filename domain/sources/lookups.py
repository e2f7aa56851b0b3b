"""What the domain wants to know from the outside before it decides, and what it was told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from domain.sources.facts import Account, Company

Told = Account | Company | str | None


class Where(StrEnum):
    """Who can answer."""

    MARKETING = "marketing"  # key: account number → Account
    REGISTRY = "registry"  # key: USCC or old number → Company
    REGISTRY_NAME = "registry_name"  # key: the exact name → Company
    TIANYANCHA = "tianyancha"  # key: USCC → Company; asked where the registry is down
    TELECOM = "telecom"  # key: phone|name → match, mismatch or unknown


@dataclass(frozen=True, slots=True)
class Lookup:
    """One thing to ask of one source."""

    where: Where
    key: str


@dataclass(slots=True)
class Facts:
    """The answers so far. A source that was down has said nothing; that is not the same as “not found”."""

    told: dict[Lookup, Told] = field(default_factory=dict)
    down: set[Lookup] = field(default_factory=set)
    at: dict[Lookup, datetime] = field(default_factory=dict)  # when it was said
    ms: dict[Lookup, int] = field(default_factory=dict)  # how long the answer took
    kept: set[Lookup] = field(default_factory=set)  # told from what is kept of earlier answers; nobody was asked

    def tell(self, lookup: Lookup, told: Told, at: datetime) -> None:
        """Note what a source said, and when."""
        self.told[lookup] = replace(told, said_at=at) if isinstance(told, Account | Company) else told
        self.at[lookup] = at

    def get(self, where: Where, key: str) -> Told:
        """What the source said; None for “not found” and for “not asked”."""
        return self.told.get(Lookup(where, key))

    def asked(self, where: Where, key: str) -> bool:
        """Whether the source has answered, whatever it said."""
        return Lookup(where, key) in self.told

    def said_at(self, where: Where, key: str) -> datetime | None:
        """When the source said it."""
        return self.at.get(Lookup(where, key))

    def is_down(self, where: Where, key: str) -> bool:
        """Whether the source was asked in vain."""
        return Lookup(where, key) in self.down

    def account(self, number: str) -> Account | None:
        """The account archive, where it was found."""
        told = self.get(Where.MARKETING, number)
        return told if isinstance(told, Account) else None

    def company(self, code: str) -> tuple[Company | None, str]:
        """The company of a code and who said so: the registry, or Tianyancha where that is down."""
        for where in (Where.REGISTRY, Where.TIANYANCHA):
            told = self.get(where, code)
            if isinstance(told, Company):
                return told, where.value
        return None, ""

    def missing(self, lookups: Iterable[Lookup]) -> list[Lookup]:
        """Those of the lookups that nobody has tried yet."""
        return [lookup for lookup in lookups if lookup not in self.told and lookup not in self.down]
