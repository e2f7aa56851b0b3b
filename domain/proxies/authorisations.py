"""What a user allows a proxy: asked on the user's own phone, answered there by exact words, ended there at any time.

Nobody is asked whom only the proxy names where the company has people of its own (`domain.people.authority`): those
are asked. Until somebody says yes, what the proxy has filled in belongs to nobody's talk, and cannot be submitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from domain.evidence import record
from domain.people.authority import Level, authorities_of, may, signers
from domain.people.contacts import SMS, WECHAT, Address, Contact, address_of, addresses_of, phones_of
from domain.proxies import hooks
from domain.proxies.refusals import Refused
from domain.proxies.tables import Consent, Proxy, ProxyAuthorisation
from domain.questions.questions import Answer, Question, QuestionState, ask
from domain.questions.showing import show_at
from domain.registration.applications import EDITABLE, Application, Source, of_contact, put
from domain.settings import figure
from domain.workdays import CHINA, in_words, local_day

EVENT, PURPOSE = "proxy_asked", "authorise_proxy"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to ask for a company, and on what ground: speaker, phone_matches, phone_unknown."""

    contacts: Sequence[int]
    ground: str


def standing(session: Session, proxy_id: int, company_mark: str | None) -> ProxyAuthorisation | None:
    """The newest authorisation of a proxy for a company, whatever its state."""
    if company_mark is None:
        return None
    mine = (ProxyAuthorisation.proxy_id == proxy_id, ProxyAuthorisation.company_mark == company_mark)
    return session.scalar(select(ProxyAuthorisation).where(*mine).order_by(ProxyAuthorisation.id.desc()).limit(1))


def holds(authorisation: ProxyAuthorisation | None, now: datetime) -> bool:
    """Whether the user's yes still stands."""
    return authorisation is not None and authorisation.state == Consent.GIVEN and authorisation.until > now


def request(
    session: Session, proxy: Proxy, application: Application, now: datetime, random: Random
) -> ProxyAuthorisation:
    """Ask the company of an application whether this proxy may file for it. One yes serves for all of the company's
    applications until its last day; one that is being asked is not asked twice. Refused says why nobody is asked."""
    if application.code_mark is None or application.account_mark is None:
        raise Refused("incomplete", "请先填好统一社会信用代码和户号，再请用户授权。")
    known = standing(session, proxy.id, application.code_mark)
    if known is not None and (holds(known, now) or known.state == Consent.ASKED):
        _take_along(session, known, application, now)
        return known
    not_too_soon(session, known, now)
    whom = _whom(session, application, now)
    made = ProxyAuthorisation(
        proxy=proxy,
        company_mark=application.code_mark,
        company_name=application.value("name") or "贵单位",
        application_id=application.id,
        ground=whom.ground,
        asked_at=now,
        deadline=now + timedelta(hours=figure(session, "proxy_answer_hours")),
        until=now + timedelta(days=figure(session, "proxy_authorisation_days")),
    )
    session.add(made)
    session.flush()
    reached = [each for each in whom.contacts if _ask_one(session, made, application, each, now, random)]
    if not reached:
        raise Refused(
            "unreachable", "用户的手机停止接收我们的短信，也没有关注服务号，现在问不到。请用户先在服务号里联系我们。"
        )
    data = {"authorisation": made.id, "application": application.id, "ground": whom.ground, "asked": reached}
    record(session, "proxy_asked", ("proxy", proxy.id), f"proxy:{proxy.id}", data, now)
    return made


def answered(session: Session, authorisation_id: int, contact_id: int, state: Consent, now: datetime) -> bool:
    """Somebody who was asked has answered: the first answer counts, and nobody else is asked any more. False where
    another one was quicker."""
    row = session.get_one(ProxyAuthorisation, authorisation_id, with_for_update=True)
    if row.state != Consent.ASKED:
        return False
    row.state, row.contact_id, row.answered_at = state, contact_id, now
    row.until = now + timedelta(days=figure(session, days_of(row)))
    _ask_no_more(session, row)
    data = {"authorisation": row.id, "state": state, "until": row.until.isoformat(), "ground": row.ground}
    record(session, "proxy_answered", row.about, f"contact:{contact_id}", data | named(row), now)
    if state == Consent.GIVEN:
        for application in _drafts(session, row):
            hand_over(session, application, row, now)
    _tell_proxy(session, row, now)
    return True


