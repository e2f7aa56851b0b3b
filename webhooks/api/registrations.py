"""Registrations: fill in, look at, correct, ask the user, submit, take back."""

from __future__ import annotations

from typing import Any

from spectree import Response

from bot.proxies import facts_of
from domain.proxies import authorisations, documents, items, registrations, views
from domain.proxies.refusals import Refused
from domain.proxies.tables import Scope
from domain.sources import records
from domain.sources.lookups import Facts
from webhooks.api.document import PROBLEMS, spec
from webhooks.api.models import (
    Authorisation,
    DocumentUse,
    HandedIn,
    ListQuery,
    Registration,
    RegistrationChange,
    RegistrationIn,
    Registrations,
    RepeatHeaders,
)
from webhooks.api.parts import answer, desk, found, needs, once, reading, writing
from webhooks.guards import guarded

_TAG = ("registrations",)


@guarded("key")
@needs(Scope.REGISTER)
@spec.validate(headers=RepeatHeaders, resp=Response(HTTP_201=Registration, **PROBLEMS), tags=_TAG)
@once
def create(json: RegistrationIn) -> Any:
    """建立一份登记

    按户号从营销系统、工商登记带出资料，按规则检查。用户同意之前，只有代办方自己看得到，也不能提交。
    """
    app, item = desk(), json.model_dump()
    facts = facts_of(app, items.row_of(item))
    with writing() as (session, proxy):
        records.keep(session, facts)
        made = items.create(session, proxy, item, facts, app.clock(), app.random)
        shown = views.registration(session, proxy, made.application, app.clock(), made.problems)
        return answer(session, 201, shown, f"/api/v1/registrations/{made.application.id}")


@guarded("key")
@needs(Scope.READ)
@spec.validate(resp=Response(HTTP_200=Registrations, **PROBLEMS), tags=_TAG)
def listed(query: ListQuery) -> Any:
    """列出自己的登记

    新的在前，一页一页取：把上一页的 next_cursor 放进 cursor，直到它为空。
    """
    with reading() as (session, proxy):
        rows = registrations.listed(
            session,
            proxy,
            after=query.cursor,
            limit=query.limit + 1,
            stage=query.stage or "",
            account=query.account_number or "",
        )
        page = [views.summary(each) for each in rows[: query.limit]]
    return {"items": page, "next_cursor": page[-1]["id"] if len(rows) > query.limit else None}


@guarded("key")
@needs(Scope.READ)
@spec.validate(resp=Response(HTTP_200=Registration, **PROBLEMS), tags=_TAG)
def show(registration_id: int) -> Any:
    """看一份登记

    进度、问题、材料、容缺、授权情况，和下一步做什么。
    """
    with reading() as (session, proxy):
        application = found(session, proxy, registration_id)
        return views.registration(session, proxy, application, desk().clock())


@guarded("key")
@needs(Scope.REGISTER)
@spec.validate(resp=Response(HTTP_200=Registration, **PROBLEMS), tags=_TAG)
def correct(registration_id: int, json: RegistrationChange) -> Any:
    """改一份登记

    只发要改的项目。提交前、退回后可以改；请用户授权以后，代码、户号和手机不能再改。
    """
    app = desk()
    item = {name: value for name, value in json.model_dump().items() if value}
    row = items.row_of(item)
    with reading() as (session, proxy):
        before = found(session, proxy, registration_id)
        registrations.may_change(session, proxy, before, app.clock())
        whole = {name: before.value(name) or "" for name in ("phone", "contact_name")} | row
    facts = facts_of(app, whole) if row else Facts()
    with writing() as (session, proxy):
        records.keep(session, facts)
        application = found(session, proxy, registration_id, lock=True)
        registrations.may_change(session, proxy, application, app.clock())
        made = registrations.correct(session, application, row, facts, app.clock(), app.random)
        used = items.documents_of(item)
        wrong = registrations.use_documents(session, proxy, application, used, facts, app.clock())
        session.flush()
        problems = [each for each in made.problems if not each.rule] + wrong
        problems += registrations.found_now(session, application, app.clock())
        return views.registration(session, proxy, application, app.clock(), problems)


