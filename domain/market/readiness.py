"""Whether a user's trading unit may trade in a month, and why not: the one answer for chat, console, API and jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from domain.contracts import contracts, describing, requests
from domain.contracts.tables import Contract, RequestKind
from domain.evidence import record
from domain.groups.units import unit_of
from domain.market import months
from domain.registration.applications import STAGE_NAMES, Application, Stage
from domain.review import steps
from domain.supplements.supplements import ADMITTED


@dataclass(frozen=True, slots=True)
class Readiness:
    """`why` is what people read where it may not; `contract` what it trades on where that is a retail contract."""

    may_trade: bool
    why: str = ""
    contract: Contract | None = None

    @property
    def words(self) -> str:
        """The same in a sentence, for whoever asks."""
        if not self.may_trade or self.contract is None:
            return self.why
        of = self.contract.version.package
        return f"可以交易：{of.retailer.name}“{of.name}”，到{months.words(self.contract.last_month)}。"


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
    return Readiness(False, f"尚未注册完成，暂不能开展业务：{_until_bound(session, unit.mark)}")


def joins(session: Session, application: Application, now: datetime) -> bool:
    """An account that comes into a retail unit with a contract trades on it, and chooses nobody: it is registered with
    the others. Whether that is so."""
    if application.stage != Stage.AWAITING_RETAILER:
        return False
    held = contracts.of_application(session, application, now)
    if held is None:
        return False
    steps.enter(application, Stage.REGISTERED, now, decision="joined")
    data = {"contract": held.number, "months": [months.code(held.first_month), months.code(held.last_month)]}
    record(session, "joined_contract", ("application", application.id), "system", data, now)
    return True


def _until_bound(session: Session, unit_mark: str) -> str:
    """What is still to come before the first contract: somebody's word, or the user's choice."""
    asked = [each for each in requests.open_of_unit(session, unit_mark) if each.kind == RequestKind.BIND]
    signed = next((each for each in asked if requests.is_signed_by_proposer(each)), None)
    if signed is not None:
        return f"等{requests.unanswered(signed)}答复，最迟{describing.when(signed.deadline)}。"
    if asked:
        return "选好的套餐还要您确认，回复“我的合同”。"
    return "还没有售电公司，回复“套餐”可以选。"
