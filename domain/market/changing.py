"""From one market to the other after the admission (B1, C5): by the user's wish, or asked because the capacity changed.

Each move is an exact answer of somebody who may sign for the user, or the silence that was announced beforehand; what
holds against it is looked at again when it acts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.contracts import asking, contracts, requests
from domain.contracts.tables import RequestState
from domain.contracts.wishes import RETAIL
from domain.groups.units import unit_of
from domain.market import capacity_changes, capacity_staff, months
from domain.market.capacity_changes import ChangeState
from domain.market.readiness import joins
from domain.messages.messages import Option, Say
from domain.notices.notices import tell
from domain.people import authority
from domain.people.answers import Given
from domain.questions.questions import Answer, Question, QuestionState, ask
from domain.questions.showing import places_of, show_at
from domain.registration.applications import Application, Stage
from domain.registration.registration import Scene
from domain.review import review
from domain.settings import figure

PURPOSE = "market_change"
EVENT = "market_asked"
TO_RETAIL, TO_WHOLESALE, STAY = "retail", "wholesale", "stay"
WHOLESALE = (Stage.AWAITING_CERTIFICATE,)
CERTIFICATE = "要先到交易中心办数字证书和电子签章，办好之前不能交易"
PACKAGES, PROGRESS = Option("选售电公司", "cmd:packages"), Option("查进度", "cmd:progress")
LABELS: Mapping[str, str] = {TO_RETAIL: "转到零售市场", TO_WHOLESALE: "转到批发市场"}
_STAGES = {TO_RETAIL: Stage.AWAITING_RETAILER, TO_WHOLESALE: Stage.AWAITING_CERTIFICATE}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a move: what it says (whole, and for an SMS), which market, until when, what silence does."""

    text: str
    short: str
    to: str
    deadline: datetime
    silence: str = ""


def slot(application: Application) -> str:
    """The slot of what is asked about an application's market after its admission."""
    return f"{PURPOSE}:{application.id}"


def capacity_of(application: Application) -> Decimal | None:
    """The capacity in kVA that the application has on record."""
    known = application.value("capacity_kva")
    return Decimal(known) if known else None


def why_not(session: Session, application: Application, to: str, now: datetime) -> str:
    """What stands in the way of a move to this market, as the user reads it. Empty: nothing does."""
    if to == TO_RETAIL:
        return "" if application.stage in WHOLESALE else "贵单位不在批发市场，没有改变什么。"
    if application.stage not in RETAIL:
        return "贵单位不在零售市场，没有改变什么。"
    least, capacity = figure(session, "wholesale_from_kva"), capacity_of(application)
    if capacity is None or capacity < least:
        known = f"{capacity:f}千伏安" if capacity is not None else "还没有查到"
        return f"批发市场要受电容量{least}千伏安以上（含），贵单位{known}，只能在零售市场。"
    held = contracts.of_application(session, application, now)
    if held is None:
        return ""
    return f"贵单位的零售合同到{months.words(held.last_month)}，要等它到期或提前终止之后，才能转到批发市场。"


def question(session: Session, application: Application, contact_id: int, asked: Asked, scene: Scene) -> Say:
    """Ask one person, in place of what they were asked about this market before."""
    stay = "留在批发市场" if asked.to == TO_RETAIL else "留在零售市场"
    return ask(
        session,
        contact_id=contact_id,
        application_id=application.id,
        purpose=PURPOSE,
        slot=slot(application),
        text=asked.text,
        answers=(Answer(asked.to, LABELS[asked.to]), Answer(STAY, stay)),
        now=scene.now,
        deadline=asked.deadline,
        random=scene.random,
        binding=True,
        silence=asked.silence,
        short=asked.short,
    )


def ask_signers(session: Session, application: Application, asked: Asked, scene: Scene) -> int:
    """Ask everybody who may sign for the user, on their phone and in WeChat; how many could be asked."""
    reached = 0
    for contact_id in signers(session, application):
        say = question(session, application, contact_id, asked, scene)
        for place in places_of(session, contact_id):
            key = f"{EVENT}:{say.question_id}:{place.id}"
            show_at(
                session,
                place,
                say,
                event=EVENT,
                key=key,
                expires=asked.deadline,
                random=scene.random,
                now=scene.now,
            )
            reached += 1
    return reached


