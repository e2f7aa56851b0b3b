"""What a proxy is told of: events as rows, written with the change that causes them, sent later by a worker.

Delivery is at least once and in order of each address as long as it answers; after a failure a later event may overtake
an earlier one. The payload names things by number and holds no personal data: who wants to know more, asks the API.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlalchemy.orm import Session, object_session

from domain.evidence import record
from domain.proxies.refusals import Refused
from domain.proxies.tables import HookDelivery, HookState, Proxy, ProxyHook
from domain.registration.applications import STAGE_NAMES, Application, Stage
from domain.settings import figure

EVENTS: Mapping[str, str] = {
    "registration.stage_changed": "注册进度变化",
    "registration.returned": "注册被退回",
    "authorisation.answered": "用户答复了授权",
    "supplement.due": "容缺材料快到期",
    "conduct.changed": "信用评价预警、暂停或恢复",
}
# Minutes between the tries: eight of them, over a day.
BACK_OFF = (1, 5, 15, 60, 180, 420, 780)
TRIES = len(BACK_OFF) + 1
CLAIM = timedelta(minutes=2)  # longer than a try takes; after it, another may try
OVERLAP = timedelta(hours=24)  # for so long the secret from before signs as well


def add(
    session: Session,
    proxy: Proxy,
    url: str,
    events: Sequence[str],
    who: str,
    random: Random,
    now: datetime,
    *,
    plain: bool = False,
) -> tuple[ProxyHook, str]:
    """Tell an address of events, and hand out the secret that signs them: it is shown once. `plain` allows http, for a
    laptop. Refused says what is wrong."""
    _check(url, events, plain)
    most = figure(session, "proxy_hooks")
    if len(hooks_of(session, proxy)) >= most:
        raise Refused("bad_hook", f"最多登记{most}个回调地址，请先删除不用的")
    secret = new_secret(random)
    chosen = [name for name in EVENTS if name in events]
    made = ProxyHook(proxy_id=proxy.id, url=url, events=chosen, secret=secret, created_at=now)
    session.add(made)
    session.flush()
    record(session, "proxy_hook_added", ("proxy", proxy.id), who, {"hook": made.id, "url": url}, now)
    return made, secret


def new_secret(random: Random) -> str:
    """A secret as Standard Webhooks writes it: whsec_ and 32 bytes in base64."""
    return "whsec_" + base64.b64encode(random.randbytes(32)).decode()


def change_secret(session: Session, hook: ProxyHook, who: str, random: Random, now: datetime) -> str:
    """Give an address another secret. For a day both sign, so that nothing is missed."""
    hook.old_secret, hook.old_until, hook.secret = hook.secret, now + OVERLAP, new_secret(random)
    record(session, "proxy_hook_secret", ("proxy", hook.proxy_id), who, {"hook": hook.id}, now)
    return hook.secret


def remove(session: Session, hook: ProxyHook, who: str, now: datetime) -> None:
    """Tell an address nothing more. What waits for it is not sent."""
    hook.active = False
    session.execute(
        update(HookDelivery)
        .where(HookDelivery.hook_id == hook.id, HookDelivery.state == HookState.PENDING)
        .values(state=HookState.DEAD, error="removed")
    )
    record(session, "proxy_hook_removed", ("proxy", hook.proxy_id), who, {"hook": hook.id}, now)


def hooks_of(session: Session, proxy: Proxy) -> list[ProxyHook]:
    """The addresses that a proxy has now, oldest first."""
    mine = (ProxyHook.proxy_id == proxy.id, ProxyHook.active.is_(True))
    return list(session.scalars(select(ProxyHook).where(*mine).order_by(ProxyHook.id)))


def tell(session: Session, proxy_id: int, event: str, key: str, data: Mapping[str, Any], now: datetime) -> None:
    """Write an event down for each address that wants it; once for each `key`."""
    mine = select(ProxyHook).where(ProxyHook.proxy_id == proxy_id, ProxyHook.active.is_(True))
    for hook in session.scalars(mine).all():
        if event not in hook.events or _is_told(session, hook, key):
            continue
        body = {"type": event, "timestamp": now.isoformat(), "data": dict(data)}
        session.add(HookDelivery(hook=hook, event=event, key=key, body=body, due_at=now, created_at=now))


def stage_changed(application: Application, stage: str, now: datetime) -> None:
    """An application has moved: its proxy is told, in the same transaction. Nothing where no proxy filed it."""
    session = object_session(application)
    if session is None or application.proxy_id is None:
        return
    key = f"{application.id}:{len(application.steps)}"
    data = {"registration": application.id, "number": application.number, "stage": stage}
    told = data | {"title": STAGE_NAMES[Stage(stage)]}
    tell(session, application.proxy_id, "registration.stage_changed", f"stage:{key}", told, now)
    if stage == Stage.RETURNED:
        tell(session, application.proxy_id, "registration.returned", f"returned:{key}", data, now)


def due(session: Session, now: datetime, limit: int = 200) -> list[int]:
    """The addresses that something is due for."""
    query = select(HookDelivery.hook_id).where(HookDelivery.state == HookState.PENDING, HookDelivery.due_at <= now)
    return list(session.scalars(query.group_by(HookDelivery.hook_id).limit(limit)))


def claim_next(session: Session, hook_id: int, now: datetime) -> HookDelivery | None:
    """Take the next event for an address to send it; None where nothing is due, or somebody else has it."""
    mine = (HookDelivery.hook_id == hook_id, HookDelivery.state == HookState.PENDING, HookDelivery.due_at <= now)
    found = session.scalar(select(HookDelivery.id).where(*mine).order_by(HookDelivery.id).limit(1))
    if found is None:
        return None
    taken = session.execute(
        update(HookDelivery)
        .where(HookDelivery.id == found, HookDelivery.state == HookState.PENDING)
        .values(state=HookState.SENDING, claimed_at=now, attempts=HookDelivery.attempts + 1)
    )
    row = session.get_one(HookDelivery, found, populate_existing=True)
    return row if taken.rowcount == 1 else None  # type: ignore[attr-defined]


def ended(session: Session, row: HookDelivery, status: int | None, error: str, now: datetime) -> None:
    """Write down what a try gave. Only a 2xx is a success; 410 means that the address wants nothing more."""
    row.status, row.error = status, error
    if status is not None and 200 <= status < 300:
        row.state, row.delivered_at, row.error = HookState.DELIVERED, now, ""
        return
    if status == 410 or row.attempts >= TRIES:
        row.state = HookState.DEAD
        return
    row.state, row.due_at = HookState.PENDING, now + timedelta(minutes=BACK_OFF[row.attempts - 1])


def is_stuck(session: Session, now: datetime) -> bool:
    """Whether a try was begun and never finished."""
    row = HookDelivery
    late = (row.state == HookState.SENDING, row.claimed_at < now - CLAIM)
    return session.scalar(select(row.id).where(*late).limit(1)) is not None


def settle_stuck(session: Session, now: datetime) -> int:
    """What was claimed and never finished is tried again: the other side must bear to hear a thing twice. How many."""
    back = session.execute(
        update(HookDelivery)
        .where(HookDelivery.state == HookState.SENDING, HookDelivery.claimed_at < now - CLAIM)
        .values(state=HookState.PENDING, due_at=now)
    )
    return int(back.rowcount)  # type: ignore[attr-defined]


def again(session: Session, row: HookDelivery, who: str, now: datetime) -> bool:
    """Send an event once more by hand, with all its tries. False while it is on its way anyhow."""
    if row.state not in (HookState.DEAD, HookState.DELIVERED):
        return False
    row.state, row.attempts, row.due_at, row.error = HookState.PENDING, 0, now, ""
    record(session, "proxy_hook_again", ("proxy", row.hook.proxy_id), who, {"delivery": row.id}, now)
    return True


def log(session: Session, proxy: Proxy, limit: int = 50, before: int | None = None) -> list[HookDelivery]:
    """What a proxy's addresses were told, newest first; those before one where it is named."""
    query = select(HookDelivery).join(ProxyHook).where(ProxyHook.proxy_id == proxy.id)
    if before is not None:
        query = query.where(HookDelivery.id < before)
    return list(session.scalars(query.order_by(HookDelivery.id.desc()).limit(limit)))


def _check(url: str, events: Sequence[str], plain: bool) -> None:
    """The form of the address. Where it leads is looked at each time that something is sent there."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (plain and parts.scheme == "http"):
        raise Refused("bad_hook", "回调地址要以 https:// 开头")
    if not parts.hostname or parts.username or parts.password or parts.fragment or len(url) > 500:
        raise Refused("bad_hook", "回调地址不对：不能带用户名、密码或 # 片段，最长500个字符")
    if not events or not set(events) <= set(EVENTS):
        raise Refused("bad_hook", f"请选择要收到的事件：{'、'.join(EVENTS)}")


def _is_told(session: Session, hook: ProxyHook, key: str) -> bool:
    row = HookDelivery
    return session.scalar(select(row.id).where(row.hook_id == hook.id, row.key == key)) is not None
