"""The daily jobs: what is to be forgotten is forgotten, once a day, and a missed day is made up."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot import jobs
from bot.doorbell import QUEUE
from domain.jobs import JobRun
from domain.messages.messages import InboundMessage, OutboundMessage
from domain.people.codes import OneTimeCode
from domain.people.staff import Role
from domain.registration.applications import Photo
from domain.settings import change
from tests.support.world import World


def photos(world: World) -> list[Photo]:
    with world.app.store.read() as session:
        return list(session.scalars(select(Photo)))


def runs(world: World) -> list[JobRun]:
    with world.app.store.read() as session:
        return list(session.scalars(select(JobRun)))


def test_photos_of_an_abandoned_draft_are_erased_after_the_days_of_the_setting(world: World) -> None:
    world.photo()
    name = photos(world)[0].file
    world.wait(days=29)
    jobs.daily(world.app)
    assert (world.app.photos.folder / name).exists()
    world.wait(days=2)
    jobs.daily(world.app)
    assert not (world.app.photos.folder / name).exists()
    assert photos(world)[0].reading is None


def test_photos_of_a_submitted_application_stay_for_the_review(world: World) -> None:
    world.filled_in()
    world.say("确认提交")
    world.wait(days=200)
    jobs.daily(world.app)
    assert photos(world)[0].file


def test_a_photo_lies_sealed(world: World) -> None:
    world.wechat.pictures["media-1"] = b"\xff\xd8 the face of somebody"
    world.photo()
    kept = (world.app.photos.folder / photos(world)[0].file).read_bytes()
    assert b"somebody" not in kept
    assert world.app.photos.read(photos(world)[0].file) == world.wechat.pictures["media-1"]


def test_what_was_said_is_erased_after_the_days_of_the_setting(world: World) -> None:
    administrator = world.staff("admin", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        change(session, "message_days", "7", administrator, world.now)
    world.say("我要注册")
    world.wait(days=8)
    jobs.daily(world.app)
    with world.app.store.read() as session:
        assert session.scalars(select(InboundMessage.text)).all() == [""]
        assert session.scalars(select(OutboundMessage.body)).all() == [None]


def test_codes_are_forgotten_when_no_limit_needs_them(world: World) -> None:
    world.say("我要注册")
    world.say("13887654321")
    world.wait(days=3)
    jobs.daily(world.app)
    with world.app.store.read() as session:
        assert session.scalars(select(OneTimeCode)).all() == []


def test_a_job_runs_once_a_day_and_a_missed_day_is_made_up(world: World) -> None:
    jobs.daily(world.app)
    jobs.daily(world.app)
    assert len(runs(world)) == len(jobs._DAILY)
    world.wait(days=4)
    jobs.daily(world.app)
    assert len(runs(world)) == 2 * len(jobs._DAILY)


def test_a_photo_that_cannot_be_erased_stops_no_other(world: World) -> None:
    world.photo()
    world.photo()
    first, second = photos(world)
    (world.app.photos.folder / first.file).unlink()
    (world.app.photos.folder / first.file).mkdir()
    world.wait(days=40)
    jobs.daily(world.app)
    counted = next(run for run in runs(world) if run.name == "erase_photos")
    assert (counted.found, counted.handled, counted.failed) == (2, 1, 1)
    assert not (world.app.photos.folder / second.file).exists()


def test_the_sweep_heaps_no_rings_on_workers_that_have_much_before_them(world: World) -> None:
    """Each sweep would ring for the same waiting messages again, faster than anybody can hear it."""
    world.desk._start = lambda inbound_id, channel: None  # type: ignore[method-assign]
    world.desk.receive(world.text("你好"))
    world.now += timedelta(seconds=10)
    world.app.redis.counts[QUEUE] = jobs.CROWDED + 1  # type: ignore[attr-defined]
    jobs.sweep(world.app)
    assert world.bell.rings == []
    world.app.redis.counts[QUEUE] = 0  # type: ignore[attr-defined]
    jobs.sweep(world.app)
    assert [name for name, _ in world.bell.rings] == ["turn"]
