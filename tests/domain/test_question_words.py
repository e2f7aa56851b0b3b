"""The words of answers: what does not count when they are compared, what changes their meaning, and codes."""

from __future__ import annotations

from itertools import islice
from random import Random

import pytest

from domain.questions.words import (
    DIGITS,
    LETTERS,
    fold,
    is_condition,
    is_soft,
    may_name,
    named,
    names_unknown,
    new_code,
    number,
)

SAME = {
    "确认提交": (
        "确认提交", "确认提交。", "确认提交！！", " 确认 提交 ", "确认提交～", "“确认提交”", "（确认提交）",
        "回复确认提交",
        "确认提交谢谢", "确认提交，谢谢您！", "确认提交哈", "确认提交哦", "确认提交啊", "确认提交了",
        "确认提交啦，辛苦了",
        "確認提交", "確認提交，謝謝", "确认提交😊", "确认提交👍🏻", "确认提交[握手]", "确认提交 [OK]",
        "确认提交了，谢谢😊🌹",
        "确认提交\u200b", "确认提交✔️",
    ),
    "同意": ("同意", "同意的", "同意了", "同意，多谢", "同意 thanks", "同意 THX", "同意呀"),
    "不同意": ("不同意", "不同意。", "不同意，谢谢", "不同意的"),
    "1": ("1", "１", "1.", "1。", "1、", "“1”", "①", "1️⃣", "(1)", "（1）", "回复1", "1谢谢", "１！"),
    "先放着以后继续": ("先放着，以后继续", "先放着 以后继续", "先放着以后继续。"),
    "是": ("是", "是的", "是啊", "是。"),
    "td": ("TD", "ＴＤ", "td。", " Td ", "回复TD", "TD！"),
}  # fmt: skip

# Each of these says something else than the words it begins with.
NOT_THE_SAME = (
    ("同意", "同意？"), ("同意", "同意吗"), ("同意", "同意么"), ("同意", "同意吧"), ("同意", "同意呗"),
    ("同意", "不同意"),
    ("同意", "同意🤔"), ("同意", "同意👎"), ("同意", "同意❓"), ("同意", "同意[疑问]"), ("同意", "同意才怪"),
    ("同意", "同意不了"),
    ("好", "好吧"), ("好", "好了"), ("行", "行了"), ("算", "算了"), ("不", "不了"), ("对", "对了"), ("得", "得了"),
    ("提交", "提交了吗"), ("提交", "提交了没"), ("提交", "不提交"), ("提交", "提交了？"), ("1", "1.2"), ("1", "1或2"),
    ("1", "1元"), ("同意", "同意同意不同意"), ("是", "是不是"), ("是", "不是"), ("提交", "提交失败"),
)  # fmt: skip


@pytest.mark.parametrize(("meant", "typed"), [(meant, typed) for meant, all_ in SAME.items() for typed in all_])
def test_courtesy_width_case_and_traditional_characters_do_not_count(meant: str, typed: str) -> None:
    assert fold(typed) == meant


@pytest.mark.parametrize(("words", "typed"), NOT_THE_SAME)
def test_what_changes_the_meaning_is_not_folded_away(words: str, typed: str) -> None:
    assert fold(typed) != fold(words)


@pytest.mark.parametrize("alone", ["谢谢", "的", "了", "😊", "👍", "。", "", "哈哈哈", "回复"])
def test_courtesy_alone_never_becomes_an_answer(alone: str) -> None:
    assert fold(alone) not in {"是", "好", "同意", "1", "确认提交"}


@pytest.mark.parametrize(
    "typed",
    [
        "收到", "收到！", "收到谢谢", "知道了", "好的收到", "好的，知道了", "嗯嗯", "嗯嗯我看看", "嗯嗯，我看看",
        "我看看",
        "我再想想", "考虑一下", "考慮一下", "好吧", "OK", "👍", "[强]", "再说吧", "我问问领导", "明白了", "行吧",
    ],
)  # fmt: skip
def test_a_nod_is_no_answer(typed: str) -> None:
    assert is_soft(fold(typed))


@pytest.mark.parametrize("typed", ["同意", "确认提交", "是", "好的", "不同意", "停电了怎么办", "我的进度", "1", ""])
def test_answers_and_questions_are_no_nod(typed: str) -> None:
    assert not is_soft(fold(typed))


