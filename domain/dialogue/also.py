"""Two wishes in one message: both are served where one only asks to be told something; else the second is named, with
the words that bring it about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from domain.dialogue import knowledge_talk
from domain.dialogue.acts import Act, Command, Values
from domain.dialogue.topics import TOPICS
from domain.dialogue.understood import label_of
from domain.messages.messages import Say

# These tell something and change nothing, so that they can be answered beside anything else.
_TELLS = frozenset({*TOPICS, *knowledge_talk.COMMANDS}) | {
    *("progress", "contract", "renew", "packages", "package", "compare", "recommend", "companies", "usage", "forecast"),
    *("whoami", "todo", "why_out", "owing", "by_number"),
}
Do = Callable[[Act], list[Say]]


def with_second(act: Act, do: Do) -> list[Say]:
    """What `act` does and says, together with what came of the second wish of its message. What only tells something
    is said first, so that the last words are the question that the other wish leads to."""
    if not isinstance(act, Command | Values) or act.also is None:
        return do(act)
    first, second = replace(act, also=None), act.also
    if second.name in _TELLS:
        return [*_told(do(second)), *do(first)]
    if isinstance(first, Command) and first.name in _TELLS:
        return [*_told(do(first)), *do(second)]
    label = label_of(second.name)
    later = [Say(f"您还说到“{label}”：这件办好后回复“{label}”，接着办。")] if label else []
    return [*later, *do(first)]


def _told(says: Sequence[Say]) -> list[Say]:
    """The answer alone: its options and the thread after it would give a number two meanings."""
    return [knowledge_talk.without_taps(says[0])] if says and says[0].question_id is None else []
