"""Rasa checks its own schema of an action's answer against the meta-schema at every answer: 30 ms, most of a turn. The
schema does not change, so here it is checked once; every answer is still checked against it, with the same error."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import ValidationError
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import DOCS_BASE_URL, RemoteAction

from patches.pinning import replace


@cache
def _validator() -> Any:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
    """True for an answer that fits; ValidationError, in Rasa's words, for another."""
    error: ValidationError | None = best_match(_validator().iter_errors(result))
    if error is None:
        return True
    error.message += (
        f". Failed to validate Action server response from API, "
        f"make sure your response from the Action endpoint is valid. "
        f"For more information about the format visit "
        f"{DOCS_BASE_URL}/custom-actions"
    )
    raise error


def apply() -> None:
    """Puts it in place of RemoteAction._validate_action_result."""
    replace(RemoteAction, "_validate_action_result", validate_action_result, "f8cdb4be68123961")
