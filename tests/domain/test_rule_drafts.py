"""A rule being edited knows the facts that there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from domain.applications import Application
from domain.rule_drafts import Draft, faults
from domain.rule_facts import FACTS, facts_of
from domain.rules_shipped import SHIPPED
from domain.workdays import local_day
from tests.support.world import World


def test_the_list_of_facts_is_the_facts(world: World) -> None:
    """A fact that the list lacks could not be used; one too many would always be null."""
    world.say("我要注册")
    world.photo()
    with world.app.store.read() as session:
        application = session.query(Application).one()
        assert set(FACTS) == set(facts_of(session, application, local_day(world.now)))


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule["name"])
def test_every_shipped_rule_would_pass_the_editor(rule: Mapping[str, Any]) -> None:
    """An administrator who opens and saves one is not stopped."""
    assert faults(Draft(**{name: value for name, value in rule.items() if name != "name"})) == {}
