"""Connections to the store: SQLite (WAL, writers begin immediate) or PostgreSQL, the same code."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

BUSY_SECONDS = 20  # how long a writer waits for another one inside SQLite


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
        """A session to look with; on SQLite it waits for no writer."""
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
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=20, max_overflow=20, pool_pre_ping=True)
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
        read_only = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
