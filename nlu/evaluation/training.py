"""A model from a part of the data, or from another pipeline, and what it makes of messages."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.model_training import train_nlu

from evaluation.figures import FALLBACK, Answer
from evaluation.messages import Message, Neighbours


def trained(config: Path, taught: Sequence[Message], folder: Path) -> Path:
    """The model of a pipeline on these examples."""
    data = folder / "nlu.yml"
    data.write_text('version: "3.1"\nnlu:\n' + "".join(_lines(taught)))
    with contextlib.redirect_stdout(io.StringIO()):
        model = train_nlu(str(config), str(data), str(folder), fixed_model_name="model")
    if model is None:
        raise SystemExit(f"Rasa did not train {config}.")
    return Path(model)


def _lines(taught: Iterable[Message]) -> Iterator[str]:
    """As literal blocks: in any other form Rasa's reader takes `${…}` for the name of a variable."""
    by_intent: dict[str, list[Message]] = {}
    for each in taught:
        by_intent.setdefault(each.intent, []).append(each)
    for intent, rows in by_intent.items():
        yield f"- intent: {intent}\n  examples:\n"
        for each in rows:
            yield f"  - text: |\n      {each.text}\n"
            yield f"    metadata: {json.dumps(each.context)}\n" if each.context else ""


def answers(model: Path, messages: Sequence[Message]) -> list[Answer]:
    """What the model makes of the messages."""
    agent = Agent.load(str(model))
    return asyncio.run(_answers(agent, messages))


async def _answers(agent: Any, messages: Sequence[Message]) -> list[Answer]:
    found = []
    for each in messages:
        parsed = await agent.processor.parse_message(UserMessage(each.text, metadata=dict(each.context)))
        found.append(answer_of(each, parsed))
    return found


def answer_of(message: Message, parsed: dict[str, Any]) -> Answer:
    """The answer in what Rasa says."""
    guesses = tuple(rank["name"] for rank in parsed.get("intent_ranking", []) if rank["name"] != FALLBACK)
    return Answer(message, parsed["intent"]["name"] or FALLBACK, parsed["intent"]["confidence"], guesses)


def folds(taught: Sequence[Message], count: int) -> list[list[int]]:
    """The examples in so many parts, each intent spread evenly, near duplicates always in one part."""
    known, group = Neighbours([each.text for each in taught]), list(range(len(taught)))
    for number, each in enumerate(taught):
        for other in known.near(each.text):
            low, high = sorted((group[number], group[other]))
            group = [low if at == high else at for at in group] if low != high else group
    members: dict[int, list[int]] = {}
    for number, leader in enumerate(group):
        members.setdefault(leader, []).append(number)
    parts: list[list[int]] = [[] for _ in range(count)]
    seen: dict[str, int] = {}
    for leader, rows in members.items():
        intent = taught[leader].intent
        parts[seen.get(intent, 0) % count] += rows
        seen[intent] = seen.get(intent, 0) + 1
    return parts


def cross_validated(config: Path, taught: Sequence[Message], count: int) -> list[list[Answer]]:
    """For each part, what a model makes of it that was trained on the others."""
    found = []
    for part in folds(taught, count):
        held = set(part)
        with tempfile.TemporaryDirectory() as folder:
            model = trained(config, [each for number, each in enumerate(taught) if number not in held], Path(folder))
            found.append(answers(model, [taught[number] for number in part]))
    return found
