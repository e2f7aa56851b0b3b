"""Logs: one JSON object a line, with everything that names a person masked, whoever wrote the line."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import structlog

# Longest first: an identity number holds what looks like a code, an account number what looks like a phone.
_MASKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:dk_|whsec_)[0-9A-Za-z+/=]{20,}"), "<key>"),
    (re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])"), "<identity>"),
    (re.compile(r"(?<![0-9A-Za-z_-])o[0-9A-Za-z_-]{27}(?![0-9A-Za-z_-])"), "<openid>"),
    (re.compile(r"(?<!\d)05\d{14}(?!\d)"), "<account>"),
    (re.compile(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)"), "<phone>"),
    (re.compile(r"(?<![\d.:-])\d{6}(?![\d.:-])"), "<code>"),
)


# Signs that JSON leaves as they are, and that a terminal obeys: C1 controls, line ends, what turns writing round.
_OBEYED = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def mask(text: str) -> str:
    """The text with phones, openids, identity and account numbers and one-time codes replaced by their kind."""
    for pattern, kind in _MASKS:
        text = pattern.sub(kind, text)
    return text


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {_masked(key): _masked(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_masked(each) for each in value]
    if isinstance(value, int | float | bool) or value is None:
        return value
    return mask(str(value))


def masking(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The structlog processor that masks every value of a line but its time."""
    return {key: value if key == "at" else _masked(value) for key, value in line.items()}


def spelling(_logger: Any, _name: str, line: str) -> str:
    """The last processor: what a terminal would obey is spelled out, as JSON spells the other control characters."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def set_up_logs(level: int = logging.INFO) -> None:
    """Send structlog's and every library's lines through the mask to standard error."""
    before = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", key="at"),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    last = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        masking,
        structlog.processors.JSONRenderer(ensure_ascii=False),
        spelling,
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=last))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    quiet = ("httpx", "httpcore", "urllib3", "aliyunsdkcore", "celery.redirected")
    for noisy in (*quiet, "celery.worker.strategy", "celery.app.trace", "celery.events.state"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