def withdraw(session: Session, row: ProxyAuthorisation, who: str, now: datetime, why: str = "") -> bool:
    """The yes is taken back. What was submitted or signed stays as it is; the proxy sees and changes nothing more."""
    if row.state != Consent.GIVEN:
        return False
    row.state, row.ended_at = Consent.WITHDRAWN, now
    data = {"authorisation": row.id, "state": row.state} | ({"why": why} if why else {})
    record(session, "proxy_withdrawn", row.about, who, data | named(row), now)
    _tell_proxy(session, row, now)
    return True


def lapse(session: Session, now: datetime) -> int:
    """Nobody has answered in time: the proxy is told, and nothing else happens. How many."""
    late = select(ProxyAuthorisation).where(
        ProxyAuthorisation.state == Consent.ASKED, ProxyAuthorisation.deadline < now - timedelta(minutes=5)
    )
    rows = session.scalars(late.with_for_update()).all()
    for row in rows:
        row.state = Consent.LAPSED
        _ask_no_more(session, row)
        record(session, "proxy_lapsed", row.about, "system", {"authorisation": row.id} | named(row), now)
        _tell_proxy(session, row, now)
    return len(rows)


def given_by(session: Session, contact_id: int, now: datetime) -> list[ProxyAuthorisation]:
    """The authorisations that a contact may see and end: their own, and those of the companies that they sign for."""
    mine = or_(
        ProxyAuthorisation.contact_id == contact_id,
        ProxyAuthorisation.company_mark.in_(signed_for(session, contact_id)),
    )
    live = (ProxyAuthorisation.state == Consent.GIVEN, ProxyAuthorisation.until > now)
    return list(session.scalars(select(ProxyAuthorisation).where(*live, mine).order_by(ProxyAuthorisation.id)))


def named(row: ProxyAuthorisation) -> dict[str, Any]:
    """Which program may speak in whose name, for the facts about it."""
    return {"staff": row.staff_id, "program_name": row.program} if row.staff_id is not None else {}


def days_of(row: ProxyAuthorisation) -> str:
    """The setting of how long a yes serves."""
    return "contract_permission_days" if row.staff_id is not None else "proxy_authorisation_days"


def is_still_theirs(session: Session, question: Question) -> bool:
    """Whether who was asked to lend their name still is the one behind that login."""
    row = session.get_one(ProxyAuthorisation, int(question.slot.partition(":")[2]))
    return row.staff is None or (row.staff.active and row.staff.contact_id == question.contact_id)


def signed_for(session: Session, contact_id: int) -> list[str]:
    """The companies that a contact may sign for, by their marks."""
    marks = {each.company_mark for each in authorities_of(session, contact_id)}
    return sorted(mark for mark in marks if may(session, contact_id, mark, Level.SIGN))


def hand_over(session: Session, application: Application, row: ProxyAuthorisation, now: datetime) -> None:
    """The application is the user's from now on, with its documents. It waits for the proxy, not for the user: their
    talk does not turn to it by itself. The registered phone is one that the user has in hand."""
    contact = session.get_one(Contact, row.contact_id)
    application.contact, application.paused = contact, True
    for photo in application.photos:
        photo.contact_id = contact.id
    phones = [each.value for each in phones_of(session, contact.id) or addresses_of(session, contact.id, SMS)]
    if phones and application.value("phone") not in phones:
        put(application, "phone", Source.TYPED, phones[-1], now)
    application.phone_verified_at = now if phones else None
    session.flush()


def describe(session: Session, application: Application, proxy: Proxy, now: datetime) -> tuple[str, str]:
    """The question whole, and its essentials for an SMS: which proxy, company and account, what for, until when."""
    company = application.value("name") or "贵单位"
    account = f"尾号{(application.value('account_number') or '')[-4:]}"
    until = in_words(local_day(now + timedelta(days=figure(session, "proxy_authorisation_days"))))
    text = (
        f"{proxy.name}请求代{company}办理电力市场注册。\n"
        f"· 户号：{account}（同意后也可代办贵单位的其他户号）\n"
        "· 可以：填写、补充材料、提交注册、查进度\n"
        "· 不可以：代您签合同、选售电公司\n"
        f"· 有效到：{until}，随时回复“撤回授权”可以收回\n"
        "您是贵单位的人才能同意：审核通过后，您本人可以代表贵单位办事。\n"
        "同意吗？没有找过他们，请选“我没有委托”。不答复就不算同意。"
    )
    short = (
        f"{proxy.name}请求代{company}办电力市场注册\n户号{account}等，可填写提交，不能代签合同\n到{until}，可随时撤回"
    )
    return text, short


