"""Facts survive being kept as JSON."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from domain.sources.facts import Account, AccountStatus, Company, CompanyStatus

ACCOUNT = Account(
    number="0530010012345678",
    name="昆明滇星机械制造有限公司",
    uscc="91530100MA6K3Y8X4L",
    address="昆明市五华区学府路66号",
    capacity_kva=Decimal("314.90"),
    voltage_kv=None,
    bureau_code="0601",
    bureau_name="昆明供电局",
    status=AccountStatus.CLOSED,
)
COMPANY = Company(
    uscc="91530100MA6K3Y8X4L",
    name="昆明滇星机械制造有限公司",
    former_names=("昆明滇星机械厂", "滇星厂"),
    established=date(2012, 5, 8),
    status=CompanyStatus.REVOKED,
)


@pytest.mark.parametrize("fact", [ACCOUNT, COMPANY, Company(uscc="", name="无日期")])
def test_a_kept_fact_comes_back_the_same(fact: Account | Company) -> None:
    kept = json.loads(json.dumps(fact.to_json()))
    assert type(fact).from_json(kept) == fact


def test_a_kept_fact_reads_well_and_rounds_nothing() -> None:
    kept = json.loads(json.dumps(ACCOUNT.to_json()))
    assert (kept["capacity_kva"], kept["voltage_kv"], kept["status"]) == ("314.90", None, "closed")
    assert json.loads(json.dumps(COMPANY.to_json()))["established"] == "2012-05-08"
