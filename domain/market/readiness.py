"""Whether a user's trading unit may trade in a month, and why not: the one answer for chat, console, API and jobs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from domain.contracts import contracts
from domain.contracts.tables import Contract
from domain.groups.units import unit_of
from domain.market import months
from domain.registration.applications import STAGE_NAMES, Application, Stage
from domain.supplements.supplements import ADMITTED


@dataclass(frozen=True, slots=True)
class Readiness:
    """`why` is what people read where it may not; `contract` what it trades on where that is a retail contract."""

    may_trade: bool
    why: str = ""
    contract: Contract | None = None


def readiness(session: Session, application: Application, month: int) -> Readiness:
    """Whether the unit of an application may trade in this trading month."""
    if application.stage not in ADMITTED:
        return Readiness(False, f"尚未注册完成（{STAGE_NAMES[application.stage]}），暂不能开展业务。")
    if application.stage == Stage.AWAITING_MARKET:
        return Readiness(False, "尚未注册完成，暂不能开展业务：请先选择市场，回复“选择市场”。")
    if application.stage == Stage.AWAITING_CERTIFICATE:
        return Readiness(False, "尚未注册完成，暂不能开展业务：请到交易中心办理数字证书和电子签章。")
    unit = unit_of(session, application)
    held = contracts.holding(session, unit.mark, month)
    if held is not None:
        return Readiness(True, contract=held)
    coming = contracts.last(session, unit.mark, month)
    if coming is not None:
        return Readiness(False, f"合同从{months.words(coming.first_month)}起生效，在那之前不能交易。", coming)
    return Readiness(False, "尚未注册完成，暂不能开展业务：还没有售电公司，回复“套餐”可以选。")
