"""Fixtures that tests of several folders use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.world import World

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip

# Files that take longest, so that no process is left with one of them while the others have nothing to do.
LONG = (
    "tests/e2e/",
    "tests/bot/test_ocr_",
    "tests/test_run",
    "_browser.py",
    "tests/sandbox/",
    "tests/webhooks/",
    "tests/bot/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first. What drives a browser may fail once: that is listed as RERUN, and is a fault to look for."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=1))
    items.sort(key=lambda item: next((place for place, part in enumerate(LONG) if part in item.nodeid), len(LONG)))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A running product on a store of its own."""
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without a screen; the tests that need one are left out where there is none."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()
