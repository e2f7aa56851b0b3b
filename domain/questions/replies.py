"""What is said when a message answers no question, or one that is closed. Nothing changes by any of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from domain.dialogue.topics import HUMAN, PROGRESS
from domain.figures import MATTERS
from domain.messages.messages import InboundMessage, Option, Say
from domain.messages.sms_texts import letter
from domain.people.contacts import SMS
from domain.questions.guesses import is_slowed, note_wrong
from domain.questions.questions import Question, QuestionState, Unclear, is_late, open_questions, options, shown
from domain.registration.applications import Application
from domain.registration.registration import Scene
from domain.workdays import CHINA

TITLES: Mapping[str, str] = {
    **MATTERS,
    "licence_check": "核对执照",
    "which_field": "哪一项要改",
    "blocked": "申请里的问题",
    "stuck": "申请里的问题",
    "kind": "电表和贵公司的关系",
    "whose_letter": "委托书是谁出的",
    "paper": "材料哪里读得不对",
    "party_told": "户号入市注册告知",
    "cancel": "取消注册",
    "restart": "清空重来",
}
CHANNELS: Mapping[str, str] = {"sms": "短信", "wechat": "微信"}
_TITLE_MOST = 20


def unclear(session: Session, inbound: InboundMessage, act: Unclear, scene: Scene) -> list[Say]:
    """The honest reply to what answers no question."""
    return _REPLIES[act.kind](session, inbound, act, scene)


def closed(session: Session, question: Question) -> list[Say]:
    """What became of a question that takes no answer any more: nothing is changed by answering it now."""
    name = title(session, question)
    if question.state == QuestionState.ANSWERED:
        said = f"已{_where(session, question)}回复“{question.label(question.answer)}”"
        short = f"编号{question.code}{_when(question.answered_at)}{said}，没有再改变什么"
        return [Say(f"“{name}”{_when(question.answered_at)}{said}，这次没有再改变什么。", [PROGRESS], short)]
    if question.state == QuestionState.REPLACED:
        return [Say("刚才那个选项已经过期，什么都没有改变。", [PROGRESS])]
    late = f"“{name}”的答复时间到{_when(question.deadline)}为止，已经过期。"
    short = f"编号{question.code}的答复时间已过，{silence_did(question)}"
    return [Say(f"{late}{silence_did(question)}", [PROGRESS], short)]


def silence_did(question: Question) -> str:
    """What not answering has done, as it was said beforehand."""
    if not question.answer:  # nothing was announced, or nobody was reached with it
        return "没有答复，所以什么都没有改变。"
    return f"没有答复，已按事先说明的“{question.label(question.answer)}”办理。"


def list_open(session: Session, asked: Sequence[Question], first: str, short: str) -> Say:
    """Every open question with its code and its answers, numbered through: a number after it is certain. `short` opens
    the list on SMS."""
    lines = [first, *(f"【{question.code or '-'}】{title(session, question)}" for question in asked)]
    taps = [
        Option(f"{question.code} {option.label}".strip(), option.choice)
        for question in asked
        for option in options(question)
    ]
    found = letter(f"{short}\n{_numbered_through(session, asked)}", ())
    return Say("\n".join(lines), taps, sms=found.body() if found is not None else None)


def _numbered_through(session: Session, asked: Sequence[Question]) -> str:
    """The list for an SMS: each question with its answers behind it, the company only where it tells them apart."""
    several = len({title(session, question).partition("：")[0] for question in asked if question.application_id}) > 1
    lines, number = [], 0
    for question in asked:
        name = title(session, question)
        name = name if several else name.rpartition("：")[2]
        labels = [label for label, _ in question.options]
        choices = " ".join(f"{number + place}={label}" for place, label in enumerate(labels, start=1))
        number += len(labels)
        lines.append(f"{question.code}{name}：{choices}")
    return "\n".join(lines)


def title(session: Session, question: Question) -> str:
    """What a question is about, in a few words, with the company that it is about."""
    words = TITLES.get(question.purpose) or question.text.split("\n")[0][:_TITLE_MOST]
    application = session.get(Application, question.application_id) if question.application_id else None
    company = application.value("name") if application is not None else None
    return f"{company}：{words}" if company else words


def _which(session: Session, inbound: InboundMessage, act: Unclear, scene: Scene) -> list[Say]:
    asked = open_questions(session, inbound.address.contact_id, scene.now)
    if len(asked) < 2:
        return [shown(question) for question in asked] or [Say("现在没有等您答复的事。", [PROGRESS])]
    text = f"有{len(asked)}件事等您答复，还不知道您答的是哪一件。请点选，或回复数字："
    return [list_open(session, asked, text, f"有{len(asked)}件事等您答复，请回复一个数字")]


def _show(session: Session, inbound: InboundMessage, act: Unclear, scene: Scene) -> list[Say]:
    question = session.get_one(Question, act.question_ids[0])
    return closed(session, question) if is_late(question, inbound.received_at) else [shown(question)]


def _no_option(session: Session, inbound: InboundMessage, act: Unclear, scene: Scene) -> list[Say]:
    text = "这个回答对不上任何选项，什么都没有改变。请从这里选："
    return _said_and_asked(session, inbound, act, text, "没有这个选项，什么都没有改变")


def _soft(session: Session, inbound: InboundMessage, act: Unclear, scene: Scene) -> list[Say]:
    text = "不着急，您慢慢看。这句话还没有算您答复，想好了再选："
    return _said_and_asked(session, inbound, act, text, "不着急，刚才那句还没有算您答复")


def _condition(session: Session, inbound: InboundMessage, act: Unclear, scene: Scene) -> list[Say]:
    text = (
        "您的条件记下了，但带条件的话不能算同意，什么都没有改变。条件请先和对方谈，或回复“人工”；照现在的内容，请选："
    )
    return _said_and_asked(session, inbound, act, text, "带条件的话不能算同意，想谈条件请回复“人工”")


def _unknown_code(session: Session, inbound: InboundMessage, act: Unclear, scene: Scene) -> list[Say]:
    """The same words whether nobody has that code or somebody else has it."""
    contact_id = inbound.address.contact_id
    note_wrong(session, contact_id, inbound.channel, scene.now)
    if is_slowed(session, contact_id, scene.now):
        return [Say(_SLOW)]
    asked = open_questions(session, contact_id, scene.now)
    text = "没有等您答复的这个编号，什么都没有改变。"
    if not asked:
        return [Say(f"{text}请核对消息里的编号。", [PROGRESS, HUMAN])]
    return [list_open(session, asked, f"{text}等您答复的有：", "没有这个编号，等您答复的有")]


def _slow(session: Session, inbound: InboundMessage, act: Unclear, scene: Scene) -> list[Say]:
    """Told once by SMS, which costs something each time; WeChat's passive reply is free."""
    return [] if inbound.channel == SMS else [Say(_SLOW)]


