"""Bindings where two act at once, and what leaves with an address."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from domain.evidence import Evidence, broken_at
from domain.messages.messages import OutboundMessage, OutState
from domain.people import bindings, invitations, joining
from domain.people.authority import Authority, Level, authorities_of, end, grant, level_of, may
from domain.people.bindings import BindingRequest, Claim
from domain.people.contacts import SMS, WECHAT, Address, address_of, addresses_of, known_address
from domain.people.invitations import InvitationKind
from domain.people.staff import Role, Staff
from tests.support.world import START, World

PHONE, OPENID = "13887654321", "oWang01234567890123456789012"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A store."""
    made = World(tmp_path)
    yield made
    made.close()


def contacts(world: World, *values: tuple[str, str]) -> list[int]:
    """A contact for each address."""
    with world.app.store.write() as session:
        return [address_of(session, channel, value, START).contact_id for channel, value in values]


def granted(world: World, contact_id: int, level: Level, mark: str = "mark") -> int:
    """An authority; its id."""
    with world.app.store.write() as session:
        who = {"contact_id": contact_id, "company_mark": mark, "company_name": "某公司", "ground": "registered"}
        return grant(session, **who, level=level, who="staff:1", now=START).id


def test_each_level_holds_those_below_it(world: World) -> None:
    (contact,) = contacts(world, (WECHAT, OPENID))
    granted(world, contact, Level.SIGN)
    with world.app.store.read() as session:
        assert [may(session, contact, "mark", level) for level in Level] == [True, True, True, False]
        assert not may(session, contact, "another", Level.READ)
        assert not may(session, contact, None, Level.READ)


def test_a_lower_grant_takes_nothing_away_and_a_higher_one_takes_its_place(world: World) -> None:
    (contact,) = contacts(world, (WECHAT, OPENID))
    first = granted(world, contact, Level.HANDLE)
    assert granted(world, contact, Level.READ) == first
    granted(world, contact, Level.MANAGE)
    with world.app.store.read() as session:
        assert [each.level for each in authorities_of(session, contact)] == [Level.MANAGE]
        assert session.get_one(Authority, first).ended_why == "raised"


def test_what_has_ended_gives_nothing_and_ends_once(world: World) -> None:
    (contact,) = contacts(world, (WECHAT, OPENID))
    number = granted(world, contact, Level.MANAGE)
    with world.app.store.write() as session:
        for _ in range(2):
            end(session, session.get_one(Authority, number), "manager", "contact:9", START)
        assert level_of(session, contact, "mark") is None
        whats = session.scalars(select(Evidence.what)).all()
        assert whats.count("authority_ended") == 1 and broken_at(session) is None


def test_of_two_who_use_an_invitation_at_the_same_moment_one_gets_it(world: World) -> None:
    """The database decides, not who looked first."""
    first, second = contacts(world, (WECHAT, OPENID), (WECHAT, "oLi00000000000000000000000000"))
    with world.app.store.write() as session:
        who = {"random": Random(1), "now": START, "company": ("mark", "某公司"), "level": "read"}
        made, _ = invitations.make(session, InvitationKind.COMPANY, **who, made_by_contact=first)
        number = made.id

    def use(contact_id: int) -> bool:
        with world.app.store.write() as session:
            return invitations.use(session, number, contact_id, START)

    with ThreadPoolExecutor(8) as pool:
        used = list(pool.map(use, [first, second] * 4))
    assert used.count(True) == 1


def test_a_token_is_not_kept(world: World) -> None:
    """Who reads the database cannot use what lies in it."""
    (contact,) = contacts(world, (WECHAT, OPENID))
    with world.app.store.write() as session:
        made, token = invitations.make(
            session, InvitationKind.COMPANY, random=Random(1), now=START, made_by_contact=contact
        )
        assert token not in made.mark and invitations.find(session, token, START) is made
        assert invitations.find(session, token, START + timedelta(days=7)) is None


def test_joining_keeps_the_higher_authority_and_the_login_of_neither(world: World) -> None:
    """A console login is bound anew, by an invitation: the phone alone does not bring it along."""
    sms, wechat = contacts(world, (SMS, PHONE), (WECHAT, OPENID))
    granted(world, sms, Level.MANAGE)
    granted(world, wechat, Level.READ)
    staff_id = world.staff("chen", Role.REVIEWER)
    with world.app.store.write() as session:
        session.get_one(Staff, staff_id).contact_id = sms
        joining.join(session, sms, wechat, "contact:2", "test", START)
    with world.app.store.read() as session:
        assert [each.level for each in authorities_of(session, wechat)] == [Level.MANAGE]
        assert session.get_one(Staff, staff_id).contact_id is None
        assert {each.channel for each in addresses_of(session, wechat)} == {SMS, WECHAT}
        assert broken_at(session) is None


def test_joining_a_contact_with_itself_does_nothing(world: World) -> None:
    (wechat,) = contacts(world, (WECHAT, OPENID))
    with world.app.store.write() as session:
        joining.join(session, wechat, wechat, "contact:1", "test", START)
        assert session.scalars(select(Evidence)).all() == []


def test_what_waits_for_an_address_that_was_given_up_is_not_sent(world: World) -> None:
    """It is in other hands; a warning still goes out."""
    contacts(world, (SMS, PHONE))
    with world.app.store.write() as session:
        address = known_address(session, SMS, PHONE)
        assert address is not None
        for event in ("approved", "security"):
            session.add(OutboundMessage(address_id=address.id, event=event, body={}, due_at=START, created_at=START))
        session.flush()
        joining.retire(session, address, "test", "contact:1", START)
    with world.app.store.read() as session:
        assert known_address(session, SMS, PHONE) is None
        states = dict(session.execute(select(OutboundMessage.event, OutboundMessage.state)).all())
    assert states == {"approved": OutState.EXPIRED, "security": OutState.PENDING}


def test_whoever_writes_from_a_phone_that_was_given_up_is_somebody_new(world: World) -> None:
    (before,) = contacts(world, (SMS, PHONE))
    with world.app.store.write() as session:
        address = known_address(session, SMS, PHONE)
        assert address is not None
        joining.retire(session, address, "test", "contact:1", START)
        assert address_of(session, SMS, PHONE, START).contact_id != before
        assert session.get_one(Address, address.id).contact_id == before  # its history stays where it was


def test_the_same_claim_twice_is_one_request(world: World) -> None:
    holder, claimer = contacts(world, (WECHAT, OPENID), (WECHAT, "oLi00000000000000000000000000"))
    with world.app.store.write() as session:
        phone = address_of(session, SMS, PHONE, START)
        bindings.move_address(session, phone, holder)
        phone.verified_at = START
        for _ in range(2):
            said = bindings.prove_phone(session, Claim(claimer), PHONE, START, Random(1))
        assert "请那边确认" in said
        assert len(session.scalars(select(BindingRequest)).all()) == 1
