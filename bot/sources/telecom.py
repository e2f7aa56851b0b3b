"""The telecom operators: whether a phone belongs to the named person. They say yes, no, or that they cannot say."""

from __future__ import annotations

from typing import Literal

import httpx

from bot.sources.base import Source, Wire

Verdict = Literal["match", "mismatch", "unknown"]


class _Answer(Wire):
    result: Verdict


class Telecom(Source):
    """POST /telecom/verify; phone and name go in the body only."""

    name = "telecom"

    def __init__(self, client: httpx.Client, url: str, token: str) -> None:
        super().__init__(client, url, f"Bearer {token}")

    def verify(self, phone: str, name: str) -> Verdict:
        """Whether the phone is registered to this name. Raises SourceDown."""
        answer = self.ask("POST", "/telecom/verify", json={"phone": phone, "name": name})
        return self.read(_Answer, answer).result

    def answers_right(self, phone: str, name: str, not_name: str) -> bool:
        """Whether it tells a phone's owner from somebody else. Raises SourceDown."""
        return self.verify(phone, name) == "match" and self.verify(phone, not_name) == "mismatch"
