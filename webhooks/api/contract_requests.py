"""What waits for a retail company's word over the API: the requests of chat and console."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import request
from spectree import Response
from sqlalchemy.orm import Session

from bot.redis import count_within
from domain.contracts.tables import KIND_NAMES, REQUEST_STATES, SIDE_NAMES, Consent, Request, RequestState
from domain.market import months
from domain.proxies import contracts, permissions, views
from domain.proxies.contracts import Offer, Program, Said
from domain.proxies.refusals import Refused
from domain.proxies.tables import Proxy, Scope
from domain.registration.registration import Scene
from domain.sources.lookups import Facts
from domain.workdays import local_day
from webhooks.api import contract_models as models
from webhooks.api.document import PROBLEMS, spec
from webhooks.api.models import RepeatHeaders
from webhooks.api.parts import answer as answered
from webhooks.api.parts import desk, key, missing, needs, once, reading, writing
from webhooks.guards import guarded

_TAG = ("contract-requests",)
_ONE = {"HTTP_200": models.ContractRequest, **PROBLEMS}


@guarded("key")
@needs(Scope.CONTRACTS)
@spec.validate(resp=Response(HTTP_200=models.ContractRequests, **PROBLEMS), tags=_TAG)
def listed() -> Any:
    """列出等本公司答复的合同事项

    先到期的在前。本公司提出、自己还没有确认的也在里面。
    """
    with reading() as (session, proxy):
        company = contracts.company_of(session, proxy)
        rows = [(row, _mine(row, company.id)) for row in contracts.waiting(session, company)]
        return {"items": [_shown(row, mine) for row, mine in rows if mine is not None]}


@guarded("key")
@needs(Scope.CONTRACTS)
@spec.validate(resp=Response(**_ONE), tags=_TAG)
def show(number: str) -> Any:
    """看一件合同事项

    原文（shown）和它的 digest 是答复的依据；了结以后结果也在这里看。
    """
    with reading() as (session, proxy):
        found = contracts.shown_to(session, contracts.company_of(session, proxy), number)
        if found is None:
            raise missing("合同事项")
        return _shown(*found)


@guarded("key")
@needs(Scope.CONTRACTS)
@spec.validate(headers=RepeatHeaders, resp=Response(**_ONE), tags=_TAG)
@once
def answer(number: str, json: models.AnswerIn) -> Any:
    """同意或不同意一件合同事项

    以一位有权签署的工作人员的名义，对 digest 所指的原文。那位工作人员会收到通知。
    """
    said = Said(json.staff, json.answer == "yes", json.digest)
    with writing() as (session, proxy):
        company = contracts.company_of(session, proxy)
        made = contracts.answer(session, _program(proxy), company, number, said, _scene())
        if not isinstance(made, Refused):
            return _given(session, 200, made[0], company.id, made[1])
    raise made  # behind the transaction: that it was tried stays on record


@guarded("key")
@needs(Scope.CONTRACTS)
@spec.validate(
    headers=RepeatHeaders,
    resp=Response(HTTP_201=models.ContractRequest, **PROBLEMS),
    tags=_TAG,
)
@once
def propose(json: models.OfferIn) -> Any:
    """向用户提议一个套餐

    先只是记下，还没有问任何人：核对返回的原文，再用它的 digest 答复“yes”，才会去问用户。
    """
    offer = Offer(json.staff, json.user, json.package, json.begins or "")
    with writing() as (session, proxy):
        contracts.check_offers(session, _offers_today(proxy))
        company = contracts.company_of(session, proxy)
        row = contracts.propose(session, _program(proxy), company, offer, _scene())
        return _given(session, 201, row, company.id, "已记下，还没有问用户。请核对原文，再用 digest 确认提出。")


@guarded("key")
@needs(Scope.CONTRACTS)
@spec.validate(resp=Response(HTTP_200=models.Permissions, **PROBLEMS), tags=_TAG)
def permitted() -> Any:
    """列出本公司谁同意过由程序署名

    每人对每个程序（密钥名称）的最近一次：等答复、同意、不同意、到期或收回。
    """
    with reading() as (session, proxy):
        company = contracts.company_of(session, proxy)
        rows = permissions.of_company(session, proxy, company)
        return {"items": [views.permission(each, desk().clock()) for each in rows]}


@guarded("key")
@needs(Scope.CONTRACTS)
@spec.validate(headers=RepeatHeaders, resp=Response(HTTP_202=models.Permission, **PROBLEMS), tags=_TAG)
@once
def ask_permission(json: models.PermissionIn) -> Any:
    """请一位工作人员同意由本程序署名

    本人在自己的手机或微信上答复一次，同意后本程序才能以其名义接受、拒绝、提出合同请求；正在问或已同意的，不再重复问。
    """
    with writing() as (session, proxy):
        company = contracts.company_of(session, proxy)
        row = contracts.ask_permission(session, _program(proxy), company, json.staff, _scene())
        return answered(session, 202, views.permission(row, desk().clock()), "/api/v1/contract-permissions")


def _given(session: Session, status: int, row: Request, company_id: int, said: str) -> Any:
    mine = _mine(row, company_id)
    assert mine is not None
    session.flush()
    location = f"/api/v1/contract-requests/{row.number}" if status == 201 else ""
    return answered(session, status, _shown(row, mine, said), location)


def _offers_today(proxy: Proxy) -> int:
    """How often a program has proposed on this day, found or not; what Redis cannot count stops nobody."""
    return count_within(desk().redis, f"offers:{proxy.id}:{local_day(desk().clock())}", timedelta(days=1))


def _mine(row: Request, company_id: int) -> Consent | None:
    return next((each for each in row.consents if each.retailer_id == company_id), None)


def _program(proxy: Proxy) -> Program:
    return Program(proxy, key().prefix, f"api:{request.headers['Idempotency-Key']}", key().name)


def _scene() -> Scene:
    return Scene(desk().clock(), Facts(), desk().random)


def _shown(row: Request, mine: Consent, said: str = "") -> dict[str, Any]:
    package = row.version.package if row.version is not None else None
    return {
        "number": row.number,
        "kind": str(row.kind),
        "kind_title": KIND_NAMES[row.kind],
        "state": str(row.state),
        "state_title": REQUEST_STATES[row.state],
        "company": row.application.value("name") or "",
        "package": f"{package.code} {package.name}" if package is not None else None,
        "first_month": months.code(row.first_month),
        "last_month": months.code(row.last_month),
        "shown": row.shown,
        "digest": row.digest,
        "deadline": row.deadline.isoformat(),
        "proposed_by": str(row.proposed_by),
        "mine": str(mine.side),
        "waits_for_mine": row.state == RequestState.OPEN and not mine.answer,
        "sides": [_side(each) for each in row.consents],
        "closed_why": row.closed_why,
        "said": said,
    }


def _side(each: Consent) -> dict[str, Any]:
    at = each.at.isoformat() if each.at is not None else None
    return {"side": str(each.side), "title": SIDE_NAMES[each.side], "answer": each.answer, "at": at}


ROUTES = (
    ("/contract-requests", listed, "GET"),
    ("/contract-requests", propose, "POST"),
    ("/contract-permissions", permitted, "GET"),
    ("/contract-permissions", ask_permission, "POST"),
    ("/contract-requests/<string:number>", show, "GET"),
    ("/contract-requests/<string:number>/answer", answer, "POST"),
)
