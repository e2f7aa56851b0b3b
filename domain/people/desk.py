"""What staff do on the console about people: invite, keep phones, write letters, unbind, end an authority."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.evidence import record
from domain.identifiers import InvalidIdentifier, normalise_phone
from domain.people import invitations
from domain.people.authority import Authority, Level, end, speakers_for
from domain.people.invitations import Invitation, InvitationKind
from domain.people.joining import unbind_staff
from domain.people.notices import CHANGED, tell_contact
from domain.people.staff import ROLE_NAMES, ROLES_IN, Organisation, OrganisationKind, Role, Staff, hashed
from domain.registration.applications import Application
from domain.review.review import NotAllowed

REVIEWERS = (Role.REVIEWER, Role.ADMINISTRATOR)
_NO_SUCH = "没有这个人员，或不归您管理"


def manages(staff: Staff, organisation_id: int) -> bool:
    """Whether a member of staff keeps the people of an organisation: the centre's administrator everybody's, a
    principal their own."""
    if staff.role == Role.ADMINISTRATOR and staff.organisation.kind == OrganisationKind.CENTRE:
        return True
    return staff.role == Role.PRINCIPAL and staff.organisation_id == organisation_id


def managed(session: Session, staff: Staff) -> tuple[list[Organisation], list[Staff]]:
    """The organisations whose people a member of staff keeps, and those people."""
    places = session.scalars(select(Organisation).order_by(Organisation.kind, Organisation.code))
    mine = [place for place in places if manages(staff, place.id)]
    query = select(Staff).where(Staff.organisation_id.in_([place.id for place in mine]))
    return mine, list(session.scalars(query.order_by(Staff.organisation_id, Staff.login)))


def add(
    session: Session, by: Staff, *, organisation_id: int, login: str, name: str, role: str, phone: str, random: Random
) -> Staff:
    """Make a login for somebody who is then invited. It has no password until one is set. NotAllowed says why not."""
    place = session.get(Organisation, organisation_id)
    if place is None or not manages(by, place.id):
        raise NotAllowed("您不能为这个单位添加人员")
    login, name = login.strip().lower(), name.strip()
    if not login or not name:
        raise NotAllowed("请填写账号和姓名")
    if role not in ROLES_IN[place.kind]:
        raise NotAllowed(f"这个单位没有这个岗位，可选：{'、'.join(ROLE_NAMES[each] for each in ROLES_IN[place.kind])}")
    if session.scalar(select(Staff.id).where(Staff.login == login)) is not None:
        raise NotAllowed(f"账号 {login} 已经有了")
    unknown = hashed(random.randbytes(32).hex(), random.randbytes(16))
    made = Staff(login=login, name=name, role=role, organisation=place, password=unknown, phone=_phone(phone))
    session.add(made)
    session.flush()
    return made


def invite(session: Session, by: Staff, staff_id: int, random: Random, now: datetime) -> tuple[Staff, Invitation, str]:
    """Invite a member of staff to bind their WeChat: who it is, the invitation, and its token, which is shown once.
    Invitations that they had before are taken back."""
    staff = _theirs(session, by, staff_id)
    if not staff.active:
        raise NotAllowed("账号已停用，请先启用")
    for older in session.scalars(select(Invitation).where(Invitation.staff_id == staff.id)).all():
        invitations.revoke(session, older, f"staff:{by.id}", now)
    made, token = invitations.make(
        session, InvitationKind.STAFF, random=random, now=now, staff_id=staff.id, made_by=by.id
    )
    return staff, made, token


def keep_phone(session: Session, by: Staff, staff_id: int, text: str, now: datetime) -> Staff:
    """Keep the phone on which a member of staff is reached; empty takes it away. NotAllowed says what is wrong."""
    staff = _theirs(session, by, staff_id)
    phone = _phone(text)
    if phone != staff.phone:
        record(session, "staff_phone", ("staff", staff.id), f"staff:{by.id}", {"removed": phone is None}, now)
        staff.phone = phone
    return staff


def unbind(session: Session, by: Staff, staff_id: int, now: datetime) -> Staff:
    """A member of staff is reached in WeChat no more; they are told."""
    staff = _theirs(session, by, staff_id)
    if staff.contact_id is not None:
        contact_id = staff.contact_id
        unbind_staff(session, contact_id, f"staff:{by.id}", now, only=staff.id)
        text = f"{staff.organisation.name}的账号已解除与您微信的绑定，待办不再发到这里。"
        tell_contact(session, contact_id, CHANGED, text, f"staff:{staff.id}:{now.isoformat()}", now)
    return staff


def letter(
    session: Session, by: Staff, application: Application, level: str, random: Random, now: datetime
) -> tuple[Invitation, str]:
    """A letter with a QR code for a company whose papers a reviewer has seen: who uses it speaks for the company."""
    company = application.value("name") or ""
    if by.role not in REVIEWERS or by.organisation.kind != OrganisationKind.CENTRE:
        raise NotAllowed("只有交易中心审核人员能出具邀请函")
    if level not in list(Level) or application.code_mark is None or application.submitted_at is None:
        raise NotAllowed("这份申请还不能出具邀请函")
    return invitations.make(
        session,
        InvitationKind.COMPANY,
        random=random,
        now=now,
        company=(application.code_mark, company),
        level=level,
        application_id=application.id,
        made_by=by.id,
    )


def speakers(session: Session, application: Application) -> Sequence[Authority]:
    """Who speaks for the application's company now."""
    return speakers_for(session, application.code_mark) if application.code_mark else ()


def end_authority(session: Session, by: Staff, application: Application, authority_id: int, now: datetime) -> None:
    """A reviewer ends an authority for the application's company; the person is told. NotAllowed says why not."""
    found = next((each for each in speakers(session, application) if each.id == authority_id), None)
    if by.role not in REVIEWERS or by.organisation.kind != OrganisationKind.CENTRE:
        raise NotAllowed("只有交易中心审核人员能解除授权")
    if found is None:
        raise NotAllowed("这个授权已经不在了，请刷新")
    end(session, found, "reviewer", f"staff:{by.id}", now)
    text = f"您不再代表{found.company_name}办理，由交易中心解除。有疑问请联系交易中心。"
    tell_contact(session, found.contact_id, CHANGED, text, f"ended:{found.id}", now)


def _theirs(session: Session, by: Staff, staff_id: int) -> Staff:
    staff = session.get(Staff, staff_id, with_for_update=True)
    if staff is None or not manages(by, staff.organisation_id):
        raise NotAllowed(_NO_SUCH)
    return staff


def _phone(text: str) -> str | None:
    if not text.strip():
        return None
    try:
        return normalise_phone(text)
    except InvalidIdentifier as wrong:
        raise NotAllowed(str(wrong)) from None
