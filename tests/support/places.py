"""Where a test's product runs: a web process and a store's connections, made once and furnished anew for each test.
To build a hundred doors, to compile their templates and every statement of SQL takes longer than most tests."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask

from bot.app import App
from bot.database import Store
from bot.desk import Desk
from webhooks.app import create

_free: list[Place] = []


class AtOnce(Executor):
    """Takes a turn where it is asked for. In threads, an answer goes back in the request when it is ready in time, and
    on a busy machine it is not. (The true threads: tests/sandbox/test_product_in_the_sandbox.py and tests/e2e.)"""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


class Place:
    """One product's place. It belongs to whoever took it until it is left; two products at once have two."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory()
        self._address = ""
        self._store: Store | None = None
        self._web: Flask | None = None
        self.folder = Path(self._folder.name)

    def store(self, address: str) -> Store:
        """The store at an address; the same connections' maker as long as the address is the same."""
        if self._store is None or self._address != address:
            self._store, self._address = Store(address), address
        return self._store

    def furnished(self, app: App) -> Flask:
        """The web process with these parts, and with nothing of the test before."""
        if self._web is None:
            self._web = create(app, AtOnce())
            self._app, self._config = app, dict(self._web.config)
            return self._web
        for part in fields(App):
            object.__setattr__(self._app, part.name, getattr(app, part.name))
        self._web.config.clear()
        self._web.config.update(self._config)
        desk: Desk = self._web.extensions["desk"]
        vars(desk).clear()
        desk.__init__(self._app, AtOnce())  # type: ignore[misc]
        return self._web

    def leave(self) -> None:
        """The next test may have it."""
        _free.append(self)


def take() -> Place:
    """A place that nobody is in."""
    return _free.pop() if _free else Place()
