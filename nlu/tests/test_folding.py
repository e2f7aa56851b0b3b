"""Text typed in many ways becomes one form, and every place can be found again."""

from components.folding import fold, spoken_digits
from components.masking_tokenizer import masked


def test_width_case_and_traditional_characters_are_folded() -> None:
    """Full width, capitals, traditional characters."""
    assert fold("ＡＢ１２").text == "ab12"
    assert fold("註冊電話戶號驗證碼").text == "注册电话户号验证码"


def test_invisible_characters_vanish_and_places_are_kept() -> None:
    """A zero-width space does not shift what was found."""
    folded = fold("a\u200bb㎞c")
    assert folded.text == "abkmc"
    assert folded.span(1, 2) == (2, 3)
    assert folded.span(4, 5) == (4, 5)


def test_spoken_digits_keep_the_length_and_short_runs_stay_words() -> None:
    """一二三 in a sentence is no number."""
    assert spoken_digits("电话幺三八八八八八一二三四吧") == "电话13888881234吧"
    assert spoken_digits("一二三") == "一二三"


def test_the_classifier_never_sees_a_value() -> None:
    """Values are marks and other figures are #, so that nobody's number is learned."""
    assert masked("电话不对，是13888881234") == masked("电话不对，是13999998888")
    assert not any(char.isdigit() for char in masked("我 2024 年 13888881234 0530123456789012 88"))
