"""The own contract in chat: what holds, what is open, and ending it; and what waits for a retail company's staff."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from domain.contracts import asking, consents, contracts, describing, expiry, requests, sides
from domain.contracts.tables import KIND_NAMES, Contract, ContractState, Request, RequestKind, Side
from domain.contracts.wishes import NotPossible, Wish
from domain.dialogue import ending, knowledge_talk
from domain.dialogue.choosing import PACKAGES, ask_for, chosen, units, which_contract
from domain.dialogue.topics import HUMAN, PROGRESS
from domain.groups.units import unit_of
from domain.market import months
from domain.market.readiness import readiness
from domain.market.retailers import Retailer
from domain.messages.messages import InboundMessage, Option, Say
from domain.messages.sms_values import shorten
from domain.packages.terms import Terms, leaving_words, price_words
from domain.people.answers import Given
from domain.questions.questions import Answer, Question, QuestionState, ask, open_question, shown
from domain.registration.applications import Application
from domain.registration.registration import Scene
from domain.settings import figure
from domain.workdays import local_day

NOT_RENEW, ALL = "not_renew", "contract_all"
MOST = 10  # requests in one list
SMS_SHOWS = 2


def contract(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """What holds, until when, at which price; what is asked for and open; what can be done."""
    mine = units(session, inbound.address.contact_id)
    application = chosen(mine, argument)
    if application is None and mine:
        return [which_contract(mine)]
    if application is None and (article := knowledge_talk.surely(session, inbound, inbound.text, scene)):
        return article  # without a contract, “到期不管会怎样” is a question about the rules
    if application is None:
        return [Say("注册审核通过、进入零售市场后才有零售合同。现在可以先看进度。", [PROGRESS, PACKAGES])]
    this_month = months.month_of(local_day(scene.now))
    unit = unit_of(session, application)
    row = contracts.last(session, unit.mark, this_month)
    opened = requests.open_of_unit(session, unit.mark)
    lines = [f"{application.value('name')}（{unit.label}）", *_now(session, application, row, this_month)]
    lines += [f"待办：{KIND_NAMES[each.kind]}（{each.number}），{_waits(each)}" for each in opened]
    return [Say("\n".join(lines), _options(application, row, opened, this_month))]


def renew(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """“续约”: that nothing has to be done for it, what silence does, and what can be done instead."""
    application = chosen(units(session, inbound.address.contact_id), argument)
    row = contracts.of_application(session, application, scene.now) if application is not None else None
    if application is None or row is None or row.renewal == contracts.STOPPED or row.state == ContractState.ENDED:
        return contract(session, inbound, argument, scene)
    of, end = row.version.package, months.words(row.last_month)
    silence = expiry.silence_words(session, row)
    text = f"{of.retailer.name}“{of.name}”到{end}到期。续约不用另外办：到期没有答复，{silence}。"
    taps = [
        Option("到期不续约", f"cmd:not_renew:{application.id}"),
        Option("换套餐或公司", f"cmd:packages:{application.id}"),
        Option("我的合同", f"cmd:contract:{application.id}"),
    ]
    return [Say(text, taps)]


def not_renew(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Ask whether the contract is really not to go on: one side's word is enough for that."""
    contact_id = inbound.address.contact_id
    application = chosen(units(session, contact_id), argument)
    row = contracts.of_application(session, application, scene.now) if application is not None else None
    if application is None or row is None:
        return contract(session, inbound, argument, scene)
    end = months.words(row.last_month)
    text = (
        f"{row.version.package.retailer.name}“{row.version.package.name}”到{end}到期。"
        f"说了不续约，到期后没有售电公司，要签了新合同才能交易。\n"
        f"不答复的话：{expiry.silence_words(session, row)}。\n确定到期不续约吗？"
    )
    say = ask(
        session,
        contact_id=contact_id,
        application_id=application.id,
        purpose=NOT_RENEW,
        slot=f"{NOT_RENEW}:{row.id}",
        text=text,
        answers=(Answer("yes", "确认不续约"), Answer("no", "照常续约", ("续约",), free=True)),
        now=scene.now,
        deadline=scene.now + timedelta(minutes=figure(session, "question_minutes")),
        random=scene.random,
        binding=True,
        short=f"合同到{end}到期\n不续约后要签新合同才能交易，确定吗",
    )
    return [say]


