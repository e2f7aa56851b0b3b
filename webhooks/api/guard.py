"""Who passes: each request brings a key that is known, allowed here, inside of its limits, and meant for this door."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Response, current_app, g, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from bot.app import App
from bot.redis import count_within
from domain.private import fingerprint
from domain.proxies import keys
from domain.proxies.refusals import Refused
from domain.proxies.tables import SCOPE_NAMES, ProxyKey
from webhooks.api.models import MOST_ID
from webhooks.api.parts import desk, refused

GUESSES = 30  # wrong keys from one address in a minute
_TROUBLES = {
    "revoked": ("key_revoked", "这个密钥已撤销，请向交易中心要新的。"),
    "expired": ("key_expired", "这个密钥已到期，请换用新的。"),
    "wrong_network": ("wrong_network", "这个密钥不能从这里使用，请核对登记的来源地址。"),
    "closed": ("closed", "贵单位的代办接口已停用，请联系交易中心。"),
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def guard() -> None:
    """Before every door: what its mark asks for. A door without a mark passes nobody."""
    view = current_app.view_functions[request.endpoint or ""]
    by = getattr(view, "__guard__", "")
    if by == "public":
        return
    app, now = desk(), desk().clock()
    found = _known(app, now)
    g.proxy_key = found
    _count(app, found, now)
    _may(view, found)
    _possible()
    _readable()


def seal(response: Response) -> Response:
    """After every door: what is left of the limits; nothing is kept by a cache or shown in a frame."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    for name, value in g.get("limits", {}).items():
        response.headers.setdefault(name, value)
    return response


def outside(error: HTTPException) -> Any:
    """An error that Flask itself found (no such path, wrong method, unreadable body), or that is our own, as a problem
    under /api."""
    if not request.path.startswith("/api/"):
        return error
    codes = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "media_type", 500: "internal"}
    words = {
        404: "没有这个地址，请看 /api/v1/docs。",
        405: "这个地址不接受这种方法。",
        413: "内容太大了。",
        500: "我们出错了，已记录。请稍后用同一个 Idempotency-Key 再试。",
    }
    code = codes.get(error.code or 400, "bad_request")
    made = refused(Refused(code, words.get(error.code or 400, "请求读不懂，请核对格式。")))
    if error.code == 405:
        made.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
    return seal(made)


def _known(app: App, now: datetime) -> ProxyKey:
    """The key, as far as it may be used from there now."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise Refused("key_missing", "请在请求头里带上 Authorization: Bearer 加密钥。")
    with app.store.read() as session:
        found = keys.found(session, text.strip())
        trouble = keys.trouble(found, request.remote_addr or "", now) if found is not None else ""
        g.limit = keys.limits_of(session, found) if found is not None else (0, 0)
    if found is None:
        _guessed(app)
        raise Refused("key_unknown", "密钥不对。请核对是否完整复制。")
    if trouble:
        raise Refused(*_TROUBLES[trouble])
    if keys.is_used_anew(found, now):
        with app.store.write() as session:
            session.get_one(ProxyKey, found.id).last_used_at = now
    return found


def _guessed(app: App) -> None:
    name = f"api-guess:{fingerprint('address', request.remote_addr or '')[:24]}"
    if count_within(app.redis, name, timedelta(minutes=1)) > GUESSES:
        g.limits = {"Retry-After": "60"}
        raise Refused("too_many", "错误的密钥太多，请一分钟后再试。")


def _count(app: App, found: ProxyKey, now: datetime) -> None:
    """Count this request; the headers say what is left (IETF RateLimit header fields)."""
    left = []
    for name, most, lasts in (("minute", g.limit[0], 60), ("day", g.limit[1], 86_400)):
        window, passed = divmod(int(now.timestamp()), lasts)
        used = count_within(app.redis, f"api:{found.id}:{name}:{window}", timedelta(seconds=lasts))
        left.append((name, most, lasts, most - used, lasts - passed))
    g.limits = {
        "RateLimit-Policy": ", ".join(f'"{name}";q={most};w={lasts}' for name, most, lasts, _, _ in left),
        "RateLimit": ", ".join(f'"{name}";r={max(0, rest)};t={wait}' for name, _, _, rest, wait in left),
    }
    over = [(most, wait, name) for name, most, _, rest, wait in left if rest < 0]
    if over:
        most, wait, name = max(over, key=lambda each: each[1])
        g.limits["Retry-After"] = str(wait)
        unit = "分钟" if name == "minute" else "天"
        raise Refused("too_many", f"每{unit}最多{most}次，请{wait}秒后再试。")


def _may(view: Any, found: ProxyKey) -> None:
    scope = getattr(view, "__scope__", None)
    if scope is not None and scope not in found.scopes:
        raise Refused("scope_missing", f"这个密钥没有“{SCOPE_NAMES[scope]}”权限，请联系交易中心。")
    if found.proxy.blocked_at is not None and request.method not in ("GET", "HEAD"):
        text = "信用评价过低，代办已暂停，只能查询。原因见 GET /api/v1/me，请联系交易中心。"
        raise Refused("conduct_blocked", text)


def _possible() -> None:
    """A number that no row can have names nothing; a database would stumble over it."""
    if any(isinstance(each, int) and each > MOST_ID for each in (request.view_args or {}).values()):
        raise Refused("not_found", "没有这个编号。")


def _readable() -> None:
    """A body is one JSON object, or a form where the door takes pictures."""
    if request.mimetype == "multipart/form-data" or not (
        request.content_length or "Transfer-Encoding" in request.headers
    ):
        return
    if request.method in ("GET", "HEAD", "DELETE"):
        return
    try:
        if not request.is_json:
            raise Refused("media_type", "请用 Content-Type: application/json 发送。")
        body = request.get_json()
    except RequestEntityTooLarge:
        raise Refused("too_large", "内容太大了，请分几次发。") from None
    if not isinstance(body, dict):
        raise Refused("invalid", "请求体要是一个 JSON 对象。")
