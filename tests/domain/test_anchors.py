"""The anchors of the evidence: any change of the chain is found and named, also where the chain was computed anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from json import dumps

import pytest
from sqlalchemy.orm import Session

from bot import anchoring, jobs
from domain.anchors import anchors
from domain.evidence import START, Evidence, digest_of, mark_of, record
from domain.messages.messages import OutboundMessage
from domain.people.staff import Role, Staff
from domain.settings import SettingValue
from tests.support.tampering import rewrite
from tests.support.world import World

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)  # in China


def note(session: Session, number: int, now: datetime) -> None:
    record(session, "consent", ("application", number), "contact:7", {"typed": f"同意{number}"}, now)


@pytest.fixture
def days(world: World) -> World:
    """Three facts on each of three days, the first two of which are over and anchored."""
    for day in range(3):
        world.now = NOON + timedelta(days=day)
        with world.app.store.write() as session:
            for number in range(3):
                note(session, 3 * day + number + 1, world.now)
        anchoring.anchor(world.app)
    assert words(world) == []
    return world


def words(world: World) -> list[str]:
    return [each.words for each in anchoring.check(world.app)]


def compute_anew(world: World) -> None:
    """Make the whole chain hold again, and the database's anchors with it."""
    with world.app.store.write() as session:
        rows = session.query(Evidence).order_by(Evidence.id).all()
        for row in rows:
            row.before = f"free {row.id}"
        session.flush()
        before = START
        for row in rows:
            row.before = before
            before = row.mark = mark_of(before, digest_of(row))
        marks = {row.id: row.mark for row in rows}
        for each in anchors(session):
            each.mark = marks[each.evidence_id]


def test_each_day_that_is_over_has_its_end_outside_of_the_database(days: World) -> None:
    with days.app.store.read() as session:
        kept = anchors(session)
        assert [(each.day.day, each.evidence_id) for each in kept] == [(23, 3), (24, 6)]
        assert anchoring.lines_of(days.app.settings) == [each.line for each in kept]
    anchoring.anchor(days.app)  # again, on the same day
    assert len(anchoring.lines_of(days.app.settings)) == 2


def test_days_that_were_missed_are_made_up(world: World) -> None:
    for day in range(3):
        with world.app.store.write() as session:
            note(session, day, NOON + timedelta(days=day))
    world.now = NOON + timedelta(days=5)
    anchoring.anchor(world.app)
    assert [line.split()[:2] for line in anchoring.lines_of(world.app.settings)] == [
        ["2026-11-23", "1"],
        ["2026-11-24", "2"],
        ["2026-11-25", "3"],
    ]
    assert words(world) == []


CHANGES = {
    "at": "UPDATE evidence SET at = '2026-11-24 04:00:01.000000' WHERE id = 5",
    "what": "UPDATE evidence SET what = 'refusal' WHERE id = 5",
    "about_kind": "UPDATE evidence SET about_kind = 'question' WHERE id = 5",
    "about_id": "UPDATE evidence SET about_id = 50 WHERE id = 5",
    "who": "UPDATE evidence SET who = 'contact:8' WHERE id = 5",
    "data": "UPDATE evidence SET data = (SELECT data FROM evidence WHERE id = 4) WHERE id = 5",
    "before": "UPDATE evidence SET before = 'abc' WHERE id = 5",
    "mark": "UPDATE evidence SET mark = 'abc' WHERE id = 5",
    "a row is gone": "DELETE FROM evidence WHERE id = 5",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_of_any_column_and_a_missing_row_are_named_with_row_and_day(days: World, change: str) -> None:
    rewrite(days, change)
    assert any("第5条（2026-11-24）" in each or "第6条（2026-11-24）" in each for each in words(days))


def test_a_row_under_another_number_is_found(days: World) -> None:
    """The chain itself does not say its numbers; the anchor does."""
    rewrite(days, "UPDATE evidence SET id = 60 WHERE id = 6")
    rewrite(days, "UPDATE evidence SET id = id + 100 WHERE id > 6")
    assert any("2026-11-24的锚指向第6条" in each for each in words(days))


def test_a_number_between_two_anchors_counts_as_well(world: World) -> None:
    with world.app.store.write() as session:
        note(session, 1, NOON)
        record(session, "later", ("application", 2), "system", {}, NOON)
        note(session, 3, NOON)
        session.flush()
    rewrite(world, "UPDATE evidence SET id = id + 10")
    world.now = NOON + timedelta(days=1)
    anchoring.anchor(world.app)
    rewrite(world, "UPDATE evidence SET id = 5 WHERE id = 11")
    assert words(world) == ["2026-11-23的锚所记的序号不符：第5至13条的序号被改过"]


def test_an_end_that_was_cut_off_behind_an_anchor_is_found(days: World) -> None:
    rewrite(days, "DELETE FROM evidence WHERE id > 4")
    assert words(days) == ["2026-11-24的锚指向第6条，这一条不见了"]
    rewrite(days, "DELETE FROM evidence_anchors WHERE evidence_id = 6")
    assert words(days) == ["锚文件里有2026-11-24，数据库里没有这一天的锚：锚被删除"]


def test_a_chain_that_was_computed_anew_with_its_anchors_does_not_agree_with_the_file(days: World) -> None:
    rewrite(days, "UPDATE evidence SET who = 'contact:8' WHERE id = 5")
    compute_anew(days)
    assert words(days) == ["2026-11-24的锚与锚文件不符（第6条）：数据库被改写过"]


def test_a_line_that_was_changed_or_taken_out_of_the_file_is_found(days: World) -> None:
    file = anchoring.file_of(days.app.settings)
    first, second = file.read_text().splitlines()
    file.write_text(f"{first.replace('3', '4', 1)}\n{second}\n")
    assert any("锚文件" in each for each in words(days))
    file.write_text(f"{second}\n")
    assert words(days) == ["锚文件里没有2026-11-23：没有写成，或锚文件被改过"]


def test_a_third_party_computes_the_same_marks_from_the_description_alone(days: World) -> None:
    """As docs/evidence.md says it, with nothing of ours but the rows."""
    with days.app.store.read() as session:
        before = "0" * 64
        for row in session.query(Evidence).order_by(Evidence.id):
            content = dumps([row.at.isoformat(), row.what, row.about_kind, row.about_id, row.who, row.data],
                            ensure_ascii=False, sort_keys=True)  # fmt: skip
            digest = sha256(content.encode("utf-8")).hexdigest()
            before = sha256(f"{before}\n{digest}".encode("ascii")).hexdigest()
            assert row.mark == before


def test_administrators_are_told_where_the_setting_says_so(world: World) -> None:
    staff_id = world.staff("admin", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        session.get_one(Staff, staff_id).phone = "13900000001"
        note(session, 1, NOON)
        session.merge(SettingValue(name="anchor_told", value=True))
    world.now = NOON + timedelta(days=1)
    anchoring.anchor(world.app)
    with world.app.store.read() as session:
        told = session.query(OutboundMessage).filter_by(event="evidence_anchor").one()
        mark = session.query(Evidence).order_by(Evidence.id).first().mark
        assert told.body is not None and told.body["params"]["text"] == f"{mark[:16]}，1123证据第1条"


def test_the_daily_work_anchors_the_day_before_once(world: World) -> None:
    with world.app.store.write() as session:
        note(session, 1, NOON)
    world.now = NOON + timedelta(days=1)
    for _ in range(2):
        jobs.daily(world.app)
    assert [line.split()[0] for line in anchoring.lines_of(world.app.settings)] == ["2026-11-23"]
