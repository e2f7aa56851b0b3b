"""The companies, accounts and people of the weekly peak, and what is wrong with some of them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.peak_faults import FAULTS, STOPS, shared_out
from sandbox.drawing import sample_company
from sandbox.store import Store

BUREAUS = {"053001": "昆明供电局", "053002": "曲靖供电局", "053003": "玉溪供电局", "053004": "大理供电局"}
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
REPRESENTATIVE = "representative of a group"  # the first of a group or a spreadsheet comes alone, by chat
ACCOUNTS_OF_A_GROUP = 12
ROWS_OF_A_SHEET = 110

POWER = ("售电", "发电", "供电", "电厂", "电站", "电力销售")

Record = dict[str, Any]


@dataclass(slots=True)
class Applicant:
    """One application to come: who, for which account, by which way, and what is wrong with it."""

    way: str
    number: int
    name: str
    phone: str
    company: Record
    account: str = ""
    fault: str = ""
    subscriber: str = ""  # whom the operator knows the phone by, where it is not the applicant
    mistyped: str = ""  # the account number as it is written first, where it is written wrongly
    stops: bool = False  # goes away half-way, and does not come back this week
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
            faults = shared_out(FAULTS, way, many, self._random)
            self.applicants[way] = [self._applicant(way, fault) for fault in faults]
        self.groups = self._gather("account added to a group", ACCOUNTS_OF_A_GROUP)
        self.sheets = self._gather("row of a spreadsheet", ROWS_OF_A_SHEET)

    def everybody(self) -> Iterator[Applicant]:
        """All applicants, whatever way they come."""
        for applicants in self.applicants.values():
            yield from applicants

    def alone(self) -> list[Applicant]:
        """Those who register by chat for themselves alone."""
        ways = ("owner by WeChat", "owner by SMS", "tenant", "payer")
        return [each for way in ways for each in self.applicants[way]]

    def move_in(self, root: Path) -> None:
        """Write the town into the sandbox's store, before the sandbox starts."""
        store = Store(root / "var/sandbox/sandbox.sqlite")
        for each in self.everybody():
            for company in (each.company, each.owner, each.tenant):
                if company:
                    store.put("company", company["uscc"], {"legal_person_title": "法定代表人", **company})
            openid = "o" + base64.urlsafe_b64encode(hashlib.sha256(each.phone.encode()).digest()).decode()[:27]
            person = {"id": each.person, "name": each.person, "phone": each.phone, "openid": openid}
            if each.way not in MIX or each.way not in ("account added to a group", "row of a spreadsheet"):
                store.put("person", each.person, {**person, "real_name": each.name, "following": True})
            known = {"name": each.subscriber or each.name, "id_number": "", "operator": "移动"}
            store.put("subscriber", each.phone, known)
        for number, account in self.accounts.items():
            store.put("account", number, account)
        store.close()

    def _applicant(self, way: str, fault: str) -> Applicant:
        self._numbers += 1
        number, chance = self._numbers, self._random
        company = self._company(number, fault)
        owner = self._company(number + 500_000) if way in ("tenant", "payer") else {}
        tenant = self._company(number + 700_000) if way == "payer" else {}
        made = Applicant(way, number, _name(chance), f"138{number:08d}", company, fault=fault, owner=owner)
        made.tenant, made.stops = tenant, fault == STOPS
        made.subscriber = _other_name(made.name, chance) if fault == "phone of another" else ""
        made.account = self._account(number, owner or company, fault)
        made.mistyped = f"05{99_000_000_000_000 + number:014d}" if fault == "account mistyped" else ""
        return made

    def _company(self, number: int, fault: str = "") -> Record:
        """A company as the registry has it. On its licence stands what was true when it was printed."""
        company = next(each for each in self._samples(number) if self._is_new_user(each))
        self._names.add(company["name"])
        company["term"] = "2010-01-01至2025-12-31" if fault == "licence expired" else "长期"
        company["status"] = "吊销" if fault == "licence revoked" else "存续"
        return company

    def _is_new_user(self, company: Record) -> bool:
        """Whether nobody has this name yet, and it is no company that sells or makes power: those cannot register."""
        words = f"{company['name']}{company.get('scope', '')}"
        return company["name"] not in self._names and not any(each in words for each in POWER)

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
            "status": "closed" if fault == "account closed" else "active",
            "contact_phone": "",
            "category": "大工业用电",
        }
        return code

    def _gather(self, way: str, most: int) -> list[list[Applicant]]:
        """Applicants of one company: one officer speaks for all the accounts; the first one's company counts."""
        found = self.applicants[way]
        groups = [found[start : start + most] for start in range(0, len(found), most)]
        for group in groups:
            self._unite(group)
        return groups

    def _unite(self, group: Sequence[Applicant]) -> None:
        """All of a group are the first one's company and officer; the first one has nothing wrong: it lends its
        documents to the others."""
        first = group[0]
        first.way, first.fault, first.mistyped = REPRESENTATIVE, "", ""
        mended = {"status": "active", "capacity_kva": self.accounts[first.account]["capacity_kva"] or "315"}
        self.accounts[first.account] |= mended
        for each in group:
            each.company, each.name, each.phone = first.company, first.name, first.phone
            self.accounts[each.account] |= {"name": first.company["name"], "uscc": first.company["uscc"]}


def _name(chance: Random) -> str:
    return chance.choice("王李张刘陈杨赵黄周吴") + "".join(chance.sample("伟芳娜敏静丽强磊军洋勇艳杰涛明超", 2))


def _other_name(name: str, chance: Random) -> str:
    return next(other for other in iter(lambda: _name(chance), "") if other != name)
