"""A turn of the dialogue against Rasa's: `./run bench turn`.

Three servers of Rasa stand before the product's own action server, on a store of their own, with a real message for
each turn: Rasa as shipped (its default pipeline and policies, the same training data, rules and actions, its REST
channel, its memory), stock Rasa with our pipeline and policies, and ours as the product starts it. They take turns in
turn, a few at a time, so that a busy machine is busy for all. A figure of ours stands in a line that ends in "K x
stock" (as shipped) or "K x same pipeline". With --long, ours alone takes 20,000 turns more, and its memory is told."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from os import cpu_count, getloadavg
from pathlib import Path
from time import perf_counter

from benchmarks import turn_door
from benchmarks.turn_models import OURS, as_shipped
from benchmarks.turn_report import Parts, Report, parts_of
from benchmarks.turn_town import Server, Town, idle_actions, servers
from tests.support.product import ROOT

BLOCK = 10  # turns that a server takes before the next one does
CLIENTS = 8
WARM = 20  # turns before the clock counts
PARTS = 200
LONG, LOOKS, PEOPLE = 20_000, 20, 1_500


def main(arguments: Sequence[str] | None = None) -> int:
    """Train what is missing, measure the three, print the report."""
    words = argparse.ArgumentParser(prog="./run bench turn", description=__doc__.split("\n")[0] if __doc__ else "")
    words.add_argument("--turns", type=int, default=510, help="length of one conversation")
    words.add_argument("--conversations", type=int, default=1, help="so many of them, one after the other")
    words.add_argument("--senders", type=int, default=300, help="turns of people who write for the first time")
    words.add_argument(
        "--epochs", type=int, default=0, help="train Rasa's default pipeline for less than it comes with"
    )
    words.add_argument("--door", type=int, default=0, help="messages through the whole product's WeChat door as well")
    words.add_argument("--long", action="store_true", help=f"{LONG:,} turns of ours for its memory")
    given = words.parse_args(arguments)
    shipped, training = as_shipped(given.epochs)
    report = Report(training)
    print(f"{sys.version.split()[0]}, {cpu_count()} cores, load {getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder).resolve())
        with town.actions(), ExitStack() as running:
            three = [running.enter_context(each.running(town.place.root)) for each in servers(town, shipped)]
            report.started(three)
            measure(town, three, report, given)
            report.ended(three, town.undone())
            with idle_actions() as idle:
                report.parts = {each.name: _parts(town, each, shipped, idle) for each in three}
            report.show()
            if given.long:
                _long(town, three[-1])
    if given.door:
        with tempfile.TemporaryDirectory() as folder:
            report.door(turn_door.answers(Path(folder).resolve(), given.door))
    return 0


def measure(town: Town, three: Sequence[Server], report: Report, given: argparse.Namespace) -> None:
    """Long conversations, then many people, one at a time and several at once."""
    for server in three:
        caller = server.caller()
        for turn in town.turns(town.people(1) * WARM):
            caller.say(turn)
    for _ in range(given.conversations):
        people, callers = town.people(len(three)), [server.caller() for server in three]
        for first in range(0, given.turns, BLOCK):
            for server, person, caller in zip(three, people, callers, strict=True):
                took = [caller.say(turn) for turn in town.turns([person] * min(BLOCK, given.turns - first), first)]
                report.conversation[server.name].extend(zip(range(first + 1, first + BLOCK + 1), took, strict=False))
    for first in range(0, given.senders, BLOCK):
        for server in three:
            caller = server.caller()
            turns = town.turns(town.people(BLOCK), first)
            report.senders[server.name].extend(caller.say(turn) for turn in turns)
    for _ in range(0, given.senders, BLOCK * CLIENTS):
        for server in three:
            report.at_once[server.name].append(_at_once(town, server))


def _at_once(town: Town, server: Server) -> tuple[int, float]:
    """So many turns of as many people by eight clients, and the seconds they took together."""
    turns = town.turns(town.people(BLOCK * CLIENTS))
    callers = [server.caller() for _ in range(CLIENTS)]

    def one(place: int) -> None:
        for turn in turns[place::CLIENTS]:
            callers[place].say(turn)

    began = perf_counter()
    with ThreadPoolExecutor(CLIENTS) as threads:
        list(threads.map(one, range(CLIENTS)))
    return len(turns), perf_counter() - began


def _parts(town: Town, server: Server, shipped: Path, idle: str) -> Parts:
    """Where a turn's time goes, watched inside a Rasa of the same kind; and the turn when its action does nothing."""
    real = _watched(town, server, shipped, town.environment["ACTIONS_URL"])
    return real | {"idle": _watched(town, server, shipped, idle)["turn"]}


def _watched(town: Town, server: Server, shipped: Path, actions: str) -> Parts:
    turns = town.turns(town.people(PARTS))
    command = [str(ROOT / "nlu/.venv/bin/python"), str(ROOT / "nlu/measure.py")]
    command += ["--model", str(shipped if server.name == "shipped" else OURS)]
    command += ["--actions", actions, *(() if server.name == "ours" else ("--stock",))]
    lines = b"\n".join(turn.body() for turn in turns)
    done = subprocess.run(command, input=lines, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return parts_of(done.stdout.decode().splitlines()[-1], without=WARM)


def _long(town: Town, ours: Server) -> None:
    """The memory of ours over many turns, of more people than it remembers."""
    caller, people, each = ours.caller(), town.people(PEOPLE), LONG // LOOKS
    for look in range(LOOKS + 1):
        print(f"memory after {look * each:>6,} turns: {ours.memory} MB", flush=True)
        if look < LOOKS:
            for turn in town.turns([people[(look * each + place) % PEOPLE] for place in range(each)], look):
                caller.say(turn)


if __name__ == "__main__":
    sys.exit(main())
