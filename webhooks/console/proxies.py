"""Proxies on the console: who they are, their keys, what users allowed, what they were told, how they behave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from domain.proxies import conduct, hooks, keys, permissions
from domain.proxies import desk as proxy_desk
from domain.proxies.keys import KeyWish
from domain.proxies.refusals import Refused
from domain.proxies.tables import (
    CONSENT_NAMES,
    HOOK_STATE_NAMES,
    SCOPE_NAMES,
    HookDelivery,
    Proxy,
    ProxyAuthorisation,
    ProxyHook,
    ProxyKey,
    ProxyMark,
)
from domain.review.review import NotAllowed
from domain.settings import figure
from webhooks.console.parts import desk, me, page, page_number, visible
from webhooks.guards import guarded

_NAMES = {"consent_names": CONSENT_NAMES, "hook_states": HOOK_STATE_NAMES, "scope_names": SCOPE_NAMES}
_FIGURES = ("conduct_warn", "conduct_block", "conduct_days", "proxy_per_minute", "proxy_per_day", "proxy_key_days")


@guarded("administrator")
def proxies() -> ResponseReturnValue:
    """All proxies with their scores; the form that adds one."""
    now = desk().clock()
    with desk().store.read() as session:
        rows = proxy_desk.every(session, now)
        figures = {name: figure(session, name) for name in _FIGURES}
    return page("proxies.html", rows=rows, figures=figures)


@guarded("administrator")
def add_proxy() -> ResponseReturnValue:
    """Let an organisation file registrations."""
    app, form = desk(), request.form
    try:
        with app.store.write() as session:
            kind, code, name = (form.get(field, "")[:60] for field in ("kind", "code", "name"))
            made = keys.add_proxy(session, me(), kind, code, name, app.clock())
            number = made.id
    except NotAllowed as refused:
        flash(str(refused), "bad")
        return proxies()  # what was typed stays in the form
    flash("已登记。请在这里发放密钥。", "good")
    return redirect(url_for("console.proxy", proxy_id=number))


@guarded("administrator")
def proxy(proxy_id: int) -> ResponseReturnValue:
    """One proxy whole."""
    with desk().store.read() as session:
        return page("proxy.html", secret="", **_shown(session, _found(session, proxy_id)))


@guarded("administrator")
def proxy_facts(proxy_id: int, fact: str) -> ResponseReturnValue:
    """The list behind one figure of the score."""
    if fact not in conduct.FACT_NAMES:
        abort(404)
    with desk().store.read() as session:
        it = _found(session, proxy_id)
        rows = proxy_desk.facts(session, it, fact, desk().clock())
        return page("proxy_facts.html", it=it, rows=rows, title=conduct.FACT_NAMES[fact], fact=fact)


@guarded("administrator")
def make_key(proxy_id: int) -> ResponseReturnValue:
    """A new key: the page that shows it once."""
    form = request.form
    networks = [each for each in form.get("networks", "")[:500].replace("，", ",").split(",") if each.strip()]
    wish = KeyWish(
        form.get("name", "")[:60],
        form.getlist("scope"),
        form.get("days", 0, type=int),
        networks,
        form.get("per_minute", None, type=int),
        form.get("per_day", None, type=int),
    )
    return _secret(
        proxy_id,
        lambda session, now: keys.make(session, me(), _found(session, proxy_id), wish, desk().random, now)[1],
        "新密钥只显示这一次，请现在复制，用安全的方式交给对方：",
    )


@guarded("administrator")
def rotate_key(proxy_id: int, key_id: int) -> ResponseReturnValue:
    """A key in another's place: the page that shows it once."""
    return _secret(
        proxy_id,
        lambda session, now: keys.rotate(session, me(), _key(session, proxy_id, key_id), desk().random, now)[1],
        "新密钥只显示这一次。旧密钥还能再用一段时间，到时自动失效：",
    )


@guarded("administrator")
def revoke_key(proxy_id: int, key_id: int) -> ResponseReturnValue:
    """A key ends at once."""
    return _change(
        proxy_id, lambda session, now: keys.revoke(session, me(), _key(session, proxy_id, key_id), now), "密钥已撤销。"
    )


@guarded("administrator")
def switch_proxy(proxy_id: int) -> ResponseReturnValue:
    """Close the proxy's door, or open it again."""
    active = request.form.get("active") == "yes"
    return _change(
        proxy_id,
        lambda session, now: keys.set_active(session, me(), _found(session, proxy_id), active, now),
        "已启用。" if active else "已停用，密钥立即不能用。",
    )


@guarded("administrator")
def lift_proxy(proxy_id: int) -> ResponseReturnValue:
    """Let a blocked proxy work again."""
    why = request.form.get("why", "")[:500]
    return _change(
        proxy_id,
        lambda session, now: conduct.lift(session, _found(session, proxy_id), me(), why, now),
        "已恢复，信用评价从现在起重新计算。",
    )


@guarded("administrator")
def end_permission(proxy_id: int, permission_id: int) -> ResponseReturnValue:
    """A program may no longer sign in a person's name."""
    why = request.form.get("why", "")[:500]
    return _change(
        proxy_id,
        lambda session, now: permissions.end(session, _permission(session, proxy_id, permission_id), me(), why, now),
        "授权已结束，已告知本人。",
    )


