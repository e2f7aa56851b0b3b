"""A retail company's program in the weekly peak: registers users over the API; each says yes on their own phone."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Event
from typing import Any

import httpx

from benchmarks.peak_album import Album
from benchmarks.peak_town import Applicant
from benchmarks.peak_wire import GaveUp, Mail, Phone

EVERY = 3.0  # seconds between two looks
PATIENCE = 900.0
ADMITTED = ("awaiting_market", "awaiting_retailer", "awaiting_certificate")


class Refused(Exception):
    """The desk said no: its problem, as RFC 9457 has it."""

    def __init__(self, said: dict[str, Any]) -> None:
        rules = [each["rule"] or each["problem"] for each in said.get("problems", []) if each["severity"] == "blocking"]
        super().__init__("；".join(rules) or f"{said.get('code')}: {said.get('detail')}")
        self.code = str(said.get("code"))


class Client:
    """The desk's API with one key. A POST that was not answered goes out again with the same Idempotency-Key."""

    def __init__(self, base: str, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=f"{base}/api/v1", headers=headers, timeout=120, trust_env=False)
        self.failures: list[str] = []  # answers of the desk that it must never give

    def ask(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        """One request; Refused where the desk says no."""
        headers = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        for left in (3, 2, 1, 0):
            try:
                answer = self._http.request(method, path, headers=headers, **content)
            except httpx.TransportError:
                if not left:
                    raise
                continue
            if answer.status_code >= 500:
                self.failures.append(f"{answer.status_code} to {method} {path}")
            elif answer.status_code != 429:
                break
            if left:
                time.sleep(float(answer.headers.get("Retry-After", 5)))
        if answer.status_code >= 500:
            raise GaveUp(f"the API answered {answer.status_code}")
        said: dict[str, Any] = answer.json() if answer.content else {}
        if answer.is_error:
            raise Refused(said)
        return said


class User:
    """One registration by the program, and its user with a phone."""

    def __init__(self, client: Client, mail: Mail, applicant: Applicant, album: Album) -> None:
        self.it, self.client, self._album = applicant, client, album
        self._phone = Phone(mail, applicant.person, "sms")
        self.handed_in, self.ended = 0, ""
        self.seen = set[str]()  # how the API called what was wrong
        self.log: list[str] = []

    def live(self, door: AbstractContextManager[object], over: Event) -> None:
        """From the licence's upload to the last decision."""
        try:
            with door:
                number = self._fill_in()
                self._hand_in(number)
            self._see_through(number, over)
        except Refused as refused:
            self.ended = self.ended or f"{refused}"
        except (GaveUp, httpx.HTTPError, KeyError, ValueError) as trouble:
            self.ended = self.ended or f"{type(trouble).__name__}: {trouble}"

    def _fill_in(self) -> int:
        picture = self._album.picture("licence", self.it) or b""
        document = self.client.ask("POST", "/documents", files={"file": ("licence.jpg", picture, "image/jpeg")})
        self._until(lambda: self.client.ask("GET", f"/documents/{document['id']}")["state"] != "waiting")
        wish = {
            "account_number": self.it.account,
            "code": self.it.company["uscc"],
            "documents": [{"id": document["id"]}],
        }
        wish |= {"contact_name": self.it.name, "phone": self.it.phone}
        made = self.client.ask("POST", "/registrations", json=wish)
        self.log.append(json.dumps(made["problems"], ensure_ascii=False))
        return int(made["id"])

    def _hand_in(self, number: int) -> None:
        path = f"/registrations/{number}"
        try:
            self.client.ask("POST", f"{path}/authorisation")
        except Refused as refused:
            self.seen.add(refused.code)
            if refused.code != "phone_not_theirs":
                raise
            self.client.ask("PATCH", path, json={"contact_name": self.it.subscriber})
            self.client.ask("POST", f"{path}/authorisation")
        self._say_yes()
        self._until(lambda: self.client.ask("GET", path)["authorisation"]["state"] == "given")
        self.client.ask("POST", f"{path}/submit")
        self.handed_in += 1

    def _say_yes(self) -> None:
        """What the user does: reads the question, answers 1, and sends the code that comes."""
        if not self._phone.mail.wait(self.it.person, lambda each: "请求代" in each["text"], PATIENCE):
            raise GaveUp("nobody asked the user")
        self._phone.write("1")
        self._phone.write(self._phone.code("回复验证码"))

    def _see_through(self, number: int, over: Event) -> None:
        while not over.wait(EVERY * 3):
            stage = self.client.ask("GET", f"/registrations/{number}")["stage"]
            if stage in ADMITTED:
                self.ended = "admitted"
                return
            if stage == "returned":
                self.client.ask(
                    "PATCH", f"/registrations/{number}", json={"contact_name": self.it.subscriber or self.it.name}
                )
                self.client.ask("POST", f"/registrations/{number}/submit")
                self.handed_in += 1

    def _until(self, is_so: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE
        while not is_so():
            if time.monotonic() > until:
                raise GaveUp("it took too long")
            time.sleep(EVERY)
