"""Where things stand on the page: lines made level, labels found, every other line given to the label it belongs to.

A licence is a form. A label stands left of its value; a value that needs more lines goes on below its own first line;
since 2019 there are two such columns side by side, so that reading from left to right mixes them. Only geometry tells
which line belongs to whom, and only after rotation, perspective and the bend of the paper are taken out of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, sin
from statistics import median

import numpy as np

from bot.ocr.labels import Match, find_inner_label, match_half, match_label
from bot.ocr.page import Line, Page


@dataclass(frozen=True, slots=True)
class Piece:
    """A line, or a part of one, on the levelled page: left and right end, middle and height in pixels."""

    text: str
    score: float
    left: float
    right: float
    y: float
    height: float

    def part(self, start: int, end: int | None = None) -> Piece:
        """The piece of text[start:end]; its ends are estimated from the number of characters."""
        end = len(self.text) if end is None else end
        step = (self.right - self.left) / max(_visual(self.text), 1)
        left = self.left + step * _visual(self.text[:start])
        return replace(self, text=self.text[start:end], left=left, right=left + step * _visual(self.text[start:end]))


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label: the field it announces ("" for one that only ends others), and where it stands."""

    field: str
    word: str
    place: Piece


@dataclass(frozen=True, slots=True)
class Form:
    """A page taken apart: labels in reading order, the pieces of each label's value, and what belongs to none."""

    labels: tuple[Label, ...]
    values: tuple[tuple[Piece, ...], ...]  # one tuple a label
    loose: tuple[Piece, ...]
    pieces: tuple[Piece, ...]


def take_apart(page: Page) -> Form:
    """The labels of the page and, for each, the pieces of its value from top to bottom."""
    pieces = level(page)
    labels, rest = _labels(_rows(pieces))
    labels.sort(key=lambda label: (label.place.y, label.place.left))
    values: list[list[Piece]] = [[] for _ in labels]
    loose: list[Piece] = []
    for piece in sorted(rest, key=lambda piece: (piece.y, piece.left)):
        owner = _owner(piece, labels)
        (loose if owner is None else values[owner]).append(piece)
    kept = []
    for label, found in zip(labels, values, strict=True):
        belonging, others = _contiguous(label, found)
        kept.append(tuple(belonging))
        loose.extend(others)
    return Form(tuple(labels), tuple(kept), tuple(loose), tuple(pieces))


def level(page: Page) -> list[Piece]:
    """The lines of the page with rotation, perspective and bend taken out of their places."""
    lines = [line for line in page.lines if line.text.strip()]
    long = [line for line in lines if line.width > 3 * line.height and len(line.text) >= 3]
    if not long:
        return [_piece(line, line.left, line.right, line.centre[1]) for line in lines]
    turn = median(line.slope for line in long)
    bend = _bend(long, turn)
    placed = []
    for line in lines:
        (left, left_y), (right, right_y) = _middle(line, 0, 3, turn), _middle(line, 1, 2, turn)
        y = (left_y + right_y) / 2 - bend((left + right) / 2, (left_y + right_y) / 2)
        placed.append(_piece(line, min(left, right), max(left, right), y))
    return placed


def _piece(line: Line, left: float, right: float, y: float) -> Piece:
    return Piece(line.text.strip(), line.score, left, right, y, line.height)


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


def _rows(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces that stand on one line, from left to right."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.y):
        for row in reversed(rows[-4:]):
            last = min(row, key=lambda other: abs(other.right - piece.left))
            if abs(last.y - piece.y) < 0.45 * min(last.height, piece.height):
                row.append(piece)
                break
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.left) for row in rows]


def _labels(rows: Sequence[Sequence[Piece]]) -> tuple[list[Label], list[Piece]]:
    """Labels, and the pieces that are none. A label may lie in several pieces (名 · 称) or share one with its value."""
    labels: list[Label] = []
    rest: list[Piece] = []
    for row in rows:
        queue = list(row)
        while queue:
            taken = _label_at(queue)
            if taken is None:
                piece = queue.pop(0)
                inner = find_inner_label(piece.text)
                if inner is None:
                    rest.append(piece)
                else:
                    rest.append(piece.part(0, inner))
                    queue.insert(0, piece.part(inner))
                continue
            label, used, remainder = taken
            labels.append(label)
            del queue[:used]
            if remainder is not None:
                rest.append(remainder)
    return labels, rest


def _label_at(queue: Sequence[Piece]) -> tuple[Label, int, Piece | None] | None:
    """The label that begins with the first piece of the row: it, how many pieces it took, and what was left over."""
    for used in (1, 2, 3, 4):
        pieces = queue[:used]
        if len(pieces) < used or not _close(pieces) or any(len(piece.text) > 2 for piece in pieces[:-1]):
            break
        match = match_label("".join(piece.text for piece in pieces))
        before = sum(len(piece.text) for piece in pieces[:-1])
        if match is not None and match.length > before:
            return _made(match, pieces, match.length - before)
    half = match_half(queue[0].text)
    return _made(half, queue[:1], half.length) if half else None


def _made(match: Match, pieces: Sequence[Piece], length: int) -> tuple[Label, int, Piece | None]:
    last = pieces[-1]
    head = last.part(0, length) if length < len(last.text) else last
    place = replace(pieces[0], text=match.word, right=head.right)
    remainder = last.part(length) if length < len(last.text) else None
    if remainder is not None:
        stripped = remainder.text.lstrip(" :：")
        remainder = replace(remainder, text=stripped) if stripped else None
    return Label(match.field, match.word, place), len(pieces), remainder


def _close(pieces: Sequence[Piece]) -> bool:
    return all(
        after.left - before.right < 4.5 * min(before.height, after.height)
        for before, after in zip(pieces, pieces[1:], strict=False)
    )


def _owner(piece: Piece, labels: Sequence[Label]) -> int | None:
    """The label that this piece belongs to: of the labels to the left, the nearest column; in it the last one above."""
    slack = 1.2 * piece.height
    above = [
        (index, label.place)
        for index, label in enumerate(labels)
        if label.place.y < piece.y + 0.7 * min(piece.height, label.place.height)
        and label.place.left < piece.left + slack
    ]
    if not above:
        return None
    column = max(place.left for _, place in above)
    near = [(index, place) for index, place in above if column - place.left < 4 * place.height]
    return max(near, key=lambda found: found[1].y)[0]


def _contiguous(label: Label, found: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    """The pieces that go on without a hole below the label, each line beginning where the first one did."""
    kept: list[Piece] = []
    others: list[Piece] = []
    start: float | None = None
    bottom = label.place.y
    for piece in found:
        height = max(piece.height, label.place.height)
        same_line = bool(kept) and abs(piece.y - kept[-1].y) < 0.5 * height
        if same_line and piece.left - kept[-1].right < 12 * height and piece.left > kept[-1].left:
            kept.append(piece)
            continue
        aligned = start is None or abs(piece.left - start) < 1.8 * height or abs(piece.left - label.place.left) < height
        if piece.y - bottom < 2.4 * height and aligned:
            start = piece.left if start is None else start
            kept.append(piece)
            bottom = piece.y
        else:
            others.append(piece)
    return kept, others


def _visual(text: str) -> float:
    """The width of a text in Chinese characters: Latin letters, digits and spaces take half of one."""
    return sum(0.55 if char.isascii() else 1.0 for char in text)
