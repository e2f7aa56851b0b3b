"""Where things lie on this machine: one object that every part of the start receives."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes; supervisord adds a number of its own while it binds


@dataclass(frozen=True, slots=True)
class Place:
    """The clone, and the folder `var` in it that holds everything that is not in the repository."""

    root: Path

    @property
    def var(self) -> Path:
        return self.root / "var"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def sockets(self) -> Path:
        """The folder of the unix sockets: var, or a private one with a short name where the clone lies too deep."""
        if len(os.fsencode(self.var)) + len("/supervisor.sock") <= LONGEST_SOCKET_PATH:
            return self.var
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"service-desk-{os.getuid()}-{digest}"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def supervisor_socket(self) -> Path:
        return self.sockets / "supervisor.sock"

    def make(self) -> None:
        """Create the folders, private to this user. Raises OSError where that cannot be."""
        for folder in (
            self.var,
            self.logs,
            self.sockets,
            self.var / "supervisor",
            self.var / "redis",
            self.var / "beat",
        ):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.sockets.stat().st_uid != os.getuid():
            raise PermissionError(f"{self.sockets} belongs to somebody else")
