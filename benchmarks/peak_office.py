"""The two people who review in the weekly peak, and the administrator who sets it up, over the console's own pages."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event

import httpx

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_ROW = re.compile(r'<tr class="[^"]*">.*?</tr>', re.S)
_ORDER = re.compile(r'name="order" value="(\d+)"')
_TAG = re.compile(r'<span class="tag (?:supplementable|hint|blocking)">([^<]+)</span>')
_STEP = re.compile(r'name="step" value="(\d+)"')
_PROBLEM = re.compile(r'name="problem" value="([^"]+)"')
_BLOCKING = re.compile(r'name="problem" value="([^"]+)"[^>]*>\s*<span class="tag blocking">')
_REPLY = re.compile(r'name="reply" value="(\d+)"[^>]*>(.*?)</label>', re.S)
_OWING = re.compile(r"/console/applications/(\d+)#owed")
_SETTLES = re.compile(r'<details open>.*?action="(/console/applications/\d+/owed/\d+)"', re.S)
_FLASH = re.compile(r'<p class="flash [^"]*"[^>]*>(.*?)</p>', re.S)
_ACCOUNT = re.compile(r"\b(05\d{14})\b")

Fields = Mapping[str, str | Sequence[str]]


class Seat:
    """One login at the console, in a browser of its own."""

    def __init__(self, base: str, login: str, password: str) -> None:
        once = httpx.Limits(max_keepalive_connections=0)  # the server may close a kept connection as a form leaves
        self.http = httpx.Client(base_url=base, trust_env=False, follow_redirects=True, timeout=300, limits=once)
        self._token = ""
        self.read("/console/login")
        answer = self.http.post(
            "/console/login", data={"csrf_token": self._token, "login": login, "password": password}
        )
        if answer.url.path == "/console/login":
            raise RuntimeError(f"the console does not let {login} in")

    def read(self, path: str) -> str:
        """A page. The token of its forms is remembered."""
        text = self.http.get(path).raise_for_status().text
        if found := _TOKEN.search(text):
            self._token = found.group(1)
        return text

    def send(self, path: str, fields: Fields) -> str:
        """Send a form; the page that follows."""
        answer = self.http.post(path, data={"csrf_token": self._token, **fields})
        if answer.is_error and "flash" not in answer.text:
            raise RuntimeError(f"the console answered {answer.status_code} to {path}")
        return answer.text


@dataclass
class Reviewer:
    """Looks through the queue of one login: what the rules find nothing about goes through together, after a preview;
    the rest is opened one by one and approved, or returned with what is wrong."""

    seat: Seat
    fills_in: Callable[[str], None]  # told an account of which the archive has no capacity
    did: Counter[str] = field(default_factory=Counter)
    refusals: list[str] = field(default_factory=list)
    _returned: set[str] = field(default_factory=set)

    def work(self, over: Event) -> None:
        """Until the week is over."""
        while not over.is_set():
            if not self.once():
                over.wait(3)

    def once(self) -> int:
        """One page of the queue; how many orders were on it."""
        rows = {
            _found(_ORDER, row): _TAG.findall(row)
            for row in _ROW.findall(self.seat.read("/console/"))
            if _ORDER.search(row)
        }
        plain = [number for number, problems in rows.items() if not problems]
        left = self._together(plain) if len(plain) > 1 else plain
        for number in [*left, *(number for number, problems in rows.items() if problems)]:
            self._alone(number)
        return len(rows) or self._papers()

    def _papers(self) -> int:
        """What came for what was owed, and waits to be looked at; how many."""
        numbers = dict.fromkeys(_OWING.findall(self.seat.read("/console/owed?show=handed_in")))
        for number in numbers:
            for path in dict.fromkeys(_SETTLES.findall(self.seat.read(f"/console/applications/{number}"))):
                self.seat.send(path, {"act": "accept"})
                self.did["papers accepted"] += 1
        return len(numbers)

    def _together(self, numbers: Sequence[str]) -> list[str]:
        """Preview, then approve exactly these; the numbers of those that cannot pass so."""
        preview = self.seat.send("/console/batch", {"order": numbers})
        batch = re.search(r'action="(/console/batch/\d+/approve)"', preview)
        failing = re.findall(
            r"/console/applications/(\d+)", preview.partition("不能通过（")[2].partition("将通过（")[0]
        )
        if batch is None:
            return list(numbers)
        done = self.seat.send(batch.group(1), {})
        passed = re.search(r"已通过 (\d+) 份", done)
        self.did["approved together"] += int(passed.group(1)) if passed else 0
        return failing

    def _alone(self, number: str) -> None:
        """Open one order and decide."""
        page = self.seat.read(f"/console/applications/{number}")
        if (step := _STEP.search(page)) is None:
            return  # somebody else, or the rules, were quicker
        problems = [html.unescape(each) for each in _PROBLEM.findall(page)]
        if "容量缺失" in problems:
            self.fills_in(_found(_ACCOUNT, page))
        stopped = [html.unescape(each) for each in _BLOCKING.findall(page)]
        wrong = [rule for rule in problems if rule in RETURNED_FOR and number not in self._returned]
        form: dict[str, str | Sequence[str]] = {"step": step.group(1), "decision": "approve"}
        if wrong or stopped:
            self._returned.add(number)
            form |= {"decision": "return", "problem": [*wrong, *stopped]}
            replies = [reply for rule in wrong for reply in _replies(page, RETURNED_FOR[rule])]
            form |= {"reply": list(dict.fromkeys(replies))}
        said = self._decide(number, form)
        if "提交后有变化" in said:  # what the archive says now was shown: decide again
            page = self.seat.read(f"/console/applications/{number}")
            said = self._decide(number, {**form, "step": _found(_STEP, page)})

    def _decide(self, number: str, form: Fields) -> str:
        page = self.seat.send(f"/console/applications/{number}/decision", form)
        said = " ".join(re.sub(r"<[^>]+>", "", each).strip() for each in _FLASH.findall(page))
        if "已通过" in said:
            self.did["approved alone"] += 1
        elif "已退回" in said:
            self.did["returned"] += 1
        elif "提交后有变化" not in said:
            self.refusals.append(f"{number}: {said}")
        return said


# What a reviewer gives back once instead of approving, and words of the standard reply that goes with it, if any.
RETURNED_FOR: Mapping[str, str] = {
    "手机与姓名不符": "联系人信息有误",
    "所填与登记不同": "法定代表人与工商登记不一致",
    "法定代表人与登记不符": "法定代表人与工商登记不一致",
}


def _replies(page: str, words: str) -> list[str]:
    return [number for number, text in _REPLY.findall(page) if words and words in text][:1]


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    if found is None:
        raise RuntimeError(f"the page has no {pattern.pattern}")
    return found.group(1)


def set_modes(admin: Seat, modes: Mapping[str, str]) -> None:
    """Give each bureau (by the name on the page) and the centre its way of deciding, as an administrator does."""
    page = admin.read("/console/modes")
    for row in re.findall(r"<tr>.*?</tr>", page, re.S):
        name = re.search(r'class="strong">([^<]+)<', row)
        mode = modes.get(name.group(1)) if name else None
        if mode is None:
            continue
        organisation = _found(re.compile(r'name="organisation" value="(\d*)"'), row)
        kind = _found(re.compile(r'name="kind" value="(\w+)"'), row)
        admin.send("/console/modes/change", {"organisation": organisation, "kind": kind, "mode": mode, "sure": "yes"})


def make_key(admin: Seat) -> str:
    """Take a platform in and give it a key, as an administrator does; the page shows it once."""
    admin.read("/console/proxies")
    page = admin.send("/console/proxies/add", {"kind": "platform", "code": "P5301", "name": "云上用电平台"})
    path = _found(re.compile(r'action="(/console/proxies/\d+/keys)"'), page)
    wish = {"name": "注册程序", "scope": ["read", "register"], "days": "30", "per_minute": "3000", "per_day": "500000"}
    return _found(re.compile(r'<code class="once">([^<]+)</code>'), admin.send(path, wish))
