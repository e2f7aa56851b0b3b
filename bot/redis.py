"""Redis, asked whether it is there."""

from __future__ import annotations

from redis import Redis
from redis.exceptions import RedisError


def redis_answers(redis: Redis) -> bool:
    """Whether the server answers."""
    try:
        return bool(redis.ping())
    except RedisError:
        return False
