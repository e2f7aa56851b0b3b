"""How a wish about a contract is proposed, whoever has it: what it is to the user, who is meant, and the proposer's own
signature. Chat, and a retail company's program, come here."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.contracts import asking, describing, requests
from domain.contracts.tables import Contract, Request, RequestKind, Side
from domain.contracts.wishes import RETAIL, NotPossible, Wish
from domain.market.retailers import Retailer
from domain.messages.messages import Option, Say
from domain.packages.tables import PackageVersion
from domain.private import fingerprint
from domain.registration.applications import Application
from domain.registration.registration import Scene

BEGINS = ("now", "end")  # with the next month, or when the contract in force ends
NOBODY = "没有找到可以提议的用户，请核对编号。用户要在零售市场，合同编号要是贵公司的。"


def sign(session: Session, wish: Wish, side: Side, contact_id: int, scene: Scene, taps: Sequence[Option]) -> list[Say]:
    """Make the request, and ask who is talking to sign it. What cannot be is said with the way out (`taps`)."""
    try:
        row = requests.propose(session, wish, side, f"contact:{contact_id}", scene.now)
    except NotPossible as impossible:
        return [Say(str(impossible), list(taps))]
    if is_signed(row, side):
        return [Say(waits(row), list(taps[:1]))]
    return [asking.ask_proposer(session, row, contact_id, scene)]


def is_signed(row: Request, side: Side) -> bool:
    """Whether a side has said its word to a request already."""
    mine = requests.consent_of(row, side)
    return mine is not None and bool(mine.answer)


def waits(row: Request) -> str:
    """That it was proposed before, and until when the others may answer."""
    return f"这件事已经提出过（{row.number}），在等对方答复，最迟{describing.when(row.deadline)}。"


def user_of(session: Session, named: str, companies: Sequence[Retailer]) -> Application | None:
    """The user that a retail company names: by a contract of its own, by the order, or by the account. What is not
    there and what is not theirs to see are the same."""
    ours = [each.id for each in companies]
    if named.startswith("HT"):
        row = session.scalar(select(Contract).where(Contract.number == named, Contract.retailer_id.in_(ours)))
        return row.application if row is not None else None
    by = Application.account_mark == fingerprint("account", named) if named.isdecimal() else Application.number == named
    return session.scalar(select(Application).where(by, Application.stage.in_(RETAIL)).order_by(Application.id.desc()))


def wish_of(application: Application, version: PackageVersion, old: Contract | None, begins: str) -> tuple[Wish, Side]:
    """What a package proposed by its own company is to the user, and on which side that company is."""
    if old is None:
        return Wish(RequestKind.BIND, application, version), Side.NEW
    inside = begins == "now"
    if old.retailer_id == version.package.retailer_id:
        return Wish(RequestKind.PACKAGE, application, version, inside), Side.OLD
    return Wish(RequestKind.COMPANY, application, version, inside), Side.NEW
