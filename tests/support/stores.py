"""Stores for tests: SQLite in a folder of its own, or, where TEST_DATABASE_URL leads to a PostgreSQL server, a database
of its own there. Each is a copy of one that was made once: making the schema takes longer than most tests."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from itertools import chain, count
from pathlib import Path

from sqlalchemy import create_engine, inspect, make_url

from bot.database import Store

SERVER = os.environ.get("TEST_DATABASE_URL", "")  # whoever is named in it may make databases
_numbers = count(1)


def empty(folder: Path) -> str:
    """The address of a store without a schema. Whoever takes it gives it back to `drop`."""
    return _database() if SERVER else f"sqlite:///{folder / 'desk.db'}"


def copy(folder: Path, fill: Callable[[Store], None]) -> str:
    """The address of a store that was filled so; the filling happens once. Whoever takes it gives it back to `drop`."""
    if SERVER:
        return _database(_template(fill))
    for left in folder.glob("desk.db*"):  # a place that another test was in before
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    (folder / "desk.db").write_bytes(_file(fill))
    return f"sqlite:///{folder / 'desk.db'}"


def drop(address: str) -> None:
    """Take a database off the server again; a file goes with its folder."""
    if SERVER:
        _on_server(f'DROP DATABASE IF EXISTS "{make_url(address).database}" WITH (FORCE)')


def kept(address: str) -> bytes:
    """Everything that lies in the store, as a thief would read it."""
    if not SERVER:
        path = Path(make_url(address).database or "")
        return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    engine = create_engine(address)
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        rows = [connection.exec_driver_sql(f'SELECT t::text FROM "{name}" t').scalars().all() for name in names]
    engine.dispose()
    return "\n".join(chain.from_iterable(rows)).encode()


def take_away(address: str) -> None:
    """From now on the store cannot be reached."""
    if SERVER:
        drop(address)
        return
    path = Path(make_url(address).database or "")
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()
    path.mkdir()


@cache
def _file(fill: Callable[[Store], None]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fresh.db"
        _fill(f"sqlite:///{path}", fill)
        return path.read_bytes()


@cache
def _template(fill: Callable[[Store], None]) -> str:
    address = _database()
    atexit.register(drop, address)
    _fill(address, fill)
    return str(make_url(address).database)


def _fill(address: str, fill: Callable[[Store], None]) -> None:
    store = Store(address)
    fill(store)
    if not SERVER:
        with store.engine.connect() as connection:  # the whole store in the one file that is copied
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()


def _database(like: str = "template1") -> str:
    name = f"desk_test_{os.getpid()}_{next(_numbers)}"
    _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{like}" STRATEGY FILE_COPY')  # quicker where nothing is synced
    return make_url(SERVER).set(database=name).render_as_string(hide_password=False)


def _on_server(command: str) -> None:
    engine = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(command)
    engine.dispose()
