"""RulePolicy turns the whole talk into states and matches every rule against them, twice a turn. Where each rule looks
at the turn at hand only (one intent, one action, then listen), the same turn gets the same decision: remembered."""

from __future__ import annotations

import json
from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, DefinePrevUserUtteredFeaturization, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from patches.pinning import replace

Key = tuple[str | None, str]
_rasas_own = RulePolicy.predict_action_probabilities


def turn_of(tracker: DialogueStateTracker) -> Key | None:
    """Intent and last action, where the talk ends with “listened, heard” or “listened, heard, acted” and nothing else
    is known that a decision could depend on; otherwise None."""
    if tracker.active_loop or tracker.followup_action or any(slot.has_features() for slot in tracker.slots.values()):
        return None
    acted, events = ACTION_LISTEN_NAME, list(tracker.events)[-4:]
    if events and isinstance(events[-1], ActionExecuted) and events[-1].action_name:
        acted = events.pop().action_name
        if events and _is_heard_by_intent(events[-1]):
            events.pop()
    if len(events) < 2 or not isinstance(events[-1], UserUttered) or not _is_listening(events[-2]):
        return None
    return events[-1].intent_name, acted


def _is_listening(event: Any) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME


def _is_heard_by_intent(event: Any) -> bool:
    return isinstance(event, DefinePrevUserUtteredFeaturization) and not event.use_text_for_featurization


def looks_at_the_turn_only(lookup: dict[str, Any]) -> bool:
    """True where every rule is a listening and an intent, and an action after it at most; and there are no loops."""
    return not lookup.get(RULES_FOR_LOOP_UNHAPPY_PATH) and all(_is_plain(json.loads(key)) for key in lookup[RULES])


def _is_plain(states: list[dict[str, Any]]) -> bool:
    """Whether a rule's states (the oldest first) are: listened and heard an intent; acted on that same intent."""
    named = [{part: set(inside) for part, inside in state.items()} for state in states]
    return (
        0 < len(states) <= 2
        and all(parts == {"user": {"intent"}, "prev_action": {"action_name"}} for parts in named)
        and states[0]["prev_action"]["action_name"] == ACTION_LISTEN_NAME
        and all(state["prev_action"]["action_name"] != ACTION_LISTEN_NAME for state in states[1:])
        and states[0]["user"] == states[-1]["user"]
    )


def predict_action_probabilities(
    self: RulePolicy,
    tracker: DialogueStateTracker,
    domain: Domain,
    rule_only_data: dict[str, Any] | None = None,
    **kwargs: Any,
) -> PolicyPrediction:
    """RulePolicy's prediction, out of the memory where a rule decided the same turn before."""
    known = _memory(self)
    turn = None if known is None else turn_of(tracker)
    if known is None or turn is None:
        return _rasas_own(self, tracker, domain, rule_only_data, **kwargs)
    if turn not in known:
        found = _rasas_own(self, tracker, domain, rule_only_data, **kwargs)
        if found.max_confidence < 1.0 or found.events or found.optional_events:
            return found
        known[turn] = found
    return _like(known[turn])


def _memory(policy: RulePolicy) -> dict[Key, PolicyPrediction] | None:
    if "_known" not in policy.__dict__:
        policy._known = {} if looks_at_the_turn_only(policy.lookup) else None
    known: dict[Key, PolicyPrediction] | None = policy._known
    return known


def _like(known: PolicyPrediction) -> PolicyPrediction:
    """A prediction of its own, as whoever gets it may change it."""
    return PolicyPrediction(
        list(known.probabilities),
        known.policy_name,
        known.policy_priority,
        is_end_to_end_prediction=known.is_end_to_end_prediction,
        is_no_user_prediction=known.is_no_user_prediction,
        diagnostic_data=known.diagnostic_data,
        hide_rule_turn=known.hide_rule_turn,
        action_metadata=known.action_metadata,
    )


def apply() -> None:
    """Puts it in place of RulePolicy.predict_action_probabilities."""
    replace(RulePolicy, "predict_action_probabilities", predict_action_probabilities, "301c6695cd5011b4")
