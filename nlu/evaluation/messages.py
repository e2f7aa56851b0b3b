"""The messages of the test files and of the training data, and which of the former are too near to the latter."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from components.folding import fold

NLU = Path(__file__).resolve().parents[1]
SPLITS = ("held_out", "unseen", "test_split", "unseen_market")
NEAR = 0.8  # share of character bigrams in common (Dice) from which two messages count as one


@dataclass(frozen=True)
class Message:
    """A message with what it means; `context` is its metadata: asking, stage, role."""

    text: str
    intent: str
    context: dict[str, str] = field(default_factory=dict)


def tests(name: str) -> list[Message]:
    """The messages of one file of nlu/tests: `intent: [text | {text, asking, stage, role}]`."""
    found = []
    for intent, messages in yaml.safe_load((NLU / "tests" / f"{name}.yml").read_text()).items():
        for message in messages:
            plain = message if isinstance(message, dict) else {"text": message}
            context = {key: str(value) for key, value in plain.items() if key != "text"}
            found.append(Message(str(plain["text"]), intent, context))
    return found


def talks() -> dict[str, list[Message]]:
    """The conversations of both files, by name, with the intent that each step must be."""
    short = yaml.safe_load((NLU / "tests" / "conversations.yml").read_text())
    found = {name: [_step(*step) for step in steps] for name, steps in short.items()}
    for talk in yaml.safe_load((NLU / "tests" / "people.yml").read_text()):
        found[talk["name"]] = [
            Message(str(each["text"]), each["intent"], each.get("context") or {}) for each in talk["steps"]
        ]
    return found


def _step(text: str, asking: str, action: str) -> Message:
    intent = "nlu_fallback" if action == "action_unsure_what" else action.removeprefix("action_")
    return Message(str(text), intent, {"asking": asking})


def examples(folder: Path = NLU / "data" / "nlu") -> list[Message]:
    """Every training example."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(path.read_text())["nlu"]:
            found += [Message(text, block["intent"], context) for text, context in _of(block["examples"])]
    return found


def _of(block: str | list[dict[str, Any]]) -> Iterable[tuple[str, dict[str, str]]]:
    if isinstance(block, str):
        return [(line.strip()[2:].strip(), {}) for line in block.splitlines() if line.strip().startswith("- ")]
    return [(each["text"].strip(), each.get("metadata") or {}) for each in block]


def bigrams(text: str) -> Counter[str]:
    """The character bigrams of the folded text, without spaces and signs, between a start and an end."""
    plain = "^" + "".join(char for char in fold(text).text if char.isalnum()) + "$"
    return Counter(plain[place : place + 2] for place in range(len(plain) - 1))


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """Dice's measure: twice what two messages share, over what they have together. 1.0 is the same message."""
    together = sum(one.values()) + sum(other.values())
    return 2 * sum((one & other).values()) / together if together else 1.0


class Neighbours:
    """Finds the example that is most like a message, by the bigrams that both hold."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Indexes the texts."""
        self._grams = [bigrams(text) for text in texts]
        self._holding: defaultdict[str, list[int]] = defaultdict(list)
        for number, grams in enumerate(self._grams):
            for gram in grams:
                self._holding[gram].append(number)

    def near(self, text: str, least: float = NEAR) -> list[int]:
        """The numbers of the texts that are so like it."""
        grams = bigrams(text)
        others = {number for gram in grams for number in self._holding.get(gram, ())}
        return [number for number in sorted(others) if likeness(grams, self._grams[number]) >= least]


def without_near(messages: Sequence[Message], known: Neighbours, taught: Sequence[Message]) -> list[Message]:
    """The messages that no training example with the same context resembles."""
    return [
        each for each in messages if not any(taught[number].context == each.context for number in known.near(each.text))
    ]
