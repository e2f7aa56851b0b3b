"""The administrator's pages for modes and calendars: what a change takes along is shown first, then it is done."""

from __future__ import annotations

from flask import Flask

from domain.people.staff import Role
from domain.registration.applications import Stage
from tests.domain.test_calendars import made_up
from tests.support.console import Visitor, newest, submitted
from tests.support.world import World


def test_a_mode_is_changed_after_its_effect_was_shown(world: World, console: Flask) -> None:
    submitted(world)
    zhou = Visitor(console).enter(world, world.staff("zhou", Role.ADMINISTRATOR))
    zhou.get("/modes")
    page = zhou.post("/modes/change", organisation="", kind="bureau", mode="automatic")
    assert "等待中的 1 份也按新方式办理" in page
    assert "人工审核" in zhou.get("/modes")
    zhou.post("/modes/change", organisation="", kind="bureau", mode="automatic", sure="yes")
    assert "自动审核" in zhou.get("/modes")
    assert newest(world).stage == Stage.BUREAU_REVIEW


def test_a_year_is_entered_after_it_was_read_back_and_the_door_is_quiet_then(world: World, console: Flask) -> None:
    zhou = Visitor(console).enter(world, world.staff("zhou", Role.ADMINISTRATOR))
    assert "2027 年还没有工作日历" in zhou.get("/")
    zhou.get("/calendar?year=2027")
    assert "读到的 2027 年" in zhou.post("/calendar/enter", year="2027", text=made_up(2027))
    assert "2027 年还没有工作日历" in zhou.get("/")
    page = zhou.post("/calendar/enter", year="2027", text=made_up(2027), sure="yes", odd="yes")
    assert "已录入" in page
    assert "2027 年还没有工作日历" not in zhou.get("/")


def test_a_reviewer_changes_neither(world: World, console: Flask) -> None:
    sun = Visitor(console).enter(world, world.staff("sun", Role.REVIEWER))
    for path in ("/modes", "/calendar", "/replies"):
        sun.get(path, 403)
