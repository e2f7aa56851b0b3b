"""Who may give an answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from domain.contracts import consents
from domain.contracts.sides import PURPOSE, may_sign_it, meant
from domain.evidence import record
from domain.messages.messages import InboundMessage
from domain.people.authority import Level, may
from domain.proxies import authorisations
from domain.questions.questions import Question
from domain.registration.applications import Application


def may_answer(session: Session, question: Question, contact_id: int) -> bool:
    """Whether this person may answer: it was asked of them, and where the answer binds a company, they are its
    applicant or may sign for it."""
    if question.contact_id != contact_id:
        return False
    if question.purpose == PURPOSE:
        return may_sign_it(session, question, contact_id)
    if question.purpose == authorisations.PURPOSE:
        return authorisations.is_still_theirs(session, question)
    application = session.get(Application, question.application_id) if question.application_id else None
    if application is None or not question.binding or application.contact_id == contact_id:
        return True
    return may(session, contact_id, application.code_mark, Level.SIGN)


def tried(session: Session, question: Question, answer: str, inbound: InboundMessage, now: datetime) -> None:
    """Keep that somebody who may not answer has done so; a word about a contract stands with that contract's others."""
    who = f"contact:{inbound.address.contact_id}"
    proof = {"question": question.id, "code": question.code, "channel": inbound.channel, "message": inbound.channel_id}
    if question.purpose == PURPOSE:
        row, side = meant(session, question)
        consents.tried(session, row, consents.Word(side, answer == "yes", who, proof), "没有代表这一方签署的权限", now)
        return
    about = ("application", question.application_id) if question.application_id else ("question", question.id)
    data = {"purpose": question.purpose, "answer": answer, "label": question.label(answer), **proof}
    record(session, "answer_refused", about, who, data, now)
