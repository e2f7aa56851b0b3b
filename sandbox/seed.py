"""The sample data of a fresh sandbox: companies, account numbers, people. All of it is invented."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from sandbox.store import Store

_FILE = Path(__file__).with_name("sample_data.json")


def plant(store: Store) -> None:
    """Fill an empty store; a store that was planted before stays as it is."""
    if store.get("seed", "planted"):
        return
    data = json.loads(_FILE.read_text("utf-8"))
    bureaus = {code: {"code": code, "name": name} for code, name in data["bureaus"].items()}
    for company in data["companies"]:
        accounts = company.pop("accounts")
        store.put("company", company["uscc"], company)
        for account in accounts:
            store.put("account", account["account_number"], _account(company, account, bureaus))
    for number, person in enumerate(data["people"], 1):
        _plant_person(store, f"p{number}", person)
    store.put("seed", "planted", True)


def _account(company: dict[str, Any], account: dict[str, Any], bureaus: dict[str, dict[str, str]]) -> dict[str, Any]:
    """The marketing system's record; what an account does not say is the company's."""
    return {
        "account_number": account["account_number"],
        "name": account.get("name", company["name"]),
        "uscc": company["uscc"],
        "address": account.get("address", company["address"]),
        "capacity_kva": account["capacity_kva"],
        "voltage_kv": account["voltage_kv"],
        "bureau": bureaus[account["bureau"]],
        "status": account.get("status", "active"),
        "contact_phone": account["contact_phone"],
        "category": account["category"],
    }


def _plant_person(store: Store, person_id: str, person: dict[str, Any]) -> None:
    operator = person.pop("operator")
    openid = "o" + base64.urlsafe_b64encode(hashlib.sha256(person["phone"].encode()).digest()).decode()[:27]
    store.put("person", person_id, {"id": person_id, "openid": openid, **person})
    subscriber = {"name": person["real_name"], "id_number": person["id_number"], "operator": operator}
    store.put("subscriber", person["phone"], subscriber)
