"""What goes wrong is counted with what became of it, and summed to what costs most."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from domain.people.contacts import Contact
from domain.people.staff import Role, Staff
from domain.registration.applications import Application, Stage
from domain.rules import troubles, troubles_report
from domain.rules.rules import Problem, Severity
from domain.rules.troubles import Outcome, Trouble
from domain.rules.troubles_report import Asked, Line, compared
from tests.support.world import World

ENDED = Problem("执照已过期", 1, Severity.BLOCKING, "执照过期。", "请换新执照。")
NEWER = Problem("执照已过期", 2, Severity.BLOCKING, "执照到期了。", "请发新执照。")
UNSURE = Problem("手机与姓名不符", 1, Severity.HINT, "手机不是本人的。", "请核对。")


@pytest.fixture
def draft(world: World) -> int:
    """An application that somebody fills in."""
    with world.app.store.write() as session:
        return drafted(session, world)


def drafted(session: Session, world: World) -> int:
    """One more application, empty."""
    contact = Contact(created_at=world.now)
    session.add(contact)
    session.flush()
    row = Application(contact_id=contact.id, stage_since=world.now, created_at=world.now, updated_at=world.now)
    session.add(row)
    session.flush()
    return row.id


def show(world: World, application_id: int, *problems: Problem) -> None:
    """The problems are shown in the chat."""
    with world.app.store.write() as session:
        troubles.shown(session, session.get_one(Application, application_id), problems, "wechat", world.now)


def settle(world: World, application_id: int, *left: Problem) -> None:
    """The application is handed in with these problems left."""
    with world.app.store.write() as session:
        troubles.settled(session, session.get_one(Application, application_id), world.now, left)


def kept(world: World) -> list[tuple[str, int, str, int, int]]:
    """Every row as rule, version, outcome, showings, minutes."""
    with world.app.store.read() as session:
        rows = session.query(Trouble).order_by(Trouble.id)
        return [(row.rule, row.version, row.outcome, row.times, row.minutes) for row in rows]


def test_a_problem_shown_twice_and_gone_at_the_submission_was_mended(world: World, draft: int) -> None:
    """Two showings, forty minutes."""
    show(world, draft, ENDED)
    world.wait(minutes=15)
    show(world, draft, ENDED)
    world.wait(minutes=25)
    settle(world, draft)
    assert kept(world) == [(ENDED.rule, 1, Outcome.MENDED, 2, 40)]


def test_what_is_left_at_the_submission_is_carried_also_when_nobody_was_shown_it(world: World, draft: int) -> None:
    """A hint for the reviewer counts for the queue, and not as shown to anybody."""
    settle(world, draft, UNSURE)
    assert kept(world) == [(UNSURE.rule, 1, Outcome.CARRIED, 0, 0)]


def test_other_words_begin_another_row(world: World, draft: int) -> None:
    """The rule was edited in between: each version has its own outcome."""
    show(world, draft, ENDED)
    world.wait(minutes=5)
    show(world, draft, NEWER)
    assert [row[1:3] for row in kept(world)] == [(1, Outcome.MENDED), (2, Outcome.OPEN)]


def test_a_return_ends_what_was_carried(world: World, draft: int) -> None:
    """And a standard reply is a reason of its own."""
    settle(world, draft, UNSURE)
    with world.app.store.write() as session:
        application = session.get_one(Application, draft)
        troubles.returned(session, application, world.now, problems=[UNSURE], reasons=["照片不清"])
    assert [row[::2][:2] for row in kept(world)] == [(UNSURE.rule, Outcome.RETURNED), ("照片不清", Outcome.RETURNED)]


def test_who_does_not_come_back_has_given_up(world: World, draft: int) -> None:
    """After the days of the setting, and not before; what no longer is a problem was mended."""
    with world.app.store.write() as session:
        application = session.get_one(Application, draft)
        real = troubles.judge(session, application, world.now.date())[:1]
    show(world, draft, *real, ENDED)
    world.wait(days=6)
    with world.app.store.write() as session:
        assert troubles.give_up(session, world.now) == 0
    world.wait(days=2)
    with world.app.store.write() as session:
        assert troubles.give_up(session, world.now) == len(real) + 1
    assert {row[0]: row[2] for row in kept(world)} == {
        **{problem.rule: Outcome.GIVEN_UP for problem in real},
        ENDED.rule: Outcome.MENDED,
    }
    assert real, "an empty draft has a problem by the shipped rules"


def test_no_personal_word_is_kept(world: World, draft: int) -> None:
    """The filled words may name people: the rule's own are kept."""
    show(world, draft, Problem("甲", 1, Severity.BLOCKING, "联系人王芳的手机不对", "请王芳核对"))
    with world.app.store.read() as session:
        words = session.query(troubles.TroubleText).one()
    assert "王芳" not in words.problem + words.suggestion


