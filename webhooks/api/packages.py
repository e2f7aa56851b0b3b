"""Packages of a retail company over the API: the same catalogue as on the console, the same approval."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from spectree import Response
from sqlalchemy.orm import Session

from domain.packages import catalogue, offers
from domain.packages.catalogue import Author
from domain.packages.tables import VERSION_STATES, Package, PackageVersion, VersionState
from domain.packages.terms import BadTerms
from domain.proxies.contracts import company_of
from domain.proxies.refusals import Refused
from domain.proxies.tables import Proxy, Scope
from domain.registration.filing import Finding
from domain.review.review import NotAllowed
from webhooks.api import package_models as models
from webhooks.api.document import PROBLEMS, spec
from webhooks.api.models import RepeatHeaders
from webhooks.api.parts import answer, desk, missing, needs, once, reading, writing
from webhooks.guards import guarded

_TAG = ("packages",)
_ONE = {"HTTP_200": models.Package, **PROBLEMS}


@guarded("key")
@needs(Scope.PACKAGES)
@spec.validate(resp=Response(HTTP_200=models.Packages, **PROBLEMS), tags=_TAG)
def listed() -> Any:
    """列出自己的套餐

    每个套餐的全部版本，状态和审核意见都在里面。
    """
    with reading() as (session, proxy):
        found = catalogue.packages_of(session, _author(session, proxy).retailer.id)
        return {"items": [_shown(each) for each in found]}


@guarded("key")
@needs(Scope.PACKAGES)
@spec.validate(resp=Response(**_ONE), tags=_TAG)
def show(package_id: int) -> Any:
    """看一个套餐

    上架过的版本有公开的说明页（page）。
    """
    with reading() as (session, proxy):
        return _shown(_own(session, _author(session, proxy), package_id))


@guarded("key")
@needs(Scope.PACKAGES)
@spec.validate(headers=RepeatHeaders, resp=Response(HTTP_201=models.Package, **PROBLEMS), tags=_TAG)
@once
def create(json: models.PackageIn) -> Any:
    """新建一个套餐

    先是草稿，用户看不到；提交并由交易中心审核通过后才展示。
    """
    with writing() as (session, proxy), _said():
        draft = catalogue.read_draft(json.model_dump())
        made = catalogue.write(session, _author(session, proxy), None, draft, desk().clock())
        return answer(session, 201, _shown(made.package), f"/api/v1/packages/{made.package_id}")


@guarded("key")
@needs(Scope.PACKAGES)
@spec.validate(headers=RepeatHeaders, resp=Response(HTTP_201=models.Package, **PROBLEMS), tags=_TAG)
@once
def write(package_id: int, json: models.PackageIn) -> Any:
    """改草稿，或写一个新版本

    草稿直接改；通过的版本不变，写的是新版本，到它的可选日期接替。正在审核的要先撤回。
    """
    with writing() as (session, proxy), _said():
        author = _author(session, proxy)
        draft = catalogue.read_draft(json.model_dump())
        made = catalogue.write(session, author, _own(session, author, package_id), draft, desk().clock())
        return answer(session, 201, _shown(made.package), f"/api/v1/packages/{package_id}")


@guarded("key")
@needs(Scope.PACKAGES)
@spec.validate(headers=RepeatHeaders, resp=Response(**_ONE), tags=_TAG)
@once
def submit(package_id: int) -> Any:
    """提交草稿

    交给交易中心审核。结果用 GET 查看。
    """
    return _act(package_id, VersionState.DRAFT, catalogue.submit)


@guarded("key")
@needs(Scope.PACKAGES)
@spec.validate(headers=RepeatHeaders, resp=Response(**_ONE), tags=_TAG)
@once
def take_back(package_id: int) -> Any:
    """撤回提交

    审核之前可以撤回，又成为草稿。
    """
    return _act(package_id, VersionState.SUBMITTED, catalogue.take_back)


@guarded("key")
@needs(Scope.PACKAGES)
@spec.validate(headers=RepeatHeaders, resp=Response(**_ONE), tags=_TAG)
@once
def withdraw(package_id: int) -> Any:
    """下架

    用户不能再选；已签的合同不受影响。
    """
    return _act(package_id, VersionState.APPROVED, catalogue.withdraw)


def _act(package_id: int, state: VersionState, act: Callable[[Session, Author, PackageVersion, datetime], None]) -> Any:
    """Do something with the newest version that is in a state."""
    with writing() as (session, proxy), _said():
        author = _author(session, proxy)
        package = _own(session, author, package_id)
        numbers = [each.id for each in package.versions if each.state == state]
        version = catalogue.locked(session, numbers[-1]) if numbers else None
        if version is None:
            raise Refused("wrong_stage", f"这个套餐没有“{VERSION_STATES[state]}”的版本。")
        act(session, author, version, desk().clock())
        session.flush()
        return answer(session, 200, _shown(package))


@contextmanager
def _said() -> Iterator[None]:
    """What the catalogue refuses, as the API says it."""
    try:
        yield
    except BadTerms as bad:
        found = [Finding(field, problem) for field, problem in bad.problems.items()]
        raise Refused("invalid", "内容不对，请看 problems。", found) from None
    except NotAllowed as refused:
        raise Refused("wrong_stage", f"{refused}。") from None


def _author(session: Session, proxy: Proxy) -> Author:
    """The company that this program acts for."""
    return Author(f"proxy:{proxy.id}", company_of(session, proxy))


def _own(session: Session, author: Author, package_id: int) -> Package:
    found = session.get(Package, package_id)
    if found is None or found.retailer_id != author.retailer.id:
        raise missing("套餐")
    return found


def _shown(package: Package) -> dict[str, Any]:
    versions = [_version(each) for each in package.versions]
    return {"id": package.id, "code": package.code, "name": package.name, "versions": versions}


def _version(it: PackageVersion) -> dict[str, Any]:
    code = offers.code_of(it)
    public = it.state in (VersionState.APPROVED, VersionState.WITHDRAWN)
    return {
        **it.terms,
        "code": code,
        "number": it.number,
        "state": str(it.state),
        "state_title": VERSION_STATES[it.state],
        "offered_from": it.offered_from.isoformat(),
        "offered_to": it.offered_to.isoformat() if it.offered_to else None,
        "submitted_at": it.submitted_at.isoformat() if it.submitted_at else None,
        "decided_at": it.decided_at.isoformat() if it.decided_at else None,
        "refusal": it.refusal or "",
        "page": f"/packages/{code}" if public else None,
    }


ROUTES = (
    ("/packages", listed, "GET"),
    ("/packages", create, "POST"),
    ("/packages/<int:package_id>", show, "GET"),
    ("/packages/<int:package_id>/versions", write, "POST"),
    ("/packages/<int:package_id>/submit", submit, "POST"),
    ("/packages/<int:package_id>/take-back", take_back, "POST"),
    ("/packages/<int:package_id>/withdraw", withdraw, "POST"),
)
