"""A conversation's steps: each happens once, whoever presses at the same moment; and the hours of staff."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.exc import IntegrityError

from domain.people import joining
from domain.people.contacts import Contact
from domain.people.staff import Role, Staff
from domain.review.review import NotAllowed
from domain.settings import SettingValue
from domain.talks import conversations, service_hours
from domain.talks.conversations import Conversation, ConversationState
from domain.workdays import CHINA
from tests.support.world import World


def opened(world: World) -> int:
    with world.app.store.write() as session:
        contact = Contact(created_at=world.now)
        session.add(contact)
        session.flush()
        return conversations.begin(session, contact.id, "人工", ConversationState.WAITING, world.now).id


def by(world: World, staff_id: int, row_id: int, act: Callable[..., None], *more: object) -> str:
    """A member of staff acts in a transaction of their own; what they are told when they may not."""
    try:
        with world.app.store.write() as session:
            act(
                session,
                session.get_one(Conversation, row_id),
                session.get_one(Staff, staff_id),
                *(session.get_one(Staff, each) if isinstance(each, int) else each for each in more),
                world.now,
            )
    except NotAllowed as refused:
        return str(refused)
    return ""


def test_of_eight_who_take_at_once_one_has_it(world: World) -> None:
    """And the seven are told who."""
    row_id = opened(world)
    people = [world.staff(f"staff{n}", Role.REVIEWER) for n in range(8)]
    told: list[str] = []
    threads = [
        threading.Thread(target=lambda each=each: told.append(by(world, each, row_id, conversations.take)))
        for each in people
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with world.app.store.read() as session:
        winner = session.get_one(Conversation, row_id).staff
        assert winner is not None
        assert sorted(told) == [""] + [f"{winner.login} 已经接待了这位用户，您的操作没有生效"] * 7


def test_whoever_looked_at_an_old_page_is_told_who_has_it_now(world: World) -> None:
    """The row that was read is not the row as it is: the database decides."""
    row_id = opened(world)
    first, second = world.staff("zhou", Role.REVIEWER), world.staff("qian", Role.REVIEWER)
    with world.app.store.read() as session:
        stale = session.get_one(Conversation, row_id)
        assert by(world, first, row_id, conversations.take) == ""
        assert stale.state == ConversationState.WAITING
    with world.app.store.write() as session:
        session.add(stale)
        with pytest.raises(NotAllowed, match="zhou 已经接待了"):
            conversations.take(session, stale, session.get_one(Staff, second), world.now)


def test_a_contact_has_one_open_conversation(world: World) -> None:
    """The database itself refuses a second one; after the end there may be another."""
    row_id = opened(world)
    with world.app.store.read() as session:
        contact_id = session.get_one(Conversation, row_id).contact_id

    def another() -> None:
        with world.app.store.write() as session:
            session.add(Conversation(contact_id=contact_id, opened_at=world.now))

    with pytest.raises(IntegrityError):
        another()
    with world.app.store.write() as session:
        assert conversations.end(session, session.get_one(Conversation, row_id), "system", world.now)
        assert not conversations.end(session, session.get_one(Conversation, row_id), "system", world.now)
    another()


def test_two_contacts_who_become_one_keep_one_conversation(world: World) -> None:
    """Both asked for a person, on two channels: the newer talk goes on."""
    older, newer = opened(world), opened(world)
    with world.app.store.write() as session:
        ids = [session.get_one(Conversation, each).contact_id for each in (older, newer)]
        joining.join(session, ids[0], ids[1], "system", "test", world.now)
    with world.app.store.read() as session:
        rows = [session.get_one(Conversation, each) for each in (older, newer)]
        assert [row.state for row in rows] == [ConversationState.CLOSED, ConversationState.WAITING]
        assert {row.contact_id for row in rows} == {ids[1]}


def test_nobody_speaks_in_a_colleagues_conversation(world: World) -> None:
    """Passing it on makes it the colleague's."""
    row_id = opened(world)
    first, second = world.staff("zhou", Role.REVIEWER), world.staff("qian", Role.REVIEWER)
    assert by(world, first, row_id, conversations.must_hold) == ""  # speaking takes what waits
    assert "zhou 已经接待了" in by(world, second, row_id, conversations.must_hold)
    assert "zhou 已经接待了" in by(world, second, row_id, conversations.hand_to, second)
    assert by(world, first, row_id, conversations.hand_to, second) == ""
    assert "qian 已经接待了" in by(world, first, row_id, conversations.must_hold)


def test_nothing_is_done_in_a_conversation_that_is_over(world: World) -> None:
    """The page of yesterday."""
    row_id = opened(world)
    zhou = world.staff("zhou", Role.REVIEWER)
    with world.app.store.write() as session:
        conversations.end(session, session.get_one(Conversation, row_id), "system", world.now)
    for act in (conversations.take, conversations.must_hold):
        assert "已经结束" in by(world, zhou, row_id, act)


def test_nobody_is_passed_to_a_closed_login(world: World) -> None:
    """They would wait for ever."""
    row_id = opened(world)
    zhou, gone = world.staff("zhou", Role.REVIEWER), world.staff("gone", Role.REVIEWER)
    with world.app.store.write() as session:
        session.get_one(Staff, gone).active = False
    by(world, zhou, row_id, conversations.take)
    assert "已停用" in by(world, zhou, row_id, conversations.hand_to, gone)


def test_the_line_counts_those_before_at_the_same_desk(world: World) -> None:
    """Whoever was taken stands in it no more."""
    rows = [opened(world) for _ in range(3)]
    by(world, world.staff("zhou", Role.REVIEWER), rows[0], conversations.take)
    with world.app.store.read() as session:
        assert [conversations.before(session, session.get_one(Conversation, each)) for each in rows] == [0, 0, 1]


@pytest.mark.parametrize(
    ("now", "there", "opens"),
    [
        ("2026-11-23T09:00", True, "2026-11-24T09:00"),
        ("2026-11-23T08:59", False, "2026-11-23T09:00"),
        ("2026-11-23T17:30", False, "2026-11-24T09:00"),
        ("2026-11-28T10:00", False, "2026-11-30T09:00"),  # a Saturday
        ("2026-10-10T10:00", True, "2026-10-12T09:00"),  # a Saturday that is worked
        ("2026-09-30T18:00", False, "2026-10-08T09:00"),  # the National Day's week
        ("2026-12-31T18:00", False, None),  # 2027 is not published
    ],
)
def test_the_hours_of_staff(world: World, now: str, there: bool, opens: str | None) -> None:
    """Working days with their swaps; what is not published is not guessed."""
    moment = datetime.fromisoformat(now).replace(tzinfo=CHINA)
    with world.app.store.read() as session:
        found = service_hours.opens_at(session, moment)
        assert service_hours.is_open(session, moment) is there
        assert (found.strftime("%Y-%m-%dT%H:%M") if found else None) == opens


def test_the_hours_are_settings(world: World) -> None:
    """An administrator moves them."""
    moment = datetime(2026, 11, 23, 18, 0, tzinfo=CHINA)
    with world.app.store.write() as session:
        session.add(SettingValue(name="service_to", value="20:00"))
    with world.app.store.read() as session:
        assert service_hours.is_open(session, moment)
