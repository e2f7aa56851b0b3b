"""The picture that compares packages on a phone."""

from __future__ import annotations

import warnings
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageColor

from bot.channels.wechat.client import MAX_UPLOAD
from bot.comparison_picture import CHEAPEST, DOTS, EDGE, OTHER, RISK, WIDE, draw, wrapped
from domain.packages.compare import Comparison
from domain.packages.kinds import Kind
from tests.support.comparisons import Offer, comparison, fixed
from tests.support.terms import terms

SOLD = [
    fixed("P0001-2", "385.50"),
    Offer("P0003-1", terms(Kind.SHARED), 88, "保底六成分享", "云岭绿色能源售电有限责任公司"),
    Offer("P0012-1", terms(Kind.SEASONAL_TIME, green_percent=30, green_premium="12.00"), None, "丰枯峰谷绿电套餐"),
]


def pixels(of: Comparison) -> np.ndarray:
    with Image.open(BytesIO(draw(of))) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture.convert("RGB")).astype(int)


def longest(dots: np.ndarray, colour: str) -> int:
    """The longest bar of a colour, in dots."""
    near = (abs(dots - ImageColor.getrgb(colour)).max(axis=2) < 12).sum(axis=1)
    return int(near.max())


def test_it_is_a_png_of_three_dots_to_a_pixel_of_a_phone_that_wechat_takes() -> None:
    picture = draw(comparison(SOLD))
    assert len(picture) <= MAX_UPLOAD
    with Image.open(BytesIO(picture)) as opened:
        assert opened.width == WIDE * DOTS
        assert opened.height > opened.width


def test_bars_begin_at_nothing_and_are_as_long_as_what_they_stand_for() -> None:
    made = comparison([fixed("P0001-1", "200.00"), fixed("P0002-1", "400.00")])
    dots, full = pixels(made), (WIDE - 2 * EDGE) * DOTS
    assert longest(dots, OTHER) == pytest.approx(full, abs=3)
    assert longest(dots, CHEAPEST) == pytest.approx(full / 2, abs=3)
    assert longest(dots, RISK) == 0


def test_what_may_be_paid_more_is_put_on_the_bar() -> None:
    made = comparison([SOLD[1]])
    (shared,) = made.packages
    share = float(shared.at_risk / (shared.yuan + shared.at_risk))
    assert longest(pixels(made), RISK) == pytest.approx(share * (WIDE - 2 * EDGE) * DOTS, abs=3)


def test_nothing_runs_over_the_edge_of_the_phone() -> None:
    long = [Offer(f"P{n:05d}-12", SOLD[2].terms, 100, "很长的套餐名称" * 5, "很长的公司名称" * 6) for n in range(3)]
    for made in (comparison(SOLD), comparison(long)):
        dots = pixels(made)
        margin = (EDGE - 4) * DOTS
        assert (dots[:, :margin] > 250).all() and (dots[:, -margin:] > 250).all()
        assert (dots[-margin:] > 250).all()


def test_every_character_is_in_the_font() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of a glyph that is missing
        draw(comparison(SOLD))


def test_at_most_three_are_drawn_and_nothing_is_refused() -> None:
    four = [fixed(f"P000{n}-1", f"38{n}.00") for n in range(4)]
    assert draw(comparison(four)) == draw(comparison(four[:3]))
    with pytest.raises(ValueError, match="no package"):
        draw(comparison([]))


def test_lines_break_between_words_and_never_inside_a_figure_or_before_a_stop() -> None:
    lines = list(wrapped("保底价 402.30 元/兆瓦时；市场月均价低于 1,390.00 时，差额的 60% 归您。", 100, 13))
    assert "".join(lines).replace(" ", "") == "保底价402.30元/兆瓦时；市场月均价低于1,390.00时，差额的60%归您。"
    assert any("1,390.00" in line for line in lines)
    assert not any(line[0] in "，。；" for line in lines)


def test_no_line_ends_with_a_bracket_or_a_quotation_mark_that_opens() -> None:
    text = "没有查到用电数据，先按每月 200,000 度估算（2025年11月至2026年10月），套餐“安心固定价”。"
    for width in range(100, 400, 10):
        lines = list(wrapped(text, width, 13))
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not any(line[-1] in "（“" for line in lines)
