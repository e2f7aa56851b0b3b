"""Rasa sends an action the whole domain and the events of the whole talk, made into JSON anew at every call. Ours read
the message at hand (`actions/acts.py`), so they are sent it, what rasa-sdk reads beside it, an empty history, and an
empty domain: without any, the action server answers 449 and asks for one."""

from __future__ import annotations

from typing import Any

import rasa
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

from patches.pinning import replace


def action_call_format(self: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
    """The call in Rasa's protocol, without events; the whole domain only for an action that is said to need it."""
    return {
        "next_action": self._name,
        "sender_id": tracker.sender_id,
        "tracker": {**tracker.current_state(EventVerbosity.NONE), "events": []},
        "version": rasa.__version__,
        "domain": domain.as_dict() if domain.does_custom_action_explicitly_need_domain(self.name()) else {},
    }


def apply() -> None:
    """Puts it in place of RemoteAction._action_call_format."""
    replace(RemoteAction, "_action_call_format", action_call_format, "428795b944f22edb")
