"""Several notices become one message: the steps of one application within a minute, and a phone's tenth of a day on.

The first waits a minute for what follows; after one has left, the next ones wait until the window since
then is over. What waits under the same word leaves as its newest row, which names what the others said.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.messages.messages import OutboundMessage, OutState
from domain.messages.templates import SMS_TEMPLATES
from domain.notices.catalogue import CATALOGUE
from domain.notices.times import next_digest, next_time
from domain.people.contacts import SMS, Address
from domain.registration.applications import Application
from domain.settings import figure
from domain.workdays import CHINA

DIGEST = "digest"
BATCH = "batch"  # the channel of what came by a spreadsheet
COUNTED = (OutState.PENDING, OutState.SENDING, OutState.SENT, OutState.DELIVERED)
STAGES = tuple(name for name, event in CATALOGUE.items() if event.merges)
_ALONE = "returned"  # it asks the person to do something: never in a digest, and its reason is never left out


def join(session: Session, row: OutboundMessage, place: Address, application_id: int, now: datetime) -> None:
    """Give a new row its merge word, and hold it as long as the others under that word are to be waited for."""
    pause = timedelta(seconds=figure(session, "merge_pause_seconds"))
    window = timedelta(seconds=figure(session, "merge_seconds"))
    if not window:
        return
    if _is_one_of_many(session, row, place, application_id, now):
        row.merge, row.due_at = DIGEST, max(row.due_at, next_digest(session, now))
        return
    row.merge = f"stage:{application_id}"
    row.due_at = max(row.due_at, _window_end(session, place, row.merge, now, pause, window))


def _is_one_of_many(session: Session, row: OutboundMessage, place: Address, application_id: int, now: datetime) -> bool:
    """Whether it goes into the day's digest: beyond the setting's number of SMS, and on either channel what concerns a
    batch, hundreds of which move at once. A single return still comes at once, with its reason."""
    many = _told_today(session, place, now) >= figure(session, "digest_from")
    if session.get_one(Application, application_id).channel == BATCH:
        return row.event != _ALONE or many
    return place.channel == SMS and row.event != _ALONE and many


def fold(session: Session, first: OutboundMessage, now: datetime) -> OutboundMessage:
    """Of what waits under the first row's word, only the newest stays, due now; the others say that they were merged.
    Gives back the row that stands."""
    group = _waiting(session, first)
    newest = group[-1]
    if len(group) == 1:
        return newest
    for row in group[:-1]:
        row.state = OutState.MERGED
    body = _digest(newest, len(group)) if first.merge == DIGEST else _steps(newest, group)
    newest.body, newest.due_at = {**body, "planned": min(planned(row) for row in group).isoformat()}, now
    return newest


def planned(row: OutboundMessage) -> datetime:
    """When a row was meant to leave: as written, or where quiet hours and merging put it."""
    meant = (row.body or {}).get("planned")
    return datetime.fromisoformat(meant) if meant else row.created_at


def _waiting(session: Session, first: OutboundMessage) -> list[OutboundMessage]:
    query = select(OutboundMessage).where(
        OutboundMessage.address_id == first.address_id,
        OutboundMessage.merge == first.merge,
        OutboundMessage.state == OutState.PENDING,
    )
    return list(session.scalars(query.order_by(OutboundMessage.id)))


def _window_end(
    session: Session, place: Address, word: str, now: datetime, pause: timedelta, window: timedelta
) -> datetime:
    same = (OutboundMessage.address_id == place.id, OutboundMessage.merge == word)
    waiting = session.scalar(
        select(func.min(OutboundMessage.due_at)).where(*same, OutboundMessage.state == OutState.PENDING)
    )
    if waiting is not None:
        return waiting
    sent = session.scalar(select(func.max(OutboundMessage.sent_at)).where(*same))
    return max(now + pause, sent + window) if sent is not None else now + pause


def _told_today(session: Session, place: Address, now: datetime) -> int:
    """How many messages about stages this phone gets today; a digest counts once."""
    midnight = next_time(now, datetime.min.time()) - timedelta(days=1)
    query = select(func.count()).where(
        OutboundMessage.address_id == place.id,
        OutboundMessage.event.in_(STAGES),
        OutboundMessage.state.in_(COUNTED),
        OutboundMessage.created_at >= midnight.astimezone(CHINA),
    )
    return session.scalar(query) or 0


def _digest(newest: OutboundMessage, count: int) -> dict[str, Any]:
    body = dict(newest.body or {})
    params = {"count": str(count), "company": body["params"]["company"], "number": body["params"]["number"]}
    return {**body, "sms": "digest", "params": params, "text": SMS_TEMPLATES["digest"].render(params)}


def _steps(newest: OutboundMessage, group: list[OutboundMessage]) -> dict[str, Any]:
    """The newest row's body, naming the steps before it. A return keeps its own words: they hold the reason."""
    body = dict(newest.body or {})
    titles = [CATALOGUE[row.event].title for row in group]
    passed = "、".join(dict.fromkeys(titles))
    said = {**body, "text": f"{body['text']}\n（本条合并了：{passed}）"}
    if newest.event == _ALONE:
        return said
    fields = body.get("fields") or {}
    params = {
        "company": body["params"]["company"],
        "number": body["params"]["number"],
        "steps": passed,
        "next": str(fields.get("thing4") or "请留意后续通知"),
    }
    return {**said, "sms": "progress", "params": params}
