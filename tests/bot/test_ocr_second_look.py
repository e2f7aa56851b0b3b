"""How sure single characters are, and codes that are looked at again."""

from __future__ import annotations

import numpy as np
import pytest

from bot.ocr.certainty import WithWeakest, weakest
from bot.ocr.page import Line
from bot.ocr.second_look import code_in, half_read_code, windows
from tests.bot.ocr_pages import CODE

QUAD = ((100.0, 100.0), (500.0, 100.0), (500.0, 140.0), (100.0, 140.0))


def steps(*certainties: tuple[int, float]) -> np.ndarray:
    """A line's output over four characters: at each step one of them with this certainty."""
    lines = np.zeros((len(certainties), 4))
    for row, (character, certainty) in zip(lines, certainties, strict=True):
        row[character] = certainty
    return lines


def test_a_character_counts_with_its_best_step_and_blanks_do_not_count() -> None:
    assert weakest(steps((0, 0.1), (1, 0.5), (1, 0.9), (0, 0.2), (2, 0.7))) == 0.7
    assert weakest(steps((0, 0.9), (0, 0.9))) == 0.0


def test_the_mean_stays_a_number_and_remembers_the_weakest() -> None:
    decode = WithWeakest(lambda predictions: (["ab"], [0.8]))
    texts, scores = decode([np.stack([steps((1, 0.95), (2, 0.65))])])
    assert (texts, scores[0], scores[0].weakest) == (["ab"], 0.8, 0.65)


@pytest.mark.parametrize(
    ("text", "half"),
    [
        (CODE, False),
        ("统一社会信用代码" + CODE, False),
        ("统一社会信用代码9111000060003734L", True),
        ("9111000060003B341L", True),
        ("昆明滇星机械制造有限公司", False),
        ("证照编号：79791095536575414153", False),
    ],
)
def test_only_codes_that_do_not_hold_are_looked_at_again(text: str, half: bool) -> None:
    assert half_read_code(Line(text, 0.9, QUAD)) is half


def test_only_a_whole_code_is_taken_from_a_second_look() -> None:
    assert code_in(Line("副本" + CODE, 0.9, QUAD)) == Line(CODE, 0.9, QUAD)
    assert code_in(Line(CODE[:-1] + "0", 0.9, QUAD)) is None


def test_the_second_look_covers_the_lower_and_the_upper_part_and_a_little_more_on_either_side() -> None:
    looks = windows(QUAD)
    assert all(look[0][0] < 100 and look[1][0] > 500 for look in looks)
    assert {look[0][1] for look in looks} >= {100.0, 114.0}