def _take_along(session: Session, row: ProxyAuthorisation, application: Application, now: datetime) -> None:
    if row.state == Consent.GIVEN and application.contact_id == row.proxy.contact_id:
        hand_over(session, application, row, now)


def not_too_soon(session: Session, known: ProxyAuthorisation | None, now: datetime) -> None:
    """Who said no, or nothing, is left alone for a while; who took their yes back may be asked as soon as they like."""
    if known is None or known.state not in (Consent.REFUSED, Consent.DENIED, Consent.LAPSED):
        return
    days = figure(session, "proxy_reask_days")
    again = (known.answered_at or known.deadline) + timedelta(days=days)
    if again > now:
        day = f"{again.astimezone(CHINA):%Y-%m-%d}"
        raise Refused("asked_before", f"用户没有同意过这项授权，{day}之后才能再问。用户也可以在服务号里自己办理。")


def _whom(session: Session, application: Application, now: datetime) -> Asked:
    phone, mark = application.value("phone"), application.code_mark or ""
    speakers = signers(session, mark)
    known = address_of(session, SMS, phone, now) if phone else None
    if speakers:
        own = known is not None and known.contact_id in speakers
        return Asked([known.contact_id] if own and known is not None else speakers, "speaker")
    if known is None:
        raise Refused("incomplete", "请先填好用户联系人的手机号，再请用户授权。")
    told = (application.facts or {}).get("phone_name")
    if told == "mismatch":
        raise Refused("phone_not_theirs", "运营商核验：这个手机号不在联系人名下。请填联系人本人的手机号。")
    return Asked([known.contact_id], "phone_matches" if told == "match" else "phone_unknown")


def _ask_one(
    session: Session, row: ProxyAuthorisation, application: Application, contact_id: int, now: datetime, random: Random
) -> bool:
    """Open the question for one person, and show it on their phone and in WeChat. False: they cannot be reached."""
    places = _places(session, contact_id, application)
    if not places:
        return False
    answers = (Answer("yes", "同意"), Answer("no", "不同意", free=True), Answer("never", "我没有委托", free=True))
    show(session, row, contact_id, places, describe(session, application, row.proxy, now), answers, now, random)
    return True


def show(
    session: Session,
    row: ProxyAuthorisation,
    contact_id: int,
    places: Sequence[Address],
    words: tuple[str, str],
    answers: Sequence[Answer],
    now: datetime,
    random: Random,
) -> None:
    """Open the question of an authorisation, whole and by its essentials, at all the places of one person."""
    text, short = words
    say = ask(
        session,
        contact_id=contact_id,
        purpose=PURPOSE,
        slot=f"proxy:{row.id}",
        text=text,
        answers=answers,
        now=now,
        deadline=row.deadline,
        random=random,
        binding=True,
        short=short,
    )
    for place in places:
        key = f"{EVENT}:{row.id}:{place.id}"
        show_at(session, place, say, event=EVENT, key=key, expires=row.deadline, random=random, now=now)


def _places(session: Session, contact_id: int, application: Application) -> list[Address]:
    """The person's WeChat where they follow, and one phone: the one that was named, where it is theirs."""
    phones = [each for each in addresses_of(session, contact_id, SMS) if each.reachable and each.notices]
    named = [each for each in phones if each.value == application.value("phone")]
    wechats = [each for each in addresses_of(session, contact_id, WECHAT) if each.reachable and each.notices]
    return [*(named or phones)[-1:], *wechats[-1:]]


def _ask_no_more(session: Session, row: ProxyAuthorisation) -> None:
    open_still = (Question.slot == f"proxy:{row.id}", Question.state == QuestionState.OPEN)
    for question in session.scalars(select(Question).where(Question.purpose == PURPOSE, *open_still)).all():
        question.state = QuestionState.REPLACED


def _drafts(session: Session, row: ProxyAuthorisation) -> list[Application]:
    """What the proxy has filled in for the company so far."""
    mine = [each for each in of_contact(session, row.proxy.contact_id) if each.stage in EDITABLE]
    return [each for each in mine if each.code_mark == row.company_mark and each.proxy_id == row.proxy_id]


def _tell_proxy(session: Session, row: ProxyAuthorisation, now: datetime) -> None:
    data = {"authorisation": row.id, "registration": row.application_id, "state": row.state}
    given = {"until": row.until.isoformat()} if row.state == Consent.GIVEN else {}
    hooks.tell(session, row.proxy_id, "authorisation.answered", f"consent:{row.id}:{row.state}", data | given, now)
