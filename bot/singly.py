"""Work that is done singly: one row at a time, each in its own transaction; and by one worker at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog
from redis import Redis
from redis.exceptions import LockError, RedisError
from sqlalchemy.orm import Session

from bot.app import App

T = TypeVar("T")
log = structlog.get_logger(__name__)


def one_by_one(app: App, name: str, found: Iterable[T], act: Callable[[Session, T], object]) -> tuple[int, int, int]:
    """Act on each in a transaction of its own: found, handled (where `act` says that something was done), failed. One
    that fails stops none of the others."""
    all_found = list(found)
    handled = failed = 0
    for each in all_found:
        try:
            with app.store.write() as session:
                done = bool(act(session, each))
            handled += done
        except Exception as error:
            failed += 1
            log.error(f"{name}.failed", of=each, error=type(error).__name__, exc_info=True)
    return len(all_found), handled, failed


def alone(redis: Redis, name: str, work: Callable[[], object], *, lasts: int) -> None:
    """Do the work unless another worker is at it. One that died keeps nobody from it for more than `lasts` seconds;
    without Redis it waits for the next time."""
    try:
        with redis.lock(name, timeout=lasts, blocking=False):
            work()
    except LockError:
        return  # another worker is at it
    except RedisError:
        log.error("no_lock", name=name)
