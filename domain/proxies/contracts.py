"""What a retail company's program does about contracts: reads what waits for its company, answers it, proposes.

A program signs nothing by itself: it names the member of staff in whose name it speaks, who must be able to sign for
the company and have agreed to that on their own phone (`domain.proxies.permissions`), and the mark of the text that
was seen. That person is told what was said in their name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.contracts import asking, consents, contracts, describing, proposing, requests, sides
from domain.contracts.tables import KIND_NAMES, Consent, Request, Side
from domain.contracts.wishes import NotPossible
from domain.evidence import record
from domain.market import roll
from domain.market.retailers import Retailer
from domain.notices.notices import tell_staff
from domain.packages import offers
from domain.people.staff import Staff
from domain.proxies import permissions
from domain.proxies.refusals import Refused
from domain.proxies.tables import Proxy
from domain.proxies.tables import ProxyAuthorisation as Permission
from domain.registration.filing import Finding
from domain.registration.registration import Scene
from domain.settings import figure

NOT_STAFF = "没有这位工作人员，或不能代表贵公司签署。请填本公司经办人或负责人在审核台的登录名。"
_CHANGED = "显示的内容与您核对的不是同一份，没有算答复。请重新查询，核对原文后用新的 digest 再发。"


@dataclass(frozen=True, slots=True)
class Program:
    """Which program speaks: its proxy, the key by its prefix, and its own number of the message."""

    proxy: Proxy
    key: str
    message: str
    name: str  # the key's: what people call this program

    @property
    def proof(self) -> dict[str, str]:
        """What is kept beside a word of this program."""
        return {"channel": "api", "message": self.message, "program": f"proxy:{self.proxy.id}", "key": self.key}


@dataclass(frozen=True, slots=True)
class Said:
    """What it says: in whose name (a login), yes or no, and the mark of what was shown."""

    staff: str
    yes: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What it proposes, in whose name: to which user, which package, and from when ("now", "end", or "")."""

    staff: str
    user: str
    package: str
    begins: str = ""


def company_of(session: Session, proxy: Proxy) -> Retailer:
    """The retail company that a program acts for. Refused where it is on no roll."""
    found = roll.of_code(session, proxy.organisation.code)
    if found is None:
        raise Refused("not_a_retailer", "只有交易中心名录里的售电公司能这样做，请联系交易中心。")
    return found


def waiting(session: Session, company: Retailer) -> Sequence[Request]:
    """What waits for the company's word, the first to run out first; its own proposals that it has not signed, too."""
    return requests.waiting_for(session, company.id)


def shown_to(session: Session, company: Retailer, number: str, *, lock: bool = False) -> tuple[Request, Consent] | None:
    """A request of this number and the company's part in it; None where it has none, or may not know of it yet."""
    row = _of_number(session, number, lock=lock)
    mine = next((each for each in row.consents if each.retailer_id == company.id), None) if row is not None else None
    if row is None or mine is None:
        return None
    return (row, mine) if row.proposed_by == mine.side or requests.is_signed_by_proposer(row) else None


def answer(
    session: Session, program: Program, company: Retailer, number: str, said: Said, scene: Scene
) -> tuple[Request, str] | Refused:
    """Take the company's word in: the request as it then stands, and the sentence about it. What is refused is
    returned, not raised: that it was tried is kept, with the caller's transaction."""
    found, staff = shown_to(session, company, number, lock=True), _speaker(session, company, said.staff)
    if found is None:
        return _strangers(session, program, number, scene)
    row, mine = found
    who = f"staff:{staff.id}" if staff is not None else f"proxy:{program.proxy.id}"
    word = consents.Word(Side(mine.side), said.yes, who, program.proof)
    if staff is None:
        return _kept(session, row, word, Refused("not_staff", NOT_STAFF), scene)
    if said.digest != row.digest:
        return _kept(session, row, word, Refused("changed", _CHANGED), scene)
    try:
        permission = permissions.proof(session, program.proxy, program.name, staff, scene.now)
    except Refused as missing:
        return _kept(session, row, word, missing, scene)
    word = replace(word, proof={**word.proof, **permission})
    result = asking.taken(session, row, word, scene)
    if result.refused:
        return Refused(result.refused, result.said)
    _tell(session, staff, program, row, said.yes, scene)
    return row, result.said