@guarded("key")
@needs(Scope.REGISTER)
@spec.validate(resp=Response(HTTP_204=None, **PROBLEMS), tags=_TAG)
def withdraw(registration_id: int) -> Any:
    """撤掉一份没有提交过的登记

    填过的内容会删除。提交过的要撤回，请联系审核的供电局。
    """
    with writing() as (session, proxy):
        application = found(session, proxy, registration_id, lock=True)
        registrations.may_change(session, proxy, application, desk().clock())
        registrations.withdraw(session, proxy, application, desk().clock())
    return "", 204


@guarded("key")
@needs(Scope.REGISTER)
@spec.validate(headers=RepeatHeaders, resp=Response(HTTP_202=Authorisation, **PROBLEMS), tags=_TAG)
@once
def authorise(registration_id: int) -> Any:
    """请用户授权

    给用户的手机发短信（关注了服务号的也发微信），写明代办方、单位、户号、能做什么、到哪天。用户在自己手机上答复才算数；
    单位已有能签署的人时，问的是他们。已经同意过、还没到期的，直接有效。
    """
    app = desk()
    with writing() as (session, proxy):
        application = found(session, proxy, registration_id, lock=True)
        if application.stage not in registrations.EDITABLE:
            raise Refused("wrong_stage", "这份登记已经提交，不用再请用户授权。")
        row = authorisations.request(session, proxy, application, app.clock(), app.random)
        session.flush()
        return answer(session, 202, views.authorisation(row, app.clock()), f"/api/v1/registrations/{registration_id}")


@guarded("key")
@needs(Scope.REGISTER)
@spec.validate(headers=RepeatHeaders, resp=Response(HTTP_200=Registration, **PROBLEMS), tags=_TAG)
@once
def submit(registration_id: int) -> Any:
    """提交一份登记

    用户同意以后才能提交。有“blocking”的问题不能提交；“supplementable”的可以先提交、按期补。
    """
    app = desk()
    with writing() as (session, proxy):
        application = found(session, proxy, registration_id, lock=True)
        registrations.may_change(session, proxy, application, app.clock())
        made = registrations.submit(session, proxy, application, app.clock())
        session.flush()
        shown = views.registration(session, proxy, application, app.clock(), made.problems)
        return answer(session, 200, shown)


@guarded("key")
@needs(Scope.REGISTER)
@spec.validate(headers=RepeatHeaders, resp=Response(HTTP_200=HandedIn, **PROBLEMS), tags=_TAG)
@once
def hand_in(registration_id: int, json: DocumentUse) -> Any:
    """补交容缺材料

    提交以后，把还缺的材料补上：先上传，识别好了再用编号补交。按规则当场再查一遍，said 是结果。
    """
    app = desk()
    with writing() as (session, proxy):
        application = found(session, proxy, registration_id, lock=True)
        if not registrations.may_see(session, proxy, application, app.clock()):
            raise Refused("authorisation_ended", "用户的授权已经撤回或到期，请用户自己补交，或重新授权。")
        said = documents.hand_in(session, proxy, application, json.id, json.party, app.clock())
        session.flush()
        shown = views.registration(session, proxy, application, app.clock())
        return answer(session, 200, {"said": said, "registration": shown})


ROUTES = (
    ("/registrations", create, "POST"),
    ("/registrations", listed, "GET"),
    ("/registrations/<int:registration_id>", show, "GET"),
    ("/registrations/<int:registration_id>", correct, "PATCH"),
    ("/registrations/<int:registration_id>", withdraw, "DELETE"),
    ("/registrations/<int:registration_id>/authorisation", authorise, "POST"),
    ("/registrations/<int:registration_id>/submit", submit, "POST"),
    ("/registrations/<int:registration_id>/supplements", hand_in, "POST"),
)
