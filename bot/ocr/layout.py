"""Where things stand on the page: lines made level, labels found, every other line given to the label it belongs to.

A licence is a form. A label stands left of its value; a value that needs more lines goes on below its own first line;
since 2019 there are two such columns side by side, so that reading from left to right mixes them. Only geometry tells
which line belongs to whom, and only after rotation, perspective and the bend of the paper are taken out of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bot.ocr.labelling import Label, find_labels, rows_of
from bot.ocr.level import Piece, level
from bot.ocr.page import Page

_CODE_LIKE = re.compile(r"[0-9A-Za-z]{6}")
_WATERMARK = re.compile(r"复印|无效|仅供|仅限|此件|再次|供.*使用$|^用?市?场?注册使?用?$")
_VALUE_GAP = 9  # heights between the end of a label and its value, at most
_WORD_GAP = 9  # heights between two pieces of one line of a value: what a seal or a mosaic may cover


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
    unit = median([piece.height for piece in pieces if len(piece.text) >= 4] or [1.0])
    straight = _without_watermarks(pieces, unit)
    labels, rest = find_labels(straight, unit)
    values: list[list[Piece]] = [[] for _ in labels]
    loose: list[Piece] = []
    for piece in (piece for row in rows_of(rest) for piece in row):
        owner = _owner(piece, labels, unit)
        (loose if owner is None else values[owner]).append(piece)
    kept = []
    columns = _column_starts(rest, unit)
    for label, found in zip(labels, values, strict=True):
        belonging, others = _contiguous(label, found, columns, unit)
        kept.append(tuple(belonging))
        loose.extend(others)
    return Form(tuple(labels), tuple(kept), tuple(loose), tuple(pieces))


def _owner(piece: Piece, labels: Sequence[Label], unit: float) -> int | None:
    """The label that this piece belongs to: of the labels to the left, the nearest column; in it the last one above."""
    above = [
        (index, label.place)
        for index, label in enumerate(labels)
        if label.place.y < piece.y + 0.7 * unit and _reaches(label, piece, unit)
    ]
    if not above:
        return None
    column = max(place.left for _, place in above)
    near = [(index, place) for index, place in above if column - place.left < 5 * unit]
    return max(near, key=lambda found: found[1].y)[0]


def _reaches(label: Label, piece: Piece, unit: float) -> bool:
    """Values stand to the right of their label; only further lines may begin below it, and a code below its own."""
    below = piece.y - label.place.y
    if label.field == "code":
        return below < 3 * unit and piece.left > label.place.left - 2 * unit and bool(_CODE_LIKE.search(piece.text))
    if below > 0.8 * unit:
        return piece.left > label.place.left - unit
    return piece.left > label.place.right - 1.5 * unit


def _without_watermarks(pieces: Sequence[Piece], unit: float) -> list[Piece]:
    """The pieces without those that run across the lines of the form, and without bits of the same words."""
    slanting = [piece for piece in pieces if abs(piece.tilt) > 0.12 and piece.right - piece.left > 2.5 * unit]
    words = " ".join(2 * piece.text for piece in slanting)
    return [
        piece
        for piece in pieces
        if piece not in slanting
        and not (_WATERMARK.search(piece.text) and len(piece.text) <= 12)
        and not (piece.text in words and piece.height > (0.9 if len(piece.text) >= 2 else 1.15) * unit)
    ]


def _contiguous(
    label: Label, found: Sequence[Piece], columns: Sequence[float], unit: float
) -> tuple[list[Piece], list[Piece]]:
    """The pieces that go on without a hole from the label on, each line beginning where the one before it did."""
    kept: list[Piece] = []
    others: list[Piece] = []
    start: float | None = None
    for piece in found:
        if kept and abs(piece.y - kept[-1].y) < 0.5 * unit:
            elsewhere = any(abs(piece.left - column) < 0.6 * unit for column in columns)
            near = piece.left - kept[-1].left > 0 and piece.left - kept[-1].right < _WORD_GAP * unit
            (kept if near and not elsewhere else others).append(piece)
            continue
        if start is None:
            fits = piece.left - label.place.right < _VALUE_GAP * unit and piece.y - label.place.y < 2.4 * unit
        elif kept[-1].guessed:
            fits = piece.left - label.place.left < 2 * _VALUE_GAP * unit and piece.y - kept[-1].y < 2.6 * unit
        else:
            fits = abs(piece.left - start) < 1.8 * unit or abs(piece.left - label.place.left) < unit
            fits = fits and piece.y - kept[-1].y < 2.6 * unit
        (kept if fits else others).append(piece)
        start = piece.left if fits else start
    return kept, others


def _column_starts(pieces: Sequence[Piece], unit: float) -> list[float]:
    """Where three or more lines below one another begin: the left edges of columns of text."""
    lefts = [piece.left for piece in pieces]
    return [left for left in lefts if sum(abs(other - left) < 0.6 * unit for other in lefts) >= 3]
