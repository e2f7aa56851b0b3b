"""Handing in and sending back: what is kept of it, and that it happens once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from domain.evidence import Evidence
from domain.people.staff import Role, Staff
from domain.registration.applications import Application, Source, begin, put
from domain.review import review
from tests.support.console import submitted
from tests.support.world import ACCOUNT, World


def test_what_was_handed_in_is_kept_with_who_said_it_and_once(world: World) -> None:
    """Handed in twice, it is one order; handed in again after a return, the words of that day are kept."""
    application_id, handler = submitted(world), world.staff("zhao", Role.HANDLER, "053001")
    with world.app.store.write() as session:
        application = session.get_one(Application, application_id)
        with pytest.raises(review.NotAllowed, match="已经提交"):
            review.submit(session, application, "contact:1", world.now)
        review.send_back(session, application, session.get_one(Staff, handler), "请核对法定代表人", world.now)
        put(application, "legal_person", Source.TYPED, "赵建国", world.now)
        application.decided["legal_person"] = Source.TYPED
        review.submit(session, application, "contact:1", world.now)
    with world.app.store.read() as session:
        kept = session.scalars(select(Evidence).where(Evidence.what == "submitted").order_by(Evidence.id)).all()
        back = session.scalars(select(Evidence).where(Evidence.what == "returned")).one()
    assert [each.about_id for each in kept] == [application_id, application_id]
    assert kept[-1].data["values"]["account_number"] == ["typed", ACCOUNT]
    assert kept[-1].data["values"]["legal_person"] == ["typed", "赵建国"]
    assert (kept[-1].data["decided"], kept[-1].who) == ({"legal_person": "typed"}, "contact:1")
    assert (back.data["organisation"], back.who) == ("昆明供电局", f"staff:{handler}")


def test_what_came_back_by_itself_takes_nobody_out_of_another_registration(world: World) -> None:
    """What they say next may mean either: it is asked, and not written into the wrong one."""
    application_id, handler = submitted(world), world.staff("zhao", Role.HANDLER, "053001")
    with world.app.store.write() as session:
        application = session.get_one(Application, application_id)
        other = begin(session, application.contact_id, world.now, another=True)
        assert application.contact.focus_id == other.id != application_id
        review.send_back(session, application, session.get_one(Staff, handler), "请换一张照片", world.now)
        assert application.contact.focus_id is None
