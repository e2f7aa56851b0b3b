"""Before anything starts: one start at a time, no leftovers of an earlier one, room on the disk, free ports."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from bot.start.environment import PORTS
from bot.start.place import Place
from bot.start.processes import MARK

ROOM_MB = 200  # for the database, logs and photos of a day


class CannotStart(Exception):
    """Why nothing was started: one sentence for the person at the terminal."""


class Running(CannotStart):
    """The product runs already; built from the note that the running one left."""

    def __init__(self, known: dict[str, Any]) -> None:
        where = f" at {known['address']}" if "address" in known else ""
        super().__init__(
            f"It runs already{where} (process {known.get('pid', '?')}): './run status' shows it, './run stop' ends it."
        )


class Claim:
    """The right to run in this folder, held as a lock on var/run.lock until the process ends, however it ends."""

    def __init__(self, place: Place) -> None:
        self._path = place.var / "run.lock"
        self._file = _locked(self._path)
        if self._file is None:
            raise Running(note(self._path))

    def tell(self, **facts: Any) -> None:
        """Leave a note (process id, address) for those who come second."""
        assert self._file is not None
        self._file.seek(0)
        self._file.truncate()
        json.dump({"pid": os.getpid(), **facts}, self._file)
        self._file.flush()


def _locked(path: Path) -> IO[str] | None:
    """The open file with the lock on it, or None while another process holds it."""
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def note(path: Path) -> dict[str, Any]:
    """What the running one left in its lock file; empty when there is nothing to read."""
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError):
        return {}


def running(place: Place) -> dict[str, Any] | None:
    """The note of the one that runs in this folder, or None when none does."""
    path = place.var / "run.lock"
    if not path.exists():
        return None
    file = _locked(path)
    if file is None:
        return note(path)
    file.close()
    return None


def ours(place: Place) -> list[int]:
    """The processes that an earlier or the present start left: their environment carries our mark."""
    wanted = f"{MARK}={place.root}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):  # somebody else's, or gone meanwhile
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
    return found


def sweep(place: Place, patience: float = 5.0) -> int:
    """End what is left of an earlier start that was killed; says how many there were."""
    left = ours(place)
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        for pid in ours(place):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal_number)
        until = time.monotonic() + patience
        while ours(place) and time.monotonic() < until:
            time.sleep(0.1)
    return len(left)


def check_room(place: Place) -> None:
    """CannotStart when the disk has no room left."""
    free = shutil.disk_usage(place.var).free // 2**20
    if free < ROOM_MB:
        raise CannotStart(f"The disk is nearly full: {free} MB are free in {place.var}, and {ROOM_MB} MB are needed.")


def check_ports(environment: Mapping[str, str], names: Sequence[str]) -> None:
    """CannotStart with the first port that is taken, and the setting that changes it. `names` are keys of PORTS."""
    for name in names:
        number = int(environment[name])
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError as error:
                raise CannotStart(_port_sentence(name, number, error)) from None


def _port_sentence(name: str, number: int, error: OSError) -> str:
    other = number + 100 if number + 100 < 65536 else PORTS[name]
    why = "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
    return f"Port {number} {why}: end that program, or choose another port, for instance '{name}={other} ./run'."
