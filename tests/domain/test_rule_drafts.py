"""A rule being edited knows the facts that there are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.registration.applications import Application
from domain.rules.drafts import Draft, faults
from domain.rules.facts import FACTS, facts_of
from domain.rules.shipped import SHIPPED
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


def test_the_docs_list_every_fact_with_its_meaning() -> None:
    """An administrator who reads the page reads what the console says."""
    page = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", page, flags=re.M))
    assert listed == dict(FACTS)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"condition": "capasity_kva > 1"}, "condition"),
        ({"severity": "deadly"}, "severity"),
        ({"problem": ""}, "problem"),
        ({"problem": "{code.__class__}"}, "problem"),
        ({"suggestion": "长" * 501}, "suggestion"),
        ({"document": "passport"}, "document"),
        ({"kinds": ("king",)}, "kinds"),
        ({"valid_from": date(2026, 12, 1), "valid_to": date(2026, 11, 1)}, "valid_to"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_where_it_stands(changed: dict[str, Any], field: str) -> None:
    draft = Draft("capacity_kva > 1", "supplementable", "问题", "建议")
    assert faults(draft) == {}
    assert set(faults(replace(draft, **changed))) == {field}
