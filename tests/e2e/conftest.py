"""The whole product for the tests that need all of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.product import Product, running_product


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product, ready to be used; stopped at the end of the tests."""
    with running_product(tmp_path_factory.mktemp("product").resolve()) as running:
        yield running