def _said_and_asked(session: Session, inbound: InboundMessage, act: Unclear, text: str, short: str) -> list[Say]:
    """The reply, with what is still open under it: one question whole, or the list of all."""
    asked = [session.get_one(Question, question_id) for question_id in act.question_ids]
    if any(is_late(question, inbound.received_at) for question in asked):
        return closed(session, asked[0])
    if len(asked) > 1:
        return [list_open(session, asked, text, short)]
    again = shown(asked[0])
    named = "" if asked[0].binding or not asked[0].code else f"（编号{asked[0].code}）"
    return [replace(again, text=f"{text}\n{again.text}{named}", short=f"{short}\n{again.short}" if again.short else "")]


def _when(at: datetime | None) -> str:
    return f"{at.astimezone(CHINA):%m月%d日 %H:%M}" if at is not None else ""


def _where(session: Session, question: Question) -> str:
    inbound = session.get(InboundMessage, question.answered_by) if question.answered_by else None
    return f"在{CHANNELS[inbound.channel]}里" if inbound is not None and inbound.channel in CHANNELS else ""


_SLOW = "编号不对的次数太多了，请一小时后再试。点选消息里的选项不受影响。"
_REPLIES: Mapping[str, Callable[[Session, InboundMessage, Unclear, Scene], list[Say]]] = {
    "which": _which,
    "show": _show,
    "no_option": _no_option,
    "soft": _soft,
    "condition": _condition,
    "unknown_code": _unknown_code,
    "slow": _slow,
}
