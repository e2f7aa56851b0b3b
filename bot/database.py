"""Connections to the store: SQLite or PostgreSQL, the same code. On both, writers come one after the other."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

BUSY_SECONDS = 20  # how long a writer waits for a stranger to let go of what it needs (a shell, a dump)
IDLE_SECONDS = 60  # after which PostgreSQL ends a writer that does nothing: its machine is gone, and others wait for it
CONNECT_SECONDS = 10
TURN = 20_261_123  # the number of the lock at which PostgreSQL's writers queue; any number, the same everywhere


class Store:
    """Sessions on the store. One use, one transaction: `write` commits at its end, `read` never does."""

    def __init__(self, url: str) -> None:
        self.engine = connect(url)
        path = self.engine.url.database if self.engine.dialect.name == "sqlite" else None
        self._turns = f"{path}.turn" if path else ""
        self._write = sessionmaker(self.engine, expire_on_commit=False)
        self._read = sessionmaker(self.engine.execution_options(read_only=True), expire_on_commit=False)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that is committed at the end, or rolled back whole. Never one inside another."""
        with self._my_turn(), self._write.begin() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session to look with: it sees one moment, and waits for no writer."""
        with self._read() as session:
            yield session

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        """SQLite has one writer at a time, and who must wait looks again after ever longer naps: under a storm somebody
        naps for many seconds while others pass. Writers of all processes queue at a file here, which the kernel serves
        in order and frees when a process dies. It only keeps the order; what holds the data together is SQLite."""
        if not self._turns:
            yield
            return
        with open(self._turns, "w") as queue:
            fcntl.flock(queue, fcntl.LOCK_EX)
            yield

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def connect(url: str) -> Engine:
    """An engine on the store; nothing is opened before its first use."""
    return _sqlite(url) if url.startswith("sqlite") else _postgresql(url)


_LOOK = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"

# Writers come one after the other, as on SQLite: what one of them looked up before it wrote is still true when it
# writes, whether or not a row stands for it that could be locked, and the chain of evidence has one end. The lock goes
# with the transaction, however that ends. A statement of its own: the next one sees what the writer before committed.
_TAKE_TURN = (
    f"SELECT pg_advisory_xact_lock({TURN}),"
    f" set_config('idle_in_transaction_session_timeout', '{IDLE_SECONDS}s', true),"
    f" set_config('lock_timeout', '{BUSY_SECONDS}s', true)"  # after our turn has come: that wait has no limit
)


def _postgresql(url: str) -> Engine:
    engine = create_engine(
        url.replace("postgres://", "postgresql://", 1),  # as some providers write it
        pool_size=20,
        max_overflow=20,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )
    _engines.add(engine)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql(_LOOK if read_only else _TAKE_TURN)

    return engine


_engines: WeakSet[Engine] = WeakSet()


def _forget_connections() -> None:
    """Two processes must not talk on one connection: whoever was forked opens its own."""
    for engine in _engines:
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_forget_connections)


def _sqlite(url: str) -> Engine:
    engine = create_engine(
        url, pool_size=20, max_overflow=20, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin ourselves, see below
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that reads first and writes later would fail at once when another one wrote in between.
        # One that only looks may not write at all: it has not queued, and would fail whenever somebody else writes.
        read_only = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
