"""The marketing system (营销系统): the archive of account numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import httpx
from pydantic import BeforeValidator, Field

from bot.sources.base import Source, Wire, Word, is_number
from domain.market import months
from domain.sources.facts import Account, AccountStatus, MonthRecord

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


Energy = Annotated[int, Field(ge=0, le=10**12)]  # whole kWh


class _Month(Wire):
    month: str  # 2026-03
    kwh: Energy
    peak: Energy | None = None
    flat: Energy | None = None
    valley: Energy | None = None
    settled: bool


class _Usage(Wire):
    account_number: str
    months: list[_Month]


class Marketing(Source):
    """GET /marketing/accounts/{number} and /marketing/accounts/{number}/usage."""

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

    def usage(self, number: str, first: int, last: int) -> list[MonthRecord] | None:
        """What an account used in these trading months, as far as it is metered; None where there is no such account.
        Raises SourceDown, also for parts of the day that are not the whole."""
        asked = {"from": months.code(first), "to": months.code(last)}
        path = f"/marketing/accounts/{number}/usage"
        answer = self.ask("GET", path, params=asked) if is_number(number) else None
        if answer is None:
            return None
        usage = self.read(_Usage, answer)
        records = [self._record(each) for each in usage.months]
        strange = {each.month for each in records} - set(range(first, last + 1))
        if usage.account_number != number or strange or len({each.month for each in records}) != len(records):
            raise self.down("garbled")
        return records

    def _record(self, said: _Month) -> MonthRecord:
        parts = [part for part in (said.peak, said.flat, said.valley) if part is not None]
        if parts and (len(parts) != 3 or sum(parts) != said.kwh):
            raise self.down("garbled")
        try:
            month = months.parse(said.month)
        except ValueError:
            raise self.down("garbled") from None
        return MonthRecord(month, said.kwh, said.peak, said.flat, said.valley, said.settled)

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
