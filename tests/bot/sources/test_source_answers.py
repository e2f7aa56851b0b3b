"""Each source's own answers, in its own words, become our facts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from source_stand_in import Outside

from bot.sources.base import SourceDown
from bot.sources.marketing import Marketing
from bot.sources.registry import Registry
from bot.sources.telecom import Telecom
from bot.sources.tianyancha import Tianyancha
from bot.sources.words import company_status
from domain.market.months import parse
from domain.sources.facts import Account, AccountStatus, Company, CompanyStatus, MonthRecord

NUMBER, CODE, NAME = "0530010012345678", "91530100MA6K3Y8X4L", "昆明滇星机械制造有限公司"
NOT_FOUND = {"error": "not_found"}
ARCHIVE = {
    "account_number": NUMBER,
    "name": NAME,
    "uscc": CODE,
    "address": "云南省昆明市五华区学府路66号",
    "capacity_kva": "630",
    "voltage_kv": "10",
    "bureau": {"code": "0601", "name": "昆明供电局"},
    "status": "active",
    "contact_phone": "13887654321",
    "category": "大工业用电",
}
ENTRY = {
    "uscc": CODE,
    "old_number": "530100100012345",
    "name": NAME,
    "former_names": ["昆明滇星机械厂"],
    "type": "有限责任公司(自然人投资或控股)",
    "legal_person": "李建国",
    "legal_person_title": "法定代表人",
    "capital": "500万元人民币",
    "established": "2012-05-08",
    "term": "2012-05-08至2032-05-07",
    "address": "云南省昆明市五华区学府路66号",
    "scope": "机械零部件加工、销售",
    "status": "存续",
}
COMPANY = Company(
    uscc=CODE,
    name=NAME,
    old_number="530100100012345",
    former_names=("昆明滇星机械厂",),
    type="有限责任公司(自然人投资或控股)",
    legal_person="李建国",
    legal_person_title="法定代表人",
    capital="500万元人民币",
    established=date(2012, 5, 8),
    term="2012-05-08至2032-05-07",
    address="云南省昆明市五华区学府路66号",
    scope="机械零部件加工、销售",
    status=CompanyStatus.ACTIVE,
)
# open.tianyancha.com, interface 1116; midnight of 2012-05-08 and 2032-05-07 in Shanghai, in milliseconds.
INFO = {
    "id": 3398690435,
    "type": 1,
    "name": NAME,
    "historyNames": "昆明滇星机械厂;",
    "creditCode": CODE,
    "regNumber": "530100100012345",
    "legalPersonName": "李建国",
    "regCapital": "500万元人民币",
    "estiblishTime": 1336406400000,
    "fromTime": 1336406400000,
    "toTime": 1967472000000,
    "regLocation": "云南省昆明市五华区学府路66号",
    "businessScope": "机械零部件加工、销售",
    "regStatus": "存续（在营、开业、在册）",
    "companyOrgType": "有限责任公司(自然人投资或控股)",
    "percentileScore": 6543,
}


def found(info: dict[str, Any]) -> dict[str, Any]:
    return {"error_code": 0, "reason": "ok", "result": info}


def test_an_account_is_read_and_asked_for_with_our_token(outside: Outside, client: httpx.Client) -> None:
    outside.answers(ARCHIVE)
    assert Marketing(client, outside.url + "/", "t0ken").account(NUMBER) == Account(
        number=NUMBER,
        name=NAME,
        uscc=CODE,
        address="云南省昆明市五华区学府路66号",
        capacity_kva=Decimal(630),
        voltage_kv=Decimal(10),
        bureau_code="0601",
        bureau_name="昆明供电局",
        status=AccountStatus.ACTIVE,
        category="大工业用电",
    )
    [asked] = outside.asked
    assert (asked.method, asked.path, asked.authorization) == ("GET", f"/marketing/accounts/{NUMBER}", "Bearer t0ken")


def month(code: str, **said: Any) -> dict[str, Any]:
    return {"month": code, "kwh": 100, "settled": True, **said}


PARTS = {"peak": 50, "flat": 30, "valley": 20}


def test_usage_is_read_month_by_month_with_the_parts_of_the_day_where_they_are_metered(
    outside: Outside, client: httpx.Client
) -> None:
    outside.answers({"account_number": NUMBER, "months": [month("2025-01", **PARTS), month("2025-02", settled=False)]})
    first = parse("2025-01")
    assert Marketing(client, outside.url, "t0ken").usage(NUMBER, first, first + 11) == [
        MonthRecord(first, 100, 50, 30, 20, settled=True),
        MonthRecord(first + 1, 100),
    ]
    assert outside.asked[0].path == f"/marketing/accounts/{NUMBER}/usage?from=2025-01&to=2025-12"


@pytest.mark.parametrize(
    "changed",
    [
        {"account_number": "0530010099999999"},
        {"months": [month("2025-01", peak=100)]},
        {"months": [month("2025-01", **{**PARTS, "flat": 31})]},
        {"months": [month("2025-01", kwh=-1)]},
        {"months": [month("2025-01", kwh="1.5")]},
        {"months": [month("2025-1x")]},
        {"months": [month("2026-01")]},
        {"months": [month("2025-01"), month("2025-01")]},
    ],
)
def test_usage_that_cannot_be_is_as_good_as_none(
    outside: Outside, client: httpx.Client, changed: dict[str, Any]
) -> None:
    outside.answers({"account_number": NUMBER, "months": [], **changed})
    with pytest.raises(SourceDown, match="garbled"):
        Marketing(client, outside.url, "t").usage(NUMBER, parse("2025-01"), parse("2025-12"))


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"capacity_kva": 314.9}, "capacity_kva", Decimal("314.9")),
        ({"capacity_kva": None}, "capacity_kva", None),
        ({"capacity_kva": ""}, "capacity_kva", None),
        ({"voltage_kv": "0.4"}, "voltage_kv", Decimal("0.4")),
        ({"uscc": None}, "uscc", ""),
        ({"status": "closed"}, "status", AccountStatus.CLOSED),
        ({"status": "paused"}, "status", AccountStatus.UNKNOWN),
        ({"bureau": {"code": 601, "name": "昆明供电局"}}, "bureau_code", "601"),
    ],
)
def test_an_archive_may_lack_something_or_write_it_otherwise(
    outside: Outside, client: httpx.Client, change: dict[str, Any], field: str, value: object
) -> None:
    outside.answers(ARCHIVE | change)
    assert getattr(Marketing(client, outside.url, "t").account(NUMBER), field) == value


@pytest.mark.parametrize(
    "change",
    [
        {"account_number": "0530010099999999"},
        {"name": ""},
        {"capacity_kva": "-1"},
        {"capacity_kva": "六百三十"},
        {"capacity_kva": "NaN"},
        {"bureau": None},
        {"status": None},
    ],
)
def test_an_archive_of_another_account_or_without_the_essentials_is_no_answer(
    outside: Outside, client: httpx.Client, change: dict[str, Any]
) -> None:
    outside.answers(ARCHIVE | change)
    with pytest.raises(SourceDown, match="marketing: garbled"):
        Marketing(client, outside.url, "t").account(NUMBER)


def test_what_a_source_does_not_know_is_none(outside: Outside, client: httpx.Client) -> None:
    outside.answers(NOT_FOUND, 404)
    assert Marketing(client, outside.url, "t").account(NUMBER) is None
    assert Registry(client, outside.url, "t").company(CODE) is None
    outside.answers({"error_code": 300000, "reason": "无数据", "result": None})
    assert Tianyancha(client, outside.url, "t").company(CODE) is None
    outside.answers({"companies": []})
    assert Registry(client, outside.url, "t").by_name(NAME) == []


@pytest.mark.parametrize("text", ["", " ", "..", "../../secret", "a/b", "05?x=1", "五" * 16, "0" * 33])
def test_what_can_be_no_number_is_not_asked_for(outside: Outside, client: httpx.Client, text: str) -> None:
    assert Marketing(client, outside.url, "t").account(text) is None
    assert Registry(client, outside.url, "t").company(text) is None
    assert outside.asked == []


@pytest.mark.parametrize("code", [CODE, "530100100012345"])
def test_a_company_is_found_by_either_number(outside: Outside, client: httpx.Client, code: str) -> None:
    outside.answers(ENTRY)
    assert Registry(client, outside.url, "t0ken").company(code) == COMPANY
    assert (outside.asked[0].path, outside.asked[0].authorization) == (f"/registry/companies/{code}", "Bearer t0ken")


def test_a_register_may_leave_out_nearly_everything(outside: Outside, client: httpx.Client) -> None:
    outside.answers({"uscc": CODE, "name": NAME, "former_names": None, "established": None, "status": None})
    assert Registry(client, outside.url, "t").company(CODE) == Company(uscc=CODE, name=NAME)


def test_another_company_than_the_one_asked_for_is_no_answer(outside: Outside, client: httpx.Client) -> None:
    outside.answers(ENTRY)
    with pytest.raises(SourceDown, match="registry: garbled"):
        Registry(client, outside.url, "t").company("91110000600037341L")
    outside.answers(found(INFO))
    with pytest.raises(SourceDown, match="tianyancha: garbled"):
        Tianyancha(client, outside.url, "t").company("91110000600037341L")


def test_by_name_gives_only_companies_of_exactly_that_name(outside: Outside, client: httpx.Client) -> None:
    branch = ENTRY | {"uscc": "2", "name": "昆明滇星（安宁）机械制造有限公司", "former_names": []}
    outside.answers({"companies": [ENTRY, branch]})
    registry = Registry(client, outside.url, "t")
    assert [each.uscc for each in registry.by_name(NAME)] == [CODE]
    assert [each.uscc for each in registry.by_name("昆明滇星机械厂")] == [CODE]
    assert [each.uscc for each in registry.by_name(" 昆明滇星(安宁)机械制造有限公司")] == ["2"]
    assert registry.by_name("昆明滇星") == registry.by_name("  ") == []


@pytest.mark.parametrize("keyword", [CODE, "530100100012345", NAME, "昆明滇星机械厂"])
def test_tianyanchas_words_become_ours(outside: Outside, client: httpx.Client, keyword: str) -> None:
    outside.answers(found(INFO))
    assert Tianyancha(client, outside.url, "t0ken").company(keyword) == replace(COMPANY, legal_person_title="")
    assert outside.asked[0].path.startswith("/services/open/ic/baseinfo/normal?keyword=")
    assert outside.asked[0].authorization == "t0ken"


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"estiblishTime": -370684800000}, "established", date(1958, 4, 4)),
        ({"estiblishTime": None}, "established", None),
        ({"estiblishTime": 10**18}, "established", None),
        ({"toTime": None}, "term", ""),
        ({"historyNames": None}, "former_names", ()),
        ({"regNumber": "5301002000123"}, "old_number", ""),
        ({"regStatus": "吊销，未注销"}, "status", CompanyStatus.REVOKED),
    ],
)
def test_tianyancha_may_lack_something(
    outside: Outside, client: httpx.Client, change: dict[str, Any], field: str, value: object
) -> None:
    outside.answers(found(INFO | change))
    assert getattr(Tianyancha(client, outside.url, "t").company(CODE), field) == value


@pytest.mark.parametrize(
    ("code", "why", "alarm"),
    [
        (300001, "failed", False),
        (300002, "refused", True),
        (300003, "refused", True),
        (300004, "busy", False),
        (300006, "refused", True),
        (300009, "refused", True),
        (300012, "failed", False),
        (True, "garbled", False),
        (False, "garbled", False),
        ("0", "garbled", False),
        (None, "garbled", False),
    ],
)
def test_tianyanchas_error_codes_say_whether_a_person_must_act(
    outside: Outside, client: httpx.Client, code: object, why: str, alarm: bool
) -> None:
    outside.answers({"error_code": code, "reason": "…", "result": INFO})
    with pytest.raises(SourceDown) as raised:
        Tianyancha(client, outside.url, "t").company(CODE)
    assert (raised.value.why, raised.value.alarm) == (why, alarm)


@pytest.mark.parametrize("result", ["match", "mismatch", "unknown"])
def test_the_operator_says_yes_no_or_neither(outside: Outside, client: httpx.Client, result: str) -> None:
    outside.answers({"result": result, "operator": "移动"})
    assert Telecom(client, outside.url, "t0ken").verify("13887654321", "王会计") == result
    [asked] = outside.asked
    assert (asked.method, asked.path, asked.authorization) == ("POST", "/telecom/verify", "Bearer t0ken")
    assert json.loads(asked.body) == {"phone": "13887654321", "name": "王会计"}


def test_a_word_that_was_not_agreed_is_no_verdict(outside: Outside, client: httpx.Client) -> None:
    outside.answers({"result": "probably", "operator": "移动"})
    with pytest.raises(SourceDown, match="telecom: garbled"):
        Telecom(client, outside.url, "t").verify("13887654321", "王会计")


def test_a_probe_sees_a_source_that_knows_what_cannot_be(outside: Outside, client: httpx.Client) -> None:
    """It always answers with the same account: right for the known good one, wrong for the known bad one."""
    outside.answers(ARCHIVE)
    with pytest.raises(SourceDown, match="garbled"):
        Marketing(client, outside.url, "t").answers_right(NUMBER, "0599999999999999")
    outside.answers({"result": "match"})
    assert not Telecom(client, outside.url, "t").answers_right("13887654321", "王会计", "不是他")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("存续", "存续"),
        ("存续（在营、开业、在册）", "存续"),
        ("在营（开业）企业", "存续"),
        ("开业", "存续"),
        ("注销", "注销"),
        ("已注销", "注销"),
        ("吊销", "吊销"),
        ("吊销,未注销", "吊销"),
        ("已吊销", "吊销"),
        ("迁出", "迁出"),
        ("注销中", "未知"),
        ("停业", "未知"),
        ("", "未知"),
    ],
)
def test_a_status_is_known_or_unknown_but_never_guessed(said: str, status: str) -> None:
    assert company_status(said) == status
