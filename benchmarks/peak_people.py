"""The people of the weekly peak at their phones: each reads what came and answers what was asked, as the words say."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from benchmarks.peak_album import Album
from benchmarks.peak_town import Applicant

PATIENCE = 300.0  # seconds that somebody waits for an answer: the pictures of a whole week are read by two cores
TURNS = 40  # after so many answers somebody gives up
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_LINK = re.compile(r"https?://[^\s，。]+/l/[\w-]+")

Message = dict[str, Any]


class GaveUp(Exception):
    """The applicant stopped; the text says what the desk had said."""


class Phone:
    """One person's phone in the sandbox."""

    def __init__(self, http: httpx.Client, person: str, channel: str) -> None:
        self._http, self._person, self._channel, self._seen = http, person, channel, 0

    def do(self, doing: str, **body: Any) -> None:
        """Do something, and remember what came before it."""
        answer = self._http.post(f"/sandbox/people/{self._person}/{doing}", json=body).raise_for_status()
        self._seen = int(answer.json()["seq"])

    def write(self, text: str, menu_id: str = "") -> None:
        """Write a text, or tap an option, on the phone's channel."""
        tapped = {"bizmsgmenuid": menu_id} if menu_id else {}
        self.do("sms" if self._channel == "sms" else "text", content=text, **tapped)

    def send(self, picture: bytes, link: str = "") -> None:
        """Send a picture: in the chat, or on the page of a link."""
        files = {"photo" if link else "file": ("IMG_1.jpg", picture, "image/jpeg")}
        if link:
            httpx.get(link, trust_env=False, timeout=30).raise_for_status()
            httpx.post(link, files=files, trust_env=False, timeout=30).raise_for_status()
            return
        answer = self._http.post(f"/sandbox/people/{self._person}/photo", files=files).raise_for_status()
        self._seen = int(answer.json()["seq"])

    def heard(self) -> list[Message]:
        """What came on this channel since the own last word; GaveUp where nothing comes for too long."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            query = {"after": self._seen, "seconds": 20}
            answer = self._http.get(f"/sandbox/people/{self._person}/wait", params=query, timeout=60).json()
            mine = [each for each in answer if each["channel"] == self._channel and each["via"] != "template"]
            if mine:
                self._seen = max(each["seq"] for each in answer)
                return mine
        raise GaveUp("no answer came")

    def code(self, used: set[str]) -> str:
        """The newest one-time code in the SMS inbox that was not used yet."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            texts = self._http.get(f"/sandbox/people/{self._person}/messages").json()
            codes = [code for each in texts if each["channel"] == "sms" for code in _CODE.findall(each["text"])]
            if codes and codes[-1] not in used:
                used.add(codes[-1])
                return str(codes[-1])
            time.sleep(0.3)
        raise GaveUp("no one-time code came")


class Somebody:
    """An applicant who registers by chat."""

    def __init__(self, http: httpx.Client, applicant: Applicant, album: Album, channel: str = "wechat") -> None:
        self.it, self._album = applicant, album
        self.phone = Phone(http, applicant.person, channel)
        self._codes: set[str] = set()
        self._channel, self.turns = channel, 0

    def register(self) -> str:
        """From 我要注册 to the submission: "submitted", or what the desk said last where the applicant gave up."""
        try:
            self.phone.write("我要注册")
            return self._go_on()
        except GaveUp as reason:
            return str(reason)

    def add(self, account: str) -> str:
        """Another account of the same company: number, look, yes."""
        try:
            self.phone.write(account)
            return self._go_on()
        except GaveUp as reason:
            return str(reason)

    def _go_on(self) -> str:
        for self.turns in range(1, TURNS):
            messages = self.phone.heard()
            if any("申请编号" in each["text"] for each in messages):
                return "submitted"
            self._answer(messages)
        raise GaveUp(f"still asked after {TURNS} answers")

    def _answer(self, messages: Sequence[Message]) -> None:
        """Answer the first question whose words are known, the newest message first."""
        for message in reversed(messages):
            for words, answer in _ANSWERS:
                if re.search(words, message["text"]):
                    answer(self, message)
                    return
        if any("照片收到" in each["text"] or "正在" in each["text"] for each in messages):
            return  # more will come
        raise GaveUp(messages[-1]["text"])

    def tap(self, message: Message, *labels: str) -> None:
        """Tap the option with one of these labels; by SMS, write its number."""
        for label in labels:
            for option in message.get("options") or ():
                if label in option["content"]:
                    self.phone.write(option["content"], option["id"])
                    return
            if self._channel == "sms" and (number := re.search(rf"(\d){label}", message["text"])):
                self.phone.write(number.group(1))
                return
        self.phone.write(labels[0])

    def photograph(self, what: str, message: Message) -> None:
        """Send a picture of a paper; who has none says that it comes later."""
        picture = self._album.picture(what, self.it)
        if picture is None:
            self.phone.write("以后补")
            return
        link = _LINK.search(message["text"]) if self._channel == "sms" else None
        self.phone.send(picture, link.group() if link else "")


def _kind(who: Somebody, message: Message) -> None:
    labels = {"tenant": "租来的", "payer": "我们只代缴电费"}
    who.tap(message, labels.get(who.it.way, "是我们公司的"))


def _party(who: Somebody, message: Message) -> None:
    role = 1 if "产权人" in message["text"] else 2
    who.phone.write(f"{'李房东' if role == 1 else '陈租户'} 137{who.it.number:07d}{role}")


def _writes(text: Callable[[Applicant], str]) -> Callable[[Somebody, Message], None]:
    return lambda who, message: who.phone.write(text(who.it))


def _gives_up(who: Somebody, message: Message) -> None:
    raise GaveUp(message["text"])


def _shows(what: str) -> Callable[[Somebody, Message], None]:
    return lambda who, message: who.photograph(what, message)


# What is asked, by its words, and what somebody answers. The first that fits counts.
_ANSWERS: tuple[tuple[str, Callable[[Somebody, Message], None]], ...] = (
    ("要提交吗|注册申请吗", lambda who, message: who.tap(message, "确认提交")),
    ("还办不下去|还不能提交|问题要先解决", _gives_up),
    ("与工商登记不同", lambda who, message: who.tap(message, "以工商登记为准")),
    ("请核对：|，对吗", lambda who, message: who.tap(message, "没错，继续", "没错")),
    ("登记在“|和贵公司是什么关系", _kind),
    ("谁出的", lambda who, message: who.tap(message, "产权人")),
    ("那边联系谁", _party),
    ("租户的单位全称", _writes(lambda it: it.tenant["uscc"])),
    ("租赁协议", _shows("lease")),
    ("租户.*委托书", _shows("letter:tenant")),
    ("委托书", _shows("letter:owner")),
    ("身份证", _shows("identity")),
    ("16位户号", _writes(lambda it: it.account)),
    ("联系人叫什么", _writes(lambda it: it.name)),
    ("联系人的手机号", _writes(lambda it: it.phone)),
    ("验证码", lambda who, message: who.phone.write(who.phone.code(who._codes))),
    ("营业执照", _shows("licence")),
)
