"""One start from beginning to end: claim, steps, processes, waiting, and stopping without leaving a child."""

from __future__ import annotations

import contextlib
import json
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

from bot.start import claim
from bot.start.environment import PORTS, is_embedded, product_environment
from bot.start.place import Place
from bot.start.processes import MARK, Process, processes
from bot.start.progress import Watch
from bot.start.steps import Step, steps, take
from bot.start.supervisor import FIRST, Supervisor
from bot.start.welcome import welcome

RETRY_SECONDS = 30.0  # between attempts at a process that the supervisor has given up
PATIENCE = 300.0  # after so long the welcome is printed without those that are not ready
STOP_SECONDS = 40.0
FIRST_SECONDS = 20.0  # the others are started after this, come what may; they ask for Redis again and again


class Asked(BaseException):
    """Somebody asked us to stop: Ctrl-C, `kill`, or a terminal that closed."""


def say(text: str) -> None:
    """One line to the terminal; a terminal that has gone away is no reason to fail."""
    with contextlib.suppress(OSError, ValueError):
        print(text, flush=True)


def up(place: Place, given: Mapping[str, str], setup_began: float) -> int:
    """Start the product and stay until asked to stop. CannotStart or BadSetting, in one sentence, when it cannot."""
    place.make()
    right = claim.Claim(place)
    environment = product_environment(place, given) | {MARK: str(place.root)}
    table = processes(place, given, environment)
    right.tell(address=environment.get("SANDBOX_URL", environment["PUBLIC_URL"]))
    _clear(place, environment, table)
    _listen()
    try:
        for step in steps(place, given):
            take(step, place, environment, say)
        setup = time.time() - setup_began

        def ready(start: float, late: list[str]) -> None:
            if is_embedded(given) and "sandbox" not in late:
                take(Step("the custom menu", (str(place.root / ".venv/bin/python"), "-m", "bot.cli", "menu")), *told)
            _welcome(place, environment, (setup, start), late)

        told = (place, environment, say)
        return serve(place, table, environment, ready)
    except Asked:
        say("Stopped; nothing is left running.")
        return 0


def serve(
    place: Place,
    table: Sequence[Process],
    environment: Mapping[str, str],
    when_ready: Callable[[float, list[str]], None],
) -> int:
    """Run the table under a supervisor until Asked is raised; afterwards no child is left. `when_ready` is called
    once, with the seconds it took and the names of those that are still not ready."""
    began = time.monotonic()
    supervisor = None
    try:
        supervisor = Supervisor(place, table, environment)
        watch = Watch(place, table, say, began)
        say(f"Starting {len(table)} processes:")
        _start_all(supervisor, watch, table)
        while watch.waiting and set(watch.waiting) != watch.failed and time.monotonic() - began < PATIENCE:
            _look(supervisor, watch)
        when_ready(time.monotonic() - began, watch.waiting)
        while True:
            _look(supervisor, watch, pause=1.0)
    finally:
        if supervisor:
            say("\nStopping …")
            supervisor.stop(STOP_SECONDS)
        claim.sweep(place)


def _listen() -> None:
    """Raise Asked at the first signal and hear no further one while stopping; nohup's ignored SIGHUP stays ignored."""
    wanted = [number for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if _is_meant(number)]

    def ask(_number: int, _frame: FrameType | None) -> None:
        for number in wanted:
            signal.signal(number, signal.SIG_IGN)
        raise Asked

    for number in wanted:
        signal.signal(number, ask)


def _is_meant(number: signal.Signals) -> bool:
    return number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN


def _clear(place: Place, environment: Mapping[str, str], table: Sequence[Process]) -> None:
    left = claim.sweep(place)
    if left:
        say(f"  {left} processes of an earlier start were still there and have been ended.")
    claim.check_room(place)
    used = {process.port_setting for process in table}
    claim.check_ports(environment, [name for name in PORTS if name in used])


def _start_all(supervisor: Supervisor, watch: Watch, table: Sequence[Process]) -> None:
    """The private Redis first, and when it answers all the others at once."""
    names = [process.name for process in table]
    while not supervisor.states():
        _look(supervisor, watch, pause=0.05)
    if FIRST in names:
        supervisor.start(FIRST)
        until = time.monotonic() + FIRST_SECONDS
        while FIRST in watch.waiting and FIRST not in watch.failed and time.monotonic() < until:
            _look(supervisor, watch, pause=0.05)
    for name in names:
        supervisor.start(name)


def _look(supervisor: Supervisor, watch: Watch, pause: float = 0.2) -> None:
    if not supervisor.alive:
        raise claim.CannotStart(
            "The supervisor ended by itself, so everything was stopped: see supervisord.log and .err in var/log."
        )
    given_up = watch.look(supervisor.states())
    for name in watch.due(given_up, time.monotonic(), RETRY_SECONDS):
        supervisor.start(name)
    time.sleep(pause)


def _welcome(place: Place, environment: Mapping[str, str], seconds: tuple[float, float], late: list[str]) -> None:
    """Print what runs and how long it took, beside the first time's figures."""
    file = place.var / "run-times.json"
    times = {"setup": round(seconds[0], 1), "start": round(seconds[1], 1)}
    try:
        first = json.loads(file.read_text())
    except (OSError, ValueError):
        first = None
        file.write_text(json.dumps(times))
    say(welcome(environment, times, first, late))
