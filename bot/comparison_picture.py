"""Two or three packages as a picture for a phone: what each costs as a bar and in figures, what may change, and what
was assumed. Laid out in the pixels of a phone that is 390 wide, three dots to each.

Bars begin at nothing and share one scale: a small difference looks small, and its figure stands beside it. matplotlib's
Figure alone is used, without pyplot, which is one for all threads.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from PIL import Image

from bot.fonts import sans
from domain.packages.compare import EQUAL, PICTURE, Compared, Comparison
from domain.packages.kinds import Kind
from domain.packages.terms import green_words, leaving_words, price_words, yuan

WIDE, EDGE, DOTS = 390, 20, 3  # pixels of the phone; dots of the picture to each
COLOURS = 64  # of the PNG: a fifth of the bytes, and nobody sees it
INK, QUIET, LINE, CHEAPEST, OTHER, RISK = "#1b2733", "#52606d", "#d5dbe1", "#0b7a55", "#2b63a8", "#f2c078"
_POINTS = 72 / 100  # of a pixel, at 100 pixels an inch
_WORD = re.compile(r"[（“]?(?:[\w.,%/+-]+(?<![\u3000-\u9fff\uff00-\uffef])|.)", re.ASCII)


class _Page:
    """A column that grows downwards; `y` is where the next thing begins."""

    def __init__(self, axes: Axes) -> None:
        self.axes, self.y = axes, float(EDGE)
        self._font = FontProperties(fname=str(sans()))

    def text(self, words: str, size: float, colour: str = INK, *, right: bool = False) -> None:
        """One line at the left or the right edge; it does not move on."""
        font = self._font.copy()
        font.set_size(size * _POINTS)
        x, side = (WIDE - EDGE, "right") if right else (EDGE, "left")
        self.axes.text(x, self.y, words, fontproperties=font, color=colour, ha=side, va="top", parse_math=False)

    def lines(self, words: str, size: float, colour: str = INK, hang: str = "") -> None:
        """A paragraph, parted into lines that fit."""
        for number, line in enumerate(wrapped(words, WIDE - 2 * EDGE - size * len(hang), size)):
            self.text((hang if not number else "　" * len(hang)) + line, size, colour)
            self.y += size * 1.5

    def bar(self, parts: Sequence[tuple[float, str]]) -> None:
        """Shares of the full width, one after the other."""
        x = float(EDGE)
        for share, colour in parts:
            self.axes.add_patch(Rectangle((x, self.y), share * (WIDE - 2 * EDGE), 18, color=colour, linewidth=0))
            x += share * (WIDE - 2 * EDGE)
        self.y += 24

    def rule(self) -> None:
        """A thin line across."""
        self.axes.plot([EDGE, WIDE - EDGE], [self.y, self.y], color=LINE, linewidth=0.8)
        self.y += 12


def draw(comparison: Comparison) -> bytes:
    """The picture as a PNG, of the first three packages of a comparison: choose with `Comparison.only`. ValueError
    where there is nothing to draw."""
    shown = comparison.packages[:PICTURE]
    if not shown:
        raise ValueError("no package to draw")
    high = _lay(_axes(Figure(), 4000), comparison, shown)
    figure = Figure(figsize=(WIDE / 100, high / 100), dpi=100 * DOTS)
    FigureCanvasAgg(figure)
    _lay(_axes(figure, high), comparison, shown)
    return _small(figure)


def _small(figure: Figure) -> bytes:
    large, small = BytesIO(), BytesIO()
    figure.savefig(large, format="png", facecolor="white")
    with Image.open(large) as picture:
        picture.convert("RGB").quantize(COLOURS).save(small, "PNG", optimize=True)
    return small.getvalue()


def wrapped(words: str, width: float, size: float) -> Iterator[str]:
    """The lines of a text in a font of this size: figures and codes stay whole, stops and brackets with their words."""
    line, used = "", 0.0
    for word in _WORD.findall(words):
        wide = sum(size * (1 if unicodedata.east_asian_width(each) in "WFA" else 0.58) for each in word)
        if line and used + wide > width and word not in "，。；：、）”":
            yield line.rstrip()
            line, used = "", 0.0
        if not line and word.isspace():
            continue
        line, used = line + word, used + wide
    if line:
        yield line


def _axes(figure: Figure, high: float) -> Axes:
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, WIDE)
    axes.set_ylim(high, 0)
    axes.axis("off")
    return axes


def _lay(axes: Axes, comparison: Comparison, shown: Sequence[Compared]) -> float:
    """Put everything in its place; how high the page becomes."""
    page = _Page(axes)
    _head(page, comparison, shown)
    scale = max((each.yuan + each.at_risk for each in shown), default=Decimal(1)) or Decimal(1)
    for each in shown:
        page.rule()
        _package(page, each, shown, scale)
    page.rule()
    _foot(page, comparison, shown)
    return page.y + EDGE - 6


def _head(page: _Page, comparison: Comparison, shown: Sequence[Compared]) -> None:
    page.text("同样的用电，电能量费要付多少", 20)
    page.y += 34
    page.lines(f"{comparison.basis}。", 13, QUIET)
    if any(each.at_risk for each in shown):
        page.lines("橙色是行情或用电时段变了，最多可能多付的。", 13, QUIET)
    page.y += 6


def _package(page: _Page, of: Compared, shown: Sequence[Compared], scale: Decimal) -> None:
    page.lines(f"{of.name}　{of.code}", 16)
    score = f"，服务评分 {of.service_score}" if of.service_score is not None else "，还没有服务评分"
    page.lines(f"{of.retailer}{score}{'' if of.offered else '，现在不能选'}", 12.5, QUIET)
    page.y += 4
    first, equal = shown[0], sum(each.yuan == of.yuan for each in shown) > 1
    cheapest = of.yuan == first.yuan
    place = "同样最低" if cheapest and equal else "最低" if cheapest else f"比最低多 {yuan(of.yuan - first.yuan)} 元"
    colour = CHEAPEST if cheapest else OTHER
    page.bar([(float(of.yuan / scale), colour), (float(of.at_risk / scale), RISK)])
    page.text(f"{yuan(of.yuan)} 元", 19, colour)
    page.y += 4
    page.text(place, 13.5, colour, right=True)
    page.y += 24
    for words in _facts(of):
        page.lines(words, 13)
    page.y += 8


def _facts(of: Compared) -> Iterator[str]:
    """What one should know besides the sum; a price of nine parts has a line for each season."""
    yield f"平均 {yuan(of.average)} 元/兆瓦时" + (f"；最多多付 {yuan(of.at_risk)} 元" if of.at_risk else "")
    yield from price_words(of.terms).split("；") if of.terms.kind == Kind.SEASONAL_TIME else [price_words(of.terms)]
    yield f"期限 {of.terms.months} 个月；绿电：{green_words(of.terms)}"
    yield f"提前终止：{leaving_words(of.terms)}"


def _foot(page: _Page, comparison: Comparison, shown: Sequence[Compared]) -> None:
    page.lines("这样算的", 13, QUIET)
    equal = [EQUAL] if len({each.yuan for each in shown}) < len(shown) else []
    for said in [*equal, *comparison.only(each.code for each in shown).assumptions]:
        page.lines(said, 12, QUIET, hang="·")
    page.lines("只供比较，以签订的合同为准。", 12, QUIET, hang="·")
