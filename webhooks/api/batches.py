"""Batches: many registrations in one request, each taken or refused for itself."""

from __future__ import annotations

from typing import Any

from spectree import Response
from sqlalchemy.orm import Session

from bot.proxies import work_batch
from domain.proxies import batches
from domain.proxies.tables import ProxyBatch, ProxyBatchItem, Scope
from webhooks.api.document import PROBLEMS, spec
from webhooks.api.models import Batch, BatchIn, RepeatHeaders
from webhooks.api.parts import answer, desk, missing, needs, once, reading, writing
from webhooks.guards import guarded


@guarded("key")
@needs(Scope.BATCH)
@spec.validate(headers=RepeatHeaders, resp=Response(HTTP_207=Batch, HTTP_202=Batch, **PROBLEMS), tags=("batches",))
@once
def create(json: BatchIn) -> Any:
    """批量建立登记

    每一份单独办：好的建立，不好的写明原因，互不影响。份数少的当场办完（207），多的在后台办（202），用返回的地址查进度。
    """
    app = desk()
    with writing() as (session, proxy):
        made = batches.keep(session, proxy, [each.model_dump() for each in json.items], app.clock())
        batch_id, small, where = made.id, batches.is_small(session, made), f"/api/v1/batches/{made.id}"
        later = answer(session, 202, _shown(session, made), where)
    if not small:
        app.doorbell.proxy_batch(batch_id)
        return later
    work_batch(app, batch_id)
    with writing() as (session, _):
        done = session.get_one(ProxyBatch, batch_id)
        return answer(session, 207 if done.done_at else 202, _shown(session, done), where)


@guarded("key")
@needs(Scope.READ)
@spec.validate(resp=Response(HTTP_200=Batch, **PROBLEMS), tags=("batches",))
def show(batch_id: int) -> Any:
    """看一批办得怎样

    每一份的 status 和单独请求时一样；还没有 status 的还在排队。
    """
    with reading() as (session, proxy):
        batch = batches.own(session, proxy, batch_id)
        if batch is None:
            raise missing("批次")
        return _shown(session, batch)


def _shown(session: Session, batch: ProxyBatch) -> dict[str, Any]:
    return {
        "id": batch.id,
        "state": "done" if batch.done_at is not None else "working",
        **batches.counts(session, batch),
        "created_at": batch.created_at.isoformat(),
        "items": [_item(each) for each in batches.items_of(session, batch)],
    }


def _item(row: ProxyBatchItem) -> dict[str, Any]:
    name = "registration" if (row.status or 0) < 300 else "problem"
    return {"place": row.place, "status": row.status} | ({name: row.answer} if row.status is not None else {})


ROUTES = (
    ("/batches", create, "POST"),
    ("/batches/<int:batch_id>", show, "GET"),
)
