"""A PostgreSQL server of one's own: in a folder that goes away, on a socket that only its owner can open."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB", "listen_addresses=")
PATIENCE = 60  # seconds that a busy machine may take to start it


def programs() -> Path | None:
    """The folder with `initdb` and `postgres`, the newest; Debian keeps it off PATH. None where there is no server."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name.split(".")[0]))
    on_path = shutil.which("initdb")
    places = [*([Path(on_path).resolve().parent] if on_path else []), *reversed(debian)]
    return next((each for each in places if (each / "initdb").exists() and (each / "postgres").exists()), None)


@contextmanager
def server(bin_folder: Path) -> Iterator[str]:
    """A server that runs; its address, with the right to make databases. It is stopped and deleted at the end."""
    folder = Path(tempfile.mkdtemp(prefix="desk-pg-", dir="/tmp"))  # a socket's path may have 107 characters
    owner = _owner(folder)
    make = [str(bin_folder / "initdb"), "-D", str(folder / "data"), "-U", "desk", "-A", "trust", "-E", "UTF8"]
    running: subprocess.Popen[bytes] | None = None
    try:
        subprocess.run([*make, "--locale=C", "--no-sync"], check=True, capture_output=True, cwd="/", **owner)
        options = [word for each in (*QUICK, f"unix_socket_directories={folder}") for word in ("-c", each)]
        with (folder / "log").open("wb") as log:
            start = [str(bin_folder / "postgres"), "-D", str(folder / "data"), *options]
            running = subprocess.Popen(start, stdout=log, stderr=log, cwd="/", **owner)
        _wait_until_ready(running, folder, bin_folder)
        yield f"postgresql://desk@/postgres?host={folder}"
    finally:
        if running is not None:
            running.send_signal(signal.SIGINT)  # ends connections that are still open
            running.wait()
        shutil.rmtree(folder)


def _owner(folder: Path) -> dict[str, Any]:
    """Who runs it. PostgreSQL refuses root: then it is Debian's postgres, or nobody."""
    if os.geteuid() != 0:
        return {}
    known = {each.pw_name: each for each in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _wait_until_ready(running: subprocess.Popen[bytes], folder: Path, bin_folder: Path) -> None:
    asked = [str(bin_folder / "pg_isready"), "-q", "-h", str(folder)]
    until = time.monotonic() + PATIENCE
    while subprocess.run(asked, check=False).returncode != 0:
        if running.poll() is not None or time.monotonic() > until:
            raise RuntimeError((folder / "log").read_text())
        time.sleep(0.05)
