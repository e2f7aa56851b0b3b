"""Approving many at once: a preview that says which will pass and which will not, then exactly these and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from domain.base import Base, Sealed, UtcDateTime
from domain.evidence import record
from domain.people.staff import Staff
from domain.registration.applications import Application, FieldValue
from domain.registration.kinds import ROLE_NAMES
from domain.registration.parties import objecting
from domain.review import claims, review, undo
from domain.review.conflicts import refused
from domain.rules.rules import Problem, judge
from domain.settings import figure
from domain.workdays import local_day

MOST = 500  # applications in one batch
AT_ONCE = 25  # in one transaction, so that nobody else waits long


class ItemState(StrEnum):
    """How far one application of a batch is."""

    WOULD_PASS = "would_pass"
    WOULD_FAIL = "would_fail"
    CLAIMED = "claimed"  # it would pass, but a colleague has taken it (“我来办”): left out unless it is ticked
    APPROVED = "approved"
    FAILED = "failed"  # it would have passed at the preview, and did not
    UNDONE = "undone"


class ReviewBatch(Base):
    """What one person looked at to approve together. Made by the preview, done once, taken back as a whole."""

    __tablename__ = "review_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    items: Mapped[list[ReviewBatchItem]] = relationship(order_by="ReviewBatchItem.id")

    def in_state(self, *states: ItemState) -> list[ReviewBatchItem]:
        """The applications that are so far."""
        return [item for item in self.items if item.state in states]


class ReviewBatchItem(Base):
    """One application of a batch, as the preview saw it, and what came of it."""

    __tablename__ = "review_batch_items"
    __table_args__ = (UniqueConstraint("batch_id", "application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("review_batches.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    step_id: Mapped[int]  # the step that was running
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when the application had changed last
    state: Mapped[str]
    why: Mapped[str | None] = mapped_column(Sealed)  # why not; of one that would pass, what a person has to look at
    application: Mapped[Application] = relationship()


def preview(
    session: Session, staff: Staff, ids: Sequence[int], now: datetime, changed: Mapping[int, str] | None = None
) -> ReviewBatch:
    """Look at what would happen, and keep it, with what a person has to look at. What this person may not see is not
    there; what a colleague has taken is named, and left out until it is included. `changed`: what the sources say
    otherwise since the submission, by application; a person looks at those one by one."""
    query = review.may_see(staff).where(Application.id.in_(ids[:MOST])).options(*_whole())
    batch, taken = ReviewBatch(staff_id=staff.id, made_at=now), _taken(session, ids[:MOST], staff, now)
    for application in session.scalars(query.order_by(Application.stage_since, Application.id)):
        problems = judge(session, application, local_day(now))
        why = (changed or {}).get(application.id) or _why_not(session, application, staff, problems, now)
        item = ReviewBatchItem(
            application=application,
            step_id=application.steps[-1].id if application.steps else 0,
            seen_at=application.updated_at,
            state=_state(why, taken.get(application.id, "")),
            why=why or "；".join(filter(None, (taken.get(application.id), _to_look_at(problems)))) or None,
        )
        batch.items.append(item)
    session.add(batch)
    session.flush()
    return batch


def mine(
    session: Session, batch_id: int, staff: Staff, *, lock: bool = False, named: bool = False
) -> ReviewBatch | None:
    """A batch of this person's own. `named`: with the numbers and companies of its applications, for a page."""
    query = select(ReviewBatch).where(ReviewBatch.id == batch_id, ReviewBatch.staff_id == staff.id)
    if named:
        query = query.options(*_named())
    return session.scalar(query.with_for_update() if lock else query)


def include(session: Session, batch: ReviewBatch, item_ids: Sequence[int], now: datetime) -> int:
    """Approve these as well, although a colleague has taken them: they were ticked one by one. How many."""
    also = [item for item in batch.in_state(ItemState.CLAIMED) if item.id in item_ids]
    for item in also if batch.done_at is None else []:
        item.state = ItemState.WOULD_PASS
        data = {"batch": batch.id, "said": item.why}
        who = f"staff:{batch.staff_id}"
        record(session, "claim_passed_over", ("application", item.application_id), who, data, now)
    return len(also)


