"""The companies, accounts and people of the weekly peak, and what is wrong with some of them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from sandbox.drawing import sample_company
from sandbox.store import Store

BUREAUS = {"053001": "昆明供电局", "053002": "曲靖供电局", "053003": "玉溪供电局"}
# How a thousand applications come, in parts of a thousand.
MIX = {
    "owner by WeChat": 120,
    "owner by SMS": 40,
    "tenant": 30,
    "payer": 15,
    "account added to a group": 385,
    "row of a spreadsheet": 330,
    "platform": 80,
}
# What is wrong, in parts of a hundred; the others are as they should be.
FAULTS = {"capacity missing": 4, "legal person changed": 3, "phone of another": 5, "licence expired": 2, "revoked": 1}
ACCOUNTS_OF_A_GROUP = 12
ROWS_OF_A_SHEET = 110

Record = dict[str, Any]


@dataclass(slots=True)
class Applicant:
    """One application to come: who, for which account, by which way, and what is wrong with it."""

    way: str
    number: int
    name: str
    phone: str
    company: Record
    account: str
    fault: str = ""
    owner: Record = field(default_factory=dict)  # in whose name the account is, where it is not the company's
    tenant: Record = field(default_factory=dict)

    @property
    def person(self) -> str:
        """Their id in the sandbox."""
        return f"peak{self.number}"


class Town:
    """Everybody who comes in the peak week. The same seed makes the same town."""

    def __init__(self, applications: int, seed: int) -> None:
        self._random = Random(f"peak-{seed}")
        self._seed, self._numbers, self._names = seed, 0, set[str]()
        self.accounts: dict[str, Record] = {}
        self.applicants: dict[str, list[Applicant]] = {}
        for way, parts in MIX.items():
            many = max(1, round(applications * parts / 1000))
            self.applicants[way] = [self._applicant(way) for _ in range(many)]
        self.groups = self._gather("account added to a group", ACCOUNTS_OF_A_GROUP)
        self.sheets = self._gather("row of a spreadsheet", ROWS_OF_A_SHEET)

    def everybody(self) -> Iterator[Applicant]:
        """All applicants, whatever way they come."""
        for applicants in self.applicants.values():
            yield from applicants

    def move_in(self, root: Path) -> None:
        """Write the town into the sandbox's store, before the sandbox starts."""
        store = Store(root / "var/sandbox/sandbox.sqlite")
        for each in self.everybody():
            for company in (each.company, each.owner, each.tenant):
                if company:
                    store.put("company", company["uscc"], {"legal_person_title": "法定代表人", **company})
            openid = "o" + base64.urlsafe_b64encode(hashlib.sha256(each.phone.encode()).digest()).decode()[:27]
            person = {"id": each.person, "name": each.person, "phone": each.phone, "openid": openid}
            store.put("person", each.person, {**person, "real_name": each.name, "following": True})
            known = "别人" if each.fault == "phone of another" else each.name
            store.put("subscriber", each.phone, {"name": known, "id_number": "", "operator": "移动"})
        for number, account in self.accounts.items():
            store.put("account", number, account)
        store.close()

    def _applicant(self, way: str) -> Applicant:
        self._numbers += 1
        number, chance = self._numbers, self._random
        fault = self._fault()
        company = self._company(number, fault)
        owner = self._company(number + 500_000) if way in ("tenant", "payer") else {}
        tenant = self._company(number + 700_000) if way == "payer" else {}
        made = Applicant(way, number, _name(chance), f"138{number:08d}", company, "", fault, owner, tenant)
        made.account = self._account(number, owner or company, fault)
        return made

    def _fault(self) -> str:
        dice = self._random.randrange(100)
        for fault, parts in FAULTS.items():
            if dice < parts:
                return fault
            dice -= parts
        return ""

    def _company(self, number: int, fault: str = "") -> Record:
        """A company as the registry has it. On its licence stands what was true when it was printed."""
        company = next(each for each in self._samples(number) if each["name"] not in self._names)
        self._names.add(company["name"])
        company["term"] = "2010-01-01至2025-12-31" if fault == "licence expired" else "长期"
        company["status"] = "吊销" if fault == "revoked" else "存续"
        return company

    def _samples(self, number: int) -> Iterator[Record]:
        """Companies to choose from: a name is one company's."""
        return (sample_company(self._seed * 10**9 + number + again * 10**7, "company") for again in count())

    def _account(self, number: int, company: Record, fault: str) -> str:
        code = f"05{number:06d}{self._random.randrange(10**8):08d}"
        bureau = list(BUREAUS)[number % len(BUREAUS)]
        self.accounts[code] = {
            "account_number": code,
            "name": company["name"],
            "uscc": company["uscc"],
            "address": company["address"],
            "capacity_kva": "" if fault == "capacity missing" else str(self._random.choice((100, 200, 315, 400, 630))),
            "voltage_kv": "10",
            "bureau": {"code": bureau, "name": BUREAUS[bureau]},
            "status": "active",
            "contact_phone": "",
            "category": "大工业用电",
        }
        return code

    def _gather(self, way: str, most: int) -> list[list[Applicant]]:
        """Applicants of one company: one officer speaks for all the accounts; the first one's company counts."""
        found = self.applicants[way]
        groups = [found[start : start + most] for start in range(0, len(found), most)]
        for group in groups:
            first = group[0]
            first.company["status"], first.company["term"], first.fault = "存续", "长期", ""
            for each in group:
                each.company, each.name, each.phone = first.company, first.name, first.phone
                archive = self.accounts[each.account]
                archive["name"], archive["uscc"] = first.company["name"], first.company["uscc"]
        return groups


def _name(chance: Random) -> str:
    return chance.choice("王李张刘陈杨赵黄周吴") + "".join(chance.sample("伟芳娜敏静丽强磊军洋勇艳杰涛明超", 2))
