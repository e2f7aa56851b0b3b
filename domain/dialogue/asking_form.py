"""A question of the form that is being filled in: one at a time, in the application's own slot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from domain.messages.messages import Say
from domain.questions.questions import Answer, ask, form_slot
from domain.registration.applications import Application
from domain.registration.steps import Scene
from domain.settings import figure


def ask_form(
    session: Session,
    application: Application,
    purpose: str,
    text: str,
    answers: Sequence[Answer],
    scene: Scene,
    *,
    binding: bool = False,
    short: str = "",
) -> Say:
    """Ask the applicant, in place of what was asked of this application before."""
    return ask(
        session,
        contact_id=application.contact_id,
        application_id=application.id,
        purpose=purpose,
        slot=f"market:{application.id}" if purpose == "market" else form_slot(application.id),
        text=text,
        answers=answers,
        now=scene.now,
        deadline=scene.now + timedelta(minutes=figure(session, "question_minutes")),
        random=scene.random,
        binding=binding,
        short=short,
    )
