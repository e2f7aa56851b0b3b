"""Phones in the sandbox for the weekly peak: what people hear comes over one stream of events."""

from __future__ import annotations

import html
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Collection
from contextlib import suppress
from threading import Condition, Thread
from typing import Any

import httpx

NEWS = re.compile(
    "的注册申请.*(已通过|审核通过|被退回|还缺|没有按期|新进展)"
)  # a stage, told by SMS to whom it may concern
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")

Message = dict[str, Any]


class GaveUp(Exception):
    """Somebody stopped; the text says what the desk had said last."""


class Mail:
    """Everything that the sandbox's phones show, as it comes, and how long the desk took to answer."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.took: dict[str, list[float]] = defaultdict(list)  # "wechat text", "sms photo" … → seconds
        self._shown: dict[str, list[Message]] = defaultdict(list)
        self._news = Condition()
        self._ended = False
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Whoever waits for a message stops waiting."""
        with self._news:
            self._ended = True
            self._news.notify_all()

    def of(self, person: str) -> list[Message]:
        """All that a phone has shown so far."""
        with self._news:
            return list(self._shown[person])

    def wait(self, person: str, wanted: Callable[[Message], bool], seconds: float) -> list[Message]:
        """The messages that are wanted, as soon as there is one; none when the time is over."""
        until = time.monotonic() + seconds
        with self._news:
            while not (found := [each for each in self._shown[person] if wanted(each)]):
                left = until - time.monotonic()
                if left <= 0 or self._ended:
                    return []
                self._news.wait(left)
            return found

    def _read(self) -> None:
        with suppress(httpx.HTTPError), self.http.stream("GET", "/sandbox/events", timeout=None) as stream:
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    self._take(json.loads(line.removeprefix("data: ")))

    def _take(self, event: dict[str, Any]) -> None:
        if event["type"] != "message" or event["message"]["direction"] != "out":
            return
        message = {**event["message"], "heard": time.monotonic()}
        with self._news:
            shown = self._shown[event["person_id"]]
            if all(each["seq"] != message["seq"] for each in shown):
                shown.append(message)
                self._news.notify_all()


class Phone:
    """One person's phone, on one channel."""

    def __init__(self, mail: Mail, person: str, channel: str) -> None:
        self.mail, self.person, self.channel = mail, person, channel
        self._seen, self._did, self._asked_at = 0, "", 0.0
        self.banners = 0  # how often WeChat said that the account cannot serve now
        self._codes, self._news = set[str](), set[int]()

    def write(self, text: str, menu_id: str = "", *, by: str = "") -> None:
        """Write a text, or tap an option, on the phone's channel or on another one."""
        tapped = {"bizmsgmenuid": menu_id} if menu_id else {}
        doing = "sms" if (by or self.channel) == "sms" else "text"
        self._do(doing, "text", json={"content": text, **tapped})

    def send(self, picture: bytes, link: str = "") -> None:
        """Send a picture: in the chat, or on the page of a link."""
        if not link:
            self._do("photo", "photo", files={"file": ("IMG_1.jpg", picture, "image/jpeg")})
            return
        self._did, self._asked_at = "photo", time.monotonic()
        with httpx.Client(trust_env=False, timeout=60) as page:
            page.get(link).raise_for_status()
            page.post(link, files={"photo": ("IMG_1.jpg", picture, "image/jpeg")}).raise_for_status()

    def page(self, link: str, answer: str = "") -> str:
        """The page of a link, or what it says to an answer that was tapped there."""
        self._did, self._asked_at = "page", time.monotonic()
        with httpx.Client(trust_env=False, timeout=60) as page:
            told = page.post(link, data={"answer": answer}) if answer else page.get(link)
            return html.unescape(told.raise_for_status().text)

    def heard(self, seconds: float, news: bool = True) -> list[Message]:
        """What has come on this channel since the own last word and was not heard yet, and by SMS where an application
        stands; [] when nothing comes in time."""
        mine = self.mail.wait(self.person, lambda each: self._is_new(each, news), seconds)
        if mine:
            self._seen = max(self._seen, *(each["seq"] for each in mine))
            self._news |= {each["seq"] for each in mine}
            self.banners += sum(each["kind"] == "banner" for each in mine)
            mine = [each for each in mine if each["kind"] != "banner"] or mine
            if self._did and mine[0]["kind"] != "banner":
                took = min(each["heard"] for each in mine) - self._asked_at
                self.mail.took[f"{self.channel} {self._did}"].append(took)
                self._did = ""
        return mine

    def code(self, words: str = "") -> str:
        """The newest one-time code in the SMS inbox that was not used yet; `words` stand in its message."""
        found = self.mail.wait(self.person, lambda each: words in each["text"] and bool(self._new_codes([each])), 300)
        if not found:
            raise GaveUp("no one-time code came")
        code = self._new_codes(found)[-1]
        self._codes.add(code)
        return code

    def _new_codes(self, messages: Collection[Message]) -> list[str]:
        texts = [each["text"] for each in messages if each["channel"] == "sms" and "验证码" in each["text"]]
        return [code for text in texts for code in _CODE.findall(text) if code not in self._codes]

    def _is_new(self, message: Message, news: bool) -> bool:
        if message["channel"] == "sms" and NEWS.search(message["text"]):
            return news and message["seq"] not in self._news
        here = message["channel"] == self.channel and message["via"] != "template"
        return bool(here and message["seq"] > self._seen)

    def _do(self, doing: str, what: str, **content: Any) -> None:
        began = time.monotonic()
        answer = self.mail.http.post(f"/sandbox/people/{self.person}/{doing}", **content).raise_for_status()
        self._seen = max(self._seen, int(answer.json()["seq"]))
        self._did, self._asked_at = what, began
