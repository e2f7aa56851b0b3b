"""“选择市场”: the first choice, and later the change to the other market by the user's wish (B1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.contracts.wishes import RETAIL
from domain.dialogue import asking
from domain.dialogue.choosing import called
from domain.dialogue.progress import progress
from domain.dialogue.topics import HUMAN, PROGRESS
from domain.market import changing
from domain.market.changing import CERTIFICATE, TO_RETAIL, TO_WHOLESALE, WHOLESALE, Asked
from domain.messages.messages import InboundMessage, Option, Say
from domain.people.authority import Level, authorities_of, may
from domain.questions import questions
from domain.registration.applications import Application, Stage, of_contact
from domain.registration.registration import Scene
from domain.settings import figure


def market(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Ask what is still to be chosen; else whether to change, for the application that was named or the only one."""
    contact_id = inbound.address.contact_id
    for application in of_contact(session, contact_id):
        if application.stage == Stage.AWAITING_MARKET and argument in ("", str(application.id)):
            return [asking.ask_market(session, application, figure(session, "wholesale_from_kva"), scene)]
    known = _admitted(session, contact_id)
    named = [each for each in known if str(each.id) == argument] or known
    if not named:
        return [progress(session, contact_id, scene.now)]
    if len(named) > 1:
        taps = [Option(called(each), f"cmd:market:{each.id}") for each in named[:8]]
        return [Say("您能代表的有几个户号，要看哪一个的市场？", taps)]
    return [_change(session, named[0], contact_id, scene)]


def toward(to: str) -> Callable[[Session, InboundMessage, str, Scene], list[Say]]:
    """The wish for one of the markets: whoever is there already hears so; for all others it is the question."""

    def wish(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
        contact_id = inbound.address.contact_id
        undecided = [each for each in of_contact(session, contact_id) if each.stage == Stage.AWAITING_MARKET]
        known = _admitted(session, contact_id)
        there = [each for each in known if (each.stage in WHOLESALE) == (to == TO_WHOLESALE)]
        if undecided or not there or len(there) < len(known):
            return market(session, inbound, argument, scene)
        return [Say(f"贵单位已经在{_MARKETS[to]}，没有改变什么。", [PROGRESS])]

    return wish


def leave(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """“退出市场”: what comes before it and who does it. Nothing changes by having asked."""
    contact_id = inbound.address.contact_id
    if not _admitted(session, contact_id):
        text = "贵单位现在不在市场里，没有可退的。不想再办注册，回复“取消”就行。"
        return [Say(text, [PROGRESS])]
    text = (
        "退出市场由交易中心的人办，现在什么都没有改变。\n"
        "还有零售合同的，先等到期或提前终止，回复“我的合同”可以看。\n"
        "退出后按什么电价、从哪个月起，工作人员会先说清楚，您同意了才办。要办请转人工。"
    )
    short = "退出市场由交易中心的人办，现在没有改变什么\n有零售合同的先到期或提前终止\n要办请回复“人工”"
    return [Say(text, [Option("我的合同", "cmd:contract"), HUMAN], short)]


def why_out(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """“怎么被退市了”: where it stands, and who answers for the reason; a reason is never made up."""
    shown = progress(session, inbound.address.contact_id, scene.now)
    text = "现在的状态如下。看了还不清楚原因的，请转人工，交易中心会说明依据。"
    return [Say(f"{text}\n{shown.text}", [*shown.options, HUMAN], f"{shown.short or shown.text}\n问原因请回复“人工”")]


def _change(session: Session, application: Application, contact_id: int, scene: Scene) -> Say:
    """The question whether to change, or why it cannot be. One that was put because of the capacity stays as it is."""
    to = TO_RETAIL if application.stage in WHOLESALE else TO_WHOLESALE
    if refused := changing.why_not(session, application, to, scene.now):
        return Say(refused, [PROGRESS])
    mine = [each for each in changing.open_about(session, application) if each.contact_id == contact_id]
    if mine:
        return questions.shown(mine[-1])
    name, deadline = application.value("name"), scene.now + timedelta(minutes=figure(session, "question_minutes"))
    if to == TO_RETAIL:
        text = f"{name}现在选的是批发市场。转到零售市场：由售电公司代理，选好套餐、签好合同才能交易。\n要转吗？"
        return changing.question(
            session, application, contact_id, Asked(text, f"{name}从批发市场转到零售市场吗？", to, deadline), scene
        )
    text = f"{name}现在在零售市场。转到批发市场：{CERTIFICATE}；买电、偏差都由自己负责。\n要转吗？"
    short = f"{name}从零售市场转到批发市场吗？\n{CERTIFICATE}"
    return changing.question(session, application, contact_id, Asked(text, short, to, deadline), scene)


def _admitted(session: Session, contact_id: int) -> list[Application]:
    """The admitted applications whose market a person may change: their own, and those they may sign for."""
    stages = (*WHOLESALE, *RETAIL)
    marks = {each.company_mark for each in authorities_of(session, contact_id)}
    able = [mark for mark in marks if may(session, contact_id, mark, Level.SIGN)]
    query = select(Application).where(Application.code_mark.in_(able), Application.stage.in_(stages))
    own = [each for each in of_contact(session, contact_id) if each.stage in stages]
    return list({each.id: each for each in [*own, *session.scalars(query.order_by(Application.id))]}.values())


_MARKETS: Mapping[str, str] = {TO_RETAIL: "零售市场", TO_WHOLESALE: "批发市场"}
COMMANDS: Mapping[str, Callable[[Session, InboundMessage, str, Scene], list[Say]]] = {
    "market": market,
    "to_retail": toward(TO_RETAIL),
    "to_wholesale": toward(TO_WHOLESALE),
    "leave_market": leave,
    "why_out": why_out,
}
