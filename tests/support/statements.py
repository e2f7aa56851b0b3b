"""What the store is asked: to see that a page or a decision asks no more for many orders than for few."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from tests.support.world import World


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """The statements that the store is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(world.app.store.engine, "before_cursor_execute", note)
    yield asked
    event.remove(world.app.store.engine, "before_cursor_execute", note)
