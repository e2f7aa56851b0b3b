"""A store with many orders, filled fast: rows of the product's own tables, sealed as the product seals them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from stdnum.cn.uscc import calc_check_digit

from bot.database import Store
from domain import base
from domain.base import Base
from domain.people.contacts import SMS, Address, Contact
from domain.people.staff import OrganisationKind, organisation
from domain.private import fingerprint
from domain.queue.name_marks import NameMark, marks_of
from domain.registration.applications import Application, FieldValue, Photo, Source, Stage, StageStep
from domain.registration.readings import DocumentKind
from domain.rules.rules import Rule, Severity
from domain.rules.troubles import Outcome, Trouble, monday
from domain.sources.facts import Account, AccountStatus, Company, CompanyStatus

PLACES = ("昆明", "曲靖", "玉溪", "保山", "昭通", "丽江", "普洱", "临沧", "楚雄", "红河", "文山", "西双版纳", "大理",
          "德宏", "怒江", "迪庆")  # fmt: skip
FIRST = "滇云星红华金瑞恒泰盛宏达远光明新天源安康和兴隆福顺昌永昊博信诚"
TRADES = ("机械制造", "磷化工", "铝业", "硅材料", "食品", "茶业", "水泥", "纺织", "冶金", "物流", "建材", "橡胶",
          "制药", "花卉")  # fmt: skip
ENDS = ("有限公司", "有限责任公司", "股份有限公司", "集团有限公司")
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", "伟芳娜敏静磊强军洋勇艳杰娟涛明"
# How many of a thousand orders stand where.
STAGES = {
    Stage.BUREAU_REVIEW: 300,
    Stage.CENTRE_REVIEW: 100,
    Stage.RETURNED: 60,
    Stage.AWAITING_RETAILER: 300,
    Stage.AWAITING_CERTIFICATE: 140,
    Stage.AWAITING_MARKET: 80,
    Stage.CANCELLED: 20,
}
KINDS, CHANNELS = {"owner": 80, "tenant": 15, "payer": 5}, {"wechat": 45, "sms": 10, "batch": 35, "api": 10}
AT_ONCE = 1000


def fill(store: Store, orders: int, now: datetime, random: Random) -> None:
    """Add so many orders with their people, values, steps and problems, oldest first, over the last 40 weeks."""
    with store.write() as session:
        bureaus = [_bureau(session, place, name) for place, name in enumerate(PLACES, 1)]
        rules = [(rule.name, rule.severity) for rule in session.scalars(select(Rule))]
    begun = now - timedelta(weeks=40)
    with _sealed_once():
        for start in range(0, orders, AT_ONCE):
            some = range(start, min(start + AT_ONCE, orders))
            made = [_order(number, begun + (now - begun) * number / orders, bureaus, rules, random) for number in some]
            with store.write() as session:
                _add(session, made)
                _add_people(session, made)


@contextmanager
def _sealed_once() -> Iterator[None]:
    """Seal equal texts once while filling: a seal costs as much to open as ever, and most of the filling was sealing
    the same few words a hundred thousand times."""
    base.seal, each_time = lru_cache(100_000)(base.seal), base.seal
    yield
    base.seal = each_time


def company_name(place: str, random: Random) -> str:
    """A company's name as they are: place, two characters, trade, kind of firm."""
    return f"{place}{random.choice(FIRST)}{random.choice(FIRST)}{random.choice(TRADES)}{random.choice(ENDS)}"


def _bureau(session: Session, place: int, name: str) -> tuple[int, str]:
    return organisation(session, OrganisationKind.BUREAU, f"0530{place:02d}", f"{name}供电局").id, name


def _order(
    number: int, at: datetime, bureaus: list[tuple[int, str]], rules: list[tuple[str, str]], random: Random
) -> dict[str, Any]:
    bureau, place = random.choice(bureaus)
    values = _values(number, company_name(place, random), f"{place}供电局", random)
    since = at + timedelta(hours=random.randint(0, 60))
    stage = _one_of(STAGES, random) if number % 40 else Stage.BUREAU_REVIEW
    problems = random.sample([each for each in rules if each[1] != Severity.BLOCKING], k=random.choice((0, 0, 0, 1, 2)))
    return {
        "number": f"ZC{at:%Y%m%d}{number:06d}",
        "at": at,
        "since": since,
        "stage": stage,
        "bureau": bureau,
        "kind": _one_of(KINDS, random),
        "channel": _one_of(CHANNELS, random),
        "values": values,
        "problems": problems,
        "mended": random.sample(rules, k=random.choice((0, 0, 1))),
        "tries": random.randint(1, 4),
        "minutes": random.randint(2, 900),
    }


def _values(number: int, name: str, bureau: str, random: Random) -> dict[str, tuple[str, str]]:
    person = random.choice(SURNAMES) + random.choice(GIVEN)
    return {
        "code": (_uscc(number), Source.REGISTRY),
        "name": (name, Source.REGISTRY),
        "type": ("有限责任公司(自然人投资或控股)", Source.REGISTRY),
        "legal_person": (person, Source.REGISTRY),
        "address": (f"云南省{bureau[:-3]}市工业园区{number % 900}号", Source.REGISTRY),
        "account_number": (f"05300{number:011d}", Source.TYPED),
        "account_name": (name, Source.MARKETING),
        "capacity_kva": (str(random.choice((100, 250, 315, 400, 630, 1250, 5000))), Source.MARKETING),
        "bureau_name": (bureau, Source.MARKETING),
        "contact_name": (person, Source.TYPED),
        "phone": (f"139{number:08d}", Source.TYPED),
    }


