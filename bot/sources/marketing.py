"""The marketing system (营销系统): the archive of account numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import httpx
from pydantic import BeforeValidator, Field

from bot.sources.base import Source, Wire, Word, is_number
from domain.sources.facts import Account, AccountStatus

Figure = Annotated[
    Annotated[Decimal, Field(ge=0)] | None, BeforeValidator(lambda value: None if value == "" else value)
]


class _Bureau(Wire):
    code: str
    name: str


class _Archive(Wire):
    account_number: str
    name: str = Field(min_length=1)
    uscc: Word = ""
    address: Word = ""
    capacity_kva: Figure = None
    voltage_kv: Figure = None
    bureau: _Bureau
    status: str
    category: Word = ""


class Marketing(Source):
    """GET /marketing/accounts/{number}."""

    name = "marketing"

    def __init__(self, client: httpx.Client, url: str, token: str) -> None:
        super().__init__(client, url, f"Bearer {token}")

    def account(self, number: str) -> Account | None:
        """The archive of an account number; None where there is none such. Raises SourceDown."""
        answer = self.ask("GET", f"/marketing/accounts/{number}") if is_number(number) else None
        if answer is None:
            return None
        archive = self.read(_Archive, answer)
        if archive.account_number != number:
            raise self.down("garbled")
        return _account(archive)

    def answers_right(self, good: str, bad: str) -> bool:
        """Whether it knows the account that it must know, and not the one that it cannot. Raises SourceDown."""
        return self.account(good) is not None and self.account(bad) is None


def _account(archive: _Archive) -> Account:
    known = archive.status in (AccountStatus.ACTIVE, AccountStatus.CLOSED)
    return Account(
        number=archive.account_number,
        name=archive.name,
        uscc=archive.uscc,
        address=archive.address,
        capacity_kva=archive.capacity_kva,
        voltage_kv=archive.voltage_kv,
        bureau_code=archive.bureau.code,
        bureau_name=archive.bureau.name,
        status=AccountStatus(archive.status) if known else AccountStatus.UNKNOWN,
        category=archive.category,
    )