@guarded("administrator")
def take_back_mark(proxy_id: int, mark_id: int) -> ResponseReturnValue:
    """A fact was unfounded."""
    why = request.form.get("why", "")[:500]
    return _change(
        proxy_id,
        lambda session, now: conduct.take_back(session, _mark(session, proxy_id, mark_id), me(), why, now),
        "已撤销，不再计入信用评价。",
    )


@guarded("administrator")
def hook_secret(proxy_id: int, hook_id: int) -> ResponseReturnValue:
    """Another secret for an address: the page that shows it once."""
    who = f"staff:{me().id}"
    return _secret(
        proxy_id,
        lambda session, now: hooks.change_secret(session, _hook(session, proxy_id, hook_id), who, desk().random, now),
        "新的签名密钥只显示这一次。24小时内新旧都签名：",
    )


@guarded("administrator")
def remove_hook(proxy_id: int, hook_id: int) -> ResponseReturnValue:
    """Tell an address nothing more."""
    who = f"staff:{me().id}"
    return _change(
        proxy_id,
        lambda session, now: hooks.remove(session, _hook(session, proxy_id, hook_id), who, now),
        "回调地址已删除。",
    )


@guarded("administrator")
def tell_again(proxy_id: int, delivery_id: int) -> ResponseReturnValue:
    """Send an event once more."""

    def send(session: Session, now: datetime) -> None:
        row = session.get(HookDelivery, delivery_id)
        if row is None or row.hook.proxy_id != proxy_id:
            abort(404)
        if not hooks.again(session, row, f"staff:{me().id}", now):
            raise NotAllowed("这一条还在排队，会自动发送")

    return _change(proxy_id, send, "已排队重发。")


@guarded("staff")
def mark_false(application_id: int) -> ResponseReturnValue:
    """A reviewer states that a proxy's documents are false."""
    app = desk()
    try:
        with app.store.write() as session:
            application = visible(session, application_id, lock=True)
            conduct.mark_false(session, application, me(), request.form.get("said", "")[:500], app.clock())
    except NotAllowed as refused:
        flash(str(refused), "bad")
    else:
        flash("已记为材料虚假，计入代办方的信用评价。", "good")
    return redirect(url_for("console.detail", application_id=application_id))


def _shown(session: Session, it: Proxy) -> dict[str, Any]:
    now, state = desk().clock(), request.args.get("consent", "")
    consents, counted = proxy_desk.consents(session, it, state, page_number())
    keyring = keys.keys_of(session, it)
    return {
        "it": it,
        "now": now,
        "measured": conduct.measure(session, it, now),
        "fact_names": conduct.FACT_NAMES,
        "keys": [(each, keys.is_live(each, now), keys.limits_of(session, each)) for each in keyring],
        "stages": proxy_desk.stages(session, it),
        "consents": consents,
        "counted": counted,
        "state": state,
        "hooks": hooks.hooks_of(session, it),
        "log": hooks.log(session, it),
        "events": hooks.EVENTS,
        "figures": {name: figure(session, name) for name in _FIGURES},
        "grounds": proxy_desk.GROUNDS,
        **_NAMES,
    }


def _change(proxy_id: int, act: Callable[[Session, datetime], Any], done: str) -> ResponseReturnValue:
    app = desk()
    try:
        with app.store.write() as session:
            act(session, app.clock())
    except (NotAllowed, Refused) as refused:
        flash(str(refused), "bad")
    else:
        flash(done, "good")
    return redirect(url_for("console.proxy", proxy_id=proxy_id))


def _secret(proxy_id: int, act: Callable[[Session, datetime], str], words: str) -> ResponseReturnValue:
    """Do something that gives a secret, and show it on this one page."""
    app = desk()
    try:
        with app.store.write() as session:
            secret = act(session, app.clock())
    except (NotAllowed, Refused) as refused:
        flash(str(refused), "bad")
        return redirect(url_for("console.proxy", proxy_id=proxy_id))
    with app.store.read() as session:
        return page("proxy.html", secret=secret, words=words, **_shown(session, _found(session, proxy_id)))


def _found(session: Session, proxy_id: int) -> Proxy:
    return session.get(Proxy, proxy_id) or abort(404)


def _key(session: Session, proxy_id: int, key_id: int) -> ProxyKey:
    row = session.get(ProxyKey, key_id)
    return row if row is not None and row.proxy_id == proxy_id else abort(404)


def _permission(session: Session, proxy_id: int, permission_id: int) -> ProxyAuthorisation:
    row = session.get(ProxyAuthorisation, permission_id, with_for_update=True)
    return row if row is not None and row.proxy_id == proxy_id and row.staff_id is not None else abort(404)


def _hook(session: Session, proxy_id: int, hook_id: int) -> ProxyHook:
    row = session.get(ProxyHook, hook_id)
    return row if row is not None and row.proxy_id == proxy_id else abort(404)


def _mark(session: Session, proxy_id: int, mark_id: int) -> ProxyMark:
    row = session.get(ProxyMark, mark_id)
    return row if row is not None and row.proxy_id == proxy_id else abort(404)
