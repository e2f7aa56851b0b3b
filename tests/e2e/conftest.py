"""The whole product for the tests that need all of it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from benchmarks.storm_people import Crowd
from tests.support.product import Product, running_product


@pytest.fixture(scope="session")
def crowd() -> Crowd:
    """The people of a small storm."""
    return Crowd(150, Random(2026))


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory, crowd: Crowd) -> Iterator[Product]:
    """The product, ready to be used; stopped at the end of the tests."""
    root = tmp_path_factory.mktemp("product").resolve()
    crowd.move_in(root)
    with running_product(root) as running:
        yield running
