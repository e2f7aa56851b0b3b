"""What is done before the processes start: the model trained, the database brought up, the sample data filled in."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from bot.start.claim import CannotStart
from bot.start.environment import is_embedded
from bot.start.place import Place
from bot.start.processes import PLAIN

TELL_SECONDS = (5.0, 30.0)  # a step that takes longer than the first says so, and again after each of the second


@dataclass(frozen=True, slots=True)
class Step:
    """One command that must succeed before the start; `only` names the variables it gets, when not all."""

    what: str
    command: tuple[str, ...]
    only: tuple[str, ...] | None = None


def steps(place: Place, given: Mapping[str, str]) -> list[Step]:
    """Each of them is quick when there is nothing to do."""
    words = "['migrate'], ['seed']" if is_embedded(given) else "['migrate'],"
    # Both words in one process: importing what they need takes longer than what they do.
    code = f"from bot.cli import main; raise SystemExit(max(main(words) for words in ({words})))"
    database = (str(place.root / ".venv/bin/python"), "-c", code)
    train = (str(place.root / "nlu/.venv/bin/python"), str(place.root / "nlu/train.py"))
    return [
        Step("Rasa's model", train, only=PLAIN),
        Step("the database", database),
    ]


def take(step: Step, place: Place, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
    """Run one step with its output in var/log/setup.log. CannotStart, in one sentence, when it fails."""
    chosen = environment if step.only is None else {k: environment[k] for k in step.only if k in environment}
    log = place.logs / "setup.log"
    began = time.monotonic()
    with log.open("ab") as out:
        out.write(f"\n--- {step.what}\n".encode())
        out.flush()
        position = out.tell()
        running = subprocess.Popen(
            step.command, cwd=place.root, env=dict(chosen), stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
        try:
            _wait(running, step, say)
        finally:
            if running.poll() is None:
                running.terminate()
                running.wait()
    if running.returncode:
        raise CannotStart(_sentence(step, log.read_bytes()[position:].decode(errors="replace"), place))
    say(f"  {step.what}: ready in {time.monotonic() - began:.1f} s")


def _wait(running: subprocess.Popen[bytes], step: Step, say: Callable[[str], None]) -> None:
    began = time.monotonic()
    for pause in chain(TELL_SECONDS[:1], repeat(TELL_SECONDS[1])):
        try:
            running.wait(pause)
            return
        except subprocess.TimeoutExpired:
            say(f"  {step.what} is being made … {time.monotonic() - began:.0f} s")


def _sentence(step: Step, output: str, place: Place) -> str:
    if "No space left" in output or "disk is full" in output:
        return f"The disk is full, so {step.what} could not be made: free some space in {place.var} and start again."
    if "Read-only file system" in output or "readonly database" in output or "Permission denied" in output:
        return f"{step.what} could not be made, because {place.var} cannot be written to: make it writable."
    last = _last_line(output.splitlines())
    return f"{step.what} could not be made: {last} (the whole story is in {place.logs / 'setup.log'})."


def _last_line(lines: Sequence[str]) -> str:
    return next((line.strip() for line in reversed(lines) if line.strip()), "it ended without a word")


def become(place: Place, command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Replace this process by a command with the product's settings; `python` means the product's own."""
    python = str(place.root / ".venv/bin/python")
    words = [python if word == "python" and index == 0 else word for index, word in enumerate(command)]
    sys.stdout.flush()
    os.execvpe(words[0], words, dict(environment))
