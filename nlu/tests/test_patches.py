"""nlu/patches changes the speed of Rasa only: the same message gives the same intent, entities, action and events."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import ValidationError
from served import HERE

MESSAGES = (
    "你好",
    "我的申请到哪了",
    "户号0530123456789012，电话13888881234",
    "法定代表人读错了一个字",
    "是的",
    "返回",
    "重新开始",
    "今天天气不错嘛你吃了没有",
    "？？？",
    "",
    "要多久，顺便问一下执照怎么拍",
    "你好",
)


class Listener:
    """In the place of the action server: remembers every call and answers with nothing to do."""

    def __init__(self) -> None:
        self.url, self.kwargs, self.calls = "", {}, []

    async def request(self, **call: Any) -> dict[str, Any]:
        """The answer of an action of ours."""
        self.calls.append(json.loads(json.dumps(call["json"])))
        return {"events": [], "responses": []}


@pytest.fixture(scope="module")
def agent(model: Path) -> Any:
    """The model in Rasa as it comes."""
    from rasa.core.agent import Agent

    return Agent.load(str(model), action_endpoint=Listener())


@pytest.fixture
def patched(agent: Any) -> Iterator[Any]:
    """The same with every change in place, but for TensorFlow, which is here already; undone afterwards."""
    import patches.pinning
    from patches import answers, calls, decisions, emptiness, graph

    changes = (answers, calls, decisions, emptiness, graph)
    before = []
    replace = patches.pinning.replace

    def noted(owner: type, name: str, new: Any, source: str) -> None:
        before.append((owner, name, vars(owner)[name]))
        replace(owner, name, new, source)

    for change in changes:
        change.replace = noted
        change.apply()
    yield agent
    for owner, name, old in before:
        setattr(owner, name, old)
    for change in changes:
        change.replace = replace


def _talk(agent: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """What was understood, what was called and what is kept when all messages come from one sender, in Rasa's words."""
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
    from tracker_store import RecentTurns

    agent.processor.tracker_store = store = RecentTurns(agent.domain, max_events=1000)
    agent.processor.action_endpoint = listener = Listener()

    async def talk() -> list[Any]:
        for number, text in enumerate(MESSAGES):
            said = {"inbound_id": number, "asking": "", "open": [], "role": "user"}
            message = UserMessage(text, CollectingOutputChannel(), "contact:1", input_channel="desk", metadata=said)
            message.message_id = str(number)
            await agent.processor.handle_message(message)
        tracker = await store.retrieve("contact:1")
        return [{**event.as_dict(), "timestamp": 0} for event in tracker.events]

    events = asyncio.run(talk())
    heard = [event for event in events if event["event"] == "user"]
    return heard, listener.calls, events


def test_a_talk_is_the_same_with_and_without(agent: Any, request: pytest.FixtureRequest) -> None:
    """Intents and their ranking, entities, the actions called with the message they get, and all events kept."""
    understood, calls, events = _talk(agent)
    assert len(understood) == len(MESSAGES) and len({each["next_action"] for each in calls}) > 5
    fast = _talk(request.getfixturevalue("patched"))
    assert fast[2] == events and fast[0] == understood
    assert [(each["next_action"], each["sender_id"], each["tracker"]["latest_message"]) for each in fast[1]] == [
        (each["next_action"], each["sender_id"], each["tracker"]["latest_message"]) for each in calls
    ]


def test_a_call_leaves_out_the_domain_and_the_history_only(agent: Any, request: pytest.FixtureRequest) -> None:
    """All else is what Rasa sends."""
    whole = _talk(agent)[1][-1]
    call = _talk(request.getfixturevalue("patched"))[1][-1]
    assert whole.pop("domain") and call.pop("domain") == {} and whole["tracker"]["events"]
    assert len(json.dumps(call)) < 3000
    for each in (whole, call):
        each["tracker"] |= {"events": [], "latest_event_time": 0}
    assert call == whole


def _policy(agent: Any) -> Any:
    nodes = agent.processor.graph_runner._instantiated_nodes
    return next(node._component for name, node in nodes.items() if "RulePolicy" in name)


def _heard(agent: Any, intent: str, entities: list[str], action: str = "") -> Any:
    """A tracker that has heard this intent with these entities, and did the action after it."""
    from rasa.shared.core.events import ActionExecuted, DefinePrevUserUtteredFeaturization, UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    found = [{"entity": name, "value": "1"} for name in entities]
    events = [
        ActionExecuted("action_session_start"),
        ActionExecuted("action_listen"),
        UserUttered("说的", {"name": intent, "confidence": 0.9}, found),
    ]
    if action:
        events += [DefinePrevUserUtteredFeaturization(False), ActionExecuted(action)]
    return DialogueStateTracker.from_events("contact:1", events, agent.domain.slots, domain=agent.domain)


def test_a_remembered_decision_is_the_one_rasa_makes(agent: Any, patched: Any) -> None:
    """For every intent, with no entity, each entity, and all of them; before the action and after it."""
    from patches.decisions import _rasas_own, turn_of

    policy, domain = _policy(agent), agent.domain
    policy.__dict__.pop("_known", None)
    names = domain.action_names_or_texts
    for intent in domain.intents:
        for entities in ([], *([name] for name in domain.entities), domain.entities):
            first = policy.predict_action_probabilities(_heard(agent, intent, entities), domain)
            action = names[first.max_confidence_index]
            for tracker in (_heard(agent, intent, entities), _heard(agent, intent, entities, action)):
                assert turn_of(tracker)
                asked, own = policy.predict_action_probabilities(tracker, domain), _rasas_own(policy, tracker, domain)
                assert vars(asked) == vars(own) and asked == own
    assert len(policy._known) > len(domain.intents)


