"""wechatpy's client with a transport that is bounded: one retry for a refused token, time limits, errcode always read.

wechatpy knows the addresses and the shapes; its transport recurses on a lasting 40001, never times out, takes a proxy's
HTML page for an answer and fetches its token from a fixed host.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from redis import Redis
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient

from bot.channels.base import SendError
from bot.channels.wechat.errors import TOKEN_CODES, send_error
from bot.channels.wechat.exchange import MAX_JSON, READ_TIMEOUT, Answer, exchange
from bot.channels.wechat.tokens import FETCH_TIME, TokenCache

_CONNECTIONS = 32  # kept open for as many threads
# A repeat of these would be seen by a person, and WeChat cannot be asked whether the first one arrived.
_SEEN_TWICE = frozenset({"message/custom/send"})


class Api(WeChatClient):  # type: ignore[misc]
    """wechatpy's endpoints over our transport. Every failure is a SendError."""

    def __init__(self, app_id: str, secret: str, redis: Redis, base_url: str) -> None:
        """`base_url` is scheme and host (settings: WECHAT_API_BASE_URL). Opens no connection."""
        super().__init__(app_id, secret, auto_retry=False)
        self.API_BASE_URL = base_url.rstrip("/") + "/cgi-bin/"
        for scheme in ("http://", "https://"):
            self._http.mount(scheme, HTTPAdapter(pool_maxsize=_CONNECTIONS))
        self._tokens = TokenCache(redis, app_id, secret, self._ask_token)

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> dict[str, Any]:
        """A JSON call, as wechatpy's endpoint classes make it. The answer has no errcode or errcode 0.

        `timeout` (seconds) shortens the wait.
        """
        found = self._with_token(method, url_or_endpoint, MAX_JSON, **kwargs).json()
        if found is None:
            raise SendError("bad_answer", retry=_lost(url_or_endpoint))
        return found

    def fetch(self, endpoint: str, params: dict[str, str], limit: int) -> Answer:
        """A call that answers with bytes, or with JSON for a failure. At most `limit` bytes are read."""
        return self._with_token("get", endpoint, limit, params=params)

    def plain(self, url: str, limit: int) -> Answer:
        """A GET without a token, for addresses that the caller has checked."""
        return exchange(self._http, "get", url, limit=limit)

    def _with_token(self, method: str, endpoint: str, limit: int, **kwargs: Any) -> Answer:
        token = self._tokens.get()
        answer = self._call(method, endpoint, token, limit, **kwargs)
        code = _errcode(answer)
        if code in TOKEN_CODES:
            answer = self._call(method, endpoint, self._tokens.replace(token), limit, **kwargs)
            code = _errcode(answer)
        if code:
            raise send_error(code)
        return answer

    def _call(self, method: str, endpoint: str, token: str, limit: int, **kwargs: Any) -> Answer:
        params = {**(kwargs.get("params") or {}), "access_token": token}
        data = kwargs.get("data")
        if isinstance(data, dict):
            data = json.dumps(data, ensure_ascii=False).encode()
        url = self.API_BASE_URL + endpoint
        limits: dict[str, Any] = {
            "limit": limit,
            "seconds": kwargs.get("timeout", READ_TIMEOUT),
            "lost": _lost(endpoint),
        }
        return exchange(self._http, method, url, **limits, params=params, data=data, files=kwargs.get("files"))

    def _ask_token(self, question: dict[str, Any]) -> Answer:
        return exchange(self._http, "post", self.API_BASE_URL + "stable_token", seconds=FETCH_TIME, json=question)

    def fetch_access_token(self) -> NoReturn:
        """wechatpy's own way to a token, closed: it is unlocked and unbounded."""
        raise NotImplementedError

    @property
    def access_token(self) -> str:
        """The shared token."""
        return self._tokens.get()


def _lost(endpoint: str) -> str:
    return "ask" if endpoint in _SEEN_TWICE else "soon"


def _errcode(answer: Answer) -> int:
    """WeChat's code inside a 200; 0 where all is well or the answer is not JSON (the caller knows whether it may)."""
    if not answer.body.lstrip().startswith(b"{"):
        return 0
    try:
        return int((answer.json() or {}).get("errcode", 0))
    except (TypeError, ValueError):
        raise SendError("bad_answer", retry="soon") from None
