"""Which open question a message answers: a tap, a number as it was shown, a code, or exact words. Reads only.

What is not certain is never taken: it becomes an `Unclear`, and `domain.questions.replies` says so.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.messages.messages import InboundMessage, OutboundMessage
from domain.people.codes import fold as six_digits
from domain.people.contacts import SMS
from domain.questions import words as words
from domain.questions.factor import waiting
from domain.questions.guesses import is_slowed
from domain.questions.questions import Match, Question, QuestionState, Unclear, is_late, open_questions, with_codes
from domain.questions.shown import last_screen, options_of
from domain.settings import figure

REMEMBERED = timedelta(days=7)  # for so long after the deadline words are still known as an answer


def exact(session: Session, inbound: InboundMessage) -> Match | Unclear | str | None:
    """What the message says to the open questions: an answer, something unclear, the command of a number (“cmd:…”), or
    nothing."""
    if inbound.choice.startswith("q:"):
        return _tapped(session, inbound.address.contact_id, inbound.choice)
    if (waiting := _second_factor(session, inbound)) is not None:
        return waiting
    folded = words.fold(inbound.text)
    asked = open_questions(session, inbound.address.contact_id, inbound.received_at)
    if (number := words.number(folded)) is not None:
        return _numbered(session, inbound, number, asked)
    if words.may_name(inbound.text) and (named := _named(session, inbound, asked)) is not None:
        return named
    return _worded(session, inbound, folded, asked)


def too_late(session: Session, inbound: InboundMessage) -> Match | None:
    """Words that were an answer to a question with legal effect, which has been closed since."""
    rows = session.execute(
        select(Question.id, Question.answers)
        .where(
            Question.contact_id == inbound.address.contact_id,
            Question.binding,
            Question.state.in_((QuestionState.ANSWERED, QuestionState.EXPIRED, QuestionState.OPEN)),
            Question.deadline > inbound.received_at - REMEMBERED,
        )
        .order_by(Question.id.desc())
        .limit(5)
    )
    folded = words.fold(inbound.text)
    return next((Match(row.id, row.answers[folded]) for row in rows if folded in row.answers), None)


def _tapped(session: Session, contact_id: int, choice: str) -> Match | None:
    number, _, name = choice.removeprefix("q:").partition(":")
    question = session.get(Question, int(number)) if number.isdecimal() else None
    if question is None or question.contact_id != contact_id or name not in question.answers.values():
        return None
    return Match(question.id, name)


def _second_factor(session: Session, inbound: InboundMessage) -> Match | None:
    if six_digits(inbound.text) is None:
        return None
    question = waiting(session, inbound.address.contact_id)
    return Match(question.id, question.chosen, code=inbound.text) if question is not None else None


def _numbered(
    session: Session, inbound: InboundMessage, number: int, asked: list[Question]
) -> Match | Unclear | str | None:
    screen = last_screen(session, inbound.address_id, inbound.received_at)
    choice = _choice(screen, number)
    ids = tuple(question.id for question in asked)
    if len(asked) > 1 and not _is_certain(session, inbound, screen, choice, asked):
        return Unclear("which", ids)
    if choice.startswith("q:"):
        return _tapped(session, inbound.address.contact_id, choice)
    if choice:
        return choice
    if asked and (screen is None or _asked_by(screen) & set(ids)):
        return Unclear("no_option" if screen is not None else "show", ids)
    return None


def _is_certain(
    session: Session, inbound: InboundMessage, screen: OutboundMessage | None, choice: str, asked: list[Question]
) -> bool:
    """Several questions are open: a number counts under the list of all of them, or where nothing binding hangs on it
    and it was shown just now."""
    if screen is None or screen.claimed_at is None or not choice:
        return False
    ids = {question.id for question in asked}
    if ids <= _asked_by(screen):
        return True
    fresh = screen.claimed_at >= inbound.received_at - timedelta(minutes=figure(session, "fresh_minutes"))
    if choice.startswith("cmd:"):
        return fresh
    target = next((question for question in asked if choice.startswith(f"q:{question.id}:")), None)
    return fresh and target is not None and not target.binding


def _named(session: Session, inbound: InboundMessage, asked: list[Question]) -> Match | Unclear | None:
    contact_id, at = inbound.address.contact_id, inbound.received_at
    known = with_codes(session, contact_id, at)
    found = words.named(inbound.text, known)
    taken = {text for question in asked for text in question.answers}
    if found is None and not words.names_unknown(inbound.text, taken):
        return None
    if is_slowed(session, contact_id, at):
        return Unclear("slow")
    if found is None:
        return Unclear("unknown_code")
    code, rest = found
    question = session.get_one(Question, known[code])
    if not rest:
        return Unclear("show", (question.id,))
    if (number := words.number(rest)) is not None:
        return _own_number(session, inbound, question, number)
    answer = question.answers.get(rest)
    if answer is not None:
        return Match(question.id, answer)
    return Unclear(_sounds_like(rest) or "no_option", (question.id,))


def _own_number(session: Session, inbound: InboundMessage, question: Question, number: int) -> Match | Unclear:
    """A number beside a code is one of that question's own, or the one that the list of all gave to its answer. Where
    the two differ, it is asked again."""
    own = question.options[number - 1][1] if number <= len(question.options) else ""
    listed = _choice(last_screen(session, inbound.address_id, inbound.received_at), number)
    mine = f"q:{question.id}:"
    answers = {own, listed.removeprefix(mine) if listed.startswith(mine) else ""} - {""}
    if len(answers) != 1 and not is_late(question, inbound.received_at):
        return Unclear("show" if answers else "no_option", (question.id,))
    return Match(question.id, answers.pop() if answers else own)


def _worded(session: Session, inbound: InboundMessage, folded: str, asked: list[Question]) -> Match | Unclear | None:
    takers = [question for question in asked if folded in question.answers]
    ids = tuple(question.id for question in asked)
    if len(takers) > 1 or (takers and len(asked) > 1 and not _words_will_do(session, inbound, takers[0])):
        return Unclear("which", ids)
    if takers:
        return Match(takers[0].id, takers[0].answers[folded])
    kind = _sounds_like(folded) if asked else ""
    return Unclear(kind, ids) if kind else None


def _words_will_do(session: Session, inbound: InboundMessage, question: Question) -> bool:
    """Several are open, and only this one takes the words. Where it binds, it must also be what was shown last; an SMS
    names it by its code."""
    if not question.binding:
        return True
    screen = last_screen(session, inbound.address_id, inbound.received_at)
    return inbound.channel != SMS and screen is not None and screen.question_id == question.id


def _sounds_like(folded: str) -> str:
    if words.is_soft(folded):
        return "soft"
    return "condition" if words.is_condition(folded) else ""


def _choice(screen: OutboundMessage | None, number: int) -> str:
    options = options_of(screen) if screen is not None else []
    return str(options[number - 1][1]) if number <= len(options) else ""


def _asked_by(screen: OutboundMessage) -> set[int]:
    choices = (choice.split(":") for _, choice in options_of(screen))
    return {int(parts[1]) for parts in choices if parts[0] == "q"}
