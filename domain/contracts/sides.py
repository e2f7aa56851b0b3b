"""The people of each side, and how their questions name the request and the side."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.contracts.consents import may_speak
from domain.contracts.requests import consent_of
from domain.contracts.tables import Consent, Contract, Request, Side
from domain.market.retailers import Retailer
from domain.people import authority
from domain.people.staff import Role, Staff
from domain.questions.questions import Question

PURPOSE = "contract"


def slot(row: Request, side: Side) -> str:
    """The slot of a side's question about a request."""
    return f"{PURPOSE}:{row.id}:{side}"


def meant(session: Session, question: Question) -> tuple[Request, Side]:
    """The request and the side that a question is about."""
    _, number, side = question.slot.split(":")
    return session.get_one(Request, int(number), with_for_update=True), Side(side)


def may_sign_it(session: Session, question: Question, contact_id: int) -> bool:
    """Whether a contact may answer for the side that it was asked for."""
    row, side = meant(session, question)
    consent = consent_of(row, side)
    return consent is not None and may_speak(session, row, consent, f"contact:{contact_id}")


def signers(session: Session, row: Request | Contract) -> list[int]:
    """The contacts that may sign for the user of a request or a contract."""
    return authority.signers_for(session, row.application.contact_id, row.company_mark)


def staff_of(session: Session, consent: Consent) -> list[Staff]:
    """Who works for a side's retail company."""
    return staff_in(session, consent.retailer) if consent.retailer is not None else []


def staff_in(session: Session, retailer: Retailer) -> list[Staff]:
    """Who works for a retail company and may sign for it."""
    query = select(Staff).where(
        Staff.organisation_id == retailer.organisation_id,
        Staff.active.is_(True),
        Staff.role.in_((Role.HANDLER, Role.PRINCIPAL)),
    )
    return list(session.scalars(query.order_by(Staff.id)))


def contacts_of(session: Session, row: Request, consent: Consent) -> list[int]:
    """The contacts that may answer for a side in chat."""
    if consent.retailer_id is None:
        return signers(session, row)
    return list(dict.fromkeys(each.contact_id for each in staff_of(session, consent) if each.contact_id is not None))
