"""One answer as each channel shows it: links to tap in WeChat with numbers beside them, a template's lines on SMS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.channels.wechat.text import option
from domain.messages.messages import Say
from domain.messages.sms_texts import at_any_length
from domain.messages.sms_values import BadValue
from domain.messages.templates import HOST, SMS_TEMPLATES

# WeChat shows an <a> of any text as a link. Ours are the options alone: what somebody typed leads nobody anywhere.
_TAG = re.compile(r"<(?=[A-Za-z/!])")


def as_wechat(body: Mapping[str, Any]) -> str:
    """The text with its options as numbered links; the number typed does the same as the tap."""
    lines = [f"{number}. {option(label, choice)}" for number, (label, choice) in enumerate(_options(body), start=1)]
    text = "\n".join([_TAG.sub("＜", str(body["text"])), *lines])
    return f"{text}\n（可能重复）" if body.get("again") else text


def as_sms(body: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The template and its variables: a notice has its own, an answer becomes as many lines as it needs. A value that
    cannot be made to fit goes as it is: the provider refuses it, and the console shows that."""
    letter = at_any_length(body)
    try:
        return letter.template, SMS_TEMPLATES[letter.template].fitted(letter.params)
    except BadValue:
        return letter.template, dict(letter.params)


def with_address(say: Say, host: str) -> Say:
    """The answer with the address that its links begin with."""
    return replace(say, text=say.text.replace(HOST, host.rstrip("/"))) if HOST in say.text else say


def sms_text(body: Mapping[str, Any], sign_name: str, host: str) -> str:
    """The SMS as the phone shows it and as it is charged: signature, text, the address of a link."""
    name, params = as_sms(body)
    return f"【{sign_name}】{SMS_TEMPLATES[name].render(params, host)}"


def _options(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(label, choice) for label, choice in body.get("options", [])]
