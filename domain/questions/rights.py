"""Who may give an answer."""

from __future__ import annotations

from sqlalchemy.orm import Session

from domain.contracts.sides import PURPOSE, may_sign_it
from domain.people.authority import Level, may
from domain.questions.questions import Question
from domain.registration.applications import Application


def may_answer(session: Session, question: Question, contact_id: int) -> bool:
    """Whether this person may answer: it was asked of them, and where the answer binds a company, they are its
    applicant or may sign for it."""
    if question.contact_id != contact_id:
        return False
    if question.purpose == PURPOSE:
        return may_sign_it(session, question, contact_id)
    application = session.get(Application, question.application_id) if question.application_id else None
    if application is None or not question.binding or application.contact_id == contact_id:
        return True
    return may(session, contact_id, application.code_mark, Level.SIGN)
