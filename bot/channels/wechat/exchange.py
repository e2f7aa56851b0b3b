"""One bounded HTTP exchange: time and size are limited, redirects are not followed, failures name nobody."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from bot.channels.base import SendError

CONNECT_TIMEOUT = 3.05  # seconds
READ_TIMEOUT = 10.0  # seconds to the first byte, and for the whole of the body
MAX_JSON = 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer."""

    content_type: str
    body: bytes

    def json(self) -> dict[str, Any] | None:
        """The JSON object that this is, or None (a proxy's HTML page, a picture, a bare list)."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):  # bad text, bad UTF-8, a thousand brackets
            return None
        return value if isinstance(value, dict) else None


def exchange(
    session: requests.Session,
    method: str,
    url: str,
    *,
    limit: int = MAX_JSON,
    seconds: float = READ_TIMEOUT,
    lost: str = "soon",
    **kwargs: Any,
) -> Answer:
    """Ask, wait `seconds`, read at most `limit` bytes.

    Raises SendError; `lost` is what to do when it is unknown whether the question arrived. requests' own exceptions
    carry the address with the access token in it, so none of them gets out of here.
    """
    try:
        status, answer = _exchange(session, method, url, limit, seconds, **kwargs)
    except requests.RequestException as error:
        failure = SendError("unreachable", retry="soon") if _never_sent(error) else SendError("no_answer", retry=lost)
    else:
        if status == 200:
            return answer
        failure = SendError(f"http_{status}", retry=lost if status >= 500 else "soon")
    raise failure


def _never_sent(error: requests.RequestException) -> bool:
    """A connection that was not made is certain; one that broke is not."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    unmade = (requests.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.ProxyError)
    return isinstance(error, unmade) or isinstance(reason, NewConnectionError)


def _exchange(
    session: requests.Session, method: str, url: str, limit: int, seconds: float, **kwargs: Any
) -> tuple[int, Answer]:
    deadline = time.monotonic() + seconds
    timeout = (CONNECT_TIMEOUT, seconds)
    with session.request(method, url, timeout=timeout, allow_redirects=False, stream=True, **kwargs) as response:
        body = bytearray()
        for chunk in response.iter_content(16384):
            body += chunk
            if len(body) > limit:
                raise SendError("too_large", retry="never")
            if time.monotonic() > deadline:
                raise requests.Timeout
        return response.status_code, Answer(response.headers.get("Content-Type", "").lower(), bytes(body))
