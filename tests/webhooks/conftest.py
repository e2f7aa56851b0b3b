"""Fixtures of the doors' tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.support.world import World


@pytest.fixture
def console(world: World) -> Flask:
    """The web process of the world; what goes wrong in it is raised."""
    world.web.testing = True
    return world.web


@pytest.fixture
def host(console: Flask) -> Iterator[str]:
    """The web process, listening on a port of its own."""
    server = make_server("127.0.0.1", 0, console, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def office(host: str) -> str:
    """The console's address in it."""
    return f"{host}/console"
