"""Redis, asked whether it is there and how much waits in it, and used to count."""

from __future__ import annotations

from datetime import timedelta

from redis import Redis
from redis.exceptions import RedisError


def redis_answers(redis: Redis) -> bool:
    """Whether the server answers."""
    try:
        return bool(redis.ping())
    except RedisError:
        return False


def count_within(redis: Redis, name: str, lasts: timedelta) -> int:
    """Count one more under a name; how many there have been since the first one, which is forgotten after `lasts`.
    0 when Redis does not answer: what only slows down must not stop everybody."""
    try:
        count = int(redis.incr(name))
        if count == 1:
            redis.expire(name, int(lasts.total_seconds()))
    except RedisError:
        return 0
    return count


def length(redis: Redis, queue: str) -> int:
    """How many tasks wait in a queue; 0 when Redis does not answer."""
    try:
        return int(redis.llen(queue))
    except RedisError:
        return 0
