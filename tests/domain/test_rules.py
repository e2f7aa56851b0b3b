"""Rules: an administrator's conditions, judged over an application's facts; nothing in them can run code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from domain.people.staff import Role
from domain.registration.applications import Application
from domain.rules.rules import BadRule, Rule, RuleVersion, Severity, check_condition, edit, judge, ship
from domain.rules.shipped import SHIPPED
from domain.workdays import local_day
from tests.support.world import World


def rule_as_shipped(name: str) -> Mapping[str, Any]:
    return next(rule for rule in SHIPPED if rule["name"] == name)


def test_every_shipped_condition_can_be_read() -> None:
    for rule in SHIPPED:
        check_condition(rule["condition"])


@pytest.mark.parametrize("condition", ["code ==", "import os", "(lambda: 1)()", "code.__class__("])
def test_a_condition_that_cannot_be_read_is_refused_in_chinese(condition: str) -> None:
    with pytest.raises(BadRule, match="条件写法有误"):
        check_condition(condition)


@pytest.mark.parametrize(
    "condition", ["code.__class__ == 1", '__import__("os") == 1', "open == null and phone_verified"]
)
def test_a_condition_reaches_nothing_but_the_facts(world: World, condition: str) -> None:
    """Attributes of Python are no facts: such a rule applies to nobody, or is a hint for the reviewer."""
    world.filled_in()
    with world.app.store.write() as session:
        for rule in session.scalars(select(Rule)):
            rule.active = False
        session.add(
            Rule(name="试探", condition=condition, severity=Severity.BLOCKING, problem="问题", suggestion="建议")
        )
    with world.app.store.read() as session:
        application = session.scalars(select(Application)).one()
        found = judge(session, application, local_day(world.now))
    assert all(problem.severity != Severity.BLOCKING or condition.startswith("open") for problem in found)


def test_an_edited_rule_holds_at_once_and_its_change_is_kept(world: World) -> None:
    administrator = world.staff("admin", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        rule = session.scalars(select(Rule).where(Rule.name == "容量缺失")).one()
        new = {"condition": "capacity_kva > 500", "severity": "blocking", "problem": "容量{capacity_kva}太大。"}
        edit(session, rule.id, new, administrator, world.now)
    question = world.filled_in()
    assert "容量630太大。" in question
    with world.app.store.read() as session:
        first, second = session.scalars(select(RuleVersion).where(RuleVersion.rule_id == rule.id)).all()
        assert (first.version, first.condition, first.staff_id) == (1, rule_as_shipped("容量缺失")["condition"], None)
        assert (second.version, second.problem, second.staff_id) == (2, "容量{capacity_kva}太大。", administrator)


def test_shipping_again_leaves_an_edited_rule_as_it_is(world: World) -> None:
    administrator = world.staff("admin", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        rule = session.scalars(select(Rule).where(Rule.name == "容量缺失")).one()
        edit(session, rule.id, {"problem": "改过了"}, administrator, world.now)
    with world.app.store.write() as session:
        ship(session)
    with world.app.store.read() as session:
        assert session.scalars(select(Rule).where(Rule.name == "容量缺失")).one().problem == "改过了"


def test_a_rule_that_fails_on_an_application_becomes_a_hint(world: World) -> None:
    world.filled_in()
    with world.app.store.write() as session:
        session.add(
            Rule(
                name="坏规则",
                condition='name > 3 or name < "x"',
                severity="blocking",
                problem="问题",
                suggestion="建议",
            )
        )
    with world.app.store.read() as session:
        application = session.scalars(select(Application)).one()
        found = {each.rule: each for each in judge(session, application, local_day(world.now))}
    assert (found["坏规则"].severity, found["坏规则"].needs_person) == (Severity.HINT, True)


def test_a_rule_holds_on_its_first_and_on_its_last_day() -> None:
    """And on no day before or after; a rule for one bureau is not asked where none is known."""
    rule = Rule(valid_from=date(2026, 11, 2), valid_to=date(2026, 11, 4), kinds=[], bureaus=[])
    assert [rule.holds("owner", None, date(2026, 11, day)) for day in range(1, 6)] == [False, True, True, True, False]
    rule.bureaus, rule.kinds = ["053001"], ["tenant"]
    asked = [("tenant", "053001"), ("tenant", "053002"), ("owner", "053001"), ("tenant", None)]
    assert [rule.holds(kind, bureau, date(2026, 11, 3)) for kind, bureau in asked] == [True, False, False, False]
