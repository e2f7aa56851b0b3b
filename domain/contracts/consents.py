"""What one side says to a request; and what holds once the last of them has said yes.

The word of a side is bound to the mark of exactly what was shown. Who may not speak for a side is refused, and that it
was tried is kept. All of it happens in one transaction: there is no moment in which one half holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from domain.contracts import contracts, describing, requests
from domain.contracts.tables import (
    KIND_NAMES,
    SIDE_NAMES,
    Consent,
    Contract,
    Request,
    RequestKind,
    RequestState,
    Side,
    Why,
)
from domain.contracts.wishes import RETAIL, NotPossible
from domain.evidence import record
from domain.market import months
from domain.market.retailers import Retailer
from domain.people.authority import Level, may
from domain.people.contacts import Contact
from domain.people.staff import OrganisationKind, Role, Staff
from domain.registration.applications import Stage
from domain.review import steps
from domain.settings import value
from domain.workdays import local_day

# The settings that an answer was given under: kept with it.
RULES = (
    "contract_answer_days",
    "contract_consent_by_api",
    "contract_permission_days",
    "second_factor_for",
    "second_factor_on_wechat",
    "second_factor_on_wechat_for",
)


class Refused(NotPossible):
    """This person may not say this for this side; the text says why. The caller keeps that it was tried."""


@dataclass(frozen=True, slots=True)
class Word:
    """One answer: for which side, yes or no, whose, and what proves it (the question, its code, the messages)."""

    side: Side
    yes: bool
    who: str  # contact:7 or staff:3
    proof: Mapping[str, Any]

    @property
    def by_program(self) -> bool:
        """Whether a retail company's program said it in the person's name: no code came from that person's phone."""
        return self.proof.get("channel") == "api"


def check(session: Session, row: Request, word: Word) -> Consent:
    """The consent that the word would fill in. Refused where this person may not; NotPossible where it is too late."""
    if row.state != RequestState.OPEN:
        raise NotPossible(f"{KIND_NAMES[row.kind]}（{row.number}）已经了结，没有再改变什么。")
    consent = requests.consent_of(row, word.side)
    if consent is None:
        raise Refused("这件事不需要这一方答复。")
    if consent.answer:
        raise NotPossible(f"{SIDE_NAMES[word.side]}已经答复过“{'同意' if consent.answer == 'yes' else '不同意'}”。")
    if not may_speak(session, row, consent, word.who):
        raise Refused("这件事要由能代表那一方签署的人答复，什么都没有改变。")
    if word.by_program and not _may_by_program(session, consent, word):
        raise Refused("这件事不能由程序答复，请本人在聊天里或审核台上答复。什么都没有改变。")
    if word.yes and not _may_sell(row, word.side):
        raise Refused(f"{_seller(row)}现在不能签新合同，不能同意。可以回复“不同意”。")
    if speaks_for_another(session, row, word):
        raise Refused("提出或答复过这件事的人，不能再替另一方答复。请对方自己的人来办。")
    return consent


def answer(session: Session, row: Request, word: Word, now: datetime) -> Contract | None:
    """Take a side's word in. With the last yes what was asked for holds, and the contract that it made is returned; a
    no closes the request. See `check` for what is raised."""
    if row.deadline < now:
        raise NotPossible("答复时间已过，什么都没有改变。")
    consent = check(session, row, word)
    if describing.digest(row.shown) != row.digest:
        raise NotPossible("这件事的内容核对不上，已停办，请联系交易中心。")
    said = "yes" if word.yes else "no"
    consent.evidence_id = _kept(session, row, word, said, now)
    consent.answer, consent.who, consent.at = said, word.who, now
    if not word.yes:
        why = f"{SIDE_NAMES[word.side]}不同意，什么都没有改变"
        requests.close(session, row, RequestState.REFUSED, why, word.who, now)
        return None
    if any(each.answer != "yes" for each in row.consents):
        return None
    return _hold(session, row, word.who, now)


def tried(session: Session, row: Request, word: Word, why: str, now: datetime) -> None:
    """Keep that somebody tried to speak for a side that is not theirs."""
    data = {"request": row.number, "side": word.side, "why": why, **word.proof}
    record(session, "contract_answer_refused", ("contract_request", row.id), word.who, data, now)


def may_speak(session: Session, row: Request, consent: Consent, who: str) -> bool:
    """Whether a person may sign for a side: for the user who applied or may sign for the company; for a retail company
    its own staff."""
    kind, _, number = who.partition(":")
    if consent.retailer_id is None:
        return kind == "contact" and may_sign(session, row, int(number))
    return any(each.id == consent.retailer_id for each in retailers_of(session, who))


def _may_by_program(session: Session, consent: Consent, word: Word) -> bool:
    """A retail company's own side only, where the market takes it, and under the permission of the person who is
    named; a user's word is always their own."""
    mine = consent.retailer_id is not None and bool(word.proof.get("permission"))
    return mine and bool(value(session, "contract_consent_by_api"))


def may_sign(session: Session, row: Request, contact_id: int) -> bool:
    """Whether a contact may sign for the user: as its applicant, or with the authority to."""
    return row.application.contact_id == contact_id or may(session, contact_id, row.company_mark, Level.SIGN)


