"""The steps of a talk file: what each key does."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox.talk_chat import Chat, TalkError
from sandbox.talk_console import console_step
from sandbox.talk_page import page_step

Value = Any  # as YAML gives it
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(second|minute|hour|day|week)s?")


def play(chat: Chat, step: dict[str, Value], product: str) -> None:
    """Do one step. A key that is no step's name is a person who writes a text."""
    name, value = next(iter(step.items()))
    try:
        if name == "console":
            chat.say(f"       [console] {console_step(value, product, chat.wait)}")
        elif name in _STEPS:
            _STEPS[name](chat, value)
        else:
            _write(chat, str(name), "text", str(value))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise TalkError(f"the step is not written as docs/sandbox.md says ({type(error).__name__}: {error})") from error
    chat.poll()


def _write(chat: Chat, who: str, doing: str, text: str) -> None:
    if "{sms_code}" in text:
        text = text.replace("{sms_code}", chat.sms_code(who))
    if "{question_code}" in text:
        text = text.replace("{question_code}", chat.question_code(who))
    chat.do(who, doing, content=text)


def _person(chat: Chat, value: Value) -> None:
    if value["name"] not in {person["name"] for person in chat.refresh_people()}:
        chat.call("POST", "/people", json=value)
        chat.refresh_people()


def _follow(chat: Chat, value: Value) -> None:
    """Follow anew: somebody who follows already leaves first, so that the greeting comes in each replay."""
    who, body = (value, {}) if isinstance(value, str) else (value["who"], {"scene": value.get("scene")})
    if any(person["name"] == who and person["following"] for person in chat.refresh_people()):
        chat.do(who, "unfollow")
    chat.do(who, "follow", **body)


def _photo(chat: Chat, value: Value) -> None:
    wanted = dict(value)
    who = wanted.pop("who")
    if "file" in wanted:
        person = next((p for p in chat.refresh_people() if p["name"] == who), None)
        if person is None:
            raise TalkError(f"nobody is called {who}")
        path = Path(wanted["file"])
        chat.call("POST", f"/people/{person['id']}/photo", files={"file": (path.name, path.read_bytes())})
        return
    if "company" in wanted:
        wanted["company"] = _code(chat, str(wanted["company"]))
    chat.do(who, "photo", **wanted)


def _code(chat: Chat, company: str) -> str:
    """A company by name or number."""
    companies = chat.call("GET", "/companies")["companies"]
    found = next((c["uscc"] for c in companies if company in (c["name"], c["uscc"], c["old_number"])), None)
    if found is None:
        raise TalkError(f"the registry knows no company {company}")
    return str(found)


def _tap(chat: Chat, value: Value) -> None:
    """Tap the option with this label in what came last; where there is none, type the label."""
    who, label = value["who"], str(value["option"])
    own = chat.last_own(who)
    chat.until(lambda: chat.from_service(who, "wechat", own))
    for message in reversed(chat.from_service(who, "wechat")):
        for option in message.get("options", []):
            if label in (option["label"], option["content"]):
                chat.do(who, "text", content=option["content"], bizmsgmenuid=option["id"])
                return
    _write(chat, who, "text", label)


def _sms(chat: Chat, value: Value) -> None:
    _write(chat, value["who"], "sms", str(value["text"]))


def _page(chat: Chat, value: Value) -> None:
    wanted, company = value.get("photo", {}), None
    if "company" in wanted:
        company = chat.call("GET", f"/companies/{_code(chat, str(wanted['company']))}")
    chat.say(f"       [page] {page_step(chat, value, company, _named(chat, str(wanted.get('to') or '')))}")


def _named(chat: Chat, name: str) -> dict[str, Any] | None:
    """A company or a person by name; None where nobody is called so."""
    companies = chat.call("GET", "/companies")["companies"] if name else []
    found = next((c for c in companies if name in (c["name"], c["uscc"])), None)
    return found or next((p for p in chat.refresh_people() if name and name in (p["real_name"], p["name"])), None)


def _expect(chat: Chat, value: Value) -> None:
    contains, lacks = _texts(value.get("contains")), _texts(value.get("lacks"))
    channel = value.get("channel", "wechat")
    if channel not in ("wechat", "sms"):
        raise TalkError(f"channel is wechat or sms, not {channel}")
    chat.expect(value["who"], channel, contains, lacks, value.get("within"))


def _texts(value: Value) -> list[str]:
    if value is None:
        return []
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]


def _clock(chat: Chat, value: Value) -> None:
    body = dict(value)
    if "advance" in body:
        body = {"advance_seconds": seconds(body["advance"])}
    now = chat.call("POST", "/clock", json=body)["now"]
    chat.say(f"       [clock] it is now {now[:16].replace('T', ' ')}")


def seconds(text: Value) -> float:
    """“3 days”, “2 hours 30 minutes” or a plain number of seconds; anything else is a TalkError."""
    if isinstance(text, int | float):
        return float(text)
    parts = _DURATION.findall(text)
    if not parts or _DURATION.sub("", text).strip(" ,"):
        raise TalkError(f"{text!r} is no duration; write for example “3 days” or “2 hours”")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def _doing(name: str) -> Callable[[Chat, Value], None]:
    """A step that is one POST: {who: …, and the body's fields}, or only the name."""

    def step(chat: Chat, value: Value) -> None:
        body = {"who": value} if isinstance(value, str) else dict(value)
        chat.do(body.pop("who"), name, **body)

    return step


def _switch(chat: Chat, value: Value) -> None:
    chat.call("PUT", f"/switches/{value['system']}", json=value)
    chat.say(f"       [switch] {value['system']} is {value['mode']}")


def _failure(chat: Chat, value: Value) -> None:
    chat.call("POST", "/failures", json=value)
    chat.say(f"       [failure] {value['system']} {value['api']} will answer {value['code']}")


def _note(chat: Chat, value: Value) -> None:
    chat.say(f"\n—— {value} ——")


def _pause(chat: Chat, value: Value) -> None:
    end = time.monotonic() + seconds(value)
    chat.until(lambda: time.monotonic() >= end, seconds(value) + 1)


_STEPS: dict[str, Callable[[Chat, Value], None]] = {
    "person": _person,
    "follow": _follow,
    "photo": _photo,
    "tap": _tap,
    "sms": _sms,
    "page": _page,
    "expect": _expect,
    "clock": _clock,
    "switch": _switch,
    "failure": _failure,
    "note": _note,
    "pause": _pause,
    **{name: _doing(name) for name in ("unfollow", "click", "scan", "voice", "location")},
}
