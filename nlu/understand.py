"""Reads messages as JSON lines and prints each with what the trained model makes of it; no action is called.

Run with nlu/.venv/bin/python nlu/understand.py < FILE. A line: {"text", "channel", "role", "context": {asking, stage,
open, today}}. `./run understand FILE` also knows the words that never reach Rasa."""

import asyncio
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
GUESSES = 3


def metadata_of(line: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata with which the product would send this line."""
    return {"asking": "", "open": [], "stage": "", **(line.get("context") or {}), "role": line.get("role") or "user"}


class Understanding:
    """The trained model, for messages one by one."""

    def __init__(self, model: Path) -> None:
        """Loads the model, which takes seconds."""
        from rasa.core.agent import Agent

        self._agent = Agent.load(str(model))

    async def parse(self, text: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """What Rasa's pipeline makes of a text."""
        from channel import neutral
        from rasa.core.channels.channel import UserMessage

        message = UserMessage(neutral(text), metadata=dict(metadata))
        return dict(await self._agent.processor.parse_message(message))  # type: ignore[union-attr]

    async def understood(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """A line with intent, confidence, entities in their plain form, who decided, guesses and a second wish."""
        from wishes import wishes_in

        metadata = metadata_of(line)
        text = str(line["text"]).strip()
        parsed = await self.parse(text, metadata)
        wishes = await wishes_in(text, lambda part: self.parse(part, metadata))
        ranking = [each for each in parsed.get("intent_ranking", []) if each["name"] != "nlu_fallback"][:GUESSES]
        return {
            **line,
            "intent": parsed["intent"]["name"],
            "confidence": round(parsed["intent"]["confidence"], 3),
            "entities": [{"kind": each["entity"], "value": each["value"]} for each in parsed["entities"]],
            "decided_by": parsed.get("decided_by", "rasa"),
            "guesses": [[each["name"], round(each["confidence"], 3)] for each in ranking],
            "wishes": wishes,
        }


def lines_of(source: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The lines that hold something. ValueError names the first that is no message."""
    for number, line in enumerate(source, start=1):
        if not line.strip():
            continue
        try:
            read = json.loads(line)
        except ValueError:
            raise ValueError(f"line {number} is no JSON") from None
        if not isinstance(read, dict) or not isinstance(read.get("text"), str):
            raise ValueError(f'line {number} has no "text"')
        yield read


def main() -> None:
    """From standard input to standard output, a line for a line."""
    sys.path.insert(0, str(HERE))
    os.environ |= {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    from logs import quiet

    quiet()
    import train

    if not train.is_current():
        train.train()
    understanding = Understanding(train.MODEL)
    try:
        for line in lines_of(sys.stdin):
            found = asyncio.run(understanding.understood(line))
            sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    except ValueError as wrong:
        sys.exit(str(wrong))


if __name__ == "__main__":
    main()
