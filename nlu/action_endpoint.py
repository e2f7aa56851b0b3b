"""The way to the action server: bounded in time, and honest about failure. Rasa logs and swallows whatever goes wrong
in an action, so the desk channel could not tell a failed turn from a silent one; this endpoint keeps count for it."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import aiohttp
from rasa.utils.endpoints import EndpointConfig


class ActionCallFailed(aiohttp.ClientError):
    """The action server did not do its work. The text never holds the request, which holds what the user wrote."""


class WatchedEndpoint(EndpointConfig):
    """An action endpoint that remembers for each message whether its action was run."""

    def __init__(self, url: str, timeout: float) -> None:
        """`timeout` is in seconds, for the whole call."""
        super().__init__(url)
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._done: OrderedDict[str, bool] = OrderedDict()
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Gives the connections back."""
        if self._session is not None:
            await self._session.close()

    def succeeded(self, message_id: str) -> bool:
        """True where an action was run for the message and none failed; the answer is forgotten once given."""
        return self._done.pop(message_id, False)

    def _note(self, message_id: str, ok: bool) -> None:
        self._done[message_id] = ok and self._done.get(message_id, True)
        while len(self._done) > 1000:
            self._done.popitem(last=False)

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = None,
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Calls the action server with the JSON that Rasa made.

        Raises ActionCallFailed on time-out and on any status but 200."""
        body = kwargs["json"]
        message_id = body["tracker"]["latest_message"].get("message_id") or ""
        try:
            answer = await self._post(body)
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            self._note(message_id, False)
            raise ActionCallFailed(f"{body['next_action']}: {type(error).__name__}") from None
        self._note(message_id, True)
        return answer

    async def _post(self, body: dict[str, Any]) -> Any:
        """Over a connection that is kept; once more over a new one where the action server has closed it: what was
        done for an `inbound_id` is not done a second time."""
        try:
            return await self._post_once(body)
        except aiohttp.ServerDisconnectedError:
            return await self._post_once(body)

    async def _post_once(self, body: dict[str, Any]) -> Any:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        async with self._session.post(self.url, json=body) as answer:
            if answer.status != 200:
                raise aiohttp.ClientError(f"status {answer.status}")
            return await answer.json()