def answered(session: Session, given: Given, scene: Scene) -> list[Say]:
    """Move the user, or leave them where they are; the others who were asked hear of it and are asked no more."""
    application = session.get_one(Application, given.question.application_id, with_for_update=True)
    silent = given.question.state == QuestionState.EXPIRED
    who = "system" if silent else f"contact:{given.question.contact_id}"
    others = [each for each in ask_no_more(session, application) if each != given.question.contact_id]
    refused = "" if given.answer == STAY else why_not(session, application, given.answer, scene.now)
    said, taps = (refused, [PROGRESS]) if refused else _done(session, application, given.answer, who, scene)
    _settle(session, application, given, ("" if refused else given.answer), who, scene.now)
    label = given.question.label(given.answer)
    for contact_id in others:
        news(session, application, contact_id, f"{'到期没有答复，' if silent else '同事已选'}{label}", said, scene.now)
    return [Say(said, taps)]


def ask_no_more(session: Session, application: Application) -> list[int]:
    """Close the open questions about an application's market; whose they were."""
    found = open_about(session, application)
    for each in found:
        each.state = QuestionState.REPLACED
    return [each.contact_id for each in found]


def open_about(session: Session, application: Application) -> list[Question]:
    """The open questions about an application's market, whomever they were put to."""
    query = select(Question).where(Question.slot == slot(application), Question.state == QuestionState.OPEN)
    return list(session.scalars(query))


def signers(session: Session, application: Application) -> list[int]:
    """The contacts that may sign for the user of an application."""
    return authority.signers_for(session, application.contact_id, application.code_mark)


def news(session: Session, application: Application, contact_id: int, brief: str, text: str, now: datetime) -> None:
    """Tell one person what became of their market."""
    key = f"{application.id}:{contact_id}:{now:%Y%m%d%H%M%S}"
    tell(session, "market_news", contact_id, {"text": brief}, now, key=key, text=text)


def _done(session: Session, application: Application, answer: str, who: str, scene: Scene) -> tuple[str, list[Option]]:
    name = application.value("name") or ""
    if answer == STAY:
        return f"好的，{name}的市场不变。以后想换，回复“选择市场”。", [PROGRESS]
    _close_requests(session, application, LABELS[answer], who, scene.now)
    review.move(session, application, _STAGES[answer], f"changed_to_{answer}", who, scene.now)
    if joins(session, application, scene.now):
        return f"{name}已转到零售市场，和同一交易单元的户号用同一份零售合同。", [Option("我的合同", "cmd:contract")]
    if answer == TO_RETAIL:
        return f"{name}已转到零售市场。还要选一家售电公司，签好合同才能交易。", [PACKAGES, PROGRESS]
    return f"{name}已转到批发市场：{CERTIFICATE}。", [PROGRESS]


def _settle(session: Session, application: Application, given: Given, answer: str, who: str, now: datetime) -> None:
    """The change of capacity that was asked about is settled, by its own question or by the move itself. Who stays by
    another question has not answered this one."""
    row = capacity_changes.asked_by(session, given.question)
    if row is None and answer not in ("", STAY):
        row = capacity_changes.open_of(session, application)
    if row is None:
        return
    silent = given.question.state == QuestionState.EXPIRED
    state = ChangeState.SILENT if silent else ChangeState.ANSWERED
    capacity_changes.settle(row, state if answer else ChangeState.OVER, answer, who, now)
    if answer == STAY and row.market == TO_RETAIL:
        capacity_staff.stays(session, row, now)


def _close_requests(session: Session, application: Application, to: str, who: str, now: datetime) -> None:
    """What is still asked for about a retail contract is over with the move, and all who know of it hear so."""
    for row in requests.open_of_unit(session, unit_of(session, application).mark):
        requests.close(session, row, RequestState.SUPERSEDED, f"用户已{to}，什么都没有改变", who, now)
        asking.tell_all(session, row, asking.outcome(row, None), now)


ANSWERS: Mapping[str, Callable[[Session, Given, Scene], list[Say]]] = {PURPOSE: answered}
