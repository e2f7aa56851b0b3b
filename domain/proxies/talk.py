"""What people say about proxies: yes or no, which ones may act for them, taking it back, a complaint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from domain.dialogue import pending
from domain.dialogue.topics import HUMAN, PROGRESS, REGISTER
from domain.messages.messages import InboundMessage, Option, Say
from domain.people.answers import Given
from domain.proxies import authorisations, conduct
from domain.proxies.tables import Consent, MarkKind, Proxy, ProxyAuthorisation
from domain.questions.questions import Answer, Question, ask
from domain.registration.registration import Scene
from domain.settings import figure
from domain.workdays import in_words, local_day

MINE = Option("我的授权", "cmd:my_proxies")
_STATES = {"yes": Consent.GIVEN, "no": Consent.REFUSED, "never": Consent.DENIED}


def my_proxies(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Who may file registrations for the person's companies, until when; a tap begins to take it back."""
    rows = authorisations.given_by(session, inbound.address.contact_id, scene.now)
    if not rows:
        return [Say("现在没有单位可以代您办理注册。有代办方申请时，我会先发消息请您同意。", [PROGRESS])]
    lines = [f"· {_what(row)}，到{_day(row)}" for row in rows]
    options = [Option(f"撤回{row.program or row.proxy.name}"[:20], f"cmd:withdraw_proxy:{row.id}") for row in rows[:8]]
    return [Say("您授权的代办方：\n" + "\n".join(lines), options, short=f"{lines[0][2:]}，回复“撤回授权”可收回")]


