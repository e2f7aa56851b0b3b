"""The thread of a talk: what was being asked is taken up again after everything that came between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from domain.dialogue import asking
from domain.dialogue.asking_kinds import ask_paper_value
from domain.dialogue.topics import PROGRESS, REGISTER
from domain.messages.messages import Option, Say
from domain.questions import questions
from domain.registration.applications import current
from domain.registration.registration import Scene

GUESSING, NONE_OF_THEM = "我没太看明白", "都不是"


def resumed(session: Session, contact_id: int, scene: Scene) -> list[Say]:
    """The thread that was interrupted, taken up again."""
    application = current(session, contact_id)
    if application is None or application.paused or not application.asking:
        return []
    if application.asking.startswith("paper:"):
        return [ask_paper_value(application, application.asking)]
    if application.asking.startswith("correct:"):
        return [asking.ask_value(session, application, application.asking.removeprefix("correct:"))]
    question = questions.open_question(session, contact_id, questions.form_slot(application.id))
    if question is not None and question.deadline >= scene.now:
        return [questions.remind(question)]
    say = asking.prompt(session, application, scene)
    return [replace(say, text=f"我们接着来：{say.text}")]


def with_thread(say: Say, resumed: list[Say]) -> list[Say]:
    """An answer and the thread after it: one list of options under them, so that a number has one meaning."""
    return [Say(say.text, short=say.short, article=say.article), *resumed] if resumed else [say]


def not_understood(session: Session, contact_id: int, scene: Scene, guesses: Sequence[Option] = ()) -> list[Say]:
    """What nobody recognised gets an honest word: what it may have meant, to be tapped, and the thread. In a form the
    taps belong to its question, so that there a guess is named by the words that mean it."""
    thread = resumed(session, contact_id, scene)
    if not guesses:
        unclear = Say("这句话我没看懂，换个说法试试？", [REGISTER, PROGRESS, Option("帮助", "cmd:help")])
        return with_thread(unclear, thread)
    if not thread:
        return [Say(f"{GUESSING}，您是想：", [*guesses, Option(NONE_OF_THEM, "cmd:help")])]
    words = "”或“".join(guess.label for guess in guesses)
    return with_thread(Say(f"{GUESSING}。是想“{words}”的话，回复这几个字。"), thread)


def told(said: Sequence[str], say: Say) -> list[Say]:
    """What was noted and what is asked next, as one message; on SMS the first line of what was noted, and what stands
    in the way."""
    asked = say.short or say.text.split("\n")[0]
    noted = [*said[:1], *(line for line in said[1:] if line.startswith("·"))]
    return [replace(say, text="\n".join([*said, say.text]), short="\n".join([*noted, asked]))]
