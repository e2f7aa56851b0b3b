"""What a member of a retail company's staff allows its program: to sign in their name. Asked on their own phone once,
beforehand, as a user is asked about a proxy (`domain.proxies.authorisations`); the same rows, questions and answers.

A yes is for one program, by its key's name: another key of the same name, made in its place, goes on under it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.contracts import sides
from domain.evidence import record
from domain.market.retailers import Retailer
from domain.notices.notices import tell_staff
from domain.people.staff import Staff
from domain.proxies import authorisations, keys
from domain.proxies.refusals import Refused
from domain.proxies.tables import Consent, Proxy, ProxyAuthorisation
from domain.questions.questions import Answer
from domain.questions.showing import places_of
from domain.review.review import NotAllowed
from domain.settings import figure
from domain.workdays import in_words, local_day

GROUND = "own_name"
MISSING = (
    "{name}还没有在自己的手机上同意贵公司的程序“{program}”以其名义办合同。"
    "请先用 POST /contract-permissions 请本人同意，同意后再发。"
)
_UNREACHABLE = "{name}没有绑定能收消息的手机或微信，现在问不到。请在审核台给本人发邀请，绑定后再请求。"


def request(
    session: Session, proxy: Proxy, program: str, company: Retailer, staff: Staff, now: datetime, random: Random
) -> ProxyAuthorisation:
    """Ask a member of staff whether this program may sign in their name. Who is being asked, or has agreed, is not
    asked again; who said no is left alone for a while. Refused says why nobody is asked."""
    known = standing(session, proxy, program, staff)
    if known is not None and (_is_open(known, staff, now) or holds(known, staff, now)):
        return known
    if known is not None and known.state == Consent.REFUSED:
        authorisations.not_too_soon(session, known, now)
    places = places_of(session, staff.contact_id) if staff.contact_id is not None else []
    if staff.contact_id is None or not places:
        raise Refused("unreachable", _UNREACHABLE.format(name=staff.name))
    made = ProxyAuthorisation(
        proxy=proxy,
        company_mark=_mark(program, staff),
        company_name=company.name,
        staff=staff,
        program=program,
        ground=GROUND,
        asked_at=now,
        deadline=now + timedelta(hours=figure(session, "proxy_answer_hours")),
        until=now + timedelta(days=figure(session, "contract_permission_days")),
    )
    session.add(made)
    session.flush()
    answers = (Answer("yes", "同意"), Answer("no", "不同意", free=True))
    words = describe(made)
    authorisations.show(session, made, staff.contact_id, places, words, answers, now, random)
    data = {"authorisation": made.id, "ground": GROUND, "shown": words[0], **authorisations.named(made)}
    record(session, "proxy_asked", made.about, f"proxy:{proxy.id}", data, now)
    return made


def standing(session: Session, proxy: Proxy, program: str, staff: Staff) -> ProxyAuthorisation | None:
    """What this person said last to this program, or is asked."""
    return authorisations.standing(session, proxy.id, _mark(program, staff))


def holds(row: ProxyAuthorisation | None, staff: Staff, now: datetime) -> bool:
    """Whether the yes stands: given, not over, by whom the login still belongs to."""
    return row is not None and authorisations.holds(row, now) and row.contact_id == staff.contact_id


def proof(session: Session, proxy: Proxy, program: str, staff: Staff, now: datetime) -> dict[str, Any]:
    """What is kept of the permission beside a word under it; Refused where there is none, and says how to get it."""
    row = standing(session, proxy, program, staff)
    if row is None or row.answered_at is None or not holds(row, staff, now):
        raise Refused("not_permitted", _missing(row, program, staff, now))
    return {"permission": row.id, "permitted_at": row.answered_at.isoformat(), "permitted_until": row.until.isoformat()}


def of_company(session: Session, proxy: Proxy, company: Retailer) -> Sequence[ProxyAuthorisation]:
    """What the people who may sign for a company have said to its programs, or are asked; the newest of each."""
    people = [each.id for each in sides.staff_in(session, company)]
    mine = (ProxyAuthorisation.proxy_id == proxy.id, ProxyAuthorisation.staff_id.in_(people))
    rows = session.scalars(select(ProxyAuthorisation).where(*mine).order_by(ProxyAuthorisation.id))
    return list({row.company_mark: row for row in rows}.values())


def end(session: Session, row: ProxyAuthorisation, by: Staff, why: str, now: datetime) -> None:
    """The trading centre's administrator ends a permission, with a reason; the person is told. NotAllowed says what is
    wrong."""
    if not keys.may_manage(by):
        raise NotAllowed("只有交易中心的管理员能结束这项授权")
    if not why.strip():
        raise NotAllowed("请写明原因")
    if row.staff is None or not authorisations.withdraw(session, row, f"staff:{by.id}", now, why.strip()):
        raise NotAllowed("这项授权已经不在了")
    text = f"交易中心已结束您给程序“{row.program}”的授权，它不能再以您的名义办合同。原因：{why.strip()}"
    brief = {"text": "交易中心已结束程序以您名义办合同的授权"}
    tell_staff(session, "contract_staff", [row.staff], brief, now, key=f"permission:{row.id}:ended", text=text)


def describe(row: ProxyAuthorisation) -> tuple[str, str]:
    """The question whole, and its essentials for an SMS: which company and program, what for, until when."""
    until = in_words(local_day(row.until))
    text = (
        f"{row.company_name}请求让程序“{row.program}”以您的名义办零售合同。\n"
        "· 可以：以您的名义接受、拒绝、提出合同请求，对公司有法律效力\n"
        "· 每次都会告诉您，不再逐件问您\n"
        f"· 有效到：{until}，随时回复“撤回授权”可以收回\n"
        "同意吗？不答复就不算同意。"
    )
    short = (
        f"{row.company_name}的程序“{row.program}”请求以您的名义\n接受、拒绝、提出合同请求\n"
        f"到{until}，回复“撤回授权”可收回"
    )
    return text, short


def _mark(program: str, staff: Staff) -> str:
    return f"staff:{staff.id}:{program}"


def _is_open(row: ProxyAuthorisation, staff: Staff, now: datetime) -> bool:
    return row.state == Consent.ASKED and row.deadline > now


def _missing(row: ProxyAuthorisation | None, program: str, staff: Staff, now: datetime) -> str:
    if row is not None and _is_open(row, staff, now):
        return f"已在问{staff.name}本人，还没有答复。本人同意后再发。"
    return MISSING.format(name=staff.name, program=program)


TITLES: Mapping[str, str] = {
    Consent.ASKED: "等本人答复",
    Consent.GIVEN: "本人已同意",
    Consent.REFUSED: "本人不同意",
    Consent.LAPSED: "本人没有答复",
    Consent.WITHDRAWN: "已收回",
}
