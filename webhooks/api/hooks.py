"""Hooks: the addresses that want to be told, their secrets, the log of what they were told."""

from __future__ import annotations

from typing import Any

from spectree import Response
from sqlalchemy.orm import Session

from domain.proxies import hooks
from domain.proxies.tables import HookDelivery, Proxy, ProxyHook, Scope
from webhooks.api.document import PROBLEMS, spec
from webhooks.api.models import Deliveries, Delivery, Hook, HookIn, Hooks, LogQuery, RepeatHeaders
from webhooks.api.parts import answer, desk, missing, needs, once, reading, writing
from webhooks.guards import guarded

_TAG = ("hooks",)


@guarded("key")
@needs(Scope.HOOKS)
@spec.validate(headers=RepeatHeaders, resp=Response(HTTP_201=Hook, **PROBLEMS), tags=_TAG)
@once
def create(json: HookIn) -> Any:
    """登记一个回调地址

    返回的 secret 只给这一次，用来核对签名（Standard Webhooks）。只能是公网的 https 地址。
    """
    app = desk()
    with writing() as (session, proxy):
        who, plain = f"proxy:{proxy.id}", app.settings.hooks_allow_private
        made, secret = hooks.add(session, proxy, json.url, json.events, who, app.random, app.clock(), plain=plain)
        return answer(session, 201, _hook(made) | {"secret": secret}, f"/api/v1/hooks/{made.id}")


@guarded("key")
@needs(Scope.HOOKS)
@spec.validate(resp=Response(HTTP_200=Hooks, **PROBLEMS), tags=_TAG)
def listed() -> Any:
    """列出回调地址

    不含 secret。
    """
    with reading() as (session, proxy):
        return {"items": [_hook(each) for each in hooks.hooks_of(session, proxy)]}


@guarded("key")
@needs(Scope.HOOKS)
@spec.validate(resp=Response(HTTP_204=None, **PROBLEMS), tags=_TAG)
def remove(hook_id: int) -> Any:
    """删除一个回调地址

    还没有发出的事件不再发。
    """
    with writing() as (session, proxy):
        hooks.remove(session, _own(session, proxy, hook_id), f"proxy:{proxy.id}", desk().clock())
    return "", 204


@guarded("key")
@needs(Scope.HOOKS)
@spec.validate(headers=RepeatHeaders, resp=Response(HTTP_200=Hook, **PROBLEMS), tags=_TAG)
@once
def change_secret(hook_id: int) -> Any:
    """换一个签名密钥

    24小时内新旧两个都签名，来得及换。
    """
    app = desk()
    with writing() as (session, proxy):
        hook = _own(session, proxy, hook_id)
        secret = hooks.change_secret(session, hook, f"proxy:{proxy.id}", app.random, app.clock())
        return answer(session, 200, _hook(hook) | {"secret": secret})


@guarded("key")
@needs(Scope.HOOKS)
@spec.validate(resp=Response(HTTP_200=Deliveries, **PROBLEMS), tags=_TAG)
def log(query: LogQuery) -> Any:
    """看回调记录

    每个事件发到哪里、试了几次、对方答了什么。
    """
    with reading() as (session, proxy):
        rows = hooks.log(session, proxy, query.limit + 1, query.cursor)
        page = [_delivery(each) for each in rows[: query.limit]]
    return {"items": page, "next_cursor": page[-1]["id"] if len(rows) > query.limit else None}


@guarded("key")
@needs(Scope.HOOKS)
@spec.validate(headers=RepeatHeaders, resp=Response(HTTP_202=Delivery, **PROBLEMS), tags=_TAG)
@once
def again(delivery_id: int) -> Any:
    """再发一次

    已送达的和不再重试的都可以再发；正在排队的不变。
    """
    app = desk()
    with writing() as (session, proxy):
        row = session.get(HookDelivery, delivery_id)
        if row is None or row.hook.proxy_id != proxy.id or not row.hook.active:
            raise missing("回调记录")
        hooks.again(session, row, f"proxy:{proxy.id}", app.clock())
        return answer(session, 202, _delivery(row))


def _own(session: Session, proxy: Proxy, hook_id: int) -> ProxyHook:
    hook = session.get(ProxyHook, hook_id)
    if hook is None or hook.proxy_id != proxy.id or not hook.active:
        raise missing("回调地址")
    return hook


def _hook(row: ProxyHook) -> dict[str, Any]:
    return {"id": row.id, "url": row.url, "events": row.events, "created_at": row.created_at.isoformat()}


def _delivery(row: HookDelivery) -> dict[str, Any]:
    done = row.delivered_at
    return {
        "id": row.id,
        "hook": row.hook_id,
        "event": row.event,
        "state": row.state,
        "attempts": row.attempts,
        "status": row.status,
        "error": row.error,
        "due_at": row.due_at.isoformat(),
        "delivered_at": done.isoformat() if done is not None else None,
        "created_at": row.created_at.isoformat(),
    }


ROUTES = (
    ("/hooks", create, "POST"),
    ("/hooks", listed, "GET"),
    ("/hooks/<int:hook_id>", remove, "DELETE"),
    ("/hooks/<int:hook_id>/secret", change_secret, "POST"),
    ("/deliveries", log, "GET"),
    ("/deliveries/<int:delivery_id>/again", again, "POST"),
)
