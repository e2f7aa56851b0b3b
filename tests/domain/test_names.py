"""Names of companies are compared as people compare them."""

from __future__ import annotations

import pytest

from domain.names import relation
from domain.registration.intake import same

NAME = "昆明滇星有限公司"


@pytest.mark.parametrize(
    ("name", "registered", "word", "reason"),
    [
        (NAME, NAME, "same", "完全一致"),
        ("昆明（滇星）有限公司", "昆明(滇星)有限公司", "same", "只差括号写法"),
        ("昆明滇星 有限公司", NAME, "same", "只差空格"),
        ("雲南滇星有限公司", "云南滇星有限公司", "same", "只差繁体简体"),
        ("ＡＢＣ科技有限公司", "abc科技有限公司", "same", "只差全角半角或大小写"),
        ("阿·买买提商行", "阿买买提商行", "same", "只差标点"),
        ("昆明(滇星)　有限公司", NAME, "same", "只差写法（括号、空格、标点等）"),
        ("昆明滇星厂", NAME, "former", f"是曾用名，现名“{NAME}”"),
        (f"{NAME}玉溪分公司", NAME, "branch", f"是“{NAME}”的分支机构"),
        (NAME, f"{NAME}玉溪分公司", "branch", f"是“{NAME}玉溪分公司”的总公司"),
        ("昆明滇星有限责任公司", NAME, "differs", "“有限责任公司”与“有限公司”不同"),
        ("云南昆明滇星有限公司", NAME, "differs", "多了“云南”二字"),
        (NAME, "云南昆明滇星有限公司", "differs", "少了“云南”二字"),
        ("昆明填星有限公司", NAME, "differs", "“滇”写成了“填”"),
        ("大理石材商行", NAME, "differs", "两个名称不同"),
    ],
)
def test_two_names_stand_to_each_other_as_people_would_say(name: str, registered: str, word: str, reason: str) -> None:
    found = relation(name, registered, ("昆明滇星厂",))
    assert found is not None
    assert (found.word, found.reason) == (word, reason)


@pytest.mark.parametrize(("name", "registered"), [(None, NAME), (NAME, None), ("", NAME), (NAME, " ")])
def test_what_is_not_known_is_not_compared(name: str | None, registered: str | None) -> None:
    assert relation(name, registered) is None


def test_a_traditional_character_that_a_reader_took_for_the_simplified_one_is_no_difference() -> None:
    """黃 and 黄 look the same on a picture: a user was asked to choose between 黃文翀 and 黄文翀."""
    assert same("黃文翀", "黄文翀")
    assert not same("黃文翀", "黄文冲")
