"""Open questions: rows that know the text shown, the exact answers they take, and until when. Never a classifier.

A number is not among the answers of a question: it means what the latest message with options showed under it
(`domain.questions.match`), so that a “1” never answers a question that has scrolled away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from sqlalchemy import JSON, ForeignKey, Index, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, Sealed, UtcDateTime
from domain.messages.messages import Option, Say
from domain.questions.words import fold, new_code

CODE_RESTS = timedelta(days=30)  # for so long a code of a contact names no other question of theirs

REMINDERS = {
    "licence_check": "执照上的内容还等您核对：",
    "submit": "申请已填好，还等您确认提交：",
    "blocked": "申请还差一点，提交不了：",
    "market": "市场还等您选：",
    "kind": "电表和贵公司的关系还等您选：",
    "stuck": "前面的问题还没有解决：",
    "whose_letter": "委托书是谁出的，还等您选：",
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
    __table_args__ = (Index("ix_questions_open", "state", "deadline"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    purpose: Mapped[str]
    slot: Mapped[str] = mapped_column(default="")  # a newer question takes the place of the one in the same slot
    code: Mapped[str] = mapped_column(default="", index=True)  # names it to its contact; no look-alikes
    text: Mapped[str] = mapped_column(Sealed)
    short: Mapped[str | None] = mapped_column(Sealed)  # as it is shown on SMS; empty: it needs more room than that
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    options: Mapped[list[list[str]]] = mapped_column(JSON)  # label and answer, as they are shown
    binding: Mapped[bool]  # its answers have legal effect
    free: Mapped[str] = mapped_column(default="")  # but for these, by spaces: “later” binds nobody
    silence: Mapped[str] = mapped_column(default="")  # the answer that silence gives; empty: nothing changes
    chosen: Mapped[str] = mapped_column(default="")  # an answer that waits for its second factor
    state: Mapped[str] = mapped_column(default=QuestionState.OPEN)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deadline: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("inbound_messages.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def label(self, answer: str) -> str:
        """The words that an answer was shown with."""
        return next((label for label, name in self.options if name == answer), answer)

    def binds(self, answer: str) -> bool:
        """Whether this answer has legal effect."""
        return self.binding and answer not in self.free.split()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that a question takes: its name, its button, other words that say exactly the same; `free` where it
    has no legal effect though the question is binding (以后再说)."""

    name: str
    label: str
    also: Sequence[str] = ()
    free: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """An exact answer to a question, or the one-time code (`code`) for an answer that waits for it. Whether it may
    still act is decided when it acts."""

    question_id: int
    answer: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Something that was said to open questions and answers none of them. `kind`: which (of several), show, no_option,
    soft, condition, unknown_code, slow."""

    kind: str
    question_ids: tuple[int, ...] = ()


def form_slot(application_id: int) -> str:
    """The slot of what is asked while an application is filled in: one question at a time."""
    return f"form:{application_id}"


def ask(
    session: Session,
    *,
    contact_id: int,
    purpose: str,
    slot: str,
    text: str,
    answers: Sequence[Answer],
    now: datetime,
    deadline: datetime,
    random: Random,
    application_id: int | None = None,
    binding: bool = False,
    silence: str = "",
    short: str = "",
) -> Say:
    """Open a question in place of the contact's open one in the same slot, and return it as it is to be shown.

    `silence` names the answer that acts when nobody answers by the deadline; without it nothing changes then. `short`
    holds the essentials for an SMS; a binding question without it is not answered there. A binding one shows its code.
    """
    withdraw(session, contact_id, slot)
    code = new_code(random, _codes(session, contact_id, now))
    takes: dict[str, str] = {}
    for answer in answers:
        takes |= {fold(words): answer.name for words in (answer.label, *answer.also)}
    row = Question(
        contact_id=contact_id,
        application_id=application_id,
        purpose=purpose,
        slot=slot,
        code=code,
        text=f"{text}\n（编号{code}）" if binding else text,
        short=short or None,
        answers=takes,
        options=[[answer.label, answer.name] for answer in answers],
        binding=binding,
        free=" ".join(answer.name for answer in answers if answer.free),
        silence=silence,
        asked_at=now,
        deadline=deadline,
    )
    session.add(row)
    session.flush()
    return shown(row)


def shown(question: Question) -> Say:
    """The question as it is shown."""
    return Say(question.text, options(question), question.short or "", question.id)


def remind(question: Question) -> Say:
    """The same question once more, without its whole text: it was shown, and it is still the same."""
    text = REMINDERS.get(question.purpose, "刚才的问题还等您选：")
    return Say(text, options(question), question.short or "", question.id)


def options(question: Question) -> list[Option]:
    """What may be tapped under a question."""
    return [Option(label, f"q:{question.id}:{name}") for label, name in question.options]


def open_questions(session: Session, contact_id: int, now: datetime) -> list[Question]:
    """What the contact may answer now, oldest first."""
    return list(
        session.scalars(
            select(Question)
            .where(
                Question.contact_id == contact_id,
                Question.state == QuestionState.OPEN,
                Question.deadline >= now,
            )
            .order_by(Question.id)
        )
    )


def open_question(session: Session, contact_id: int, slot: str = "") -> Question | None:
    """What the contact was asked last and has not answered, in one slot or in any."""
    query = select(Question).where(Question.contact_id == contact_id, Question.state == QuestionState.OPEN)
    if slot:
        query = query.where(Question.slot == slot)
    return session.scalar(query.order_by(Question.id.desc()).limit(1))


def with_codes(session: Session, contact_id: int, now: datetime) -> dict[str, int]:
    """The contact's questions by code, as far as a code may still name them: an open one before a closed one."""
    rows = session.execute(
        select(Question.code, Question.id)
        .where(Question.contact_id == contact_id, Question.code != "", Question.asked_at > now - CODE_RESTS)
        .order_by(Question.state == QuestionState.OPEN, Question.id)
    )
    return {row.code: row.id for row in rows}


def is_late(question: Question, answered_at: datetime) -> bool:
    """The question was answered or replaced already, or its time was over: nothing may change."""
    return question.state != QuestionState.OPEN or question.deadline < answered_at


def close(
    session: Session, question: Question, state: QuestionState, answer: str, inbound_id: int | None, now: datetime
) -> bool:
    """Close an open question, with an answer or without. False when somebody else has closed it: one answer acts."""
    taken = session.execute(
        update(Question)
        .where(Question.id == question.id, Question.state == QuestionState.OPEN)
        .values(state=state, answer=answer, answered_by=inbound_id, answered_at=now, chosen="")
    )
    session.refresh(question)
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def withdraw(session: Session, contact_id: int, slot: str) -> None:
    """The matter was settled or left in another way: what was open in this slot is no longer asked."""
    session.execute(
        update(Question)
        .where(Question.contact_id == contact_id, Question.slot == slot, Question.state == QuestionState.OPEN)
        .values(state=QuestionState.REPLACED)
    )


def run_out(session: Session, contact_id: int, slot: str, now: datetime) -> None:
    """The time for an answer is over before the deadline: whoever answers now is told that it was too late."""
    session.execute(
        update(Question)
        .where(Question.contact_id == contact_id, Question.slot == slot, Question.state == QuestionState.OPEN)
        .values(state=QuestionState.EXPIRED, deadline=now)
    )


def _codes(session: Session, contact_id: int, now: datetime) -> list[str]:
    query = select(Question.code).where(Question.contact_id == contact_id, Question.asked_at > now - CODE_RESTS)
    return list(session.scalars(query))
