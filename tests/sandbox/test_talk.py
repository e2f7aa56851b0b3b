"""Conversations replayed from a file."""

import threading
from pathlib import Path
from typing import Any

import pytest

from sandbox.talk import main, read_steps
from sandbox.talk_chat import TalkError
from sandbox.talk_steps import seconds
from tests.sandbox.harness import SUCCESS, Client, Product
from tests.sandbox.test_aliyun_platform import call


def desk(product: Product, fields: dict[str, Any]) -> bytes:
    """A small service desk: greets, offers an option, and takes a code."""
    said = str(fields.get("Content") or fields.get("Event"))
    options = '<a href="weixin://bizmsgmenu?msgmenucontent=确认提交&msgmenuid=yes">1 确认提交</a>'
    answers = {
        "subscribe": "您好，欢迎关注。",
        "我要注册": f"请确认：\n{options}",
        "123456": "验证码正确",
        "确认提交": "已提交：" + fields.get("bizmsgmenuid", "按字"),
    }
    return product.sealed(product.text(fields, answers[said])) if said in answers else SUCCESS


def replay(sandbox: Client, tmp_path: Path, text: str, wait: str = "5") -> int:
    """Play a talk file against the sandbox."""
    path = tmp_path / "talk.yaml"
    path.write_text(text, "utf-8")
    return main([str(path), "--url", sandbox.settings.base_url, "--wait", wait, "--product", "http://127.0.0.1:9"])


def test_a_conversation_is_played_and_printed_as_a_chat(
    sandbox: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """Both channels, in order; the exit code is 0."""
    sandbox.product.answer = desk
    code = replay(
        sandbox,
        tmp_path,
        """
- note: 注册
- follow: 王会计
- expect: {who: 王会计, contains: [欢迎]}
- 王会计: 我要注册
- tap: {who: 王会计, option: 确认提交}
- expect: {who: 王会计, contains: [请确认]}
- expect: {who: 王会计, contains: ["已提交：yes"], lacks: [故障]}
- sms: {who: 王会计, text: "1"}
- clock: {advance: 3 days}
""",
    )
    printed = capsys.readouterr().out
    assert code == 0, printed
    shown = [row[7:].strip() for row in printed.splitlines()]
    rows = (
        "王会计 ▸ [关注了公众号]",
        "服务台 → 王会计 ◂ 您好，欢迎关注。",
        "王会计 ▸ 我要注册",
        "王会计 ▸ 确认提交",
        "服务台 → 王会计 ◂ 已提交：yes",
        "王会计（短信） ▸ 1",
    )
    order = [shown.index(row) for row in rows]
    assert order == sorted(order)
    assert "3 expectations met" in printed


def test_an_expectation_that_is_not_met_says_what_came_instead(
    sandbox: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """The exit code is 1, the rest is not played."""
    sandbox.product.answer = desk
    code = replay(
        sandbox,
        tmp_path,
        """
- 王会计: 我要注册
- expect: {who: 王会计, contains: [请确认, 供电局审核]}
- 王会计: 后面的话
""",
        wait="0.5",
    )
    printed = capsys.readouterr().out
    assert code == 1
    assert "has   '请确认'" in printed and "MISSES '供电局审核'" in printed and "| 请确认：" in printed
    assert "step 2 (expect)" in printed and "后面的话" not in printed


def test_an_expectation_takes_no_more_than_it_needs(sandbox: Client, tmp_path: Path):
    """Two messages that came together serve two expectations, and none serves twice."""
    sandbox.product.answer = desk
    steps = "- 王会计: 我要注册\n- 王会计: 我要注册\n- pause: 1\n" + "- expect: {who: 王会计, contains: [请确认]}\n" * 2
    assert replay(sandbox, tmp_path, steps) == 0
    assert replay(sandbox, tmp_path, steps + "- expect: {who: 王会计, contains: [请确认], within: 0.3}\n") == 1


def test_a_label_without_an_option_is_typed(sandbox: Client, tmp_path: Path):
    """The desk hears the words without a bizmsgmenuid."""
    sandbox.product.answer = desk
    assert (
        replay(
            sandbox,
            tmp_path,
            """
- 王会计: 我要注册
- expect: {who: 王会计, contains: [请确认]}
- tap: {who: 王会计, option: 算了}
""",
        )
        == 0
    )
    assert sandbox.product.posts[-1]["fields"]["Content"] == "算了"
    assert "bizmsgmenuid" not in sandbox.product.posts[-1]["fields"]


def test_the_code_of_an_sms_is_typed_into_the_chat(sandbox: Client, tmp_path: Path):
    """{sms_code} is the last six digits that came since the start and were not used; none in time is exit code 2."""
    sandbox.product.answer = desk

    def sms(number: str) -> None:
        call(
            sandbox,
            "SendSms",
            PhoneNumbers="13887654321",
            SignName=sandbox.settings.aliyun_sign_name,
            TemplateCode="T",
            TemplateParam=f'{{"code":"{number}"}}',
        )

    def sends_a_code(product: Product, fields: dict[str, Any]) -> bytes:
        if fields.get("Content") == "发验证码":
            threading.Thread(target=sms, args=["123456"]).start()
        return desk(product, fields)

    sms("999999")
    sandbox.product.answer = sends_a_code
    steps = '- 王会计: 发验证码\n- 王会计: "{sms_code}"\n- expect: {who: 王会计, contains: [验证码正确]}\n'
    assert replay(sandbox, tmp_path, steps) == 0
    assert replay(sandbox, tmp_path, '- 王会计: "{sms_code}"\n', wait="0.3") == 2


def test_a_step_that_cannot_be_done_is_named(sandbox: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A name, a field, a channel, a company, a duration, a console that is not there."""
    for step, reason in (
        ("没有人: 在吗", "nobody is called"),
        ("tap: {option: x}", "who"),
        ("expect: {who: 王会计, channel: fax}", "wechat or sms"),
        ("photo: {who: 王会计, company: 没有的公司}", "no company"),
        ("clock: {advance: soon}", "no duration"),
        ("console: {as: handler, password: x}", "“do”"),
        ("杨老板: 在吗", "does not follow"),
        ("console: {as: handler, password: x, do: approve}", "does not answer"),
    ):
        assert replay(sandbox, tmp_path, f"- {step}\n", wait="0.2") == 2, step
        printed = capsys.readouterr().out
        assert reason in printed and "Traceback" not in printed, step


def test_a_file_that_is_no_talk_and_a_sandbox_that_is_not_there_are_said_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """Exit code 2 each."""
    path = tmp_path / "talk.yaml"
    for text in ("just words", "- [1, 2]", "- {a: 1, b: 2}", "- : :\n  x"):
        path.write_text(text, "utf-8")
        with pytest.raises(ValueError):
            read_steps(path)
    path.write_text("- follow: 王会计", "utf-8")
    assert main([str(path), "--url", "http://127.0.0.1:9"]) == 2
    assert "is it running?" in capsys.readouterr().out


def test_durations_are_read():
    """Words or a number of seconds."""
    texts = ("3 days", "1 hour 30 minutes", "1 week", 5, "0.5 seconds")
    assert [seconds(text) for text in texts] == [259200, 5400, 604800, 5, 0.5]
    with pytest.raises(TalkError):
        seconds("3 years")
