"""What a contact may do here: the companies that they speak for, and the console logins that are theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.identifiers import mask_phone
from domain.people.authority import LEVEL_NAMES, Authority, Level, authorities_of, grant, may, speakers_for
from domain.people.contacts import SMS, Contact, addresses_of
from domain.people.notices import CHANGED, tell_contact
from domain.people.staff import ROLE_NAMES, Staff
from domain.proxies.tables import Consent, ProxyAuthorisation
from domain.registration.applications import Application, Stage, of_contact


@dataclass(frozen=True, slots=True)
class Roles:
    """One person may hold several: companies with a level each, and places as staff."""

    companies: Sequence[Authority]
    staff: Sequence[Staff]

    def lines(self) -> list[str]:
        """One line a role, as its holder reads it."""
        companies = [f"{each.company_name}：{LEVEL_NAMES[each.level]}" for each in self.companies]
        return companies + [f"{each.organisation.name}：{ROLE_NAMES[each.role]} {each.name}" for each in self.staff]


def roles_of(session: Session, contact_id: int) -> Roles:
    """The roles that a contact holds now. A closed login is no role."""
    staff = session.scalars(select(Staff).where(Staff.contact_id == contact_id, Staff.active.is_(True)))
    return Roles(authorities_of(session, contact_id), list(staff))


def called(session: Session, contact_id: int) -> str:
    """What others of the company call a contact: the name that they gave, or a phone with its ends only."""
    name = session.get_one(Contact, contact_id).name
    names = [name, *(application.value("contact_name") for application in of_contact(session, contact_id))]
    phones = [mask_phone(each.value) for each in addresses_of(session, contact_id, SMS) if each.verified_at]
    return next((each for each in [*names, *phones] if each), "一位微信用户")


def may_take_over(session: Session, contact_id: int, application: Application) -> bool:
    """Whether a colleague may go on with somebody's application: it came back, and they may handle the company."""
    returned = application.stage == Stage.RETURNED and application.contact_id != contact_id
    return returned and may(session, contact_id, application.code_mark, Level.HANDLE)


def applicant_speaks(session: Session, application: Application, who: str, now: datetime) -> None:
    """A company was admitted: who registered it speaks for it. Where somebody else manages the company already, the
    newcomer may sign but not say who else speaks, and the managers are told. Where a proxy filed it, the most that they
    may do is what `_most_by_proxy` allows."""
    mark, company = application.code_mark, application.value("name") or ""
    most = _most_by_proxy(session, application)
    if mark is None or most is None:
        return
    speakers = [each for each in speakers_for(session, mark) if each.contact_id != application.contact_id]
    managers = [each for each in speakers if each.level == Level.MANAGE]
    grant(
        session,
        contact_id=application.contact_id,
        company_mark=mark,
        company_name=company,
        level=Level.SIGN if managers and most == Level.MANAGE else most,
        ground="registered",
        who=who,
        now=now,
        application_id=application.id,
    )
    text = f"{company}又有一个户号通过审核，申请人也能代表贵单位了。不认识的话，请回复“我的同事”解除。"
    key = f"registered:{application.id}:{len(application.steps)}"
    for manager in managers:
        tell_contact(session, manager.contact_id, CHANGED, text, key, now)


def _most_by_proxy(session: Session, application: Application) -> Level | None:
    """What an admission may give to the person of an application. A proxy that handed it in has only named them: who
    said no yes gets nothing; a yes on a phone that the operator knows under the named person makes them the
    manager; one on a phone that it does not know lets them handle. Who spoke for the company before keeps that."""
    if application.proxy_id is None or application.channel != "api":
        return Level.MANAGE
    yes = select(ProxyAuthorisation.ground).where(
        ProxyAuthorisation.proxy_id == application.proxy_id,
        ProxyAuthorisation.company_mark == application.code_mark,
        ProxyAuthorisation.contact_id == application.contact_id,
        ProxyAuthorisation.state.in_((Consent.GIVEN, Consent.WITHDRAWN)),
    )
    ground = session.scalar(yes.order_by(ProxyAuthorisation.id.desc()).limit(1))
    return {"phone_matches": Level.MANAGE, "phone_unknown": Level.HANDLE}.get(ground or "")
