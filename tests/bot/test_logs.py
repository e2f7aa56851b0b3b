"""Nobody can be recognised in a log."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from bot.logs import mask, set_up_logs
from tests.support.world import ACCOUNT, OPENID, PHONE, World

KEY = "dk_Ab3dEf6hIj9lMn2pQr5tUv8xYz1bCd4fGh7jKl0nOp3rSt6v"
SECRETS = [PHONE, f"+86{PHONE}", OPENID, "530103198503162429", "53010319850129425X", ACCOUNT, "132907", KEY]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("around", ["{}", "to {} at last", "“{}”", "/x/{}?a=1", "电话{}，谢谢"])
def test_whatever_names_a_person_is_masked(secret: str, around: str) -> None:
    assert secret not in mask(around.format(secret))


def test_figures_that_name_nobody_stay() -> None:
    text = "row 123, 7 s, 2026-11-23T04:05:28.385945Z, 4ce340ae-d675-4a2c-b54c-1995d6e78194"
    assert mask(text) == text


def test_every_value_of_a_line_is_masked_whoever_writes_it(capsys: pytest.CaptureFixture[str]) -> None:
    """structlog's lines, the libraries' lines, nested values, exceptions: all go through the same mask."""
    set_up_logs()
    structlog.get_logger("ours").info("said", nested={"who": [PHONE]}, openid=OPENID)
    logging.getLogger("theirs").warning("called %s", PHONE)
    try:
        raise ValueError(f"bad number {PHONE}")
    except ValueError:
        logging.getLogger("theirs").exception("failed")
    written = capsys.readouterr().err
    assert PHONE not in written
    assert OPENID not in written
    assert all(json.loads(line)["level"] for line in written.splitlines())


@pytest.mark.parametrize("sign", ["\x1b", "\x7f", "\x85", "\x9b", "\u200f", "\u2028", "\u202e", "\u2066", "\ufeff"])
def test_no_terminal_obeys_a_line(sign: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The sign is spelled out: the line stays one, can be read as it stands, and says what it said."""
    set_up_logs()
    logging.getLogger("theirs").warning("before %s after", sign)
    written = capsys.readouterr().err
    assert sign not in written
    assert json.loads(written)["event"] == f"before {sign} after"


def test_a_whole_registration_leaves_nobody_in_the_log(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(logging.DEBUG)
    world.filled_in()
    world.say("确认提交")
    written = capsys.readouterr().err
    for secret in (PHONE, OPENID, ACCOUNT, world.code(), "王芳", "李国强"):
        assert secret not in written
