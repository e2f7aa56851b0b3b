"""The four data sources and their sample data."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2, mod_11_10

import sandbox as package
from bot.sources.marketing import Marketing
from domain.market import months
from tests.sandbox.harness import Client

SAMPLE = json.loads((Path(package.__file__).parent / "sample_data.json").read_text("utf-8"))
FIRST = SAMPLE["companies"][0]
OLD = next(company for company in SAMPLE["companies"] if company["old_number"])
ACCOUNT = FIRST["accounts"][0]["account_number"]


def get(sandbox: Client, system: str, path: str, **query: str) -> Any:
    """Ask a source with its token."""
    headers = {"Authorization": f"Bearer {sandbox.settings.source_tokens[system]}"}
    return sandbox.http.get(path, headers=headers, params=query)


def tianyancha(sandbox: Client, keyword: str, token: str = "") -> dict[str, Any]:
    """Ask Tianyancha, whose token stands alone in the header."""
    headers = {"Authorization": token or sandbox.settings.source_tokens["tianyancha"]}
    path = "/services/open/ic/baseinfo/normal"
    return dict(sandbox.http.get(path, headers=headers, params={"keyword": keyword}).json())


def telecom(sandbox: Client, **body: str) -> str:
    """Ask whose phone it is."""
    headers = {"Authorization": f"Bearer {sandbox.settings.source_tokens['telecom']}"}
    return str(sandbox.http.post("/telecom/verify", headers=headers, json=body).json()["result"])


def test_every_number_in_the_sample_data_is_well_formed():
    """Check digits fit, account numbers have 16 digits and begin with 05, people's ID numbers fit."""
    assert len(SAMPLE["companies"]) >= 12
    for company in SAMPLE["companies"]:
        assert uscc.is_valid(company["uscc"])
        if company["old_number"]:
            assert mod_11_10.is_valid(company["old_number"]) and len(company["old_number"]) == 15
        assert 1 <= len(company["accounts"]) <= 3
        for account in company["accounts"]:
            assert len(account["account_number"]) == 16 and account["account_number"].startswith("05")
            assert account["bureau"] in SAMPLE["bureaus"]
    assert all(mod_11_2.is_valid(person["id_number"]) for person in SAMPLE["people"])
    capacities = [float(account["capacity_kva"]) for company in SAMPLE["companies"] for account in company["accounts"]]
    assert min(capacities) < 315 < max(capacities) and 315 in capacities
    titles = {company["legal_person_title"] for company in SAMPLE["companies"]}
    assert titles >= {"法定代表人", "经营者", "负责人", "执行事务合伙人"}


def test_the_marketing_system_answers_by_account_number(sandbox: Client):
    """Capacity, address, bureau; unknown is 404, without the token 401."""
    record = get(sandbox, "marketing", f"/marketing/accounts/{ACCOUNT}").json()
    assert (record["account_number"], record["name"], record["uscc"]) == (ACCOUNT, FIRST["name"], FIRST["uscc"])
    assert record["bureau"] == {"code": "053001", "name": "昆明供电局"} and record["capacity_kva"] == "630"
    unknown = get(sandbox, "marketing", "/marketing/accounts/0500000000000000")
    assert (unknown.status_code, unknown.json()) == (404, {"error": "not_found"})
    assert sandbox.http.get(f"/marketing/accounts/{ACCOUNT}").status_code == 401


def test_the_marketing_system_says_what_an_account_used_by_the_moved_clock(sandbox: Client):
    """Two years, always the same; the last month is provisional until the 6th, the running one is not there."""

    def usage(first: str = "2024-12", last: str = "2026-12") -> list[dict[str, Any]]:
        path = f"/marketing/accounts/{ACCOUNT}/usage"
        return list(get(sandbox, "marketing", path, **{"from": first, "to": last}).json()["months"])

    sandbox.http.post("/sandbox/clock", json={"set": "2026-12-03T12:00:00"})
    months = usage()
    assert [months[0]["month"], months[-1]["month"], len(months)] == ["2024-12", "2026-11", 24]
    assert [each["settled"] for each in months] == [True] * 23 + [False]
    assert all(each["peak"] + each["flat"] + each["valley"] == each["kwh"] > 0 for each in months)
    assert usage() == months
    sandbox.http.post("/sandbox/clock", json={"set": "2026-12-06T12:00:00"})
    assert usage()[:23] == months[:23] and usage()[23]["settled"] and usage()[23]["kwh"] != months[23]["kwh"]
    assert get(sandbox, "marketing", f"/marketing/accounts/{ACCOUNT}/usage", **{"from": "x"}).status_code == 400
    assert get(sandbox, "marketing", "/marketing/accounts/0500000000000000/usage").status_code == 404


def test_the_products_own_client_reads_two_years_of_usage(sandbox: Client):
    """On a real socket, in whole kWh; a small account has no parts of the day."""
    sandbox.http.post("/sandbox/clock", json={"set": "2026-12-08T12:00:00"})
    small = next(a for c in SAMPLE["companies"] for a in c["accounts"] if float(a["capacity_kva"]) < 100)
    with httpx.Client() as client:
        marketing = Marketing(client, sandbox.settings.base_url, sandbox.settings.source_tokens["marketing"])
        last = months.parse("2026-11")
        found = {number: marketing.usage(number, last - 23, last) for number in (ACCOUNT, small["account_number"])}
        assert marketing.usage("0500000000000000", last, last) is None
    assert [[each.month for each in used or []] for used in found.values()] == [list(range(last - 23, last + 1))] * 2
    assert all(each.settled and each.peak is not None for each in found[ACCOUNT] or [])
    assert all(each.peak is None for each in found[small["account_number"]] or [])


