"""What a reader hands on: lines of text with their places, in a picture that stands upright."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import atan2, hypot

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]  # top left, top right, bottom right, bottom left, as the text is read


class UnreadablePicture(Exception):
    """A picture that no text can be read from. `reason`: empty, too_large, too_many_pixels, too_small, undecodable."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of text as it was found: pixels of the upright picture, score 0 to 1.

    `weakest`: how sure the least certain character is, 0 to 1.
    """

    text: str
    score: float
    quad: Quad
    weakest: float = 1.0

    @property
    def left(self) -> float:
        return (self.quad[0][0] + self.quad[3][0]) / 2

    @property
    def right(self) -> float:
        return (self.quad[1][0] + self.quad[2][0]) / 2

    @property
    def centre(self) -> Point:
        return sum(x for x, _ in self.quad) / 4, sum(y for _, y in self.quad) / 4

    @property
    def width(self) -> float:
        (ax, ay), (bx, by) = self.quad[0], self.quad[1]
        return hypot(bx - ax, by - ay)

    @property
    def height(self) -> float:
        (ax, ay), (bx, by) = self.quad[0], self.quad[3]
        return hypot(bx - ax, by - ay)

    @property
    def slope(self) -> float:
        """The direction in which the text runs, radians; 0 is level, positive falls to the right."""
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = self.quad
        return atan2(by - ay + cy - dy, bx - ax + cx - dx)


def part_of(quad: Quad, start: float, end: float) -> Quad:
    """The part of a line's place between two shares of its length."""
    a, b, c, d = quad
    return _between(a, b, start), _between(a, b, end), _between(d, c, end), _between(d, c, start)


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


@dataclass(frozen=True, slots=True)
class Page:
    """All the lines of one picture. `quarter_turns`: how often it was turned counter-clockwise to stand upright."""

    lines: tuple[Line, ...]
    width: int
    height: int
    quarter_turns: int = 0

    def box(self, quads: Iterable[Quad]) -> tuple[float, ...]:
        """The place that holds these quads: left, top, right, bottom as parts of width and height; () for none."""
        points = [point for quad in quads for point in quad]
        if not points:
            return ()
        xs, ys = [x / self.width for x, _ in points], [y / self.height for _, y in points]
        return tuple(round(min(max(each, 0.0), 1.0), 4) for each in (min(xs), min(ys), max(xs), max(ys)))
