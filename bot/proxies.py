"""What a proxy's request needs of the outside: sources are asked, documents read, batches worked on, rows tended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import App
from bot.doorbell import OCR
from bot.inquiry import inquire
from bot.problems import problem
from bot.redis import length
from bot.singly import alone
from domain.proxies import authorisations, batches, conduct, hook_events, items, requests, views
from domain.proxies.documents import take_over
from domain.proxies.refusals import Refused
from domain.proxies.tables import Proxy, ProxyBatch, ProxyBatchItem, ProxyDocument
from domain.registration.applications import Application, Photo
from domain.registration.filing import wanted_of
from domain.registration.readings import Reading
from domain.sources import records
from domain.sources.lookups import Facts, Lookup, Where

LOST = timedelta(minutes=2)  # a document that nobody has read by then: its ring was lost

log = structlog.get_logger(__name__)


class DocumentReader(Protocol):
    """Reads a picture of a document."""

    def read(self, picture: bytes) -> Reading:
        """What the picture says; a reading with `trouble` when it says nothing."""


def facts_of(app: App, row: Mapping[str, str]) -> Facts:
    """What the sources know of a registration to be. Asked in turns: a company follows from its account."""
    facts = Facts()
    while lookups := wanted_of(row, facts):
        told = inquire(app, lookups)
        merge(facts, told)
    return facts


def merge(facts: Facts, more: Facts) -> None:
    """Let what was told now stand beside what was told before."""
    for name in facts.__dataclass_fields__:
        getattr(facts, name).update(getattr(more, name))


def read_document(app: App, photo_id: int, reader: DocumentReader) -> None:
    """Read a document that a proxy has sent (in the OCR worker), and take it over where it belongs already."""
    with app.store.read() as session:
        photo = session.get(Photo, photo_id)
        if photo is None or photo.reading is not None or not photo.file:
            return
        name = photo.file
    reading = reader.read(app.photos.read(name))
    code = reading.code()
    facts = inquire(app, [Lookup(Where.REGISTRY, code)] if code and not reading.trouble else [])
    now = app.clock()
    with app.store.write() as session:
        records.keep(session, facts)
        photo = session.get_one(Photo, photo_id, with_for_update=True)
        photo.reading, photo.kind = reading.to_json(), "" if reading.trouble else reading.kind
        row = session.scalars(select(ProxyDocument).where(ProxyDocument.photo_id == photo_id)).one()
        if row.application_id is not None:
            application = session.get_one(Application, row.application_id)
            take_over(application, row, photo, facts, now)


def work_batch(app: App, batch_id: int) -> None:
    """Work on what is left of a batch. One worker at a time; whoever comes after a crash goes on where it stopped."""
    alone(app.redis, f"proxy-batch:{batch_id}", lambda: _work_on(app, batch_id), lasts=600)


def _work_on(app: App, batch_id: int) -> None:
    with app.store.read() as session:
        waiting = batches.waiting(session, batch_id)
    for item_id in waiting:
        _work_item(app, item_id)
    with app.store.write() as session:
        batches.finish_if_done(session, batch_id, app.clock())


def tend(app: App) -> list[int]:
    """Every few seconds: questions that nobody answered, what is due to be told, documents of which the ring was lost.
    The batches that wait."""
    now = app.clock()
    with app.store.write() as session:
        authorisations.lapse(session, now)
    with app.store.read() as session:
        unread = session.scalars(
            select(ProxyDocument.photo_id)
            .join(Photo, Photo.id == ProxyDocument.photo_id)
            .where(Photo.reading.is_(None), Photo.erased_at.is_(None), Photo.received_at < now - LOST)
        ).all()
        waiting = batches.unfinished(session)
    if not length(app.redis, OCR):  # else it waits its turn there, and was not lost
        for photo_id in unread:
            app.doorbell.document(photo_id)
    return waiting


def daily(app: App) -> tuple[int, int, int]:
    """Once a day: every proxy's conduct is looked at, documents that are due soon are told of, old answers deleted."""
    now, changed = app.clock(), 0
    with app.store.read() as session:
        found = list(session.scalars(select(Proxy.id)))
    for proxy_id in found:
        with app.store.write() as session:
            changed += bool(conduct.settle(session, session.get_one(Proxy, proxy_id, with_for_update=True), now))
    with app.store.write() as session:
        hook_events.supplements_due(session, now)
        requests.clear(session, now)
    return len(found), changed, 0


def _work_item(app: App, item_id: int) -> None:
    with app.store.read() as session:
        item = session.get_one(ProxyBatchItem, item_id)
        if item.status is not None:
            return
        sent: dict[str, Any] = dict(item.sent)
    facts = facts_of(app, items.row_of(sent))
    now = app.clock()
    try:
        with app.store.write() as session:
            records.keep(session, facts)
            item = session.get_one(ProxyBatchItem, item_id, with_for_update=True)
            if item.status is not None:
                return  # another worker was as quick
            item.answer, item.status = _file(session, app, item, sent, facts, now), 201
    except Refused as refused:
        with app.store.write() as session:
            item = session.get_one(ProxyBatchItem, item_id)
            item.status, item.answer = problem(refused)


def _file(
    session: Session, app: App, item: ProxyBatchItem, sent: Mapping[str, Any], facts: Facts, now: datetime
) -> dict[str, Any]:
    proxy = session.get_one(Proxy, session.get_one(ProxyBatch, item.batch_id).proxy_id)
    if proxy.blocked_at is not None or not proxy.active:
        raise Refused("conduct_blocked", "信用评价过低，代办已暂停，这一份没有办理。")
    made = items.create(session, proxy, sent, facts, now, app.random)
    return views.registration(session, proxy, made.application, now, made.problems)
