"""The context that a message is read with: what was asked, what is open, who speaks, how far their company has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ADMITTED = ("unbound", "bound", "wholesale")  # stages in which there is no form to leave, but a market


def context_of(metadata: object) -> Mapping[str, Any]:
    """The context from a live message's metadata, or from a training example's, which Rasa keeps one level deeper."""
    if not isinstance(metadata, dict):
        return {}
    example = metadata.get("example")
    return example if isinstance(example, dict) else metadata
