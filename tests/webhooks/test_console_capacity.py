"""Changes of capacity on the console: what each opened and became; who was not reached is reached by a person."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook

from domain.people.staff import Role
from domain.registration.applications import Stage
from tests.bot.test_capacity import LEAST, changes, in_wholesale, read, unfollowed
from tests.bot.test_open_questions import facts, stages
from tests.support.console import Visitor
from tests.support.world import ACCOUNT, COMPANY, PHONE, World

CALLED = "11月28日电话，李经理本人接的，已说清不答复的结果"


@pytest.fixture
def wholesale(world: World) -> World:
    in_wholesale(world)
    return world


@pytest.fixture
def unreached(wholesale: World) -> World:
    """Its capacity fell, and the time passed without a message that arrived."""
    unfollowed(wholesale)
    wholesale.reported(False)
    wholesale.wait(days=60)
    return wholesale


def centre(world: World) -> Visitor:
    return Visitor(world.web).enter(world, world.staff("chen", Role.REVIEWER))


def reach(world: World, visitor: Visitor, how: str = CALLED, status: int = 200) -> str:
    visitor.get("/capacity-changes")
    return visitor.post(f"/capacity-changes/{changes(world)[-1].id}/reached", status, how=how)


def test_who_was_not_reached_is_listed_with_why_and_what_to_do(console: Flask, unreached: World) -> None:
    page = centre(unreached).get("/capacity-changes")
    for words in (COMPANY.name, ACCOUNT, f"630 → {LEAST - 1} 千伏安", "营销系统", "转到零售还是留在批发"):
        assert words in page
    assert "没能通知到 1" in page and "失败" in page and "请打电话联系用户" in page
    assert PHONE not in page


def test_who_was_reached_by_a_person_is_asked_anew_and_silence_counts_then(console: Flask, unreached: World) -> None:
    visitor, before = centre(unreached), changes(unreached)[-1].deadline
    assert "重新算" in reach(unreached, visitor)
    unreached.work()
    row = changes(unreached)[-1]
    assert row.deadline is not None and before is not None and row.deadline > unreached.now > before
    assert CALLED in visitor.get("/capacity-changes?show=waiting")
    assert [each.data["how"] for each in facts(unreached, "market_reached")] == [CALLED]
    assert stages(unreached) == [Stage.AWAITING_CERTIFICATE]
    unreached.wait(days=60)
    assert stages(unreached) == [Stage.AWAITING_RETAILER]
    assert "没有答复，转到零售市场" in visitor.get("/capacity-changes?show=silent")


def test_the_new_time_begins_once_and_not_without_a_word_how(console: Flask, unreached: World) -> None:
    visitor = centre(unreached)
    assert "请写明什么时候" in reach(unreached, visitor, " ")
    reach(unreached, visitor)
    deadline = changes(unreached)[-1].deadline
    assert "已经有结果了" in reach(unreached, visitor)
    assert changes(unreached)[-1].deadline == deadline


def test_a_question_that_is_none_any_more_is_not_put_anew(console: Flask, unreached: World) -> None:
    """The capacity is enough again: there is nothing to reach anybody about."""
    visitor = centre(unreached)
    read(unreached, LEAST)
    assert "已经有结果了" in visitor.post(f"/capacity-changes/{changes(unreached)[0].id}/reached", how=CALLED)
    assert "没能通知到 0" in visitor.get("/capacity-changes") and "已收回 1" in visitor.last


def test_a_bureau_sees_its_own_users_and_leaves_it_to_the_centre(console: Flask, unreached: World) -> None:
    zhao = Visitor(console).enter(unreached, unreached.staff("zhao", Role.HANDLER, "053001"))
    assert COMPANY.name in zhao.get("/capacity-changes")
    assert "已联系上" not in zhao.last
    assert "由交易中心" in reach(unreached, zhao)
    other = Visitor(console).enter(unreached, unreached.staff("qian", Role.HANDLER, "053301"))
    assert COMPANY.name not in other.get("/capacity-changes?show=unreached")
    reach(unreached, other, status=404)
    assert stages(unreached) == [Stage.AWAITING_CERTIFICATE]


def test_an_answer_is_listed_with_what_and_by_whom(console: Flask, wholesale: World) -> None:
    read(wholesale, LEAST - 1)
    visitor = centre(wholesale)
    assert "等用户答复 1" in visitor.get("/capacity-changes")
    wholesale.say("留在批发市场")
    assert "王芳选了“留在批发市场”" in visitor.get("/capacity-changes?show=answered")
    assert stages(wholesale) == [Stage.AWAITING_CERTIFICATE]


def test_a_question_that_has_not_arrived_yet_says_so_before_its_time_is_over(console: Flask, wholesale: World) -> None:
    unfollowed(wholesale)
    visitor = centre(wholesale)
    assert "还没有送到" in visitor.get("/capacity-changes")
    wholesale.reported(True)
    assert "还没有送到" not in visitor.get("/capacity-changes")


def test_a_change_that_asks_nothing_is_listed_as_that(console: Flask, wholesale: World) -> None:
    read(wholesale, LEAST)
    assert "没有问" in centre(wholesale).get("/capacity-changes?show=nothing")


def test_the_list_goes_out_as_a_spreadsheet_without_people(console: Flask, wholesale: World) -> None:
    read(wholesale, LEAST - 1)
    wholesale.say("留在批发市场")
    visitor = centre(wholesale)
    assert 'data-total="1"' in visitor.get("/capacity-changes?show=answered")
    answer = visitor.client.get("/console/capacity-changes/export?show=answered")
    (row,) = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))[1:]
    assert COMPANY.name in row and ACCOUNT in row and "用户选了“留在批发市场”" in row
    assert "王芳" not in str(row)
    assert len(facts(wholesale, "exported")) == 1
