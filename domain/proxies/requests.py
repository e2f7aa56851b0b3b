"""One POST acts once: its Idempotency-Key is kept with a mark of what was sent, and with the answer.

The answer is written in the transaction of the effect, so that either both are there or neither is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.proxies.refusals import Refused
from domain.proxies.tables import ProxyRequest
from domain.settings import figure

WORKS = timedelta(minutes=2)  # longer than any request takes; after it, whoever had it has died


@dataclass(frozen=True, slots=True)
class Begun:
    """A request may act under this number; or it has acted, and this is what it was answered."""

    id: int
    status: int | None = None
    body: Any = None


def begin(session: Session, proxy_id: int, key: str, mark: str, now: datetime) -> Begun:
    """Begin a request, or find what it was answered before. Refused: the key was used for something else, or somebody
    works on it at this moment."""
    mine = (ProxyRequest.proxy_id == proxy_id, ProxyRequest.key == key)
    row = session.scalar(select(ProxyRequest).where(*mine).with_for_update())
    if row is not None and row.begun_at < now - _kept(session):
        session.delete(row)
        session.flush()
        row = None
    if row is None:
        return _new(session, proxy_id, key, mark, now)
    if row.mark != mark:
        raise Refused("idempotency_key_reused", "这个 Idempotency-Key 已用于另一个请求，内容不同。请换一个新的。")
    if row.status is not None:
        return Begun(row.id, row.status, row.body)
    if row.begun_at > now - WORKS:
        raise Refused("in_flight", "同一个请求正在办理，请稍后再用同一个 Idempotency-Key 重试。")
    row.begun_at = now
    return Begun(row.id)


def finish(session: Session, request_id: int, status: int, body: Any) -> None:
    """Keep the answer, in the transaction of the effect."""
    session.execute(update(ProxyRequest).where(ProxyRequest.id == request_id).values(status=status, body=body))


def forget(session: Session, request_id: int) -> None:
    """Nothing was changed: the same key may be tried again, mended."""
    session.execute(delete(ProxyRequest).where(ProxyRequest.id == request_id, ProxyRequest.status.is_(None)))


def clear(session: Session, now: datetime) -> int:
    """Delete what is older than the setting says. How many."""
    gone = session.execute(delete(ProxyRequest).where(ProxyRequest.begun_at < now - _kept(session)))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _new(session: Session, proxy_id: int, key: str, mark: str, now: datetime) -> Begun:
    row = ProxyRequest(proxy_id=proxy_id, key=key, mark=mark, begun_at=now)
    session.add(row)
    try:
        session.flush()
    except IntegrityError:  # another process was as quick
        session.rollback()
        raise Refused("in_flight", "同一个请求正在办理，请稍后再用同一个 Idempotency-Key 重试。") from None
    return Begun(row.id)


def _kept(session: Session) -> timedelta:
    return timedelta(hours=figure(session, "proxy_repeat_hours"))
