"""The figures of `benchmarks.turn`, and how many times as good as stock each of ours is."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean, median, quantiles

from benchmarks.turn_town import Server

NAMES = ("shipped", "pipeline", "ours")
AGAINST = {"shipped": "stock", "pipeline": "same pipeline"}
AROUND = {5: range(1, 11), 50: range(41, 61), 500: range(491, 511)}  # the turns of a conversation that stand for one
PARTS = {"understanding": "understanding alone", "choosing": "choosing the action and listening",
         "acting": "calling the action", "turn": "the turn inside Rasa",
         "idle": "the turn inside Rasa, idle action"}  # fmt: skip
Parts = dict[str, float]  # milliseconds, the median


def late(took: Sequence[float]) -> float:
    """What 95 of 100 stay within."""
    return quantiles(took, n=20, method="inclusive")[-1] if len(took) > 1 else took[0]


def around(turns: Iterable[tuple[int, float]], number: int) -> list[float]:
    """Seconds of the turns that stand for this one; empty where the conversation was shorter."""
    return [took for place, took in turns if place in AROUND[number]]


def times(theirs: float, ours: float) -> str:
    """How many times as long theirs takes."""
    return f"{theirs / ours:.1f}"


def parts_of(text: str, without: int = 0) -> Parts:
    """The medians of what `nlu/measure.py` printed, without the first so many turns."""
    return {name: median(took[without:] or took) for name, took in json.loads(text).items()}


@dataclass
class Report:
    """What was measured of each server."""

    training: float
    conversation: dict[str, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    senders: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    at_once: dict[str, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    parts: Mapping[str, Parts] = field(default_factory=dict)
    ready: dict[str, float] = field(default_factory=dict)
    memory: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    undone: int = 0

    def started(self, servers: Iterable[Server]) -> None:
        """Notes the start of each."""
        for server in servers:
            self.ready[server.name] = server.ready_seconds
            self.memory[server.name].append(server.memory)

    def ended(self, servers: Iterable[Server], undone: int) -> None:
        """Notes what each holds after its turns, and how many turns no action answered."""
        for server in servers:
            self.memory[server.name].append(server.memory)
        self.undone = undone

    def show(self) -> None:
        """Prints the table, then each figure of ours against both others."""
        print(f"training of Rasa's default pipeline: {self.training:.0f} s; ours: see nlu/README.md")
        print(f"turns that no action answered: {self.undone}")
        print(f"{'':<44}" + "".join(f"{name:>12}" for name in ("as shipped", "pipeline", "ours")))
        for name, values, digits in self._rows():
            print(f"{name:<44}" + "".join(f"{value:>12.{digits}f}" for value in values))
        for line in self.lines():
            print(line)

    def _rows(self) -> list[tuple[str, list[float], int]]:
        rows = [
            ("start to ready, s", [self.ready[name] for name in NAMES], 1),
            ("memory when ready, MB", [float(self.memory[name][0]) for name in NAMES], 0),
            ("memory after the turns, MB", [float(self.memory[name][-1]) for name in NAMES], 0),
        ]
        for number in AROUND:
            found = [around(self.conversation[name], number) for name in NAMES]
            if all(found):
                rows.append((f"turn {number} of a conversation, p50 ms", [median(took) * 1000 for took in found], 1))
                rows.append((f"turn {number} of a conversation, p95 ms", [late(took) * 1000 for took in found], 1))
        for words, rates in (("a new person each turn", self.senders), ("the whole conversation", self._talks())):
            rows.append((f"{words}, turns a second", [1 / mean(rates[name]) for name in NAMES], 1))
            rows.append((f"{words}, p50 ms", [median(rates[name]) * 1000 for name in NAMES], 1))
            rows.append((f"{words}, p95 ms", [late(rates[name]) * 1000 for name in NAMES], 1))
        rows.append(("eight people at once, turns a second", [self._rate(name) for name in NAMES], 1))
        for part, words in PARTS.items():
            rows.append((f"{words}, p50 ms", [self.parts[name].get(part, 0.0) for name in NAMES], 2))
        return rows

    def _talks(self) -> dict[str, list[float]]:
        return {name: [took for _, took in turns] for name, turns in self.conversation.items()}

    def _rate(self, name: str) -> float:
        return sum(turns for turns, _ in self.at_once[name]) / sum(seconds for _, seconds in self.at_once[name])

    def lines(self) -> list[str]:
        """One line for the whole turn and for each part, against each of the others."""
        talks, found = self._talks(), []
        for other, words in AGAINST.items():
            whole = {
                "the whole turn, new people": (mean(self.senders[other]), mean(self.senders["ours"])),
                "the whole turn, a conversation": (mean(talks[other]), mean(talks["ours"])),
                "the whole turn, eight people at once": (1 / self._rate(other), 1 / self._rate("ours")),
            }
            parts = {PARTS[part]: (self.parts[other][part] / 1000, self.parts["ours"][part] / 1000) for part in PARTS}
            for name, (theirs, ours) in {**whole, **parts}.items():
                found.append(
                    f"{name}: {ours * 1000:.2f} ms against {theirs * 1000:.2f} ms, {times(theirs, ours)} x {words}"
                )
        return found

    def door(self, took: Sequence[float]) -> None:
        """Prints what the whole product takes, against a turn of the others that ends at Rasa."""
        print(f"WeChat callback in to reply out: p50 {median(took) * 1000:.1f} ms, p95 {late(took) * 1000:.1f} ms")
        for other, words in AGAINST.items():
            theirs, ours = median(self.senders[other]), median(took)
            print(f"callback in to reply out, {ours * 1000:.1f} ms against {theirs * 1000:.1f} ms of REST, "
                  f"{times(theirs, ours)} x {words}")  # fmt: skip
