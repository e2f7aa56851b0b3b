"""The page made level: rotation, perspective and the bend of the paper taken out of the places of its lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import atan, cos, sin
from statistics import median

import numpy as np

from bot.ocr.page import Line, Page, Quad, part_of


@dataclass(frozen=True, slots=True)
class Piece:
    """A line, or a part of one, on the levelled page: left and right end, middle and height in pixels.

    `tilt`: the angle to the lines around it, radians. `guessed`: the left end was estimated, not seen. `quad`: where it
    lies in the upright picture.
    """

    text: str
    score: float
    left: float
    right: float
    y: float
    height: float
    tilt: float = 0.0
    guessed: bool = False
    weakest: float = 1.0
    quad: Quad | None = None

    def part(self, start: int, end: int | None = None) -> Piece:
        """The piece of text[start:end]; its ends are estimated from the number of characters."""
        end = len(self.text) if end is None else end
        whole = max(visual(self.text), 1)
        step = (self.right - self.left) / whole
        left = self.left + step * visual(self.text[:start])
        right = left + step * visual(self.text[start:end])
        quad = self.quad
        if quad is not None:
            quad = part_of(quad, visual(self.text[:start]) / whole, visual(self.text[:end]) / whole)
        return replace(self, text=self.text[start:end], left=left, right=right, guessed=start > 0, quad=quad)


def level(page: Page) -> list[Piece]:
    """The lines of the page with rotation, perspective and bend taken out of their places."""
    lines = [line for line in page.lines if line.text.strip()]
    long = [line for line in lines if line.width > 3 * line.height and len(line.text) >= 3]
    if not long:
        return [_piece(line, line.left, line.right, line.centre[1]) for line in lines]
    turn = _main_slope(long)
    long = [line for line in long if abs(line.slope - turn) < 0.12]
    bend = _bend(long, turn)
    placed = []
    for line in lines:
        (left, left_y), (right, right_y) = _middle(line, 0, 3, turn), _middle(line, 1, 2, turn)
        x, y = (left + right) / 2, (left_y + right_y) / 2
        tilt = line.slope - turn - atan(bend.slope(x, y))
        placed.append(_piece(line, min(left, right), max(left, right), y - bend(x, y), tilt))
    return placed


def _main_slope(long: Sequence[Line]) -> float:
    """The slope that most of the text shares; watermarks across the page may be many, but not most of the length."""
    best = max(long, key=lambda line: sum(each.width for each in long if abs(each.slope - line.slope) < 0.05))
    return median(each.slope for each in long if abs(each.slope - best.slope) < 0.05)


def _piece(line: Line, left: float, right: float, y: float, tilt: float = 0.0) -> Piece:
    return Piece(line.text.strip(), line.score, left, right, y, line.height, tilt, weakest=line.weakest, quad=line.quad)


def _middle(line: Line, first: int, second: int, turn: float) -> tuple[float, float]:
    """The middle of one end of a line, the page turned back by this angle."""
    x = (line.quad[first][0] + line.quad[second][0]) / 2
    y = (line.quad[first][1] + line.quad[second][1]) / 2
    return x * cos(turn) + y * sin(turn), y * cos(turn) - x * sin(turn)


class _Bend:
    """How far a level line has risen at x: slope = a + b·x + c·y (b the bend of the paper, c the perspective)."""

    def __init__(self, centre: tuple[float, float], a: float, b: float, c: float) -> None:
        self.centre, self.a, self.b, self.c = centre, a, b, c

    def __call__(self, x: float, y: float) -> float:
        x, y = x - self.centre[0], y - self.centre[1]
        return (self.a + self.c * y) * x + self.b * x * x / 2

    def slope(self, x: float, y: float) -> float:
        return self.a + self.b * (x - self.centre[0]) + self.c * (y - self.centre[1])


def _bend(long: Sequence[Line], turn: float) -> _Bend:
    """Fitted to the slopes of the long lines, outliers (seal texts, hands) weighed down."""
    ends = [(_middle(line, 0, 3, turn), _middle(line, 1, 2, turn)) for line in long]
    middles = np.array([((p[0] + q[0]) / 2, (p[1] + q[1]) / 2) for p, q in ends])
    centre = middles.mean(axis=0)
    slopes = np.array([(q[1] - p[1]) / max(q[0] - p[0], 1.0) for p, q in ends])
    widths = np.array([q[0] - p[0] for p, q in ends])
    if len(long) < 6:
        return _Bend((float(centre[0]), float(centre[1])), 0.0, 0.0, 0.0)
    offsets = (middles - centre) / 1000
    design = np.column_stack([np.ones(len(long)), offsets])
    weights = np.clip(widths, 0, None) / widths.max()
    for _ in range(5):
        ridge = np.diag([1e-6, 1e-3, 1e-3])
        solved = np.linalg.solve(design.T @ (design * weights[:, None]) + ridge, design.T @ (weights * slopes))
        error = np.abs(slopes - design @ solved)
        weights = (widths / widths.max()) / (1 + (error / 0.02) ** 2)
    a, b, c = (float(value) for value in solved)
    return _Bend((float(centre[0]), float(centre[1])), a, b / 1000, c / 1000)


def visual(text: str) -> float:
    """The width of a text in Chinese characters: Latin letters, digits and spaces take half of one."""
    return sum(0.55 if char.isascii() else 1.0 for char in text)
