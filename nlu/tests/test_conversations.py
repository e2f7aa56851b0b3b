"""Whole talks through the served model: each message leads to the one action of the product that it should."""

from pathlib import Path

import pytest
import yaml
from served import HERE, ActionServer, Desk

TALKS: dict[str, list[list[str]]] = yaml.safe_load((Path(__file__).parent / "conversations.yml").read_text())


@pytest.mark.parametrize("name", TALKS)
def test_each_message_leads_to_its_action(desk: Desk, actions: ActionServer, name: str) -> None:
    """One action a turn, in order."""
    for text, asking, _ in TALKS[name]:
        status, _answer = desk.say(text, sender=f"contact:{name}", asking=asking)
        assert status == 200
    assert list(zip([text for text, *_ in TALKS[name]], actions.actions, strict=True)) == [
        (text, action) for text, _, action in TALKS[name]
    ]


def test_every_intent_has_its_rule_and_its_action() -> None:
    """The three lists of the assistant agree."""

    def read(path: str) -> dict[str, list]:  # type: ignore[type-arg]
        return yaml.safe_load((HERE / path).read_text())  # type: ignore[no-any-return]

    intents = {name for entry in read("assistant/intents.yml")["intents"] for name in entry}
    actions = set(read("assistant/actions.yml")["actions"])
    rules = {
        (steps[0]["intent"], steps[1]["action"])
        for steps in (rule["steps"] for rule in read("data/rules.yml")["rules"])
    }
    assert actions == {f"action_{intent}" for intent in intents} | {"action_unsure_what"}
    assert rules == {(intent, f"action_{intent}") for intent in intents} | {("nlu_fallback", "action_unsure_what")}
