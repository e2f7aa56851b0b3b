"""Trying the knowledge base: what a question would be answered, how sure, and why; what a draft reads like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from domain.figures import GROUPS
from domain.knowledge.articles import Draft, filled
from domain.knowledge.finding import Certainty, Found, certainty, find, offered
from domain.messages.sms_texts import letter
from domain.settings import value

CERTAINTIES: Mapping[str, str] = {
    Certainty.SURE: "有把握，直接回答",
    Certainty.UNSURE: "没把握，让用户选",
    Certainty.NOTHING: "没有找到，如实说并提供人工",
}
SHOWN = 5
_NOT_FOR_TEXTS = ("模板编号", "发送通道", "导出")  # groups of settings that no user is told of


@dataclass(frozen=True, slots=True)
class Tried:
    """What would be answered: how sure, the best articles, and which of them the user would be shown."""

    certainty: Certainty
    found: Sequence[Found]
    shown: frozenset[str]


def tried(session: Session, text: str) -> Tried:
    """What the chat would make of a question about the rules."""
    found = find(session, text)
    sure = certainty(found)
    shown = {Certainty.SURE: found[:1], Certainty.UNSURE: offered(found), Certainty.NOTHING: []}[sure]
    return Tried(sure, found[:SHOWN], frozenset(each.key for each in shown))


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft as users read it, and what an SMS holds of it."""

    text: str
    source: str
    sms: str


def preview(session: Session, draft: Draft) -> Preview:
    """The draft with the settings filled in."""
    text = filled(session, draft.text)
    if letter(f"{text}\n来源：{draft.source}", []) is not None:
        sms = "一条短信放得下，连同来源"
    else:
        sms = "短信放得下回答，来源省略" if letter(text, []) is not None else "短信放不下，发链接"
    return Preview(text, draft.source, sms)


def placeholders(session: Session) -> list[tuple[str, str, object]]:
    """The settings that a text may name: name, title, and the value that would be said now."""
    known = [each for group, figures in GROUPS.items() if group not in _NOT_FOR_TEXTS for each in figures.items()]
    return [
        (name, figure.title, filled(session, f"{{{name}}}"))
        for name, figure in known
        if not isinstance(value(session, name), bool)
    ]
