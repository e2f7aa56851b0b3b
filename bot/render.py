"""One answer as each channel shows it: links to tap in WeChat with numbers beside them, a short line on SMS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.wechat.text import option
from domain.templates import shorten


def as_wechat(body: Mapping[str, Any]) -> str:
    """The text with its options as numbered links; the number typed does the same as the tap."""
    lines = [f"{number}. {option(label, choice)}" for number, (label, choice) in enumerate(_options(body), start=1)]
    text = "\n".join([str(body["text"]), *lines])
    return f"{text}\n（可能重复）" if body.get("again") else text


def as_sms(body: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of the SMS template: a notice has its own, an answer becomes one short line."""
    if "params" in body:
        return dict(body["params"])
    numbers = " ".join(f"{number}{label}" for number, (label, _) in enumerate(_options(body), start=1))
    first = body.get("short") or str(body["text"]).split("\n")[0]
    return {"text": shorten(f"{first} {numbers}".strip())}


def _options(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(label, choice) for label, choice in body.get("options", [])]