def end_contract(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Ask for an early end: both sides must agree, and it takes effect with the next month. `argument`: the application
    and a day that was named for it; where that is another one, nothing is asked before the user knows."""
    contact_id = inbound.address.contact_id
    number, _, named = argument.partition("/")
    application = chosen(units(session, contact_id), number)
    if application is None:
        return contract(session, inbound, number, scene)
    row = contracts.of_application(session, application, scene.now)
    if named and row is not None and (other := ending.another_day(row, named, local_day(scene.now))):
        return [other]
    return ask_for(session, Wish(RequestKind.END, application, None, inside=True), contact_id, scene)


def withdraw(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Take back what the own side has asked for; nothing has changed by it."""
    contact_id = inbound.address.contact_id
    who = f"contact:{contact_id}"
    row = session.get(Request, int(argument), with_for_update=True) if argument.isdecimal() else None
    mine = requests.consent_of(row, Side(row.proposed_by)) if row is not None else None
    if row is None or mine is None or not consents.may_speak(session, row, mine, who):
        return [Say("没有可以撤回的。", [Option("我的合同", "cmd:contract")])]
    try:
        requests.withdraw(session, row, Side(row.proposed_by), who, scene.now)
    except NotPossible as late:
        return [Say(str(late))]
    said = asking.outcome(row, None)
    asking.tell_all(session, row, said, scene.now)
    return [Say(said, [PACKAGES])]


def todo(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """What waits for a retail company's word: who, what changes, the money, until when, and the code to answer by."""
    contact_id = inbound.address.contact_id
    companies = consents.retailers_of(session, f"contact:{contact_id}")
    if not companies:
        return [Say("“待办”是给售电公司工作人员用的。要看自己的申请，回复“进度”。", [PROGRESS])]
    waiting = _waiting(session, companies)
    if not waiting:
        return [Say("现在没有等贵公司答复的事。", [HUMAN])]
    asked = [_asked(session, row, companies, contact_id, scene) for row in waiting]
    parts = [f"【{question.code}】{_brief(row)}" for row, question in zip(waiting, asked, strict=True)]
    taps = [Option(f"看 {question.code}", f"cmd:todo_one:{question.id}") for question in asked[:6]]
    if len(asked) > 1:
        taps.append(Option("全部同意", "cmd:todo_all"))
    foot = f"回复“同意 {asked[0].code}”这样就能答复一件。"
    few = "\n".join(_in_short(row, each) for row, each in zip(waiting[:SMS_SHOWS], asked, strict=False))
    short = f"有{len(waiting)}件等贵公司答复\n{few}\n回复“同意”加编号；看全文回复编号"
    return [Say("\n\n".join([f"等贵公司答复的有{len(waiting)}件：", *parts, foot]), taps, short)]


def todo_one(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """One of them whole, with its answers."""
    question = session.get(Question, int(argument)) if argument.isdecimal() else None
    if question is None or question.contact_id != inbound.address.contact_id or question.state != QuestionState.OPEN:
        return todo(session, inbound, "", scene)
    return [shown(question)]


def todo_all(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Read back all that would be agreed to, and ask once more: only the exact yes to this list counts."""
    contact_id = inbound.address.contact_id
    companies = consents.retailers_of(session, f"contact:{contact_id}")
    waiting = _waiting(session, companies)
    if not waiting:
        return todo(session, inbound, "", scene)
    listed = "\n\n".join(f"{place}. {row.shown}" for place, row in enumerate(waiting, start=1))
    ids = ",".join(str(row.id) for row in waiting)
    say = ask(
        session,
        contact_id=contact_id,
        purpose=ALL,
        slot=f"{ALL}:{ids}",
        text=f"请核对，下面{len(waiting)}件会一起同意：\n\n{listed}\n\n都同意吗？",
        answers=(
            Answer("yes", f"{len(waiting)}件都同意", ("都同意",)),
            Answer("no", "先不", ("一件一件来",), free=True),
        ),
        now=scene.now,
        deadline=min(row.deadline for row in waiting),
        random=scene.random,
        binding=True,
    )
    return [say]


def answered_all(session: Session, given: Given, scene: Scene) -> list[Say]:
    """The one yes to a list that was read back: each is taken in by itself, and what became of each is said."""
    if given.answer != "yes":
        return [Say("好的，没有答复。回复“待办”可以一件一件看。")]
    who = f"contact:{given.question.contact_id}"
    companies = {each.id for each in consents.retailers_of(session, who)}
    lines = []
    for number in given.question.slot.partition(":")[2].split(","):
        row = session.get_one(Request, int(number), with_for_update=True)
        mine = next((each for each in row.consents if each.retailer_id in companies and not each.answer), None)
        if mine is None or row.shown not in given.question.text:
            lines.append(f"{row.number}：已经了结或有变化，没有答复")
            continue
        word = consents.Word(Side(mine.side), True, who, asking.proof(session, given.question))
        lines.append(f"{row.number}：{asking.take(session, row, word, scene)}")
    return [Say("\n".join(lines), [Option("待办", "cmd:todo")])]


def answered_not_renew(session: Session, given: Given, scene: Scene) -> list[Say]:
    """The user's word on whether the contract goes on."""
    row = session.get_one(Contract, int(given.question.slot.partition(":")[2]), with_for_update=True)
    if given.answer != "yes":
        return [Say(f"好的，照常：到期{expiry.silence_words(session, row)}。", [Option("我的合同", "cmd:contract")])]
    return [
        Say(expiry.not_renew(session, row, Side.USER, f"contact:{given.question.contact_id}", scene.now), [PACKAGES])
    ]


def _now(session: Session, application: Application, row: Contract | None, this_month: int) -> list[str]:
    ready = readiness(session, application, this_month)
    if row is None:
        return [ready.why]
    terms, of = Terms.from_json(row.terms), row.version.package
    left = row.last_month - max(this_month, row.first_month) + 1
    after = f"到期没有答复：{expiry.silence_words(session, row)}"
    if row.renewal == contracts.STOPPED or row.state == ContractState.ENDED:
        after = "到期不续约，之后要有新合同才能交易"
    lines = [
        f"{of.retailer.name}“{of.name}”，合同{row.number}",
        f"{price_words(terms)}；提前终止：{leaving_words(terms)}",
        f"{months.words(row.first_month)}到{months.words(row.last_month)}，还有{left}个月",
        after,
    ]
    return lines if ready.may_trade else [*lines, ready.why]


def _options(application: Application, row: Contract | None, opened: list[Request], this_month: int) -> list[Option]:
    taps = [
        Option(f"撤回{each.number[-4:]}", f"cmd:withdraw_request:{each.id}")
        for each in opened
        if each.proposed_by == Side.USER
    ]
    if row is None:
        return [*taps, PACKAGES]
    taps.append(Option("换套餐或公司", f"cmd:packages:{application.id}"))
    if row.renewal != contracts.STOPPED and row.state != ContractState.ENDED:
        taps.append(Option("到期不续约", f"cmd:not_renew:{application.id}"))
    if row.last_month > this_month:
        taps.append(Option("提前终止", f"cmd:end_contract:{application.id}"))
    return taps


def _waits(row: Request) -> str:
    if not requests.is_signed_by_proposer(row):
        return "等提出的一方自己确认"
    return f"等{requests.unanswered(row)}答复，最迟{describing.when(row.deadline)}"


def _brief(row: Request) -> str:
    """Who, what changes, the money, until when: without what is the same for all."""
    kept = ("用户：", "现在：", "变为：", "内容：", "费用：", "违约金：")
    lines = [line for line in row.shown.split("\n") if line.startswith(kept)]
    return "\n".join([KIND_NAMES[row.kind], *lines, f"最迟{describing.when(row.deadline)}"])


def _in_short(row: Request, question: Question) -> str:
    """One of them on a line of an SMS."""
    return shorten(f"{question.code}{KIND_NAMES[row.kind]}，{row.application.value('name')}")


def _waiting(session: Session, companies: Sequence[Retailer]) -> list[Request]:
    """What waits for the word of these companies, as far as one list goes."""
    return [each for company in companies for each in requests.waiting_for(session, company.id)][:MOST]


def _asked(session: Session, row: Request, companies: list[Retailer], contact_id: int, scene: Scene) -> Question:
    """The person's open question about a request; opened now for who joined after the others had been asked."""
    ids = {each.id for each in companies}
    mine = next(each for each in row.consents if each.retailer_id in ids and not each.answer)
    known = open_question(session, contact_id, sides.slot(row, Side(mine.side)))
    if known is None:
        asking.question(session, row, Side(mine.side), contact_id, scene.random, scene.now)
        known = open_question(session, contact_id, sides.slot(row, Side(mine.side)))
    assert known is not None
    return known


COMMANDS: Mapping[str, Callable[[Session, InboundMessage, str, Scene], list[Say]]] = {
    "contract": contract,
    "renew": renew,
    "not_renew": not_renew,
    "end_contract": end_contract,
    "withdraw_request": withdraw,
    "todo_one": todo_one,
    "todo_all": todo_all,
}
ANSWERS: Mapping[str, Callable[[Session, Given, Scene], list[Say]]] = {
    ALL: answered_all,
    NOT_RENEW: answered_not_renew,
}
WORDS: Mapping[str, str] = {
    "合同": "contract", "我的合同": "contract", "续约": "renew", "不续约": "not_renew", "到期不续约": "not_renew",
    "提前终止": "end_contract", "终止合同": "end_contract", "待办": "todo", "我的待办": "todo", "全部同意": "todo_all",
}  # fmt: skip
