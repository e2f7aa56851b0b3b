"""Batches that nobody confirms: the person is told beforehand, once; then what the file has filled in is removed.

The uploaded file itself is never kept, only its rows. What was submitted stays, and so does the file's line in the
list, which says what became of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from domain.evidence import record
from domain.groups.batch_consent import summary
from domain.groups.batch_rows import slot
from domain.groups.batch_told import place_of, write
from domain.groups.batches import Batch, BatchRow, BatchState, RowState, counts
from domain.messages.links import LinkPurpose
from domain.messages.messages import OutboundMessage, Say
from domain.notices.times import after_quiet
from domain.people.contacts import SMS, WECHAT
from domain.questions.questions import run_out
from domain.queue import name_marks
from domain.registration.applications import Application, FieldValue, Stage
from domain.registration.parties import Party
from domain.registration.registration import Scene
from domain.review import review
from domain.rules import troubles
from domain.rules.judgements import Judgement
from domain.settings import figure
from domain.workdays import local_day

_UNDONE = (RowState.READY, RowState.PROBLEM, RowState.MOVED)  # rows of which nothing was handed in
_AT_A_TIME = 100  # rows that are removed in one transaction: others write, too


def ending(session: Session, now: datetime) -> list[int]:
    """The batches with something to confirm that come to their end soon, and whose person was not told of it yet."""
    early = figure(session, "batch_days") - figure(session, "batch_warn_days")
    found = _checked_before(session, now - timedelta(days=early))
    return [each for each in found if _told_at(session, each) is None and counts(session, each)[RowState.READY]]


def warn(session: Session, batch_id: int, scene: Scene, host: str) -> bool:
    """Tell the person that their file comes to its end, once, and not at night. False where nobody can be told, or the
    person was quicker."""
    batch = session.get_one(Batch, batch_id, with_for_update=True)
    place = place_of(session, batch)
    if place is None or batch.state != BatchState.CHECKED or _told_at(session, batch.id) is not None:
        return False
    days = figure(session, "batch_warn_days")
    text = (
        f"{summary(session, batch)}\n还没有确认提交。{days}天后会清除，之后要办就得重新上传。"
        "回复“批量注册”可以看结果、确认提交。"
    )
    short = f"您上传的批量注册表格还没有确认，{days}天后清除。要提交请回复批量注册"
    due_at = after_quiet(session, scene.now)
    said, key = Say(text, short=short, page=LinkPurpose.BATCH), _key(batch.id, place.channel)
    write(session, batch, place, said, key, scene, host, due_at)
    return True


def ended(session: Session, now: datetime) -> list[int]:
    """The batches whose days are over: those whose person was told in time, cannot be told, or has nothing in them to
    confirm; and those that are done or were removed and have rows left of which nothing was handed in."""
    notice = timedelta(days=figure(session, "batch_warn_days"))
    days_ago = now - timedelta(days=figure(session, "batch_days"))
    found = []
    for batch_id in _checked_before(session, days_ago):
        told_at = _told_at(session, batch_id)
        told = told_at is not None and told_at <= now - notice
        if told or (told_at is None and _nothing_to_say(session, batch_id)):
            found.append(batch_id)
    return [*found, *_left_behind(session, days_ago)]


def close(session: Session, batch_id: int, now: datetime) -> bool:
    """Close a batch that nobody confirmed, and its question: from now on no yes submits it. False where the person was
    quicker, or it was over before."""
    batch = session.get_one(Batch, batch_id)
    run_out(session, batch.contact_id, slot(batch_id), now)  # the question before the batch, as an answer locks them
    closed = session.execute(
        update(Batch)
        .where(Batch.id == batch_id, Batch.state == BatchState.CHECKED)
        .values(state=BatchState.REMOVED, done_at=now)
    )
    if closed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    record(session, "batch_removed", ("batch", batch_id), "system", {"file": batch.name, "rows": batch.row_count}, now)
    return True


def erase(session: Session, batch_id: int, now: datetime) -> int:
    """Remove some of the rows of which nothing was handed in, with the drafts that they filled in; how many. Only where
    the batch is over."""
    over = select(Batch.id).where(Batch.id == batch_id, Batch.state.in_((BatchState.REMOVED, BatchState.DONE)))
    rows = session.scalars(
        select(BatchRow).where(BatchRow.batch_id.in_(over), BatchRow.state.in_(_UNDONE)).limit(_AT_A_TIME)
    ).all()
    _empty(session, [row.application_id for row in rows if row.application_id and row.state != RowState.MOVED], now)
    session.execute(delete(BatchRow).where(BatchRow.id.in_([row.id for row in rows])))
    return len(rows)


def kept_until(session: Session, batch: Batch) -> date | None:
    """The day until which a batch that waits for its person's word is kept; None where it does not wait."""
    if batch.state != BatchState.CHECKED or batch.checked_at is None:
        return None
    return local_day(batch.checked_at + timedelta(days=figure(session, "batch_days")))


def _empty(session: Session, application_ids: Sequence[int], now: datetime) -> None:
    """Cancel the drafts that the file has begun, and take all out of them that names anybody. One that a person began
    in the chat goes back to the chat as it is."""
    query = select(Application).where(Application.id.in_(application_ids), Application.stage == Stage.FILLING)
    drafts = session.scalars(query.where(Application.channel == "batch", Application.number.is_(None))).all()
    mine = [each for each in drafts if not _from_the_chat(each)]
    for each in drafts:
        if each not in mine:
            each.channel = ""
    ids = [each.id for each in mine]
    troubles.abandoned(session, ids)
    for each in mine:
        review.move(session, each, Stage.CANCELLED, "cancelled", "system", now)
        each.facts, each.decided, each.missing_facts = None, {}, []
        each.code_mark = each.account_mark = each.phone_mark = None
    session.flush()
    for table in (FieldValue, Judgement, Party):
        session.execute(delete(table).where(table.application_id.in_(ids)))
    name_marks.remark(session, ids)


def _from_the_chat(application: Application) -> bool:
    """Whether somebody said or sent something in a talk about it: a file's draft is never asked about."""
    return bool(application.photos or application.asking or application.trail)


def _checked_before(session: Session, moment: datetime) -> list[int]:
    query = select(Batch.id).where(Batch.state == BatchState.CHECKED, Batch.checked_at <= moment)
    return list(session.scalars(query.order_by(Batch.id)))


def _left_behind(session: Session, moment: datetime) -> list[int]:
    """Batches that are over and have rows of which nothing was handed in: a removal that was cut short goes on."""
    over: ColumnElement[bool] = or_(
        Batch.state == BatchState.REMOVED, (Batch.state == BatchState.DONE) & (Batch.done_at <= moment)
    )
    undone = select(BatchRow.id).where(BatchRow.batch_id == Batch.id, BatchRow.state.in_(_UNDONE))
    return list(session.scalars(select(Batch.id).where(over, undone.exists()).order_by(Batch.id)))


def _nothing_to_say(session: Session, batch_id: int) -> bool:
    unreached = place_of(session, session.get_one(Batch, batch_id)) is None
    return unreached or not counts(session, batch_id)[RowState.READY]


def _told_at(session: Session, batch_id: int) -> datetime | None:
    keys = [_key(batch_id, channel) for channel in (WECHAT, SMS)]
    return session.scalar(select(func.min(OutboundMessage.created_at)).where(OutboundMessage.key.in_(keys)))


def _key(batch_id: int, channel: str) -> str:
    """Ends with the channel: by that the other one takes over what this one cannot send."""
    return f"batch:{batch_id}:ending:{channel}"
