"""A source that runs, and the client that asks it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from source_stand_in import Outside, running

from bot.sources.base import open_client


@pytest.fixture
def outside() -> Iterator[Outside]:
    """A running source."""
    with running() as told:
        yield told


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """The client as the product opens it."""
    with open_client() as client:
        yield client