def test_the_registry_answers_by_code_by_old_number_and_by_name(sandbox: Client):
    """Brackets of both widths and former names find the company, too."""
    by_code = get(sandbox, "registry", f"/registry/companies/{OLD['uscc']}").json()
    assert by_code == get(sandbox, "registry", f"/registry/companies/{OLD['old_number']}").json()
    assert "accounts" not in by_code and by_code["former_names"] == OLD["former_names"]
    for name in ("滇星机械", "玉溪汇源股权投资合伙企业(有限合伙)", "建水县金川冶炼厂"):
        assert len(get(sandbox, "registry", "/registry/companies", name=name).json()["companies"]) == 1, name
    assert get(sandbox, "registry", "/registry/companies", name="").json() == {"companies": []}
    assert get(sandbox, "registry", "/registry/companies/91110000600037341L").status_code == 404


def test_tianyancha_answers_in_its_own_words(sandbox: Client):
    """Milliseconds, its field names, its error codes inside a 200."""
    answer = tianyancha(sandbox, FIRST["uscc"])
    result = answer["result"]
    assert (answer["error_code"], result["creditCode"], result["legalPersonName"]) == (0, FIRST["uscc"], "李国强")
    assert result["estiblishTime"] == 1462982400000  # 2016-05-12 in China
    assert tianyancha(sandbox, FIRST["name"])["result"] == result
    assert tianyancha(sandbox, "没有这家公司")["error_code"] == 300000
    assert tianyancha(sandbox, "")["error_code"] == 300008
    assert tianyancha(sandbox, FIRST["name"], token="x")["error_code"] == 300009


def test_the_operators_know_whose_phone_it_is(sandbox: Client):
    """By real name, and by ID number where one is given."""
    assert telecom(sandbox, phone="13887654321", name="王秀英") == "match"
    assert telecom(sandbox, phone="13887654321", name="王会计") == "mismatch"
    assert telecom(sandbox, phone="13887654321", name="王秀英", id_number="1") == "mismatch"
    assert telecom(sandbox, phone="13800000000", name="王秀英") == "unknown"
    sandbox.http.post("/sandbox/people", json={"name": "新人", "phone": "13800000000", "real_name": "钱新"})
    assert telecom(sandbox, phone="13800000000", name="钱新") == "match"


def test_sample_data_can_be_edited(sandbox: Client):
    """What is put is what the sources answer from then on."""
    company = sandbox.http.get(f"/sandbox/companies/{FIRST['uscc']}").json()
    sandbox.http.put(f"/sandbox/companies/{FIRST['uscc']}", json={**company, "legal_person": "赵新法"})
    assert tianyancha(sandbox, FIRST["uscc"])["result"]["legalPersonName"] == "赵新法"
    account = sandbox.http.get(f"/sandbox/accounts/{ACCOUNT}").json()
    sandbox.http.put(f"/sandbox/accounts/{ACCOUNT}", json={**account, "status": "closed"})
    assert get(sandbox, "marketing", f"/marketing/accounts/{ACCOUNT}").json()["status"] == "closed"
    listed = sandbox.http.get("/sandbox/companies").json()["companies"]
    assert len(listed) == len(SAMPLE["companies"]) and listed[0]["legal_person"] == "赵新法"


@pytest.mark.parametrize("system", ["marketing", "registry", "tianyancha", "telecom"])
def test_a_source_that_is_wrong_fails_the_known_good_and_the_known_bad_sample(sandbox: Client, system: str):
    """It answers promptly and well-formed, and only a known sample shows that it is wrong."""

    def good_and_bad() -> tuple[bool, bool]:
        if system == "marketing":
            return (
                get(sandbox, system, f"/marketing/accounts/{ACCOUNT}").json().get("name") == FIRST["name"],
                get(sandbox, system, "/marketing/accounts/0500000000000000").status_code == 404,
            )
        if system == "registry":
            return (
                get(sandbox, system, f"/registry/companies/{FIRST['uscc']}").json().get("name") == FIRST["name"],
                get(sandbox, system, "/registry/companies/x").status_code == 404,
            )
        if system == "tianyancha":
            return (
                tianyancha(sandbox, FIRST["uscc"])["result"]["name"] == FIRST["name"],
                tianyancha(sandbox, "x")["error_code"] == 300000,
            )
        return (
            telecom(sandbox, phone="13887654321", name="王秀英") == "match",
            telecom(sandbox, phone="13887654321", name="别人") == "mismatch",
        )

    assert good_and_bad() == (True, True)
    sandbox.http.put(f"/sandbox/switches/{system}", json={"mode": "wrong"})
    assert good_and_bad() == (False, False)


def test_a_source_that_is_down_answers_503(sandbox: Client):
    """And is back as soon as it is switched on."""
    sandbox.http.put("/sandbox/switches/registry", json={"mode": "down"})
    assert get(sandbox, "registry", f"/registry/companies/{FIRST['uscc']}").status_code == 503
    assert tianyancha(sandbox, FIRST["uscc"])["error_code"] == 0
    sandbox.http.put("/sandbox/switches/registry", json={"mode": "ok"})
    assert get(sandbox, "registry", f"/registry/companies/{FIRST['uscc']}").status_code == 200
