"""Two wishes in one message, written by somebody who had read neither the code nor the examples."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from understand import Understanding
from wishes import MOST_CHARS, wishes_in

HEARD = yaml.safe_load((Path(__file__).parent / "two_wishes.yml").read_text())


@pytest.fixture(scope="module")
def wishes(model: Path) -> Callable[[str], set[str]]:
    """The intents of the wishes in a text, by the model, loaded once."""
    understanding = Understanding(model)
    return lambda text: {name for name, _ in asyncio.run(understanding.understood({"text": text}))["wishes"]}


def test_most_second_wishes_are_found_and_no_story_is_cut(wishes: Callable[[str], set[str]]) -> None:
    """Two in three are found whole (measured: 35 of 51); what is one wish, told at length, stays one."""
    both = [each for each in HEARD["two"] if wishes(each["text"]) == {each["first"], each["second"]}]
    assert len(both) / len(HEARD["two"]) >= 0.64
    assert [each["text"] for each in HEARD["one"] if wishes(each["text"])] == []


def test_a_flood_of_parts_costs_nothing() -> None:
    """What is longer than people's wishes is not looked at part by part."""
    asked: list[str] = []

    async def understand(part: str) -> dict[str, Any]:
        asked.append(part)
        return {"intent": {"name": "progress", "confidence": 1.0}}

    assert asyncio.run(wishes_in("进度到哪里，" * MOST_CHARS, understand)) == [] and asked == []


def test_parts_of_one_wish_are_one(wishes: Callable[[str], set[str]]) -> None:
    """A tenant who registers has one wish, and so has who says on how much energy a package is wanted."""
    assert wishes("我们厂房是租的，想来注册") == set()
    assert wishes("我们每月用8万度电，推荐个套餐") == set()
