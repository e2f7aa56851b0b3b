"""The sides are asked: who proposes first, the others once that one has signed. Everybody gets a question of their own;
the first answer of a side counts, and the colleagues are told whose it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.contracts import consents, describing, requests, sides
from domain.contracts.sides import PURPOSE
from domain.contracts.tables import KIND_NAMES, SIDE_NAMES, Contract, Request, RequestKind, RequestState, Side
from domain.contracts.wishes import NotPossible
from domain.market import months
from domain.messages.messages import InboundMessage, Option, Say
from domain.notices.notices import tell, tell_staff
from domain.people.answers import Given
from domain.people.roles import called
from domain.people.staff import Staff
from domain.questions.questions import Answer, Question, QuestionState, ask
from domain.questions.showing import places_of, show_at
from domain.registration.registration import Scene

EVENT = "contract_asked"
MINE = Option("我的合同", "cmd:contract")
_ANSWERS = (Answer("yes", "同意"), Answer("no", "不同意"), Answer("later", "以后再说", free=True))


def ask_proposer(session: Session, row: Request, contact_id: int, scene: Scene) -> Say:
    """The question with which the side that asks signs what it asks for, for the person who is talking."""
    return question(session, row, Side(row.proposed_by), contact_id, scene.random, scene.now)


def ask_others(session: Session, row: Request, random: Random, now: datetime) -> None:
    """Everybody of the sides that have not answered is asked on their own phone and WeChat; staff without a chat are
    told that it waits on the console."""
    for consent in row.consents:
        if consent.answer:
            continue
        for contact_id in sides.contacts_of(session, row, consent):
            _ask_one(session, row, Side(consent.side), contact_id, random, now)
        unbound = [each for each in sides.staff_of(session, consent) if each.contact_id is None]
        text = f"{row.application.value('name')}：{KIND_NAMES[row.kind]}，等贵公司答复"
        tell_staff(session, "contract_staff", unbound, {"text": text}, now, key=f"{row.id}:asked")


def answered(session: Session, given: Given, scene: Scene) -> list[Say]:
    """One side's word, from an answer to its question. What is refused is kept."""
    row, side = sides.meant(session, given.question)
    if given.answer == "later":
        return [Say(f"好的，先放着。{describing.when(row.deadline)}前都可以答复，回复“{given.question.code}”再看。")]
    who = f"contact:{given.question.contact_id}"
    kept = proof(session, given.question)
    return [Say(take(session, row, consents.Word(side, given.answer == "yes", who, kept), scene), [MINE])]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a word: the sentence for who spoke, and whether it counted."""

    said: str
    refused: str = ""  # "not_allowed": not this person's word to say; "too_late": it is over, or said before


def take(session: Session, row: Request, word: consents.Word, scene: Scene) -> str:
    """As `taken`; the sentence for who spoke, whether it counted or not."""
    return taken(session, row, word, scene).said


def taken(session: Session, row: Request, word: consents.Word, scene: Scene) -> Taken:
    """Take a word in, from wherever it came (chat, console, API), and tell everybody what follows."""
    before = [each.answer for each in row.consents]
    others = [each for each in requests.open_of_unit(session, row.unit_mark) if each.id != row.id]
    try:
        made = consents.answer(session, row, word, scene.now)
    except consents.Refused as refused:
        consents.tried(session, row, word, str(refused), scene.now)
        return Taken(str(refused), "not_allowed")
    except NotPossible as late:
        return Taken(str(late), "too_late")
    _colleagues(session, row, word, scene.now)
    if row.state == RequestState.OPEN:
        if word.side == row.proposed_by and not any(before):
            ask_others(session, row, scene.random, scene.now)
        waits = requests.unanswered(row)
        return Taken(f"已记下贵方的“同意”。还等{waits}答复，最迟{describing.when(row.deadline)}，有结果马上告诉您。")
    for other in others:
        if other.state != RequestState.OPEN:
            tell_closed(session, other, scene.now)
    said = outcome(row, made)
    tell_all(session, row, said, scene.now, speaker="" if word.by_program else word.who)
    return Taken(said)


def outcome(row: Request, made: Contract | None) -> str:
    """What became of a request that is over, in a sentence."""
    about = f"{row.application.value('name')}：{KIND_NAMES[row.kind]}"
    if row.state != RequestState.AGREED:
        return f"{about}没有办成：{row.closed_why}。"
    if made is None:
        return f"{about}已办好，合同到{months.words(row.last_month)}为止。"
    of = made.version.package
    term = f"{months.words(made.first_month)}到{months.words(made.last_month)}"
    said = f"{about}已办好：{of.retailer.name}“{of.name}”，{term}，合同编号{made.number}。"
    return said + (f"注册完毕，{months.words(made.first_month)}起可交易。" if row.kind == RequestKind.BIND else "")


def outcome_in_short(row: Request) -> str:
    """The same for an SMS: at most 35 characters."""
    if row.state == RequestState.AGREED:
        done = f"{months.words(row.first_month)}起可交易，" if row.kind == RequestKind.BIND else ""
        return f"{KIND_NAMES[row.kind]}已办好，{done}回复“我的合同”看详情"
    return f"{KIND_NAMES[row.kind]}没有办成：{row.closed_why.partition('，')[0]}"


def tell_all(session: Session, row: Request, said: str, now: datetime, *, speaker: str = "") -> None:
    """Every side that knows of it hears what became of it: the user's people, the retail companies' staff; and what was
    asked is not asked any more. Before its own side has signed nobody else knows of it; staff who have just spoken have
    heard it."""
    ask_no_more(session, row)
    key, brief = f"{row.id}:{row.state}", outcome_in_short(row)
    for contact_id in sides.signers(session, row) if _knows(row, Side.USER) else []:
        tell(session, "contract_news", contact_id, {"text": brief}, now, key=f"{key}:{contact_id}", text=said)
    for staff in {each.id: each for each in _all_staff(session, row)}.values():
        if speaker in (f"staff:{staff.id}", f"contact:{staff.contact_id}"):
            continue
        tell_staff(session, "contract_staff", [staff], {"text": brief}, now, key=key, text=said)


def ask_no_more(session: Session, row: Request, side: Side | None = None) -> list[int]:
    """Close the open questions about a request, of one side or of all; whose they were."""
    like = f"{PURPOSE}:{row.id}:{side or '%'}"
    query = select(Question).where(Question.purpose == PURPOSE, Question.slot.like(like))
    found = session.scalars(query.where(Question.state == QuestionState.OPEN)).all()
    for question in found:
        question.state = QuestionState.REPLACED
    return [question.contact_id for question in found]


def tell_closed(session: Session, row: Request, now: datetime) -> None:
    """It is over without having been agreed to (nobody answered in time, something else was done, a party is gone): all
    sides are told."""
    tell_all(session, row, outcome(row, None), now)


def _colleagues(session: Session, row: Request, word: consents.Word, now: datetime) -> None:
    """Who else was asked for the same side is told that it is done, and by whom."""
    spoke = set[str]() if word.by_program else consents.same_person(session, word.who)
    others = [each for each in ask_no_more(session, row, word.side) if f"contact:{each}" not in spoke]
    kind, _, number = word.who.partition(":")
    name = session.get_one(Staff, int(number)).name if kind == "staff" else called(session, int(number))
    said = f"{name}已答复“{'同意' if word.yes else '不同意'}”：{row.application.value('name')}{KIND_NAMES[row.kind]}"
    for contact_id in others:
        key = f"{row.id}:{word.side}:{contact_id}"
        tell(session, "contract_news", contact_id, {"text": said}, now, key=key, text=f"{said}。您不用再答。")


def question(session: Session, row: Request, side: Side, contact_id: int, random: Random, now: datetime) -> Say:
    """A side's question for one person, whole, with its code; opened in place of the one before."""
    mine = "请您确认提出" if side == row.proposed_by else "请您答复"
    made = describing.short(row.shown, describing.day(row.deadline))
    return ask(
        session,
        contact_id=contact_id,
        application_id=row.application_id if side == Side.USER else None,
        purpose=PURPOSE,
        slot=sides.slot(row, side),
        text=f"{mine}（{SIDE_NAMES[side]}）：\n{row.shown}\n{_beside(session, row)}同意吗？",
        answers=_ANSWERS,
        now=now,
        deadline=row.deadline,
        random=random,
        binding=True,
        short=made,
    )


