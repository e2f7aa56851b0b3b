"""Short messages that can only mean one thing are decided by a table."""

import pytest
from components.bare_answer import is_bare_answer
from components.firm_words import firm_intent
from components.values import read


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("是", "affirm"),
        ("是的是的", "affirm"),
        ("对的，没错！", "affirm"),
        ("ＯＫ", "affirm"),
        ("好嘞，提交吧", "affirm"),
        ("确认无误", "affirm"),
        ("要得", "affirm"),
        ("確認", "affirm"),
        ("不", "deny"),
        ("不对不对", "deny"),
        ("不是的", "deny"),
        ("先不要提交", "deny"),
        ("不得行", "deny"),
        ("取消", "cancel"),
        ("算了，不办了", "cancel"),
        ("我要退出", "cancel"),
        ("上一步", "back"),
        ("从头来", "restart"),
        ("转人工！", "human"),
        ("继续吧", "resume"),
        ("等一下", "pause"),
        ("你好", "greet"),
        ("谢谢你", "thanks"),
        ("ＴＤ", "stop_notices"),
        ("菜单", "help"),
    ],
)
def test_a_firm_message_has_its_intent(text: str, intent: str) -> None:
    """With particles, repetitions, punctuation and width ignored."""
    assert firm_intent(text) == intent


@pytest.mark.parametrize(
    "text",
    [
        "是不是",
        "对吗",
        "好吗",
        "不是不行",
        "是的，不过电话错了",
        "行不行",
        "不要了",
        "都行",
        "嗯……",
        "",
        "。",
        "吧",
        "我要申请",
        "好久能好",
        "对了，问一下多久",
        "同意吗",
        "取消了会怎样",
        "不取消",
        "别取消",
        "谢谢，取消吧",
        "曲靖不同意文化",
        "没同意也没不同意过",
        "人工智能",
    ],
)
def test_everything_else_is_left_to_the_classifier(text: str) -> None:
    """Questions, mixed messages, names and empty ones."""
    assert firm_intent(text) is None


@pytest.mark.parametrize(
    "text", ["0530123456789012", "户号是0530123456789012", "我的电话 13888881234 哈", "13888881234，张伟"]
)
def test_a_value_with_fillers_is_a_bare_answer(text: str) -> None:
    """Whatever was asked."""
    assert is_bare_answer(read(text))


@pytest.mark.parametrize(
    "text",
    [
        "电话不对，是13888881234",
        "户号不是0530123456789012",
        "户号",
        "是的",
        "0530123456789012停电了",
        "",
        "身份证530102199003071234",
    ],
)
def test_a_value_within_a_sentence_is_none(text: str) -> None:
    """The rest of the sentence decides."""
    assert not is_bare_answer(read(text))


@pytest.mark.parametrize("text", ["一年5万度", "每月用电大概5万度左右", "ZC20261117003501"])
def test_an_amount_or_a_number_of_ours_alone_is_one_too(text: str) -> None:
    """The product says what it does with it."""
    assert is_bare_answer(read(text))
    assert not is_bare_answer(read(f"{text}停电了"))
