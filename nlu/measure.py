"""Where a turn's time goes inside Rasa: reads turns as JSON lines, takes each with the real action server, and prints
what understanding, choosing the actions, and calling the action took.

Used by benchmarks/turn.py: nlu/.venv/bin/python nlu/measure.py --model … --actions URL [--stock] < turns."""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))


class Clock:
    """Adds up what the parts of a turn take, in milliseconds."""

    def __init__(self) -> None:
        self.parts: dict[str, list[float]] = defaultdict(list)
        self._now: dict[str, float] = defaultdict(float)

    def watch(self, owner: Any, name: str, part: str) -> None:
        """From now on the owner's function counts for the part."""
        inner = getattr(owner, name)

        async def waiting(*given: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return await inner(*given, **named)
            finally:
                self._now[part] += time.perf_counter() - began

        def working(*given: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return inner(*given, **named)
            finally:
                self._now[part] += time.perf_counter() - began

        setattr(owner, name, waiting if asyncio.iscoroutinefunction(inner) else working)

    def turn_done(self, seconds: float) -> None:
        """Notes the turn's parts, and the whole."""
        for part, took in {**self._now, "turn": seconds}.items():
            self.parts[part].append(took * 1000)
        self._now.clear()


def _loaded(model: str, actions: str, stock: bool) -> Any:
    """The agent as served: with our changes, memory and endpoint, or with none of them."""
    from logs import quiet

    quiet()
    if not stock:
        import patches

        patches.apply()
    from action_endpoint import WatchedEndpoint
    from rasa.core.agent import Agent
    from rasa.utils.endpoints import EndpointConfig
    from tracker_store import RecentTurns

    endpoint = EndpointConfig(actions) if stock else WatchedEndpoint(actions, 10)
    agent = Agent.load(model, action_endpoint=endpoint)
    if not stock:
        agent.processor.tracker_store = RecentTurns(agent.domain)
    return agent


async def _take(agent: Any, clock: Clock, lines: list[str]) -> None:
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

    for line in lines:
        turn = json.loads(line)
        message = UserMessage(turn["message"], CollectingOutputChannel(), turn["sender"], metadata=turn["metadata"])
        began = time.perf_counter()
        await agent.handle_message(message)
        clock.turn_done(time.perf_counter() - began)


def main() -> None:
    """Takes the turns of standard input, and prints the parts as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--actions", required=True)
    parser.add_argument("--stock", action="store_true", help="Rasa as it comes")
    given = parser.parse_args()
    os.environ |= {"RASA_TELEMETRY_ENABLED": "false", "LOG_LEVEL": "WARNING", "TF_CPP_MIN_LOG_LEVEL": "3"}
    agent, clock = _loaded(given.model, given.actions, given.stock), Clock()
    from rasa.core.actions.action import RemoteAction

    clock.watch(agent.processor, "parse_message", "understanding")
    clock.watch(agent.processor, "predict_next_with_tracker_if_should", "choosing")
    clock.watch(RemoteAction, "run", "acting")
    asyncio.run(_take(agent, clock, sys.stdin.read().splitlines()))
    print(json.dumps(clock.parts))


if __name__ == "__main__":
    main()