def test_the_rule_that_costs_most_comes_first(world: World) -> None:
    """One who gave up costs more than two who mended in minutes; the figures are those of the settings."""
    zhou = world.staff("zhou", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        ids = [drafted(session, world) for _ in range(3)]
    for each in ids[:2]:
        show(world, each, ENDED)
    show(world, ids[2], UNSURE)
    world.wait(minutes=10)
    for each in ids[:2]:
        settle(world, each)
    with world.app.store.write() as session:
        session.query(Trouble).filter_by(rule=UNSURE.rule).one().outcome = Outcome.GIVEN_UP
    with world.app.store.read() as session:
        lines = troubles_report.by_rule(session, session.get_one(Staff, zhou), Asked(), world.now)
        found, total = troubles_report.cases(
            session, session.get_one(Staff, zhou), Asked(outcome=Outcome.MENDED), world.now, 1, 50
        )
    assert [(line.key, line.lost) for line in lines] == [(UNSURE.rule, 960), (ENDED.rule, 20)]
    assert (total, {case.application for case in found}) == (2, {None})  # drafts lead nowhere


def test_a_bureau_counts_its_own(world: World, draft: int) -> None:
    """The other bureau's are not there."""
    zhao, ma = world.staff("zhao", Role.HANDLER, "053001"), world.staff("ma", Role.HANDLER, "053002")
    with world.app.store.write() as session:
        session.get_one(Application, draft).bureau_id = session.get_one(Staff, zhao).organisation_id
    show(world, draft, ENDED)
    with world.app.store.read() as session:
        counted = [
            sum(
                line.cases for line in troubles_report.by_rule(session, session.get_one(Staff, who), Asked(), world.now)
            )
            for who in (zhao, ma)
        ]
    assert counted == [1, 0]


def test_whether_other_words_helped_is_said_from_enough_cases_only() -> None:
    """Forty cases say something, four do not."""
    older = Line(1, {Outcome.MENDED: 20, Outcome.GIVEN_UP: 20, Outcome.RETURNED: 0}, times=80)
    newer = Line(2, {Outcome.MENDED: 36, Outcome.GIVEN_UP: 4, Outcome.RETURNED: 0}, times=48)
    few = Line(2, {Outcome.MENDED: 4, Outcome.GIVEN_UP: 0, Outcome.RETURNED: 0}, times=4)
    assert compared(newer, older).startswith("更有用：改好的从 50% 变为 90%")
    assert compared(older, newer).startswith("反而差了")
    assert "看不出" in compared(few, older)


def test_a_cancelled_application_is_settled_at_once(world: World, draft: int) -> None:
    """Nobody waits for the days of the setting."""
    show(world, draft, ENDED)
    with world.app.store.write() as session:
        session.get_one(Application, draft).stage = Stage.CANCELLED
    world.now += timedelta(hours=1)
    with world.app.store.write() as session:
        assert troubles.give_up(session, world.now) == 1
