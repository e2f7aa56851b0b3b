"""Whose usage is to be asked for, and which months: admitted accounts, until their last month is settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from domain.market.months import month_of
from domain.registration.applications import EDITABLE, UNDER_REVIEW, Application, Stage
from domain.settings import figure
from domain.sources.facts import MonthRecord
from domain.usage.months import UsageAsk, keep
from domain.workdays import local_day

NOT_ADMITTED = (*EDITABLE, *UNDER_REVIEW, Stage.SUSPENDED, Stage.CANCELLED)


@dataclass(frozen=True, slots=True)
class Wish:
    """One account's months that the marketing system is to be asked for."""

    mark: str
    number: str
    first: int
    last: int


def due(session: Session, now: datetime) -> list[Wish]:
    """Admitted accounts that were never asked for, or whose last whole month is not settled yet and that were not
    asked for within the hours of the setting; new ones first, and no more than the setting allows in half a minute."""
    last = month_of(local_day(now)) - 1
    old = now - timedelta(hours=figure(session, "usage_hours"))
    behind = and_(UsageAsk.asked_at <= old, or_(UsageAsk.settled_month.is_(None), UsageAsk.settled_month < last))
    query = (
        select(Application)
        .outerjoin(UsageAsk, UsageAsk.account_mark == Application.account_mark)
        .where(Application.account_mark.is_not(None), Application.stage.not_in(NOT_ADMITTED))
        .where(or_(UsageAsk.account_mark.is_(None), behind))
        .order_by(UsageAsk.asked_at.is_not(None), UsageAsk.asked_at, Application.id)
        .limit(figure(session, "usage_per_minute") // 2)
    )
    wishes = {}
    for application in session.scalars(query):
        number = application.value("account_number")
        if number and application.account_mark:
            first = last - figure(session, "usage_months") + 1
            wishes[application.account_mark] = Wish(application.account_mark, number, first, last)
    return list(wishes.values())


def take(session: Session, wish: Wish, records: Sequence[MonthRecord] | None, now: datetime) -> int:
    """Take over what the marketing system said; None: it does not know the account. How many months changed."""
    changed = keep(session, wish.mark, records or [], now)
    settled = max((each.month for each in records or [] if each.settled), default=None)
    session.merge(UsageAsk(account_mark=wish.mark, asked_at=now, known=records is not None, settled_month=settled))
    return changed
