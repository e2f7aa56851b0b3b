"""What all sources share: one HTTP client, and one kind of failure. A source that is down is never guessed for."""

from __future__ import annotations

import json
import logging
import re
import time
import unicodedata
from datetime import date
from typing import Annotated, Any, TypeVar

import httpx
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

SECONDS = 2.0  # from the connection to the last byte: somebody waits in a chat
CONNECT_SECONDS = 1.0  # tried twice
MAX_BODY = 1_000_000
Record = TypeVar("Record", bound="Wire")
Word = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]  # null means empty


class SourceDown(Exception):
    """A source did not answer, or not sensibly: nothing is known, which is not "not found".

    `why` is one of our words (unreachable, slow, garbled, refused, busy, failed, http 503), never the source's text.
    `alarm`: it will not pass by itself (our token, our account there), so tell an administrator.
    """

    def __init__(self, source: str, why: str, *, alarm: bool = False) -> None:
        super().__init__(f"{source}: {why}")
        self.source = source
        self.why = why
        self.alarm = alarm


class Wire(BaseModel):
    """A record as a source writes it; figures written as numbers are taken as the text that they are."""

    model_config = ConfigDict(coerce_numbers_to_str=True, frozen=True)


def open_client() -> httpx.Client:
    """The client that all sources of a process share. It connects when it is first used. The proxy of the environment
    is used, but not for this machine."""
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO lines hold whole URLs
    return httpx.Client(
        mounts={"all://127.0.0.1": None, "all://localhost": None},
        timeout=httpx.Timeout(SECONDS, connect=CONNECT_SECONDS),
    )


class Source:
    """One outside system over HTTP and JSON."""

    name = ""

    def __init__(self, client: httpx.Client, url: str, authorization: str) -> None:
        """`url`: scheme, host and what comes before the system's own paths; `authorization`: the header's value."""
        self._client = client
        self._url = url.rstrip("/")
        self._headers = {"Authorization": authorization, "Accept": "application/json"}

    def down(self, why: str, *, alarm: bool = False) -> SourceDown:
        """The failure of this source, to be raised."""
        return SourceDown(self.name, why, alarm=alarm)

    def read(self, kind: type[Record], record: object) -> Record:
        """A record in the form that was agreed; SourceDown otherwise."""
        try:
            return kind.model_validate(record)
        except ValidationError:
            raise self.down("garbled") from None

    def ask(self, method: str, path: str, **request: Any) -> dict[str, Any] | None:
        """The JSON object that it answers with, None where it says {"error": "not_found"} itself: a 404 of some
        other program on the way says nothing about what was asked for."""
        status, body = self._exchange(method, path, request)
        if status in (401, 403):
            raise self.down("refused", alarm=True)
        if status == 429:
            raise self.down("busy")
        if status >= 500:
            raise self.down(f"http {status}")
        answer = self._object(body)
        if status == 404 and answer.get("error") == "not_found":
            return None
        if status != 200:
            raise self.down("garbled")
        return answer

    def _exchange(self, method: str, path: str, request: dict[str, Any]) -> tuple[int, bytes]:
        try:
            try:
                return self._once(method, path, request)
            except (httpx.ConnectError, httpx.ConnectTimeout):  # nothing has reached the other side
                return self._once(method, path, request)
        except httpx.TimeoutException:
            raise self.down("slow") from None
        except (httpx.DecodingError, httpx.RemoteProtocolError):
            raise self.down("garbled") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise self.down("unreachable") from None

    def _once(self, method: str, path: str, request: dict[str, Any]) -> tuple[int, bytes]:
        with self._client.stream(method, self._url + path, headers=self._headers, **request) as response:
            return response.status_code, self._body(response, time.monotonic() + SECONDS)

    def _body(self, response: httpx.Response, until: float) -> bytes:
        """The whole body; each read has its own limit, so a source that drips needs one for all of them."""
        body = b""
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MAX_BODY:
                raise self.down("garbled")
            if time.monotonic() > until:
                raise self.down("slow")
        return body

    def _object(self, body: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise self.down("garbled")
        return answer


def is_number(text: str) -> bool:
    """Whether this may stand in a path as a code or a number; nothing else can be one."""
    return re.fullmatch(r"[0-9A-Za-z]{1,32}", text) is not None


def folded(name: str) -> str:
    """A company's name with width and brackets made one and blanks removed: （昆明） is (昆明)."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def day_of(text: str) -> date | None:
    """A day as registers write it (2012-05-08, 2012年5月8日), None where it cannot be read."""
    parts = re.fullmatch(r"(\d{4})\D(\d{1,2})\D(\d{1,2})(?:\D.*)?", text.strip())
    try:
        return date(*map(int, parts.groups())) if parts else None
    except ValueError:
        return None
