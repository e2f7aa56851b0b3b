"""Aliyun's HTTP pushes: delivery reports and replies, as JSON arrays, with a time limit of 700 ms and retries."""

import asyncio
import json
import time
from typing import Any

import httpx

from sandbox.people import Person
from sandbox.world import World

Items = list[dict[str, Any]]
_PATHS = {"SmsReport": "report", "SmsUp": "reply"}
_HEADERS = {"Content-Type": "application/json;charset=UTF-8"}
_TICK = 0.05


class Pusher:
    """Keeps what is owed in the store, so that a restart of the sandbox forgets no retry."""

    def __init__(self, world: World) -> None:
        self._world = world

    def owe(self, what: str, items: Items, after: float = 0, attempt: int = 1, message_seq: int | None = None) -> None:
        """Push the items (what: SmsReport or SmsUp) after some seconds of the moved clock."""
        body = {"what": what, "items": items, "attempt": attempt, "message_seq": message_seq}
        self._world.store.add_push(self._world.clock.now() + after, body)

    def reply(self, person: Person, content: str, seq: int) -> None:
        """The person answered the service's number."""
        item = {
            "phone_number": person.phone,
            "content": content,
            "send_time": self._world.clock.plain(),
            "dest_code": "10690999",
            "sequence_id": str(time.time_ns() // 1000),
        }
        self.owe("SmsUp", [item], message_seq=seq)

    async def run(self) -> None:
        """Push what is due, for ever."""
        while True:
            for push in self._world.store.take_due_pushes(self._world.clock.now()):
                self._world.spawn(self._push(**push))
            await asyncio.sleep(_TICK)

    async def _push(self, what: str, items: Items, attempt: int, message_seq: int | None) -> None:
        accepted = await self._post(what, items, attempt, message_seq)
        waits = self._world.settings.sms_retry_minutes
        if accepted:
            self._mark(message_seq, "delivered")
        elif attempt <= len(waits):
            self.owe(what, items, waits[attempt - 1] * 60, attempt + 1, message_seq)
        else:
            self._mark(message_seq, "failed")

    def _mark(self, seq: int | None, status: str) -> None:
        if seq is not None:
            self._world.phones.mark(seq, status)

    async def _post(self, what: str, items: Items, attempt: int, message_seq: int | None) -> bool:
        settings, started = self._world.settings, time.monotonic()
        url = f"{settings.callback_base_url}/sms/{settings.sms_callback_secret}/{_PATHS[what]}"
        body, response = json.dumps(items, ensure_ascii=False).encode(), None
        try:
            async with asyncio.timeout(settings.sms_push_timeout):
                response = await self._world.http.post(url, content=body, headers=_HEADERS)
            accepted = _accepted(response)
            status = "ok" if accepted else f"http {response.status_code}, not the expected answer"
        except TimeoutError:
            accepted, status = False, "timeout"
        except httpx.HTTPError as error:
            accepted, status = False, f"no connection: {type(error).__name__}"
        self._world.record_delivery(
            system="aliyun",
            what=what,
            items=len(items),
            message_seq=message_seq,
            attempt=attempt,
            status=status,
            http_status=response.status_code if response is not None else None,
            bytes=len(body),
            ms=round((time.monotonic() - started) * 1000),
        )
        return accepted


def _accepted(response: httpx.Response) -> bool:
    """HTTP 200 and a JSON object whose `code` is a number; nothing else is looked at."""
    if response.status_code != 200:
        return False
    try:
        code = response.json()["code"]
    except (ValueError, KeyError, TypeError):
        return False
    return isinstance(code, int) and not isinstance(code, bool)
