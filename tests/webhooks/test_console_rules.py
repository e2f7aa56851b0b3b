"""The rules' pages: filtered, written, copied, switched, limited, tried on last month's, compared and set back."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from domain.people.staff import Role
from domain.rules.rules import Rule
from tests.support.console import Visitor, newest, submitted
from tests.support.world import World

NEW = {
    "condition": "capacity_kva > 600",
    "severity": "hint",
    "problem": "容量是 {capacity_kva} 千伏安。",
    "suggestion": "请核对变压器。",
    "active": "yes",
}


@pytest.fixture
def zhou(world: World, console: Flask) -> Visitor:
    """The administrator."""
    return Visitor(console).enter(world, world.staff("zhou", Role.ADMINISTRATOR))


def rule_of(world: World, name: str) -> Rule:
    with world.app.store.read() as session:
        return session.query(Rule).filter_by(name=name).one()


def made(world: World, zhou: Visitor, name: str = "容量偏大", **changed: str) -> Rule:
    zhou.get("/rules/new")
    zhou.post("/rules/new", act="save", name=name, **{**NEW, **changed})
    return rule_of(world, name)


def test_a_new_rule_holds_for_the_next_who_hands_in(world: World, zhou: Visitor) -> None:
    """And its hits lead to the list of whom it met."""
    rule = made(world, zhou, valid_from="2026-11-01", valid_to="2026-12-31", needs_person="yes")
    assert (rule.version, str(rule.valid_to), rule.needs_person) == (1, "2026-12-31", True)
    submitted(world)
    page = zhou.get("/rules?hit=yes")
    assert ">容量偏大</a>" in page
    assert ">户号已销户</a>" not in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "请给规则起个名称"),
        ({"name": "户号已销户"}, "已经有一条规则叫"),
        ({"valid_to": "someday"}, "请写成 2026-01-31 的样子"),
        ({"condition": 'name =~ "(a+)+$"'}, "起不能用"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    world: World, zhou: Visitor, changed: dict[str, str], said: str
) -> None:
    zhou.get("/rules/new")
    page = zhou.post("/rules/new", 400, act="save", **{"name": "新规则", **NEW, **changed})
    assert said in page
    assert 'aria-invalid="true"' in page
    assert "请核对变压器。" in page


def test_a_copy_begins_as_the_rule_that_it_copies(world: World, zhou: Visitor) -> None:
    rule = rule_of(world, "缺租赁协议")
    page = zhou.get(f"/rules/new?copy={rule.id}")
    assert rule.condition in page
    assert re.search(r'value="lease" selected', page)
    assert re.search(r'value="tenant" checked', page)


def test_a_rule_is_switched_off_from_the_list(world: World, zhou: Visitor) -> None:
    rule = rule_of(world, "户号已销户")
    zhou.get("/rules")
    zhou.post(f"/rules/{rule.id}/active", active="no", back="https://elsewhere.example.com/")
    assert not rule_of(world, "户号已销户").active
    assert ">户号已销户</a>" in zhou.get("/rules?state=off")
    assert ">户号已销户</a>" not in zhou.get("/rules?state=on")


@pytest.mark.parametrize(
    ("filters", "there", "not_there"),
    [
        ("severity=blocking", "户号已销户", "接口未应答"),
        ("kind=owner", "户名与执照不符", "缺租赁协议"),
        ("kind=payer", "缺租户授权委托书", "户名与执照不符"),
        ("q=身份证", "缺经办人身份证", "户号已销户"),
        ("hit=no", "户号已销户", "容量偏大"),
    ],
)
def test_the_list_shows_what_its_address_asks_for(
    world: World, zhou: Visitor, filters: str, there: str, not_there: str
) -> None:
    made(world, zhou)
    submitted(world)
    page = zhou.get(f"/rules?{filters}")
    assert f">{there}</a>" in page
    assert f">{not_there}</a>" not in page


def test_a_draft_is_tried_on_last_month_and_nothing_is_saved(world: World, zhou: Visitor) -> None:
    application_id = submitted(world)
    rule = rule_of(world, "容量缺失")
    zhou.get(f"/rules/{rule.id}")
    page = zhou.post(f"/rules/{rule.id}", act="month", **NEW)
    assert "现在的规则命中 <b>0</b> 份" in page
    assert "改后命中 <b>1</b> 份" in page
    assert f'/applications/{application_id}">{newest(world).number}</a>' in page
    assert rule_of(world, "容量缺失").version == 1


def test_two_versions_are_compared_and_an_older_one_is_set_back(world: World, zhou: Visitor) -> None:
    rule = made(world, zhou)
    zhou.get(f"/rules/{rule.id}")
    zhou.post(f"/rules/{rule.id}", act="save", **{**NEW, "suggestion": "请核对电表。"})
    page = zhou.get(f"/rules/{rule.id}/versions?a=1&b=2")
    assert "<del>变压器</del><ins>电表</ins>" in page.replace("\n", "")
    zhou.get(f"/rules/{rule.id}")
    assert "现在是第 3 版" in zhou.post(f"/rules/{rule.id}/back", version="1")
    assert rule_of(world, "容量偏大").suggestion == "请核对变压器。"


def test_a_reviewer_reads_by_which_version_an_application_was_judged(world: World, zhou: Visitor) -> None:
    rule = made(world, zhou)
    application_id = submitted(world)
    zhou.get(f"/rules/{rule.id}")
    zhou.post(f"/rules/{rule.id}", act="save", **{**NEW, "condition": "capacity_kva > 700"})
    page = zhou.get(f"/applications/{application_id}/judgement")
    assert "按第 1 版判定，现在是第 2 版" in page
    assert "630" in page
