"""Telling proxies: events leave from here, signed after Standard Webhooks, each address in its own order.

An address is looked up anew for each try, and only public ones are called (the one that was looked up, so that a name
cannot lead elsewhere meanwhile); a laptop may allow its own by HOOKS_ALLOW_PRIVATE.
"""

from __future__ import annotations

import ipaddress
import json
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import httpx
import structlog
from standardwebhooks import Webhook

from bot.app import App
from bot.singly import alone
from domain.proxies import hooks
from domain.proxies.tables import HookDelivery

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
LATE_ROUNDS = 100  # at the most in one go: another address waits, too

log = structlog.get_logger(__name__)


class NotPublic(ValueError):
    """The address leads to a machine of ours, or nowhere."""


@dataclass(frozen=True, slots=True)
class Call:
    """One event as it leaves."""

    row_id: int
    url: str
    content: bytes
    headers: dict[str, str]


def due(app: App) -> list[int]:
    """The addresses that something is due for; what a crash has left half sent is due again."""
    now = app.clock()
    with app.store.read() as session:
        if not hooks.is_stuck(session, now):
            return hooks.due(session, now)
    with app.store.write() as session:
        hooks.settle_stuck(session, now)
        return hooks.due(session, now)


def deliver(app: App, hook_id: int) -> int:
    """Send everything that is due for an address, one after the other; how many were taken. One worker at a time."""
    taken: list[int] = []

    def send() -> None:
        while len(taken) < LATE_ROUNDS and _deliver_next(app, hook_id):
            taken.append(hook_id)

    alone(app.redis, f"hook:{hook_id}", send, lasts=300)
    return len(taken)


def _deliver_next(app: App, hook_id: int) -> bool:
    now = app.clock()
    with app.store.write() as session:
        row = hooks.claim_next(session, hook_id, now)
        if row is None:
            return False
        call = _call(row, now)
    status, error = _send(call, app.settings.hooks_allow_private)
    with app.store.write() as session:
        row = session.get_one(HookDelivery, call.row_id)
        hooks.ended(session, row, status, error, app.clock())
        log.info("hook", delivery=row.id, state=row.state, status=status, error=error)
    return True


def _call(row: HookDelivery, now: datetime) -> Call:
    """The request: the same id in every try, so that the other side can tell a repeat."""
    content = json.dumps(row.body, ensure_ascii=False, separators=(",", ":"))
    number, hook = f"evt_{row.id}", row.hook
    old = hook.old_secret if hook.old_until is not None and hook.old_until > now else None
    at = now.astimezone(UTC)  # the library takes the clock's figures as they stand
    signed = [Webhook(secret).sign(number, at, content) for secret in (hook.secret, old) if secret]
    headers = {
        "content-type": "application/json",
        "user-agent": "service-desk-hooks/1",
        "webhook-id": number,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signed),
    }
    return Call(row.id, hook.url, content.encode(), headers)


def _send(call: Call, private: bool) -> tuple[int | None, str]:
    """The status of the answer, and why there is none. A redirect is not followed: it is no success."""
    try:
        url, host = pinned(call.url, private)
        with httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
            headers = call.headers | {"host": urlsplit(call.url).netloc}
            more = {"sni_hostname": host}
            answer = client.post(url, content=call.content, headers=headers, extensions=more)
    except NotPublic:
        return None, "not_public"
    except httpx.HTTPError as error:
        return None, type(error).__name__
    return answer.status_code, "" if answer.is_success else f"HTTP {answer.status_code}"


def pinned(url: str, private: bool) -> tuple[str, str]:
    """The address with the number that its name stands for now in the name's place, and the name. NotPublic where it
    leads to a private network, to this machine, or nowhere."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise NotPublic(host) from None
    numbers = [ipaddress.ip_address(each[4][0]) for each in found]
    if not numbers or not (private or all(_is_public(number) for number in numbers)):
        raise NotPublic(host)
    number = f"[{numbers[0]}]" if numbers[0].version == 6 else str(numbers[0])
    return urlunsplit((parts.scheme, f"{number}:{port}", parts.path or "/", parts.query, "")), host


def _is_public(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    inner = getattr(number, "ipv4_mapped", None) or number
    return inner.is_global and not inner.is_multicast
