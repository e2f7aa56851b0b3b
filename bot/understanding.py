"""`./run understand FILE`: what the desk makes of messages, one JSON object a line, and who decided. Nothing is done.

Words that need no understanding are told apart by the product's own rules; Rasa's environment reads the rest."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from domain.dialogue.dialogue import by_words
from domain.people.contacts import WECHAT
from domain.registration.intake import bare_value

NLU = Path(__file__).resolve().parents[1] / "nlu"


def understood(file: Path) -> list[dict[str, Any]]:
    """The lines of the file, in their order, with intent, confidence, values and who decided: exact, extractor or rasa.
    ValueError says which line is no message."""
    lines = [_message(number, line) for number, line in enumerate(file.read_text().splitlines(), 1) if line.strip()]
    certain = [_certain(line) for line in lines]
    read = iter(_by_rasa(line for line, sure in zip(lines, certain, strict=True) if sure is None))
    return [sure if sure is not None else {**line, **next(read)} for line, sure in zip(lines, certain, strict=True)]


def _message(number: int, line: str) -> dict[str, Any]:
    """One line of the file. ValueError says which is none."""
    try:
        read = json.loads(line)
    except ValueError:
        raise ValueError(f"line {number} is no JSON") from None
    if not isinstance(read, dict) or not isinstance(read.get("text"), str):
        raise ValueError(f'line {number} has no "text"')
    return read


def _certain(line: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the product decides by itself: a command word, or a bare value of what was asked for."""
    asking = (line.get("context") or {}).get("asking", "")
    command = by_words(line["text"], line.get("channel", WECHAT))
    if command is not None:
        return {**line, "intent": command.name, "confidence": 1.0, "entities": [], "decided_by": "exact"}
    values = bare_value(asking, line["text"], awaits_code=asking == "sms_code")
    if not values:
        return None
    found = [{"kind": kind, "value": value} for kind, value in values.items()]
    return {**line, "intent": "inform", "confidence": 1.0, "entities": found, "decided_by": "extractor"}


def _by_rasa(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lines with what Rasa's environment makes of them: nlu/understand.py, which calls nobody."""
    given = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    if not given:
        return []
    program = [str(NLU / ".venv/bin/python"), str(NLU / "understand.py")]
    done = subprocess.run(program, input=given, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]