def test_where_more_than_the_turn_could_count_rasa_decides(agent: Any) -> None:
    """A rule with another turn before, with a slot or an entity; a talk in a loop, or one that did not just listen."""
    from patches.decisions import looks_at_the_turn_only, turn_of
    from rasa.shared.core.events import ActionExecuted, ActiveLoop, FollowupAction

    lookup = _policy(agent).lookup
    assert looks_at_the_turn_only(lookup)
    heard = {"prev_action": {"action_name": "action_listen"}, "user": {"intent": "greet"}}
    acted = {"prev_action": {"action_name": "action_greet"}, "user": {"intent": "greet"}}
    for states in (
        [heard, acted, heard],
        [{**heard, "slots": {"a": [1.0]}}],
        [{**heard, "user": {"intent": "greet", "entities": ["phone"]}}],
        [{**heard, "active_loop": {"name": "form"}}],
        [acted],
        [heard, {**acted, "user": {"intent": "thanks"}}],
        [heard, heard],
    ):
        assert not looks_at_the_turn_only({**lookup, "rules": {json.dumps(states): "action_greet"}}), states
    assert not looks_at_the_turn_only({**lookup, "rules_for_loop_unhappy_path": {"a": "b"}})
    for event in (ActiveLoop("form"), FollowupAction("action_greet"), ActionExecuted("action_thanks")):
        tracker = _heard(agent, "greet", [], "action_greet")
        tracker.update(event)
        assert turn_of(tracker) is None, event


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"events": [], "responses": []},
        {"events": [{"event": "slot", "name": "a", "value": 1, "timestamp": None}], "responses": [{"text": "好"}]},
        {"events": [{"event": "followup", "name": 5}]},
        {"events": [{}]},
        {"events": "none"},
        {"responses": ["好"]},
        [],
        None,
    ],
)
def test_an_answer_is_checked_as_strictly(answer: Any) -> None:
    """And refused in the same words."""
    from patches.answers import validate_action_result
    from rasa.core.actions.action import RemoteAction

    def said(check: Any) -> str:
        try:
            return str(check(RemoteAction("action_greet", None), answer))
        except ValidationError as error:
            return error.message

    assert said(validate_action_result) == said(RemoteAction._validate_action_result)


def test_the_classifier_is_as_sure_as_rasas(agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our regression reads the same features, and finds the same likeliest intents with the same confidences."""
    from components.regression import Regression
    from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier as Rasas

    compared: list[tuple[list[Any], list[Any]]] = []

    def both(self: Regression, messages: list[Any]) -> list[Any]:
        assert (Regression._create_X(self, messages) != Rasas._create_X(self, messages)).nnz == 0
        theirs, ours = ([each.get("intent_ranking") for each in kind.process(self, messages)]
                        for kind in (Rasas, Regression))  # fmt: skip
        compared.append((ours, theirs))
        return messages

    nodes = agent.processor.graph_runner._instantiated_nodes.values()
    monkeypatch.setattr(next(node for node in nodes if node._component_class is Regression), "_fn", both)
    _talk(agent)
    assert len(compared) == len(MESSAGES)
    for (ours,), (theirs,) in compared:
        assert [each["name"] for each in ours] == [each["name"] for each in theirs]
        assert [each["confidence"] for each in ours] == pytest.approx([each["confidence"] for each in theirs])


def test_a_graph_that_lacks_an_input_fails_in_the_same_way(agent: Any, request: pytest.FixtureRequest) -> None:
    """And an input that has the name of a node."""
    from rasa.engine.exceptions import GraphRunError

    def run(inputs: dict[str, Any]) -> None:
        with pytest.raises(GraphRunError):
            agent.processor.graph_runner.run(inputs, [agent.processor.model_metadata.nlu_target])

    for _ in range(2):
        run({})
        request.getfixturevalue("patched")


def test_a_change_does_not_fit_another_rasa(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version, or another function: whoever starts it is told."""
    from patches import pinning
    from rasa.core.actions.action import RemoteAction

    with pytest.raises(pinning.DoesNotFit, match="RemoteAction.run"):
        pinning.replace(RemoteAction, "run", print, "0" * 16)
    monkeypatch.setattr(pinning, "version", lambda package: "3.6.22")
    with pytest.raises(pinning.DoesNotFit, match=r"3\.6\.21"):
        pinning.replace(RemoteAction, "name", print, pinning.fingerprint(RemoteAction.name))


ALONE = """
import asyncio, json, sys
from logs import quiet
quiet()
import patches
patches.apply()
patches.apply()
from rasa.core.agent import Agent
agent = Agent.load(sys.argv[1])
print(json.dumps(asyncio.run(agent.parse_message("我的申请到哪了"))))
import tensorflow
assert not hasattr(tensorflow, "__file__")
from rasa.nlu.classifiers.diet_classifier import DIET
try:
    DIET()
except patches.without_tensorflow.NotLoaded:
    print("not loaded")
"""


def test_tensorflow_is_left_out_and_missed_loudly(agent: Any, model: Path) -> None:
    """The same understanding without it; whoever really uses it is told, with its name."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(model)],
        cwd=HERE,
        env={**os.environ, "PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
        check=True,
    )
    understood, missed = done.stdout.strip().splitlines()[-2:]
    own = asyncio.run(agent.parse_message("我的申请到哪了"))
    assert json.loads(understood) == json.loads(json.dumps(own)) and missed == "not loaded"
