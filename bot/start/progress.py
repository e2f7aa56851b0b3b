"""Watching the processes: which are ready, which fail, and telling the person each of them once."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.start.place import Place
from bot.start.processes import Process

TAIL = 12  # lines of a log that are shown when a process fails


def answers(url: str) -> bool:
    """True when something speaks HTTP there, whatever it says. No proxy is asked."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=3)
    try:
        connection.request("GET", parts.path)
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def tail(path: Path, lines: int = TAIL) -> str:
    """The last lines of a log, or an empty text."""
    if not path.exists():
        return ""
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])


class Watch:
    """What is known of each process since the start; `look` once or twice a second."""

    def __init__(self, place: Place, processes: Sequence[Process], say: Callable[[str], None], began: float) -> None:
        self._place, self._say, self._began = place, say, began
        self._waiting = {process.name: process for process in processes}
        self._failed: set[str] = set()
        self._started_at: dict[str, int] = {}
        self._tried_at: dict[str, float] = {}
        self._log_begins = {name: self._size(name) for name in self._waiting}

    @property
    def waiting(self) -> list[str]:
        """Those that are not ready yet, in the order of the table."""
        return list(self._waiting)

    @property
    def failed(self) -> set[str]:
        """Those that do not start; they are tried again, and leave this set when they are ready."""
        return set(self._failed)

    def look(self, states: dict[str, dict[str, Any]]) -> list[str]:
        """Tell what changed; returns the names of those that the supervisor has given up."""
        for name, state in states.items():
            self._tell_restart(name, state)
            process = self._waiting.get(name)
            if process and state["statename"] in ("STARTING", "RUNNING") and self._is_ready(process, state):
                self._tell_ready(process)
        given_up = [name for name, state in states.items() if state["statename"] == "FATAL"]
        for name in given_up:
            self._tell_failure(name)
        return given_up

    def due(self, given_up: Sequence[str], now: float, pause: float) -> list[str]:
        """Those of the given-up ones whose next attempt is due."""
        chosen = [name for name in given_up if now - self._tried_at.setdefault(name, now) >= pause]
        self._tried_at.update(dict.fromkeys(chosen, now))
        return chosen

    def _is_ready(self, process: Process, state: dict[str, Any]) -> bool:
        if process.url:
            return answers(process.url)
        if process.says:
            return process.says in self._new_log(process.name)
        return bool(state["statename"] == "RUNNING")

    def _tell_ready(self, process: Process) -> None:
        del self._waiting[process.name]
        self._failed.discard(process.name)
        where = process.url.removesuffix("health") if process.url else ""
        self._say(f"  {time.monotonic() - self._began:5.1f} s  {process.name:<8} ready  {where}".rstrip())

    def _tell_restart(self, name: str, state: dict[str, Any]) -> None:
        before = self._started_at.get(name, 0)
        self._started_at[name] = state["start"]
        if before and state["start"] > before and name not in self._waiting:
            self._say(f"  {name} had ended and was started again; see {self._place.logs / name}.log.")

    def _tell_failure(self, name: str) -> None:
        if name in self._failed:
            return
        self._failed.add(name)
        log = self._place.logs / f"{name}.log"
        self._say(f"  {name} does not start; it is tried again every half minute. The end of {log}:")
        self._say("    " + tail(log).replace("\n", "\n    "))

    def _size(self, name: str) -> int:
        log = self._place.logs / f"{name}.log"
        return log.stat().st_size if log.exists() else 0

    def _new_log(self, name: str) -> str:
        log = self._place.logs / f"{name}.log"
        if not log.exists():
            return ""
        begins = self._log_begins[name] if self._size(name) >= self._log_begins[name] else 0  # 0: rotated meanwhile
        with log.open("rb") as file:
            file.seek(begins)
            return file.read().decode(errors="replace")
