"""Another trading unit is saved only while no contract runs: contracts are made for the units of their day, and a unit
that is cut or joined in their term would have two contracts, or none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import settings
from domain.contracts.tables import Contract
from domain.figures import BadSetting
from domain.market.months import month_of
from domain.workdays import local_day

NAME = "trading_unit"


def running(session: Session, now: datetime) -> int:
    """How many contracts hold in this month or later."""
    month = month_of(local_day(now))
    held = select(func.count()).where(Contract.last_month >= month, Contract.first_month <= Contract.last_month)
    return session.scalar(held) or 0


def change_setting(session: Session, name: str, text: str, staff_id: int, now: datetime) -> None:
    """Change a setting as the console does. BadSetting, also for another trading unit while contracts run."""
    if name == NAME and text != settings.value(session, NAME) and (count := running(session, now)):
        raise BadSetting(f"现在有{count:,}份合同按原来的交易单元在执行，要等它们到期或终止后才能改")
    settings.change(session, name, text, staff_id, now)
