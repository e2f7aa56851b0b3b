"""Every source fails in the same honest way: it says that it is down, and never guesses."""

from __future__ import annotations

import logging
import socket
import traceback
from collections.abc import Callable

import httpx
import pytest
from source_stand_in import Outside

from bot.sources import base
from bot.sources.base import SourceDown, day_of
from bot.sources.marketing import Marketing
from bot.sources.registry import Registry
from bot.sources.telecom import Telecom
from bot.sources.tianyancha import Tianyancha

NUMBER, CODE, NAME = "0530010012345678", "91530100MA6K3Y8X4L", "昆明滇星机械制造有限公司"
PHONE, PERSON, TOKEN = "13887654321", "王会计", "t0ken"
Question = Callable[[httpx.Client, str], object]
QUESTIONS: dict[str, Question] = {
    "marketing": lambda client, url: Marketing(client, url, TOKEN).account(NUMBER),
    "marketing's usage": lambda client, url: Marketing(client, url, TOKEN).usage(NUMBER, 24300, 24323),
    "registry": lambda client, url: Registry(client, url, TOKEN).company(CODE),
    "registry by name": lambda client, url: Registry(client, url, TOKEN).by_name(NAME),
    "tianyancha": lambda client, url: Tianyancha(client, url, TOKEN).company(CODE),
    "telecom": lambda client, url: Telecom(client, url, TOKEN).verify(PHONE, PERSON),
}
each_source = pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)


def failure(ask: Question, client: httpx.Client, url: str) -> SourceDown:
    with pytest.raises(SourceDown) as raised:
        ask(client, url)
    return raised.value


@each_source
@pytest.mark.parametrize(
    ("status", "body", "why", "alarm"),
    [
        (401, {"error": "unauthorized"}, "refused", True),
        (403, b"<html>", "refused", True),
        (429, b"", "busy", False),
        (500, b"Internal Server Error", "http 500", False),
        (503, {"error": "not_found"}, "http 503", False),
        (200, b"<html>please log in</html>", "garbled", False),
        (200, b"", "garbled", False),
        (200, b"\xff\xfe", "garbled", False),
        (200, b"[" * 100_000, "garbled", False),
        (200, [], "garbled", False),
        (200, {}, "garbled", False),
        (200, {"error": "not_found"}, "garbled", False),
        (200, b"x" * 1_000_001, "garbled", False),
        (302, b"", "garbled", False),
        (404, b"<html>nginx</html>", "garbled", False),
        (404, {"error": "no such route"}, "garbled", False),
    ],
)
def test_what_is_no_answer_is_a_source_that_is_down(
    ask: Question, outside: Outside, client: httpx.Client, status: int, body: object, why: str, alarm: bool
) -> None:
    outside.answers(body, status)
    error = failure(ask, client, outside.url)
    assert (error.why, error.alarm) == (why, alarm)
    assert len(outside.asked) == 1


@each_source
def test_a_slow_source_is_not_waited_for(ask: Question, outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "SECONDS", 0.1)
    outside.answers({}, pause=0.5)
    with base.open_client() as client:
        assert failure(ask, client, outside.url).why == "slow"


def test_a_source_that_drips_is_slow_too(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece comes in time, all of them do not."""
    monkeypatch.setattr(base, "SECONDS", 0.2)
    outside.chunks, outside.pause = [b" "] * 40, 0.05
    with base.open_client() as client:
        assert failure(QUESTIONS["marketing"], client, outside.url).why == "slow"


@each_source
@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}", "", "marketing.internal", "http://[", "ftp://127.0.0.1"])
def test_a_source_that_cannot_be_reached_is_down(ask: Question, client: httpx.Client, url: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert failure(ask, client, url.format(port=port)).why == "unreachable"


def test_a_connection_that_fails_is_tried_once_more(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole request would not be: only what never reached the other side is repeated."""
    tried: list[object] = []

    def refuse(address: object, *args: object, **kwargs: object) -> socket.socket:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    assert failure(QUESTIONS["marketing"], client, "http://127.0.0.1:9").why == "unreachable"
    assert len(tried) == 2


def test_this_machine_is_reached_without_the_proxy_of_the_environment(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    outside.answers({"error": "not_found"}, 404)
    with base.open_client() as client:
        assert QUESTIONS["marketing"](client, outside.url) is None


@each_source
def test_neither_errors_nor_logs_hold_what_was_asked_or_answered(
    ask: Question, outside: Outside, client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    outside.answers({"name": PERSON, "phone": PHONE, "account_number": PHONE, "result": PHONE, "companies": PHONE})
    error = failure(ask, client, outside.url)
    said = caplog.text + "".join(traceback.format_exception(error))
    assert not [part for part in (PHONE, PERSON, NUMBER, CODE, NAME, TOKEN) if part in said]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2012-05-08", "2012-05-08"),
        ("2012年5月8日", "2012-05-08"),
        ("2012/05/08 00:00:00", "2012-05-08"),
        ("", "None"),
        ("长期", "None"),
        ("2012-02-30", "None"),
        ("20120508", "None"),
    ],
)
def test_days_are_read_as_registers_write_them(text: str, day: str) -> None:
    assert str(day_of(text)) == day
