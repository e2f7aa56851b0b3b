"""The threshold of the wholesale market moves: counted beforehand on the console, and each user asked once."""

from __future__ import annotations

import pytest
from flask import Flask

from domain.market.capacity_changes import ChangeState
from domain.people.staff import Role
from domain.registration.applications import Stage
from domain.settings import figure
from tests.bot.test_capacity import asked, changes, in_wholesale, read
from tests.bot.test_open_questions import facts, stages
from tests.support.console import Visitor
from tests.support.world import ARCHIVE, World

HAS = int(ARCHIVE.capacity_kva)


@pytest.fixture
def wholesale(world: World) -> World:
    """王芳's company has chosen the wholesale market, and its capacity was read since."""
    in_wholesale(world)
    read(world, HAS)
    return world


def visit(world: World) -> Visitor:
    """An administrator, on the page of the settings."""
    visitor = Visitor(world.web).enter(world, world.staff("admin", Role.ADMINISTRATOR))
    visitor.get("/settings")
    return visitor


def set_to(world: World, kva: int) -> None:
    """An administrator changes the threshold; a day later the capacities are read."""
    assert "已保存" in visit(world).post("/settings", name="wholesale_from_kva", value=str(kva), sure="yes")
    read(world, HAS)


def goes_to_retail(world: World) -> None:
    """王芳 answers in WeChat, once the question was shown there, too."""
    world.say("转到零售市场")
    world.say("转到零售市场")
    assert stages(world) == [Stage.AWAITING_RETAILER]


def test_how_many_come_to_stand_on_the_other_side_is_shown_before_it_is_saved(console: Flask, wholesale: World) -> None:
    admin = visit(wholesale)
    shown = admin.post("/settings", name="wholesale_from_kva", value=str(HAS + 1))
    assert "还没有保存" in shown and "会问是否转到零售：1 户" in shown
    with wholesale.app.store.read() as session:
        assert figure(session, "wholesale_from_kva") != HAS + 1
    assert "会问是否转到零售：0 户" in admin.get(f"/settings/wholesale-threshold?value={HAS}")
    assert "没有保存" in admin.post("/settings", name="wholesale_from_kva", value="许多")
    admin.get("/settings/wholesale-threshold?value=许多", 404)


def test_a_wholesale_user_whose_capacity_is_too_small_now_is_asked_once(console: Flask, wholesale: World) -> None:
    set_to(wholesale, HAS + 1)
    (question,) = asked(wholesale)
    assert f"批发市场的最低容量改为{HAS + 1}千伏安，现在不够" in question.text and "变为" not in question.text
    assert any(f"批发最低容量改为{HAS + 1}千伏安" in text for text in wholesale.sms.texts())
    read(wholesale, HAS)
    read(wholesale, HAS)
    assert [each.id for each in asked(wholesale)] == [question.id] and len(changes(wholesale)) == 1
    assert facts(wholesale, "threshold_moved")[0].data["new"] == str(HAS + 1)
    goes_to_retail(wholesale)


def test_a_threshold_between_which_nobody_stands_asks_nobody(console: Flask, wholesale: World) -> None:
    set_to(wholesale, HAS)
    assert asked(wholesale) == [] and changes(wholesale) == []


def test_a_threshold_that_goes_back_takes_the_question_back(console: Flask, wholesale: World) -> None:
    set_to(wholesale, HAS + 1)
    set_to(wholesale, HAS)
    assert [each.state for each in changes(wholesale)] == [ChangeState.OVER, ChangeState.NOTHING]
    assert stages(wholesale) == [Stage.AWAITING_CERTIFICATE]


def test_a_retail_user_who_may_go_to_wholesale_now_is_asked(console: Flask, wholesale: World) -> None:
    set_to(wholesale, HAS + 1)
    goes_to_retail(wholesale)
    set_to(wholesale, HAS - 1)
    assert f"最低容量改为{HAS - 1}千伏安，现在够了" in asked(wholesale)[-1].text
