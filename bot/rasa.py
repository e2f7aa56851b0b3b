"""Talking to Rasa: one message in, and afterwards the action server has done what Rasa picked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

# A turn takes some 50 ms; whoever waits longer is better served by “I will answer later”.
TIMEOUT = httpx.Timeout(15.0, connect=1.0)


class RasaDown(Exception):
    """Rasa, or the action that it picked, did not do its work. Nothing personal in the text."""


class Rasa:
    """The desk's channel of a Rasa server."""

    def __init__(self, url: str, secret: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=TIMEOUT, headers={"X-Desk-Secret": secret}, trust_env=False)

    def say(self, sender: str, text: str, metadata: Mapping[str, Any]) -> str:
        """Let Rasa take one turn; the intent that it understood. RasaDown when the turn was not done."""
        try:
            answer = self._http.post(
                "/webhooks/desk/webhook", json={"sender": sender, "message": text, "metadata": dict(metadata)}
            )
            answer.raise_for_status()
            return str(answer.json()["intent"])
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise RasaDown(type(error).__name__) from None

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()
