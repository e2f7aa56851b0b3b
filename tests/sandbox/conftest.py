"""Fixtures of the sandbox's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.harness import Client, running


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Client]:
    """A running sandbox whose first person, 王会计, follows the account, and a product that answers success."""
    with running(tmp_path) as client:
        client.follow()
        client.product.posts.clear()
        yield client