def approve_next(session: Session, batch: ReviewBatch, staff: Staff, now: datetime, most: int = AT_ONCE) -> int:
    """Approve the next ones that would pass; how many were taken up, 0 when all are through. Each stands for itself:
    one that has changed since the preview fails with the reason, and the others go on. Nothing is done twice."""
    todo = batch.in_state(ItemState.WOULD_PASS)[:most]
    ids = [item.application_id for item in todo]
    applications, taken = _locked(session, ids), _taken(session, ids, staff, now, batch.made_at)
    came = [
        (ItemState.CLAIMED, f"预览之后{taken[item.application_id]}，没有通过，请单独看")
        if item.application_id in taken
        else _approve(session, item, applications[item.application_id], staff, now)
        for item in todo
    ]
    for item, (state, why) in zip(todo, came, strict=True):  # all at once: a change between two approvals is a flush
        item.state, item.why = state, why
    if batch.done_at is None and not batch.in_state(ItemState.WOULD_PASS):
        batch.done_at = now
    return len(todo)


def seconds_left(session: Session, batch: ReviewBatch, now: datetime) -> int:
    """For how long the batch may still be taken back."""
    if batch.done_at is None or not batch.in_state(ItemState.APPROVED):
        return 0
    until = batch.done_at + timedelta(seconds=figure(session, "undo_seconds"))
    return max(0, int((until - now).total_seconds()))


def undo_all(session: Session, batch: ReviewBatch, staff: Staff, now: datetime) -> int:
    """Take back every approval of the batch that can still be; how many. The others keep the reason why not."""
    taken_back = 0
    for item in batch.in_state(ItemState.APPROVED):
        session.refresh(item.application, with_for_update=True)
        try:
            with session.begin_nested():
                undo.undo(session, item.application, staff, now)
            item.state, taken_back = ItemState.UNDONE, taken_back + 1
        except review.NotAllowed as why:
            item.why = str(why)
    batch.undone_at = now
    return taken_back


def _taken(
    session: Session, ids: Sequence[int], staff: Staff, now: datetime, since: datetime | None = None
) -> dict[int, str]:
    """Which of these a colleague has taken, by words that name them; `since`: later than that only."""
    held = claims.holders(session, ids, now).items()
    theirs = {key: it for key, it in held if it.staff_id != staff.id and (since is None or it.at > since)}
    return {key: f"{it.name}（{it.organisation}）在办" for key, it in theirs.items()}


def _state(why_not: str, taken: str) -> ItemState:
    if why_not:
        return ItemState.WOULD_FAIL
    return ItemState.CLAIMED if taken else ItemState.WOULD_PASS


def _locked(session: Session, ids: Sequence[int]) -> dict[int, Application]:
    """These applications as they are in the store now; nobody else changes them until the transaction ends."""
    query = select(Application).where(Application.id.in_(ids)).options(*_whole()).order_by(Application.id)
    found = session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {application.id: application for application in found}


def _approve(
    session: Session, item: ReviewBatchItem, application: Application, staff: Staff, now: datetime
) -> tuple[ItemState, str | None]:
    """What came of one: its state, and why not."""
    try:
        with session.begin_nested():
            if not _is_as_seen(item, application):
                raise review.NotAllowed("预览之后有变化，没有通过，请单独看")
            if why := _objections(session, application):
                raise review.NotAllowed(why)
            review.approve(session, application, staff, now)
    except review.NotAllowed as why:
        if isinstance(why, review.OwnCompany):
            refused(session, application, staff, str(why), now)
        return ItemState.FAILED, str(why)
    return ItemState.APPROVED, None


def _is_as_seen(item: ReviewBatchItem, application: Application) -> bool:
    running = application.steps[-1].id if application.steps else 0
    return running == item.step_id and application.updated_at == item.seen_at


def _why_not(
    session: Session, application: Application, staff: Staff, problems: Sequence[Problem], now: datetime
) -> str:
    why = review.why_not(session, application, staff, now, problems)
    return str(why) if why is not None else _objections(session, application)


def _to_look_at(problems: Sequence[Problem]) -> str:
    """What the rules leave to a person, who reads it beside the order before agreeing to the list."""
    return "；".join(each.problem.rstrip("。") for each in problems if each.needs_person)


def _objections(session: Session, application: Application) -> str:
    """Who objects must be heard first: what a list does not show, nobody passes by a list."""
    who = [ROLE_NAMES[party.role] for party in objecting(session, application)]
    return f"{'、'.join(who)}有异议，核实前不要通过，请单独看" if who else ""


def _named() -> tuple[ORMOption, ...]:
    """Without these every line of the page would ask twice, and open all that is sealed in its application."""
    whose = selectinload(ReviewBatch.items).selectinload(ReviewBatchItem.application)
    name = Application.values.and_(FieldValue.name == "name")
    return whose.load_only(Application.number, Application.decided), whose.selectinload(name)


def _whole() -> tuple[ORMOption, ...]:
    names = (Application.values, Application.steps, Application.photos, Application.bureau, Application.contact)
    return tuple(selectinload(name) for name in names)
