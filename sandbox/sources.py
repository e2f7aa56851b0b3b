"""The data sources: marketing system, business registry, Tianyancha, telecom operators.

Each answers from the editable sample data. A source that is switched to "wrong" answers promptly and well-formed,
but with another record than the one asked for, and knows things that do not exist.
"""

import hmac
from datetime import date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.clock import CHINA
from sandbox.forms import json_object
from sandbox.usage import month_of, months_between
from sandbox.world import World

Record = dict[str, Any]


class Sources:
    """The four sources' endpoints."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """All source addresses."""
        return [
            Route("/marketing/accounts/{number}", self._account),
            Route("/marketing/accounts/{number}/usage", self._usage),
            Route("/registry/companies", self._search),
            Route("/registry/companies/{number}", self._company),
            Route("/services/open/ic/baseinfo/normal", self._tianyancha),
            Route("/telecom/verify", self._telecom, methods=["POST"]),
        ]

    async def _account(self, request: Request) -> Response:
        if refusal := await self._refusal(request, "marketing"):
            return refusal
        found = self._world.store.get("account", request.path_params["number"])
        if self._world.switches.is_wrong("marketing"):
            found = _another(self._world.store.all("account"), found)
        return _found(found)

    async def _usage(self, request: Request) -> Response:
        if refusal := await self._refusal(request, "marketing"):
            return refusal
        account = self._world.store.get("account", request.path_params["number"])
        if self._world.switches.is_wrong("marketing"):
            account = _another(self._world.store.all("account"), account)
        if account is None:
            return _found(None)
        try:
            wanted = months_between(request.query_params.get("from", ""), request.query_params.get("to", ""))
        except ValueError:
            return JSONResponse({"error": "from and to are months: 2026-03"}, 400)
        today = date.fromisoformat(self._world.clock.day())
        used = [month_of(account, year, number, today) for year, number in wanted]
        months = [month for month in used if month is not None]
        return JSONResponse({"account_number": account["account_number"], "months": months})

    async def _company(self, request: Request) -> Response:
        if refusal := await self._refusal(request, "registry"):
            return refusal
        found = company_by_number(self._world, request.path_params["number"])
        if self._world.switches.is_wrong("registry"):
            found = _another(self._world.store.all("company"), found)
        return _found(found)

    async def _search(self, request: Request) -> Response:
        if refusal := await self._refusal(request, "registry"):
            return refusal
        name = _same_brackets(request.query_params.get("name", "").strip())
        companies = self._world.store.all("company").values()
        if self._world.switches.is_wrong("registry"):
            return JSONResponse({"companies": list(companies)[-1:]})
        return JSONResponse({"companies": [c for c in companies if name and _has_name(c, name)]})

    async def _tianyancha(self, request: Request) -> Response:
        if trouble := await self._world.switches.trouble("tianyancha"):
            return trouble
        if not self._is_token(request.headers.get("authorization", ""), "tianyancha"):
            return _tyc(300009, "账号信息有误")
        keyword = request.query_params.get("keyword", "").strip()
        if not keyword:
            return _tyc(300008, "缺少必要参数")
        companies = self._world.store.all("company")
        name = _same_brackets(keyword)
        found = company_by_number(self._world, keyword)
        found = found or next((c for c in companies.values() if name == _same_brackets(c["name"])), None)
        if self._world.switches.is_wrong("tianyancha"):
            found = _another(companies, found)
        return _tyc(0, "ok", tianyancha_record(found)) if found else _tyc(300000, "无数据")

    async def _telecom(self, request: Request) -> Response:
        if refusal := await self._refusal(request, "telecom"):
            return refusal
        asked = await json_object(request)
        phone, name = str(asked.get("phone", "")), str(asked.get("name", ""))
        if not phone or not name:
            return JSONResponse({"error": "phone and name are needed"}, 400)
        subscriber = self._world.store.get("subscriber", phone)
        result = "unknown"
        if subscriber:
            same = subscriber["name"] == name and asked.get("id_number") in (None, "", subscriber.get("id_number"))
            result = "match" if same else "mismatch"
        if self._world.switches.is_wrong("telecom"):
            result = "mismatch" if result == "match" else "match"
        operator = subscriber["operator"] if subscriber else operator_of(phone)
        return JSONResponse({"result": result, "operator": operator})

    async def _refusal(self, request: Request, system: str) -> Response | None:
        if trouble := await self._world.switches.trouble(system):
            return trouble
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not self._is_token(token, system):
            return JSONResponse({"error": "unauthorized"}, 401)
        return None

    def _is_token(self, token: str, system: str) -> bool:
        return hmac.compare_digest(token.encode(), self._world.settings.source_tokens[system].encode())


def company_by_number(world: World, number: str) -> Record | None:
    """A company by its unified social credit code, or by its number of before 2015."""
    found: Record | None = world.store.get("company", number)
    if found is None and number:
        found = next((c for c in world.store.all("company").values() if c.get("old_number") == number), None)
    return found


def tianyancha_record(company: Record) -> Record:
    """The registry's record in Tianyancha's words; times are milliseconds, and a long term has no end."""
    begin, _, end = company["term"].partition("至")
    return {
        "id": int(company["uscc"][8:16], 36) % 10**10,
        "type": 1,
        "base": "yn",
        "name": company["name"],
        "historyNames": ";".join(company["former_names"]),
        "creditCode": company["uscc"],
        "taxNumber": company["uscc"],
        "regNumber": company["old_number"] or None,
        "orgNumber": f"{company['uscc'][8:16]}-{company['uscc'][16]}",
        "legalPersonName": company["legal_person"],
        "regCapital": company["capital"],
        "estiblishTime": _ms(company["established"]),
        "fromTime": _ms(begin) or _ms(company["established"]),
        "toTime": _ms(end),
        "regLocation": company["address"],
        "businessScope": company["scope"],
        "regStatus": company["status"],
        "companyOrgType": company["type"],
    }


def operator_of(phone: str) -> str:
    """The operator that a prefix was given to (a ported number may be elsewhere)."""
    prefixes = {
        "联通": ("130", "131", "132", "155", "156", "166", "175", "176", "185", "186"),
        "电信": ("133", "149", "153", "173", "177", "180", "181", "189", "191", "193", "199"),
        "广电": ("192",),
    }
    return next((name for name, known in prefixes.items() if phone[:3] in known), "移动")


def _another(records: dict[str, Record], found: Record | None) -> Record:
    return next(record for record in reversed(records.values()) if record != found)


def _found(record: Record | None) -> Response:
    return JSONResponse(record) if record else JSONResponse({"error": "not_found"}, 404)


def _tyc(code: int, reason: str, result: Record | None = None) -> Response:
    return JSONResponse({"error_code": code, "reason": reason, "result": result})


def _has_name(company: Record, name: str) -> bool:
    return any(name in _same_brackets(known) for known in (company["name"], *company["former_names"]))


def _same_brackets(name: str) -> str:
    return name.replace("(", "（").replace(")", "）")


def _ms(day: str) -> int | None:
    try:
        return int(datetime.fromisoformat(day).replace(tzinfo=CHINA).timestamp() * 1000)
    except ValueError:
        return None
