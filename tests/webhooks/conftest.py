"""Fixtures of the doors' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.world import World
from webhooks.app import create


@pytest.fixture
def console(world: World) -> Iterator[Flask]:
    """The web process of the world."""
    flask = create(world.app)
    flask.testing = True
    yield flask
    flask.extensions["desk"].close()