def ask_permission(session: Session, program: Program, company: Retailer, login: str, scene: Scene) -> Permission:
    """Ask a member of staff on their own phone whether this program may sign in their name; see
    `domain.proxies.permissions`."""
    staff = _speaker(session, company, login)
    if staff is None:
        raise Refused("not_staff", NOT_STAFF)
    return permissions.request(session, program.proxy, program.name, company, staff, scene.now, scene.random)


def check_offers(session: Session, used: int) -> None:
    """Refused where a company's program has proposed too often today, `used` times with this one: an answer says who a
    user is, and nobody is to look up a whole market by it."""
    most = figure(session, "proxy_offers_a_day")
    if used > most:
        raise Refused("too_many", f"每天最多提议{most}次，请明天再试。")


def propose(session: Session, program: Program, company: Retailer, offer: Offer, scene: Scene) -> Request:
    """Keep what the company proposes to a user, as it will be shown. It is asked of nobody before the company has
    signed it: `answer`, with the mark of what this returns."""
    staff = _speaker(session, company, offer.staff)
    if staff is None:
        raise Refused("not_staff", NOT_STAFF)
    permissions.proof(session, program.proxy, program.name, staff, scene.now)
    version = offers.version(session, offer.package)
    if version is None or version.package.retailer_id != company.id:
        raise Refused("not_found", f"贵公司没有编号 {offer.package} 的在售套餐。")
    application = proposing.user_of(session, offer.user.upper(), [company])
    if application is None:
        raise Refused("not_found", proposing.NOBODY)
    old = contracts.of_application(session, application, scene.now)
    if old is not None and offer.begins not in proposing.BEGINS:
        problem = Finding("begins", "用户已有合同，请填 now（从下月起）或 end（到期后）。")
        raise Refused("invalid", "内容不对，请看 problems。", [problem])
    wish, side = proposing.wish_of(application, version, old, offer.begins)
    try:
        row = requests.propose(session, wish, side, f"staff:{staff.id}", scene.now)
    except NotPossible as impossible:
        raise Refused("wrong_stage", str(impossible)) from None
    if proposing.is_signed(row, side):
        raise Refused("exists", proposing.waits(row))
    return row


def _of_number(session: Session, number: str, *, lock: bool = False) -> Request | None:
    if not number.isalnum():  # what no number can be, a database may not take
        return None
    query = select(Request).where(Request.number == number.upper())
    return session.scalar(query.with_for_update() if lock else query)


def _speaker(session: Session, company: Retailer, login: str) -> Staff | None:
    """The member of staff who is named, if they may sign for this company."""
    return next((each for each in sides.staff_in(session, company) if each.login == login), None)


def _strangers(session: Session, program: Program, number: str, scene: Scene) -> Refused:
    """A request that is not this company's is as little there as none; that it was tried is kept."""
    row = _of_number(session, number)
    if row is not None:
        data = {"request": row.number, "why": "不是这家公司的事项", **program.proof}
        about = ("contract_request", row.id)
        record(session, "contract_answer_refused", about, f"proxy:{program.proxy.id}", data, scene.now)
    return Refused("not_found", "没有这个编号的合同事项，或不需要贵公司答复。")


def _kept(session: Session, row: Request, word: consents.Word, why: Refused, scene: Scene) -> Refused:
    consents.tried(session, row, word, why.text.partition("。")[0], scene.now)
    return why


def _tell(session: Session, staff: Staff, program: Program, row: Request, yes: bool, scene: Scene) -> None:
    """Who was named learns what was said in their name, so that they can object."""
    what = f"{row.application.value('name')}：{KIND_NAMES[row.kind]}（{row.number}）"
    word = "同意" if yes else "不同意"
    brief = f"程序以您的名义答复“{word}”：{KIND_NAMES[row.kind]}"
    text = f"贵公司的程序以您的名义答复了“{word}”：{what}。\n"
    text += f"{describing.in_a_line(row.shown)}\n不是贵公司的意思，请马上联系交易中心。"
    tell_staff(session, "contract_staff", [staff], {"text": brief}, scene.now, key=f"{row.id}:program", text=text)