def retailers_of(session: Session, who: str) -> list[Retailer]:
    """The retail companies for which a person may sign, as the login or as the contact that they are."""
    kind, _, number = who.partition(":")
    query = session.query(Retailer).join(Staff, Staff.organisation_id == Retailer.organisation_id)
    mine = Staff.id == int(number) if kind == "staff" else Staff.contact_id == int(number)
    found = query.filter(mine, Staff.active.is_(True), Staff.role.in_((Role.HANDLER, Role.PRINCIPAL)))
    return [each for each in found if each.organisation.kind == OrganisationKind.RETAILER]


def speaks_for_another(session: Session, row: Request, word: Word) -> bool:
    """Whether the same person has asked, or answered, for another side already: as a contact or as a login."""
    mine = same_person(session, word.who)
    if row.proposed_by != word.side and row.proposer in mine:
        return True
    return any(each.who in mine and each.side != word.side for each in row.consents if each.answer)


def same_person(session: Session, who: str) -> set[str]:
    """One person as the login and as the contact that they are."""
    kind, _, number = who.partition(":")
    if kind == "staff":
        staff = session.get(Staff, int(number))
        return {who} | ({f"contact:{staff.contact_id}"} if staff is not None and staff.contact_id else set())
    contact = session.get(Contact, int(number))
    logins = session.query(Staff).filter(Staff.contact_id == contact.id) if contact is not None else ()
    return {who, *(f"staff:{each.id}" for each in logins)}


def _kept(session: Session, row: Request, word: Word, said: str, now: datetime) -> int:
    """What was shown, what was said, what proves it, and under which rules and on which version of the package."""
    data: dict[str, Any] = {
        "request": row.number,
        "side": word.side,
        "answer": said,
        "digest": row.digest,
        "shown": row.shown,
        "version": row.version_id,
        "rules": {name: value(session, name) for name in RULES},
        **word.proof,
    }
    fact = record(session, "contract_consent", ("contract_request", row.id), word.who, data, now)
    session.flush()
    return fact.id


def _hold(session: Session, row: Request, who: str, now: datetime) -> Contract | None:
    """All have agreed: the old contract gives way, the new one is made, what else was open about the unit is over."""
    if hindered := _hindered(session, row, now):
        requests.close(session, row, RequestState.SUPERSEDED, f"{hindered}，什么都没有改变", "system", now)
        return None
    if row.contract is not None and row.contract.last_month >= row.first_month:
        why = Why.TERMINATED if row.kind == RequestKind.END else Why.CHANGED
        contracts.end(session, row.contract, row.first_month - 1, why, who, now)
    elif row.contract is not None:
        row.contract.renewal = contracts.STOPPED  # at its end something else begins
    made = _made(session, row, who, now)
    requests.close(session, row, RequestState.AGREED, "各方都已同意", who, now)
    row.result_id = made.id if made is not None else None
    for other in requests.open_of_unit(session, row.unit_mark):
        requests.close(session, other, RequestState.SUPERSEDED, f"已按{row.number}办理", "system", now)
    _register(session, row, now)
    return made


def _hindered(session: Session, row: Request, now: datetime) -> str:
    """Why it cannot hold though all have agreed: the world has gone on meanwhile. Empty: it can."""
    this_month = months.month_of(local_day(now))
    if row.first_month <= this_month:
        return "要改的月份已经开始"
    if row.version is not None and not row.version.package.retailer.sells:
        return f"{_seller(row)}现在不能签新合同"
    if row.version is not None and row.application.stage not in RETAIL:
        return "用户已不在零售市场"
    newest = contracts.last(session, row.unit_mark, this_month)
    if (newest.id if newest is not None else None) != row.contract_id and not _over_by_then(row, newest):
        return "合同在此期间已经变了"
    return ""


def _may_sell(row: Request, side: Side) -> bool:
    """Whether this side, where it is the one that would sell, may do so now."""
    seller = Side.NEW if any(each.side == Side.NEW for each in row.consents) else Side.OLD
    return side != seller or row.version is None or row.version.package.retailer.sells


def _seller(row: Request) -> str:
    assert row.version is not None
    return row.version.package.retailer.name


def _over_by_then(row: Request, newest: Contract | None) -> bool:
    """A first contract may follow one that ends before it begins."""
    return row.contract_id is None and newest is not None and newest.last_month < row.first_month


def _made(session: Session, row: Request, who: str, now: datetime) -> Contract | None:
    if row.version is None:
        return None
    about = {"request": row.number, "digest": row.digest, "consents": [each.evidence_id for each in row.consents]}
    unit, term = (row.unit_kind, row.unit_mark), (row.first_month, row.last_month)
    return contracts.make(session, row.application, unit, row.version, term, who, now, about=about)


def _register(session: Session, row: Request, now: datetime) -> None:
    """With its first contract a user is registered; without one it is not any more, and chooses again."""
    if row.kind != RequestKind.BIND:
        return
    for application in contracts.members(session, row.application):
        if application.stage == Stage.AWAITING_RETAILER:
            steps.enter(application, Stage.REGISTERED, now, decision="bound")
