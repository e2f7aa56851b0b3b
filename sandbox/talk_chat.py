"""The view that a talk has of the phones: reads what is new, prints it as a chat, waits for what is expected."""

import re
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx

_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_ASKED = re.compile(r"编号(\w{4})，请回复")
_POLL = 0.1


class TalkError(Exception):
    """A step that cannot be done; the text says why."""


class ExpectationFailed(Exception):
    """Something expected did not come in time; the text shows what came instead."""


class Chat:
    """One replay: people by name, their messages since the start, and what of them was already expected."""

    def __init__(self, http: httpx.Client, wait: float, write: Callable[[str], None]) -> None:
        self.http = http
        self.wait = wait
        self.expectations = 0
        self._write = write
        self._people: dict[str, str] = {}
        self._start: dict[str, int] = {}
        self._messages: dict[str, list[dict[str, Any]]] = {}
        self._met: dict[tuple[str, str], int] = {}
        self._code_used: dict[str, int] = {}
        self._asked: dict[str, int] = {}
        self.refresh_people()

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        """Call the sandbox's interface; a refusal is a TalkError with its reason."""
        response = self.http.request(method, f"/sandbox{path}", **arguments)
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if response.status_code >= 400:
            reason = answer.get("error") if isinstance(answer, dict) else None
            raise TalkError(reason or f"the sandbox answered HTTP {response.status_code} to {method} {path}")
        return answer

    def refresh_people(self) -> list[dict[str, Any]]:
        """Learn who is there; what somebody received before is not part of this talk."""
        people: list[dict[str, Any]] = self.call("GET", "/state")["people"]
        for person in people:
            if person["name"] not in self._people:
                old = self.call("GET", f"/people/{person['id']}/messages")
                self._people[person["name"]] = person["id"]
                self._start[person["name"]] = old[-1]["seq"] if old else 0
                self._messages[person["name"]] = []
        return people

    def do(self, who: str, doing: str, **body: Any) -> int:
        """Let a person do something with their phone; return the seq of their own message."""
        answer = self.call("POST", f"/people/{self._id(who)}/{doing}", json=body)
        self.poll()
        return int(answer["seq"])

    def poll(self) -> None:
        """Read and print what is new, in the order in which it came."""
        fresh = []
        for who, person_id in self._people.items():
            known = self._messages[who]
            after = known[-1]["seq"] if known else self._start[who]
            new = self.call("GET", f"/people/{person_id}/messages", params={"after": after})
            known.extend(new)
            fresh += [(message["seq"], who, message) for message in new]
        for _, who, message in sorted(fresh, key=lambda item: item[0]):
            self._write(line(who, message))

    def settle(self, seconds: float) -> None:
        """Go on printing for a moment."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.poll()
            time.sleep(_POLL)

    def until(self, found: Callable[[], Any], seconds: float | None = None) -> Any:
        """Poll until `found` gives something true; return it, or the last answer when the time is over."""
        end = time.monotonic() + (self.wait if seconds is None else seconds)
        while True:
            self.poll()
            if (answer := found()) or time.monotonic() > end:
                return answer
            time.sleep(_POLL)

    def from_service(self, who: str, channel: str, after: int = 0) -> list[dict[str, Any]]:
        """What the service showed this person on a channel since a seq."""
        self._id(who)
        mine = (m for m in self._messages[who] if m["direction"] == "out" and m["channel"] == channel)
        return [message for message in mine if message["seq"] > after]

    def last_own(self, who: str) -> int:
        """The seq of the person's own last message, 0 before the first."""
        return max((m["seq"] for m in self._messages[who] if m["direction"] == "in"), default=0)

    def expect(
        self, who: str, channel: str, contains: Sequence[str], lacks: Sequence[str] = (), seconds: float | None = None
    ) -> None:
        """Wait until all the texts have come since the last expectation on this channel; ExpectationFailed if not.

        With nothing to contain, any message does. `lacks` must not be among what has come by then. What comes after
        the message that completes the expectation is left for the next one.
        """
        met = self._met.get((who, channel), 0)

        def completed() -> tuple[int, str] | None:
            text = ""
            for message in self.from_service(who, channel, met):
                text += message["text"] + "\n"
                if all(part in text for part in contains):
                    return message["seq"], text
            return None

        done = self.until(completed, seconds)
        if done is None or any(part in done[1] for part in lacks):
            text = "\n".join(message["text"] for message in self.from_service(who, channel, met))
            raise ExpectationFailed(_difference(who, channel, text, contains, lacks))
        self._met[who, channel] = done[0]
        self.expectations += 1

    def sms_code(self, who: str) -> str:
        """The last six-digit code in the person's SMS inbox that this talk has not used; waits for it."""
        used = self._code_used.get(who, 0)

        def codes() -> list[tuple[int, str]]:
            return [(m["seq"], code) for m in self.from_service(who, "sms", used) for code in _CODE.findall(m["text"])]

        found = self.until(codes)
        if not found:
            raise TalkError(f"no new six-digit code has come to {who}'s SMS inbox within {self.wait:g} s")
        self._code_used[who] = found[-1][0]
        return str(found[-1][1])

    def question_code(self, who: str) -> str:
        """The code of the newest question in the person's SMS inbox that this talk has not named; waits for it."""
        used = self._asked.get(who, 0)

        def codes() -> list[tuple[int, str]]:
            return [(m["seq"], code) for m in self.from_service(who, "sms", used) for code in _ASKED.findall(m["text"])]

        found = self.until(codes)
        if not found:
            raise TalkError(f"no new question has come to {who}'s SMS inbox within {self.wait:g} s")
        self._asked[who] = found[-1][0]
        return str(found[-1][1])

    def say(self, text: str) -> None:
        """Print a line that is nobody's message."""
        self._write(text)

    def _id(self, who: str) -> str:
        if who not in self._people:
            raise TalkError(f"nobody is called {who}; there are {', '.join(self._people)}")
        return self._people[who]


def line(who: str, message: dict[str, Any]) -> str:
    """One message as a line of the chat; further lines are indented below the first."""
    clock, sms = message["at"][11:16], "（短信）" if message["channel"] == "sms" else ""
    head = f"{who}{sms} ▸ " if message["direction"] == "in" else f"    服务台 → {who}{sms} ◂ "
    return f"{clock}  {head}{message['text']}".replace("\n", "\n" + " " * 15)


def _difference(who: str, channel: str, text: str, contains: Sequence[str], lacks: Sequence[str]) -> str:
    lines = [f"{who} did not get on {channel} what was expected"]
    lines += [f"    {'has  ' if part in text else 'MISSES'} {part!r}" for part in contains]
    lines += [f"    {'HAS, and should not,' if part in text else 'lacks'} {part!r}" for part in lacks]
    lines.append("  came since the last expectation:" if text else "  nothing came since the last expectation")
    lines += [f"    | {row}" for row in text.split("\n") if text]
    return "\n".join(lines)
