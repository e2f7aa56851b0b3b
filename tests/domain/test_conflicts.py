"""Nobody decides on their own company's application: each way in which it may be somebody's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.evidence import Evidence
from domain.people.authority import Level, grant
from domain.people.contacts import Contact
from domain.people.staff import OrganisationKind, Role, Staff, organisation
from domain.proxies.tables import Proxy
from domain.registration.applications import Application, Source, put
from domain.registration.parties import keep_in_step
from domain.review import batch, review
from domain.review.conflicts import own_company
from domain.settings import SettingValue
from tests.support.console import submitted
from tests.support.world import World

Deed = Callable[[Session, Application, Staff], None]


def handed_it_in(session: Session, application: Application, staff: Staff) -> None:
    staff.contact_id = application.contact_id


def speaks_for_it(session: Session, application: Application, staff: Staff) -> None:
    person = Contact(created_at=application.created_at)
    session.add(person)
    session.flush()
    staff.contact_id = person.id
    company = {"company_mark": application.code_mark or "", "company_name": "甲", "level": Level.READ}
    grant(session, contact_id=person.id, ground="invitation", who="contact:1", now=application.created_at, **company)


def works_for_the_proxy(session: Session, application: Application, staff: Staff) -> None:
    proxy = Proxy(organisation=staff.organisation, contact_id=application.contact_id, created_at=application.created_at)
    session.add(proxy)
    session.flush()
    application.proxy_id = proxy.id


def has_the_contacts_phone(session: Session, application: Application, staff: Staff) -> None:
    staff.phone = f"+86 {application.value('phone')}"


def has_the_owners_phone(session: Session, application: Application, staff: Staff) -> None:
    application.kind, staff.phone = "tenant", "13577412086"
    put(application, "owner_phone", Source.TYPED, staff.phone, application.created_at)
    keep_in_step(session, application)


def is_called_like_the_contact(session: Session, application: Application, staff: Staff) -> None:
    staff.name = application.value("contact_name") or ""


def is_called_like_the_legal_person(session: Session, application: Application, staff: Staff) -> None:
    staff.name = application.value("legal_person") or ""


WAYS = [
    (handed_it_in, "您本人提交的"),
    (speaks_for_it, "办事人"),
    (works_for_the_proxy, "您所在的单位代理"),
    (has_the_contacts_phone, "手机号是您的"),
    (has_the_owners_phone, "手机号是您的"),
    (is_called_like_the_contact, "与您同名"),
    (is_called_like_the_legal_person, "与您同名"),
]


@pytest.fixture
def order(world: World) -> int:
    """An order at the bureau, and its handler."""
    world.staff("zhao", Role.HANDLER, "053001")
    return submitted(world)


def both(session: Session, order: int) -> tuple[Application, Staff]:
    return session.get_one(Application, order), session.scalars(select(Staff).where(Staff.login == "zhao")).one()


def test_whose_company_it_is_does_not_approve_it(world: World, order: int) -> None:
    """Whichever way it is theirs, and only then; it is said which way it is."""
    for deed, why in WAYS:
        with world.app.store.write() as session:
            application, staff = both(session, order)
            assert own_company(session, application, staff) == ""
            deed(session, application, staff)
            session.flush()
            refused = review.why_not(session, application, staff, world.now)
            assert isinstance(refused, review.OwnCompany) and why in str(refused), deed.__name__
            session.rollback()


def test_a_common_name_is_no_conflict_where_the_setting_says_so(world: World, order: int) -> None:
    with world.app.store.write() as session:
        session.merge(SettingValue(name="conflict_by_name", value=False))
        application, staff = both(session, order)
        is_called_like_the_contact(session, application, staff)
        assert own_company(session, application, staff) == ""


def test_that_it_was_tried_in_a_batch_is_kept(world: World, order: int) -> None:
    """The phone came to be known between the preview and the approval."""
    with world.app.store.write() as session:
        application, staff = both(session, order)
        made = batch.preview(session, staff, [order], world.now)
        has_the_contacts_phone(session, application, staff)
        batch.approve_next(session, made, staff, world.now)
        kept = session.scalars(select(Evidence).where(Evidence.what == "own_company_refused")).one()
        assert (kept.about_id, kept.who, made.items[0].state) == (order, f"staff:{staff.id}", "failed")


def test_who_may_decide_is_of_the_place_and_has_the_role_and_an_open_login(world: World, order: int) -> None:
    """An administrator's login at a bureau, a handler's at the centre, a closed one: none of them decides."""
    with world.app.store.write() as session:
        application, staff = both(session, order)
        centre = organisation(session, OrganisationKind.CENTRE, "centre", "电力交易中心")
        other = organisation(session, OrganisationKind.BUREAU, "053002", "曲靖供电局")
        retailer = organisation(session, OrganisationKind.RETAILER, "R1", "云岭售电有限公司")
        own = staff.organisation
        assert review.why_not(session, application, staff, world.now) is None
        strangers = [(other, Role.HANDLER), (retailer, Role.PRINCIPAL), (own, Role.REVIEWER), (centre, Role.REVIEWER)]
        for place, role in strangers:
            staff.organisation, staff.role = place, role
            session.flush()
            _decides_nothing(session, application, staff, world)
        staff.organisation, staff.role, staff.active = own, Role.HANDLER, False
        session.flush()
        _decides_nothing(session, application, staff, world)


def _decides_nothing(session: Session, application: Application, staff: Staff, world: World) -> None:
    for decide in (
        lambda: review.approve(session, application, staff, world.now),
        lambda: review.send_back(session, application, staff, "请换一张照片", world.now),
    ):
        with pytest.raises(review.NotAllowed, match="不在您这里审核"):
            decide()