def _uscc(number: int) -> str:
    """A code whose check digits hold."""
    body = f"{10_000_000 + number:08d}"
    weighed = sum(int(digit) * weight for digit, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    code = f"91530100{body}{'0123456789X0'[11 - weighed % 11]}"
    return code + calc_check_digit(code)


def _facts(values: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """What the sources said when the order was filled in."""
    said = {name: value for name, (value, _) in values.items()}
    company = Company(said["code"], said["name"], legal_person=said["legal_person"], status=CompanyStatus.ACTIVE)
    account = Account(
        number=said["account_number"],
        name=said["name"],
        uscc=said["code"],
        address=said["address"],
        capacity_kva=Decimal(said["capacity_kva"]),
        voltage_kv=Decimal(10),
        bureau_code="053001",
        bureau_name=said["bureau_name"],
        status=AccountStatus.ACTIVE,
    )
    return {"company": company.to_json(), "account": account.to_json(), "phone_name": "match"}


def _add(session: Session, made: list[dict[str, Any]]) -> None:
    """The applications with contacts, each order being told its ids."""
    contacts = session.scalars(insert(Contact).returning(Contact.id), [{"created_at": it["at"]} for it in made]).all()
    rows = [
        {
            "contact_id": contact,
            "number": it["number"],
            "kind": it["kind"],
            "channel": it["channel"],
            "stage": it["stage"],
            "stage_since": it["since"],
            "submitted_at": it["at"],
            "created_at": it["at"],
            "updated_at": it["since"],
            "bureau_id": it["bureau"],
            "licence_confirmed": True,
            "phone_verified_at": it["at"],
            "code_mark": fingerprint("code", it["values"]["code"][0]),
            "account_mark": fingerprint("account", it["values"]["account_number"][0]),
            "facts": _facts(it["values"]),
        }
        for it, contact in zip(made, contacts, strict=True)
    ]
    ids = session.scalars(insert(Application).returning(Application.id), rows).all()
    for it, application, contact in zip(made, sorted(ids), sorted(contacts), strict=True):
        it["id"], it["contact"] = application, contact


def _add_people(session: Session, made: list[dict[str, Any]]) -> None:
    _insert(session, Address, (_phone(it) for it in made))
    _insert(session, FieldValue, (row for it in made for row in _value_rows(it)))
    _insert(session, Photo, (_licence(it) for it in made))
    _insert(session, StageStep, (row for it in made for row in _steps(it)))
    _insert(session, NameMark, (row for it in made for row in _marks(it)))
    _insert(session, Trouble, (row for it in made for row in _troubles(it)))


def _insert(session: Session, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """Past the mapper, which would send one statement for every row whose empty columns are others."""
    if found := list(rows):
        session.connection().execute(insert(table.__table__), found)


def _phone(it: dict[str, Any]) -> dict[str, Any]:
    phone = it["values"]["phone"][0]
    keys = {"contact_id": it["contact"], "channel": SMS, "fingerprint": fingerprint(SMS, phone), "value": phone}
    return {**keys, "verified_at": it["at"], "created_at": it["at"]}


def _licence(it: dict[str, Any]) -> dict[str, Any]:
    owner = {"contact_id": it["contact"], "application_id": it["id"]}
    return {**owner, "file": "", "kind": DocumentKind.LICENCE, "received_at": it["at"], "erased_at": it["since"]}


def _value_rows(it: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, (value, source) in it["values"].items():
        yield {"application_id": it["id"], "name": name, "source": source, "value": value, "at": it["at"]}


def _steps(it: dict[str, Any]) -> Iterator[dict[str, Any]]:
    filled = {"stage": Stage.FILLING, "entered_at": it["at"] - timedelta(hours=1), "left_at": it["at"]}
    yield {"application_id": it["id"], **filled, "decision": "submitted", "mode": "manual"}
    yield {"application_id": it["id"], "stage": it["stage"], "entered_at": it["since"], "left_at": None,
           "decision": "", "mode": ""}  # fmt: skip


def _marks(it: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for mark in marks_of([it["values"]["name"][0]]):
        yield {"mark": mark, "application_id": it["id"]}


def _troubles(it: dict[str, Any]) -> Iterator[dict[str, Any]]:
    ways = [(each, Outcome.CARRIED, 0) for each in it["problems"]]
    ways += [(each, Outcome.MENDED if it["tries"] < 4 else Outcome.GIVEN_UP, it["minutes"]) for each in it["mended"]]
    for (rule, severity), outcome, minutes in ways:
        yield {
            "application_id": it["id"],
            "rule": rule,
            "version": 1,
            "severity": severity,
            "needs_person": severity == Severity.HINT,
            "channel": it["channel"],
            "bureau_id": it["bureau"],
            "week": monday(it["at"]),
            "first_at": it["at"] - timedelta(minutes=minutes),
            "last_at": it["at"],
            "times": it["tries"],
            "outcome": outcome,
            "settled_at": it["at"],
            "minutes": minutes,
        }


def _one_of(shares: dict[Any, int], random: Random) -> Any:
    return random.choices(list(shares), list(shares.values()))[0]