def withdraw_proxy(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Ask whether an authorisation is really to end; which one, where there are several."""
    contact_id = inbound.address.contact_id
    rows = authorisations.given_by(session, contact_id, scene.now)
    chosen = next((row for row in rows if f"{row.id}" == argument), rows[0] if len(rows) == 1 else None)
    if chosen is None:
        return my_proxies(session, inbound, "", scene)
    text, short = _ending(chosen)
    return [
        ask(
            session,
            contact_id=contact_id,
            purpose="withdraw_proxy",
            slot=f"withdraw:{chosen.id}",
            text=f"{text}确定撤回吗？",
            answers=(Answer("yes", "确认撤回"), Answer("no", "不撤回", ("保留",), free=True)),
            now=scene.now,
            deadline=scene.now + timedelta(minutes=figure(session, "question_minutes")),
            random=scene.random,
            binding=True,
            short=short,
        )
    ]


def complain(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """A complaint about a proxy: which one, then what happened."""
    contact_id = inbound.address.contact_id
    met = _met(session, contact_id)
    chosen = next((each for each in met if f"{each.id}" == argument), met[0] if len(met) == 1 else None)
    if not met:
        return [Say("没有代办方替您办理过。对服务有意见，请回复“人工”，工作人员会处理。", [HUMAN])]
    if chosen is None:
        options = [Option(f"投诉{each.name}"[:20], f"cmd:complain:{each.id}") for each in met[:8]]
        return [Say("您要投诉哪一家代办方？", options)]
    pending.wait_for(session, contact_id, "complaint", scene.now, proxy=chosen.id)
    text = f"请在一条消息里说明{chosen.name}的问题。交易中心会看到，也会计入它的信用评价。"
    return [Say(text, [Option("不投诉了", "cmd:never_mind")])]


def complained(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """What happened was said: it is kept as a fact about the proxy."""
    contact_id = inbound.address.contact_id
    held = pending.waiting(session, contact_id, "complaint", scene.now)
    pending.drop(session, contact_id)
    if held is None or not argument.strip():
        return [Say("没有等您说明的投诉。想投诉，请回复“投诉”。", [PROGRESS])]
    proxy = session.get_one(Proxy, held["proxy"])
    conduct.mark(session, proxy, MarkKind.COMPLAINT, f"contact:{contact_id}", scene.now, said=argument[:500])
    return [Say(f"您对{proxy.name}的投诉已登记，交易中心会处理。要收回授权，回复“撤回授权”。", [MINE, HUMAN])]


def authorise(session: Session, given: Given, scene: Scene) -> list[Say]:
    """Yes, no, or “I have asked nobody to”."""
    number, contact_id = _id(given.question), given.question.contact_id
    state = _STATES[given.answer]
    if not authorisations.answered(session, number, contact_id, state, scene.now):
        return [Say("这件事已经有人答复过了，这次没有改变什么。", [MINE])]
    row = session.get_one(ProxyAuthorisation, number)
    if row.staff_id is not None:
        return [_lent(row)]
    if state == Consent.DENIED:
        who, said = f"contact:{contact_id}", f"没有委托{row.proxy.name}"
        conduct.mark(session, row.proxy, MarkKind.DENIED, who, scene.now, application_id=row.application_id, said=said)
        text = f"好的，{row.proxy.name}不能代您办理，也不会再来问您。这件事已记下，交易中心会看到。"
        return [Say(text, [Option("自己办理", "cmd:register"), HUMAN])]
    if state == Consent.REFUSED:
        return [Say(f"好的，没有同意，{row.proxy.name}不能代您办理。想自己办，回复“我要注册”。", [REGISTER])]
    text = f"好的，{row.proxy.name}可以代{row.company_name}办理注册，到{_day(row)}。"
    return [Say(f"{text}每一步都会通知您；想收回，回复“撤回授权”。", [PROGRESS, MINE])]


def withdrawn(session: Session, given: Given, scene: Scene) -> list[Say]:
    """The authorisation ends, or stays."""
    row = session.get_one(ProxyAuthorisation, _id(given.question))
    if given.answer != "yes":
        return [Say("好的，授权没有改变。", [MINE])]
    if not authorisations.withdraw(session, row, f"contact:{given.question.contact_id}", scene.now):
        return [Say("这项授权已经不在了。", [MINE])]
    if row.staff_id is not None:
        return [Say(f"已撤回，程序“{row.program}”不能再以您的名义办合同。等您答复的事，回复“待办”查看。", [MINE])]
    return [Say(f"已撤回，{row.proxy.name}不能再代您办理。已提交的申请照常审核，后面的事请在这里办。", [PROGRESS])]


def _met(session: Session, contact_id: int) -> list[Proxy]:
    """The proxies that have asked this contact or their companies, oldest first."""
    asked = select(Question.slot).where(Question.contact_id == contact_id, Question.purpose == authorisations.PURPOSE)
    numbers = [int(slot.partition(":")[2]) for slot in session.scalars(asked)]
    marks = authorisations.signed_for(session, contact_id)
    row = ProxyAuthorisation
    mine = or_(row.id.in_(numbers), row.contact_id == contact_id, row.company_mark.in_(marks))
    query = select(Proxy).where(Proxy.id.in_(select(row.proxy_id).where(mine)))
    return list(session.scalars(query.order_by(Proxy.id)))


def _what(row: ProxyAuthorisation) -> str:
    if row.staff_id is not None:
        return f"{row.company_name}的程序“{row.program}”：以您的名义接受、拒绝、提出合同请求"
    return f"{row.proxy.name}：代{row.company_name}办理注册"


def _ending(row: ProxyAuthorisation) -> tuple[str, str]:
    """What taking it back means, whole and for an SMS."""
    if row.staff_id is not None:
        text = f"撤回后，{row.company_name}的程序“{row.program}”不能再以您的名义办合同。已答复的照常有效。"
        return text, f"撤回后程序“{row.program}”不能再以您的名义办合同\n已答复的照常有效"
    text = f"撤回后，{row.proxy.name}不能再代{row.company_name}填写、提交和查看注册。已提交的申请照常办理。"
    return text, f"撤回后{row.proxy.name}不能再代您办\n已提交的申请照常办理"


def _lent(row: ProxyAuthorisation) -> Say:
    """What a member of staff has said about their name."""
    if row.state != Consent.GIVEN:
        return Say(f"好的，没有同意，程序“{row.program}”不能以您的名义办合同。等您答复的事，回复“待办”查看。")
    text = f"好的，到{_day(row)}，{row.company_name}的程序“{row.program}”可以以您的名义接受、拒绝、提出合同请求。"
    short = f"好的，程序“{row.program}”可以以您的名义办合同\n到{_day(row)}，回复“撤回授权”可收回"
    return Say(f"{text}每次都会告诉您；想收回，回复“撤回授权”。", [MINE], short=short)


def _id(question: Question) -> int:
    return int(question.slot.partition(":")[2])


def _day(row: ProxyAuthorisation) -> str:
    return in_words(local_day(row.until))


COMMANDS: Mapping[str, Callable[[Session, InboundMessage, str, Scene], list[Say]]] = {
    "my_proxies": my_proxies,
    "withdraw_proxy": withdraw_proxy,
    "complain": complain,
    "complained": complained,
}
ANSWERS: Mapping[str, Callable[[Session, Given, Scene], list[Say]]] = {
    authorisations.PURPOSE: authorise,
    "withdraw_proxy": withdrawn,
}
