"""What somebody does who has the database in hand: past the product, and past its foreign keys."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlalchemy import text

from tests.support.world import World


def rewrite(world: World, statement: str) -> None:
    """Run a statement on the store, whatever it breaks."""
    engine = world.app.store.engine
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(engine.url.database or "")) as connection:  # here foreign keys are not looked at
            connection.execute(statement)
            connection.commit()
        return
    with engine.begin() as open_connection:
        open_connection.execute(text("SET LOCAL session_replication_role = 'replica'"))
        open_connection.execute(text(statement))
