"""The access token: one for all processes, fetched by one of them at a time.

`stable_token` gives the same token to everybody who asks until it ends, so two of us never invalidate each other's
(developers.weixin.qq.com, api_getstableaccesstoken). wechatpy's own cache has no lock, no time limit and no bound.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.exceptions import LockError, RedisError

from bot.channels.base import SendError
from bot.channels.wechat.errors import send_error
from bot.channels.wechat.exchange import Answer

EARLY = 200  # seconds: WeChat renews 300 s before the end, so the old one is still good when we ask again
FORCED_EVERY = 4320  # seconds: WeChat allows 20 forced refreshes a day
FETCH_TIME = 5.0  # seconds to wait for a token
LOCK_TIME = 30  # seconds: longer than two fetches take, short enough when the holder was killed
LOCK_WAIT = 15  # seconds


class TokenCache:
    """Hands out the shared token. Raises SendError, and nothing else."""

    def __init__(self, redis: Redis, app_id: str, secret: str, ask: Callable[[dict[str, Any]], Answer]) -> None:
        """`ask` posts its argument as JSON to stable_token."""
        self._redis, self._app_id, self._secret, self._ask = redis, app_id, secret, ask
        self._key = f"wechat:token:{app_id}"

    def get(self) -> str:
        """A token that should be good."""
        return self._locked(lambda: self._cached() or self._fetch(force=False), self._cached)

    def replace(self, refused: str) -> str:
        """The token to try once more with, after WeChat did not take `refused`.

        Another process may have a newer one; else a plain fetch shows whether WeChat does; only then is a refresh
        forced, at most once in FORCED_EVERY seconds. Where it may not be, `refused` itself is worth one more try.
        """
        return self._locked(lambda: self._other_than(refused), lambda: None)

    def _locked(self, act: Callable[[], str], before: Callable[[], str | None]) -> str:
        try:
            found = before()
            if found:
                return found
            with self._redis.lock(f"{self._key}:lock", timeout=LOCK_TIME, blocking_timeout=LOCK_WAIT):
                return act()
        except LockError:
            failure = SendError("token_busy", retry="soon")
        except RedisError:
            failure = SendError("token_store", retry="soon")
        raise failure

    def _other_than(self, refused: str) -> str:
        cached = self._cached()
        if cached and cached != refused:
            return cached
        fetched = self._fetch(force=False)
        if fetched != refused:
            return fetched
        if self._redis.exists(f"{self._key}:forced"):
            return refused
        try:
            forced = self._fetch(force=True)
        except SendError:  # WeChat gives no new one within 30 s of the last
            return refused
        self._redis.set(f"{self._key}:forced", "1", ex=FORCED_EVERY)
        return forced

    def _cached(self) -> str | None:
        value = self._redis.get(self._key)
        return value.decode() if isinstance(value, bytes) else value

    def _fetch(self, *, force: bool) -> str:
        answer = self._ask(
            {
                "grant_type": "client_credential",
                "appid": self._app_id,
                "secret": self._secret,
                "force_refresh": force,
            }
        ).json()
        if answer is None:
            raise SendError("bad_answer", retry="soon")
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            code = answer.get("errcode")
            # 40001 here means the secret, not a token.
            raise SendError("40001", retry="alarm") if code == 40001 else _failed(code)
        self._redis.set(self._key, token, ex=max(seconds - EARLY, 30))
        return token


def _failed(code: object) -> SendError:
    return send_error(code) if isinstance(code, int) and code else SendError("bad_answer", retry="soon")
