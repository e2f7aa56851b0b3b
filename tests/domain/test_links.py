"""One-time links: opened as often as a phone likes, used once, never kept as sent."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from domain.messages import links
from domain.messages.links import LinkPurpose, OneTimeLink
from domain.people.contacts import SMS, Contact, address_of
from tests.support.world import PHONE, World


def made(world: World, **more: object) -> str:
    """A link for the phone; its token."""
    with world.app.store.write() as session:
        phone = address_of(session, SMS, PHONE, world.now)
        random = Random(3)
        return links.make(session, phone.contact_id, phone.id, LinkPurpose.PHOTO, random, world.now, **more)  # type: ignore[arg-type]


def found(world: World, token: str) -> OneTimeLink | None:
    """What the token opens now."""
    with world.app.store.read() as session:
        return links.find(session, token, world.now)


def used(world: World, link: OneTimeLink) -> bool:
    """Whether this use of the link is the one that counts."""
    with world.app.store.write() as session:
        return links.use(session, link, world.now)


def test_a_token_is_22_letters_and_digits_and_is_kept_nowhere(world: World) -> None:
    """Nothing in it ends a link early when a phone looks for the end of it; the row holds a fingerprint."""
    token = made(world)
    assert len(token) == 22 and token.isascii() and token.isalnum()
    row = found(world, token)
    assert row is not None
    assert token not in {str(value) for value in vars(row).values()}


def test_looking_uses_nothing_up(world: World) -> None:
    """Phones and scanners open links by themselves."""
    token = made(world)
    assert all(found(world, token) is not None for _ in range(5))


def test_a_link_is_used_once(world: World) -> None:
    """Of two who act at once, one may; afterwards it opens nothing."""
    token = made(world)
    link = found(world, token)
    assert link is not None
    assert [used(world, link), used(world, link)] == [True, False]
    assert found(world, token) is None


def test_a_link_ends_with_its_time(world: World) -> None:
    """24 hours, unless the setting says otherwise; not even one that was opened before can be used then."""
    token = made(world)
    world.now += timedelta(hours=23, minutes=59)
    link = found(world, token)
    assert link is not None
    world.now += timedelta(minutes=1)
    assert found(world, token) is None
    assert not used(world, link)


def test_a_link_ends_when_its_phone_changes_hands(world: World) -> None:
    """The SMS lies on a phone that is somebody else's now."""
    token = made(world)
    with world.app.store.write() as session:
        stranger = Contact(created_at=world.now)
        session.add(stranger)
        session.flush()
        address_of(session, SMS, PHONE, world.now).contact_id = stranger.id
    assert found(world, token) is None


@pytest.mark.parametrize("token", ["", "x", "A" * 22, "../../etc", "一二三"])
def test_a_token_that_is_none_opens_nothing(world: World, token: str) -> None:
    """No exception, no hint."""
    made(world)
    assert found(world, token) is None
