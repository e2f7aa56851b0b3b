"""The retail market of a demonstration: companies, their approved packages, and two years of the market's price. All of
it is invented; it goes the way of every package, so that the evidence is whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.market import months, prices, roll
from domain.packages import catalogue
from domain.packages.catalogue import Author
from domain.packages.kinds import KEYS, Kind
from domain.people.staff import Staff
from domain.workdays import local_day

YEARS = 24  # months of the market's price
# The market's price by month of the year, 元/兆瓦时: the rivers fill the reservoirs from June to October.
BY_MONTH = [
    "268.40",
    "271.15",
    "262.80",
    "251.30",
    "226.70",
    "189.20",
    "168.45",
    "159.90",
    "165.35",
    "181.60",
    "224.10",
    "258.75",
]


@dataclass(frozen=True, slots=True)
class Sample:
    """A company and its packages, by name."""

    code: str
    name: str
    score: int
    about: str
    phone: str
    packages: Mapping[str, Mapping[str, Any]]


def _terms(kind: Kind, amounts: str, *, term: int = 12, green: str = "0", premium: str = "0", **more: Any) -> Any:
    given = dict(zip(KEYS[kind], amounts.split(), strict=True))
    leaving = {"leaving": "per_mwh", "leaving_fee": "15.00", "notice_days": 30}
    plain = {"months": term, "green_percent": green, "green_premium": premium, **leaving}
    return {"kind": str(kind), "prices": given, **plain, **more}


FREE: dict[str, Any] = {"leaving": "none", "leaving_fee": "0", "notice_days": 0}
SAMPLES = (
    Sample(
        "R5301",
        "云岭售电有限公司",
        86,
        "省属国企，服务工商业用户",
        "0871-60000001",
        {
            "云岭安心固定价": _terms(Kind.FIXED, "236.50"),
            "云岭保底分成": _terms(Kind.SHARED, "248.00", reference="235.00", share=60),
            "云岭峰谷平": _terms(Kind.TIME_OF_USE, "338.20 231.60 128.40"),
        },
    ),
    Sample(
        "R5302",
        "滇源能源服务有限公司",
        91,
        "按月结算，有专属客户经理",
        "0871-60000002",
        {
            "滇源灵活月付": _terms(Kind.FIXED, "243.80", term=6, **FREE),
            "滇源丰枯价": _terms(Kind.SEASONAL, "178.00 228.00 271.50"),
        },
    ),
    Sample(
        "R5303",
        "金沙江电力营销有限公司",
        78,
        "大用户优先，价格低",
        "0871-60000003",
        {
            "金沙两年固定价": _terms(
                Kind.FIXED, "229.90", term=24, leaving="sum", leaving_fee="50000.00", notice_days=60
            ),
            "金沙高分成": _terms(Kind.SHARED, "256.00", reference="250.00", share=85),
            "金沙丰枯峰谷": _terms(Kind.SEASONAL_TIME, "252.00 176.00 98.00 322.00 225.00 125.00 381.00 268.00 149.00"),
        },
    ),
    Sample(
        "R5304",
        "苍洱绿色能源有限公司",
        88,
        "专做绿电，可出绿电消费凭证",
        "0872-60000004",
        {
            "苍洱全绿电": _terms(Kind.FIXED, "238.00", green="100", premium="12.00"),
            "苍洱半绿电丰枯": _terms(Kind.SEASONAL, "181.00 229.00 266.00", green="50", premium="10.00", **FREE),
        },
    ),
)


def seed_market(session: Session, now: datetime) -> None:
    """Make what is missing of the companies, their packages and the market's price; nothing without an administrator
    who could have entered it."""
    admin = session.scalar(select(Staff).where(Staff.login == "admin"))
    if admin is None:
        return
    for sample in SAMPLES:
        if roll.of_code(session, sample.code) is None:
            _company(session, admin, sample, now)
    last, known = months.month_of(local_day(now)) - 1, prices.known(session)
    for month in range(last - YEARS + 1, last + 1):
        if month not in known:
            prices.publish(session, admin, month, BY_MONTH[month % 12], now)


def _company(session: Session, admin: Staff, sample: Sample, now: datetime) -> None:
    company = roll.enter(session, admin, sample.code, sample.name, now)
    said = {"service_score": str(sample.score), "about": sample.about, "phone": sample.phone}
    roll.describe(session, admin, company, said, now)
    author = Author("system", company)
    since = local_day(now).isoformat()
    for name, terms in sample.packages.items():
        draft = catalogue.read_draft({**terms, "name": name, "offered_from": since})
        version = catalogue.write(session, author, None, draft, now)
        catalogue.submit(session, author, version, now)
        catalogue.approve(session, admin, version, now)