@pytest.mark.parametrize(
    "typed",
    [
        "便宜点就同意", "价格再低一点可以", "如果价格低一点我就签", "如果能优惠就同意", "同意但是价格要降",
        "同意，但是合同要改",
        "只要降价就可以", "再便宜两分钱我就签", "要是能打折的话，可以", "可以，不过价格再低一点", "除非降价我才同意",
        "前提是电价不变我才同意", "價格再低一點可以",
    ],
)  # fmt: skip
def test_a_condition_is_no_yes(typed: str) -> None:
    assert is_condition(fold(typed))


@pytest.mark.parametrize(
    "typed",
    [
        "同意",
        "确认提交",
        "如果户号填错了怎么办",
        "可以便宜点吗",
        "价格能不能低一点",
        "便宜点",
        "可以",
        "我要注册",
        "但是",
    ],
)
def test_a_plain_yes_and_a_question_are_no_condition(typed: str) -> None:
    assert not is_condition(fold(typed))


@pytest.mark.parametrize(
    ("typed", "rest"),
    [
        ("7K3F", ""), ("7k3f", ""), ("７Ｋ３Ｆ", ""), (" 7 K 3 F ", ""), ("编号7K3F", ""), ("7K3F。", ""),
        ("(7K3F)", ""),
        ("同意 7K3F", "同意"), ("7k3f同意", "同意"), ("同意7K3F谢谢", "同意"), ("7K3F：同意", "同意"),
        ("同意（7K3F）", "同意"),
        ("7K3F 1", "1"), ("1 7K3F", "1"), ("7K3F-1", "1"), ("17K3F", "1"), ("7K3F1", "1"), ("7K3F，１", "1"),
        ("7K3F 不同意", "不同意"), ("7K3F好吧", "好吧"), ("7K3F 便宜点就同意", "便宜点就同意"), ("7K3F 10", "10"),
    ],
)  # fmt: skip
def test_a_code_is_found_however_it_is_written(typed: str, rest: str) -> None:
    assert may_name(typed)
    assert named(typed, ["A9CE", "7K3F"]) == ("7K3F", rest)


@pytest.mark.parametrize("typed", ["x7K3F", "7K3Fa", "7K3", "K3F", "91530112MAQ7K3FLF5B", "117K3F11", "7K3G", "同意"])
def test_a_code_inside_of_something_else_is_none(typed: str) -> None:
    assert named(typed, ["A9CE", "7K3F"]) is None


@pytest.mark.parametrize("typed", ["9X4M", "同意 9X4M", "9x4m 1", "1 9X4M", "确认提交 9X4M", "8B0O 同意", "9 X 4 M"])
def test_the_form_of_a_code_is_known(typed: str) -> None:
    assert names_unknown(typed)


@pytest.mark.parametrize(
    "typed", ["630kVA的怎么选", "ABCD", "1234", "vip1怎么开通", "A座1203", "我的车牌A7K3F", "5G", "9X4M和7K3F"]
)
def test_other_words_with_letters_and_digits_are_no_code(typed: str) -> None:
    assert not names_unknown(typed)


def test_codes_have_no_look_alikes_and_are_neither_words_nor_numbers() -> None:
    random, taken = Random(1), set[str]()
    for _ in range(2000):
        code = new_code(random, taken)
        assert code not in taken
        taken.add(code)
        assert set(code) <= set(LETTERS + DIGITS)
        assert set(code) & set(LETTERS)
        assert set(code) & set(DIGITS)
    assert not set("0OQD1IL2Z5S6G8BUV") & set(LETTERS + DIGITS)


@pytest.mark.parametrize(
    ("typed", "told"), [("1", 1), ("10", 10), ("0", None), ("100", None), ("01", None), ("一", None)]
)
def test_a_number_is_one_of_few_options(typed: str, told: int | None) -> None:
    assert number(fold(typed)) == told


def test_an_ordinary_message_costs_little() -> None:
    """No letter with a digit: no code is looked for, and nothing is asked of the store."""
    assert not any(may_name(text) for text in islice(("同意", "1", "我的进度", "TD", "13887654321"), 5))