def _beside(session: Session, row: Request) -> str:
    """What else is asked for about the same unit: neither holds before all its sides agree, and the first that they
    agree to takes the place of the others."""
    others = [each for each in requests.open_of_unit(session, row.unit_mark) if each.id != row.id]
    seen = [each for each in others if requests.is_signed_by_proposer(each)]
    lines = [f"同时还有：{describing.in_a_line(each.shown)}（{SIDE_NAMES[each.proposed_by]}提出）" for each in seen]
    return "\n".join([*lines, "先得到各方同意的一件算数，另外的作废。\n"]) if lines else ""


def _ask_one(session: Session, row: Request, side: Side, contact_id: int, random: Random, now: datetime) -> None:
    places = places_of(session, contact_id)
    if not places:
        return
    say = question(session, row, side, contact_id, random, now)
    for place in places:
        key = f"{EVENT}:{row.id}:{side}:{place.id}"
        show_at(session, place, say, event=EVENT, key=key, expires=row.deadline, random=random, now=now)


def _knows(row: Request, side: str) -> bool:
    return side == row.proposed_by or requests.is_signed_by_proposer(row)


def _all_staff(session: Session, row: Request) -> list[Staff]:
    """Of the sides that had to agree; and of the company whose contract is followed by one of another."""
    asked = [each.retailer for each in row.consents if each.retailer is not None and _knows(row, each.side)]
    left = [row.contract.retailer] if row.contract is not None and row.state == RequestState.AGREED else []
    return [staff for retailer in [*asked, *left] for staff in sides.staff_in(session, retailer)]


def proof(session: Session, question: Question) -> Mapping[str, object]:
    """What proves an answer: its question and code, the message, the channel."""
    first = session.get(InboundMessage, question.answered_by) if question.answered_by else None
    return {
        "question": question.id,
        "code": question.code,
        "channel": first.channel if first is not None else "",
        "message": first.channel_id if first is not None else "",
    }


ANSWERS: Mapping[str, Callable[[Session, Given, Scene], list[Say]]] = {PURPOSE: answered}
