"""Open questions: rows that know the text shown, the exact answers they take, and until when. Never a classifier.

A number is not among the answers of a question: it means what the latest message with options showed under it
(`domain.messages.shown_choice`), so that a “1” never answers a question that has scrolled away.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, Sealed, UtcDateTime
from domain.messages import Option, Say

POLITE = ("谢谢", "谢谢您", "谢谢你", "谢了", "多谢", "哈", "哦", "呢", "吧", "了", "的")


REMINDERS = {
    "licence_check": "执照上的内容还等您核对：",
    "submit": "申请已填好，还等您确认提交：",
    "blocked": "申请还差一点，提交不了：",
}


class QuestionState(StrEnum):
    """How far a question is."""

    OPEN = "open"
    ANSWERED = "answered"
    REPLACED = "replaced"  # a newer question took its place
    EXPIRED = "expired"  # nobody answered in time; `silence` says what that did


class Question(Base):
    """One question to one contact. `answers` maps each folded text that it takes to the answer's name."""

    __tablename__ = "questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    purpose: Mapped[str]
    slot: Mapped[str] = mapped_column(default="")  # a newer question takes the place of the one in the same slot
    code: Mapped[str] = mapped_column(default="", index=True)  # names it where several are open; no look-alikes
    text: Mapped[str] = mapped_column(Sealed)
    short: Mapped[str | None] = mapped_column(Sealed)  # as it is shown on SMS
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    options: Mapped[list[list[str]]] = mapped_column(JSON)  # label and answer, as they are shown
    binding: Mapped[bool]  # the answer has legal effect
    silence: Mapped[str] = mapped_column(default="")  # the answer that silence gives; empty: nothing changes
    chosen: Mapped[str] = mapped_column(default="")  # an answer that waits for its second factor
    state: Mapped[str] = mapped_column(default=QuestionState.OPEN)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deadline: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("inbound_messages.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that a question takes: its name, its button, and other words that say exactly the same."""

    name: str
    label: str
    also: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """An exact answer to a question. Whether it may still act is decided when it acts: see `is_late`."""

    question_id: int
    answer: str


def fold(text: str) -> str:
    """A text as answers are compared: width, case, white space, end punctuation and polite endings do not count."""
    folded = "".join(unicodedata.normalize("NFKC", text).casefold().split()).strip("。.!！~～,，、;；")
    for ending in sorted(POLITE, key=len, reverse=True):
        if folded.endswith(ending) and len(folded) > len(ending):
            return folded.removesuffix(ending).strip("。.!！~～,，、;；")
    return folded


def ask(
    session: Session,
    *,
    contact_id: int,
    purpose: str,
    text: str,
    answers: Sequence[Answer],
    now: datetime,
    deadline: datetime,
    application_id: int | None = None,
    binding: bool = False,
) -> Say:
    """Open a question in place of the contact's earlier ones, and return it as it is to be shown."""
    session.execute(
        update(Question)
        .where(Question.contact_id == contact_id, Question.state == QuestionState.OPEN)
        .values(state=QuestionState.REPLACED)
    )
    takes: dict[str, str] = {}
    for answer in answers:
        takes |= {fold(words): answer.name for words in (answer.label, *answer.also)}
    row = Question(
        contact_id=contact_id,
        application_id=application_id,
        purpose=purpose,
        text=text,
        answers=takes,
        options=[[answer.label, answer.name] for answer in answers],
        binding=binding,
        asked_at=now,
        deadline=deadline,
    )
    session.add(row)
    session.flush()
    return Say(text, _options(row), question_id=row.id)


def remind(question: Question) -> Say:
    """The same question once more, without its whole text: it was shown, and it is still the same."""
    return Say(REMINDERS.get(question.purpose, "刚才的问题还等您选："), _options(question), question_id=question.id)


def match(session: Session, contact_id: int, text: str, choice: str) -> Match | None:
    """The exact answer that a tap or a text gives, if any. A tap (or its number) names its question; words mean the
    open one."""
    if choice.startswith("q:"):
        return _tapped(session, contact_id, choice)
    question = open_question(session, contact_id)
    if question is None:
        return None
    answer = question.answers.get(fold(text))
    return None if answer is None else Match(question.id, answer)


def open_question(session: Session, contact_id: int) -> Question | None:
    """The question that the contact is asked now."""
    return session.scalar(
        select(Question)
        .where(Question.contact_id == contact_id, Question.state == QuestionState.OPEN)
        .order_by(Question.id.desc())
    )


def is_late(question: Question, answered_at: datetime) -> bool:
    """The question was answered or replaced already, or its time was over: nothing may change."""
    return question.state != QuestionState.OPEN or question.deadline < answered_at


def close(question: Question, answer: str, inbound_id: int, now: datetime) -> None:
    """The question is answered; it never takes another answer."""
    question.state, question.answer = QuestionState.ANSWERED, answer
    question.answered_by, question.answered_at = inbound_id, now


def withdraw(session: Session, contact_id: int) -> None:
    """The matter was settled or left in another way: what was open is no longer asked."""
    session.execute(
        update(Question)
        .where(Question.contact_id == contact_id, Question.state == QuestionState.OPEN)
        .values(state=QuestionState.REPLACED)
    )


def _options(question: Question) -> list[Option]:
    return [Option(label, f"q:{question.id}:{name}") for label, name in question.options]


def _tapped(session: Session, contact_id: int, choice: str) -> Match | None:
    _, number, name = choice.split(":", 2)
    question = session.get(Question, int(number)) if number.isdecimal() else None
    if question is None or question.contact_id != contact_id or name not in question.answers.values():
        return None
    return Match(question.id, name)


def as_proof(question: Question, typed: str) -> dict[str, Any]:
    """What the evidence keeps of a consent: the text as it was shown and the exact answer."""
    return {"question": question.id, "purpose": question.purpose, "shown": question.text, "typed": typed}
