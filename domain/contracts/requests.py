"""Requests about contracts: made, withdrawn, lapsed, overtaken. A request changes nothing by itself: `consents` makes
it hold when the last side has said yes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.calendars import after
from domain.contracts import describing
from domain.contracts.parties import needed
from domain.contracts.tables import (
    KIND_NAMES,
    SIDE_NAMES,
    Consent,
    Request,
    RequestState,
    Side,
)
from domain.contracts.wishes import NotPossible, Plan, Wish, plan
from domain.evidence import record
from domain.market import months
from domain.settings import figure
from domain.workdays import CHINA, local_day

OPEN = RequestState.OPEN


def propose(session: Session, wish: Wish, side: Side, who: str, now: datetime) -> Request:
    """Keep what one side wants, as it will be shown to all. NotPossible says why it cannot be. The same wish of the
    same side, while it is open, is the same request; another one stands beside it, and none holds before all agree."""
    day = local_day(now)
    made = plan(session, wish, day)
    if (known := _same(session, made, side)) is not None:
        return known
    sides = needed(wish.kind, wish.inside)
    deadline, note = deadline_of(session, made, day)
    text = describing.text_of(session, made, sides, f"{describing.when(deadline)}{note}", now)
    row = Request(
        number=f"BG{day:%Y%m%d}{(session.scalar(select(func.max(Request.id))) or 0) + 1:06d}",
        kind=wish.kind,
        application_id=wish.application.id,
        company_mark=wish.application.code_mark or "",
        unit_kind=made.unit.kind,
        unit_mark=made.unit.mark,
        contract_id=made.old.id if made.old is not None else None,
        version_id=wish.version.id if wish.version is not None else None,
        first_month=made.first_month,
        last_month=made.last_month,
        proposed_by=side,
        proposer=who,
        shown=text,
        digest=describing.digest(text),
        made_at=now,
        deadline=deadline,
    )
    row.consents = [Consent(side=each.side, retailer_id=made.sides[each.side]) for each in sides]
    session.add(row)
    session.flush()
    data = {"number": row.number, "kind": row.kind, "side": side, "shown": text, "digest": row.digest}
    record(session, "contract_asked", ("contract_request", row.id), who, data, now)
    return row


def deadline_of(session: Session, made: Plan, day: date) -> tuple[datetime, str]:
    """The end of the last day to agree: so many working days from now, and never in a month that it changes. A year
    whose calendar is not published counts from Monday to Friday, and what is shown says so: the day itself is named."""
    last, missing = after(session, day, figure(session, "contract_answer_days"))
    note = f"（{missing}年的工作日历还没公布，按周一至周五算）" if missing else ""
    before = months.last_day(made.first_month - 1)
    return datetime.combine(min(last, before), time(23, 59, 59), CHINA), note


def withdraw(session: Session, row: Request, side: Side, who: str, now: datetime) -> None:
    """The side that asked takes it back; nothing has changed. NotPossible for the other sides, and when it is over."""
    if row.proposed_by != side:
        raise NotPossible("这件事是对方提出的，您可以回复“不同意”。")
    close(session, row, RequestState.WITHDRAWN, "提出的一方撤回了", who, now)


def close(session: Session, row: Request, state: RequestState, why: str, who: str, now: datetime) -> None:
    """The request is over, in this way, once; `why` is what people are told. NotPossible where it was over already."""
    if row.state != OPEN:
        raise NotPossible(f"{KIND_NAMES[row.kind]}（{row.number}）已经了结，没有再改变什么。")
    row.state, row.closed_at, row.closed_why = state, now, why
    session.flush()
    data = {"number": row.number, "state": state, "why": why}
    record(session, "contract_request_closed", ("contract_request", row.id), who, data, now)


def overdue(session: Session, now: datetime, limit: int = 500) -> list[int]:
    """Open requests whose time is over; two minutes are left to what came in time and is still in hand."""
    late = select(Request.id).where(Request.state == OPEN, Request.deadline < now - timedelta(minutes=2))
    return list(session.scalars(late.order_by(Request.deadline).limit(limit)))


def lapse(session: Session, row: Request, now: datetime) -> bool:
    """Nobody, or not everybody, agreed in time: it is over and nothing has changed. False where it was over before."""
    if row.state != OPEN or row.deadline >= now:
        return False
    close(session, row, RequestState.LAPSED, f"{unanswered(row)}没有在期限内答复，什么都没有改变", "system", now)
    return True


def open_of_unit(session: Session, unit_mark: str) -> list[Request]:
    """What is asked for about a unit and still open, oldest first."""
    query = select(Request).where(Request.unit_mark == unit_mark, Request.state == OPEN)
    return list(session.scalars(query.order_by(Request.id)))


def waiting_for(session: Session, retailer_id: int) -> list[Request]:
    """What waits for a retail company's word, the first to run out first: the proposer has signed, it has not."""
    query = (
        select(Request)
        .join(Consent, Consent.request_id == Request.id)
        .where(Request.state == OPEN, Consent.retailer_id == retailer_id, Consent.answer == "")
        .order_by(Request.deadline, Request.id)
    )
    return [row for row in session.scalars(query) if is_signed_by_proposer(row) or _proposed_by(row, retailer_id)]


def _proposed_by(row: Request, retailer_id: int) -> bool:
    mine = consent_of(row, Side(row.proposed_by))
    return mine is not None and mine.retailer_id == retailer_id


def consent_of(row: Request, side: Side) -> Consent | None:
    """What a side must say; None where it need not be asked."""
    return next((each for each in row.consents if each.side == side), None)


def unanswered(row: Request) -> str:
    """The sides that have not answered yet, as people read them."""
    return "、".join(SIDE_NAMES[each.side] for each in row.consents if not each.answer)


def is_signed_by_proposer(row: Request) -> bool:
    """Whether the side that asks has signed: before that nobody else is asked."""
    mine = consent_of(row, Side(row.proposed_by))
    return mine is not None and mine.answer == "yes"


def _same(session: Session, made: Plan, side: Side) -> Request | None:
    version = made.wish.version
    return session.scalar(
        select(Request).where(
            Request.unit_mark == made.unit.mark,
            Request.state == OPEN,
            Request.kind == made.wish.kind,
            Request.proposed_by == side,
            Request.version_id == (version.id if version is not None else None),
            Request.first_month == made.first_month,
        )
    )
