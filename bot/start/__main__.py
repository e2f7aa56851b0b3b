"""`python -m bot.start WORD`: what `./run` calls once the environments are there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bot.start.claim import CannotStart, Running, running
from bot.start.environment import BadSetting, product_environment
from bot.start.place import Place
from bot.start.steps import become
from bot.start.supervisor import states
from bot.start.up import say, up

STOP_SECONDS = 60.0


def main(arguments: Sequence[str], place: Place) -> int:
    """Do what the word says; the result is the exit status."""
    word, rest = (arguments[0], list(arguments[1:])) if arguments else ("up", [])
    if word == "up":
        return up(place, os.environ, float(os.environ.get("RUN_BEGAN") or time.time()))
    if word == "already":
        return already(place)
    if word == "with":
        place.make()
        become(place, rest[1:] if rest[:1] == ["--"] else rest, product_environment(place, os.environ))
    if word == "status":
        return status(place)
    if word == "stop":
        return stop(place)
    if word == "logs" and len(rest) == 1:
        return logs(place, rest[0])
    raise CannotStart("Which log? './run logs web', for instance; './run status' lists the names.")


def already(place: Place) -> int:
    """Fails with one sentence when the product runs in this folder."""
    if (known := running(place)) is not None:
        raise Running(known)
    return 0


def status(place: Place) -> int:
    """A line for each process; fails when nothing runs."""
    known = running(place)
    if known is None:
        raise CannotStart("It does not run. './run' starts it.")
    say(f"Process {known.get('pid', '?')}, {known.get('address', 'just starting')}")
    for name, state in states(place).items():
        say(f"  {name:<8} {state['statename'].lower():<9} {state['description']}")
    return 0


def stop(place: Place) -> int:
    """End the one that runs, and wait until it is gone."""
    known = running(place)
    if known is None:
        say("It does not run.")
        return 0
    os.kill(int(known["pid"]), signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    while running(place) is not None:
        if time.monotonic() > until:
            raise CannotStart(f"Process {known['pid']} does not end.")
        time.sleep(0.1)
    say("Stopped.")
    return 0


def logs(place: Place, name: str) -> int:
    """Follow one log until Ctrl-C."""
    log = place.logs / f"{name}.log"
    if not log.exists():
        names = ", ".join(sorted(path.stem for path in place.logs.glob("*.log")))
        raise CannotStart(f"There is no log of that name; there are: {names or 'none yet'}.")
    return subprocess.call(["tail", "-n", "50", "-F", str(log)])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:], Place(Path(__file__).resolve().parents[2])))
    except (CannotStart, BadSetting) as problem:
        sys.exit(f"run: {problem}")
    except OSError as problem:
        sys.exit(f"run: {problem.strerror or problem}: {problem.filename or 'var'}. Is the disk full or read-only?")
    except KeyboardInterrupt:
        sys.exit(130)
