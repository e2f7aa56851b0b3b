"""An answer as an SMS says it: short, whole, its options as digits, with a one-time link where it needs a page.

Aliyun sends no free text, so every answer goes into the variables of an approved template. Nothing that matters is cut:
what does not fit is on the page behind the link, and a question that was not shown whole is answered there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from domain.messages import links
from domain.messages.links import LinkPurpose
from domain.messages.messages import PAGE, InboundMessage, Say
from domain.messages.sms_values import MOST, is_whole, pieces, shorten
from domain.messages.templates import LINES
from domain.people.contacts import SMS, Address
from domain.questions.questions import Question
from domain.registration.registration import Scene
from domain.settings import figure

MOST_LINES = {"answer": 4, "ask": 4, "link": 3}  # of each family of templates; `answer_2` is the one for two lines


@dataclass(frozen=True, slots=True)
class Letter:
    """An SMS to be: its template and what the variables hold."""

    template: str
    params: Mapping[str, str]

    def body(self) -> dict[str, Any]:
        """As an outbound row keeps it."""
        return {"sms": self.template, "params": dict(self.params)}


_NOTHING = Letter("answer", {"text": "请回复“帮助”"})


def on_sms(session: Session, inbound: InboundMessage, says: Sequence[Say], scene: Scene) -> list[Say]:
    """The answers as they leave by SMS: few, each with its template and, where it needs one, its link. What does not
    leave by SMS stays as it is."""
    if inbound.channel != SMS or inbound.kind == PAGE:
        return list(says)
    return [written(session, inbound.address, say, scene.random, scene.now) for say in _joined(says)]


def letter(words: str, labels: Sequence[str], code: str = "") -> Letter | None:
    """The words and the numbered answers as one SMS; with a code, as a question that it names. None: it does not fit,
    or holds what an SMS may not."""
    choices = _packed([f"{number}={label}" for number, label in enumerate(labels, start=1)])
    if not is_whole(words) or not all(is_whole(label) for label in labels):
        return None
    if code and choices:
        *more, last = choices
        return _filled("ask", [*pieces(words), *more], number=code, choices=last)
    lead = ["回复数字选：" + choices[0], *choices[1:]] if choices else []
    if lead and len(lead[0]) > MOST:
        lead = ["回复数字选", *choices]
    return _filled("answer", [*pieces(words), *lead])


def at_any_length(body: Mapping[str, Any]) -> Letter:
    """The SMS for an answer that was not written for one: whole where it fits, else its beginning and an “…”."""
    if "params" in body:
        return Letter(str(body["sms"]), body["params"])
    words = str(body.get("short") or body["text"])
    found = letter(words, [label for label, _ in body.get("options", [])])
    if found is not None:
        return found
    return _filled("answer", _cut(pieces(words), MOST_LINES["answer"])) or _NOTHING


def without_code(words: str, code: str) -> str:
    """The words without the question's code, which the template says."""
    return words.replace(f"（编号{code}）", "").strip() if code else words


def written(session: Session, phone: Address, say: Say, random: Random, now: datetime) -> Say:
    """One answer with the SMS that says it to this phone."""
    question = session.get(Question, say.question_id) if say.question_id is not None else None
    words = say.short or say.text
    code = question.code if question is not None and question.binding else ""
    words = without_code(words, code)
    labels = [option.label for option in say.options]
    if say.page:
        return replace(say, sms=_linked(session, phone, say, LinkPurpose(say.page), pieces(words), random, now).body())
    if say.picture is not None and question is None:  # an SMS carries no picture: the page does
        lines = _cut(pieces(words), MOST_LINES["link"])
        return replace(say, sms=_linked(session, phone, say, LinkPurpose.COMPARISON, lines, random, now).body())
    first = question is not None and without_code(question.text, code) in without_code(say.text, code)
    found = letter(words, labels, code)
    if found is None and question is not None and not first:  # a reminder of what was shown before
        found = letter(words.split("\n")[0], labels, code)
    if found is not None:
        if question is not None and question.binding and first and not question.short:
            question.short = words  # all of it, as it is shown here
        return replace(say, sms=found.body())
    if question is not None:
        question.short = None if first else question.short  # not shown whole: a binding answer is given on the page
        lines = [*pieces(words)[:1], "内容较长，请在页面上核对后答复"]
        return replace(say, sms=_linked(session, phone, say, LinkPurpose.QUESTION, lines, random, now).body())
    lines = [*_cut(pieces(words), 1), "全文在页面上"]
    return replace(say, sms=_linked(session, phone, say, LinkPurpose.TEXT, lines, random, now).body())


def _linked(
    session: Session, phone: Address, say: Say, purpose: LinkPurpose, lines: list[str], random: Random, now: datetime
) -> Letter:
    """An SMS with a link for this phone."""
    token = links.make(
        session,
        phone.contact_id,
        phone.id,
        purpose,
        random,
        now,
        question_id=say.question_id if purpose == LinkPurpose.QUESTION else None,
        text=_read(say, purpose),
    )
    hours = str(figure(session, "link_hours"))
    filled = _filled("link", _cut(lines, MOST_LINES["link"]), token=token, hours=hours)
    return filled or Letter("link", {"text": "请在页面上办理", "token": token, "hours": hours})


def _read(say: Say, purpose: LinkPurpose) -> str | None:
    """What the page is to show, for a page that only shows."""
    if purpose == LinkPurpose.COMPARISON:
        return json.dumps({"text": _whole(say), "picture": dict(say.picture or {})}, ensure_ascii=False)
    return _whole(say) if purpose == LinkPurpose.TEXT else None


def _whole(say: Say) -> str:
    """All of an answer, its options with their digits."""
    numbered = [f"{number}. {option.label}" for number, option in enumerate(say.options, start=1)]
    asked = ["请在短信里回复数字：", *numbered] if numbered else []
    return "\n".join([say.text, *asked])


def _cut(lines: Sequence[str], most: int) -> list[str]:
    """At most so many lines, each of which fits; the last one says by “…” that there was more."""
    kept = list(lines[:most])
    if len(lines) > most:
        kept[-1] = shorten("，".join(lines[most - 1 :]))
    return [shorten(line) for line in kept]


def _filled(family: str, lines: Sequence[str], **more: str) -> Letter | None:
    """The member of a family of templates for so many lines; None where there is none."""
    lines = [line.rstrip("：:，、。；？！?!") for line in lines]
    if not 1 <= len(lines) <= MOST_LINES[family] or any(
        not 1 <= len(each) <= MOST for each in (*lines, *more.values())
    ):
        return None
    name = family if len(lines) == 1 else f"{family}_{len(lines)}"
    return Letter(name, {**dict(zip(LINES, lines, strict=False)), **more})


def _packed(words: Iterable[str]) -> list[str]:
    """Words put together into as few variables as will do, none of them taken apart."""
    found: list[str] = []
    for word in words:
        if found and len(found[-1]) + 1 + len(word) <= MOST:
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found


def _joined(says: Sequence[Say]) -> list[Say]:
    """Answers that one SMS can say together: each costs. Two lists of options stay apart."""
    found: list[Say] = []
    for say in says:
        last = found[-1] if found else None
        if last is None or last.sms or say.sms or (last.options and say.options) or (last.page and say.page):
            found.append(say)
            continue
        found[-1] = replace(
            say,
            text=f"{last.text}\n{say.text}",
            short=f"{last.short or last.text}\n{say.short or say.text}",
            options=last.options or say.options,
            question_id=last.question_id or say.question_id,
            article=last.article or say.article,
            page=last.page or say.page,
        )
    return found
