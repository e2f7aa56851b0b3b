"""Many registrations in one request: rows that are worked on one after the other, each in its own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.proxies.refusals import Refused
from domain.proxies.tables import Proxy, ProxyBatch, ProxyBatchItem
from domain.settings import figure


def keep(session: Session, proxy: Proxy, items: Sequence[Mapping[str, Any]], now: datetime) -> ProxyBatch:
    """Keep a batch as it was sent. Refused: there are more items than the setting takes."""
    most = figure(session, "proxy_batch_most")
    if len(items) > most:
        raise Refused("batch_too_large", f"一批最多{most}份，现在是{len(items)}份，请分几批。")
    made = ProxyBatch(proxy_id=proxy.id, total=len(items), created_at=now)
    session.add(made)
    session.flush()
    session.add_all(ProxyBatchItem(batch_id=made.id, place=at, sent=dict(item)) for at, item in enumerate(items))
    session.flush()
    return made


def is_small(session: Session, batch: ProxyBatch) -> bool:
    """Whether a batch is done while its proxy waits for the answer."""
    return batch.total <= figure(session, "proxy_batch_at_once")


def own(session: Session, proxy: Proxy, batch_id: int) -> ProxyBatch | None:
    """The proxy's batch of that number; None for anybody else's."""
    return session.scalar(select(ProxyBatch).where(ProxyBatch.id == batch_id, ProxyBatch.proxy_id == proxy.id))


def unfinished(session: Session) -> list[int]:
    """The batches that somebody has to go on with, the oldest first."""
    return list(session.scalars(select(ProxyBatch.id).where(ProxyBatch.done_at.is_(None)).order_by(ProxyBatch.id)))


def waiting(session: Session, batch_id: int) -> list[int]:
    """The items of a batch that nobody has worked on, in order."""
    mine = (ProxyBatchItem.batch_id == batch_id, ProxyBatchItem.status.is_(None))
    return list(session.scalars(select(ProxyBatchItem.id).where(*mine).order_by(ProxyBatchItem.place)))


def finish_if_done(session: Session, batch_id: int, now: datetime) -> None:
    """Close the batch once nothing of it waits."""
    batch = session.get_one(ProxyBatch, batch_id)
    if batch.done_at is None and not waiting(session, batch_id):
        batch.done_at = now


def counts(session: Session, batch: ProxyBatch) -> dict[str, int]:
    """How many items are done, went well, and did not."""
    rows = session.execute(
        select(ProxyBatchItem.status, func.count())
        .where(ProxyBatchItem.batch_id == batch.id, ProxyBatchItem.status.is_not(None))
        .group_by(ProxyBatchItem.status)
    )
    found = {int(status): number for status, number in rows if status is not None}
    good = sum(number for status, number in found.items() if status < 300)
    return {"total": batch.total, "done": sum(found.values()), "succeeded": good, "failed": sum(found.values()) - good}


def items_of(session: Session, batch: ProxyBatch) -> list[ProxyBatchItem]:
    """The items of a batch, in order."""
    mine = select(ProxyBatchItem).where(ProxyBatchItem.batch_id == batch.id)
    return list(session.scalars(mine.order_by(ProxyBatchItem.place)))
