"""A code that was not read whole, looked at again: it is often printed over （副本）, or a box ends too early."""

from __future__ import annotations

import re

from bot.ocr.page import Line, Quad
from domain.identifiers import InvalidIdentifier, compact, normalise_uscc

_RUN = re.compile(r"[0-9A-Z]{12,22}")
_SHARES = ((0.0, 1.0), (0.35, 1.0), (0.45, 1.0), (0.0, 0.65))  # of the height of the box
_WIDER = 2.5  # heights of a usual character, on either side


def half_read_code(line: Line) -> bool:
    """Whether the line holds most of a code, but none whose check digits hold."""
    run = _RUN.search(compact(line.text))
    if run is None or sum(char.isdigit() for char in run.group()) < 8 or len(run.group()) > 19:
        return False
    try:
        normalise_uscc(run.group()[:18])
    except InvalidIdentifier:
        return True
    return False


def windows(quad: Quad) -> list[Quad]:
    """Parts of the box in which a code may stand alone: the whole, its lower and its upper part, all a little wider."""
    a, b, c, d = quad
    height = ((d[0] - a[0]) ** 2 + (d[1] - a[1]) ** 2) ** 0.5
    width = ((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5 or 1.0
    more = min(_WIDER * height, 0.15 * width) / width
    return [
        (
            _at(quad, -more, top),
            _at(quad, 1 + more, top),
            _at(quad, 1 + more, bottom),
            _at(quad, -more, bottom),
        )
        for top, bottom in _SHARES
    ]


def code_in(line: Line) -> Line | None:
    """The line with nothing but its code, where it now holds a whole one."""
    run = re.search(r"[0-9A-Z]{18}", compact(line.text))
    if run is None:
        return None
    try:
        return Line(normalise_uscc(run.group()), line.score, line.quad, line.weakest)
    except InvalidIdentifier:
        return None


def _at(quad: Quad, x: float, y: float) -> tuple[float, float]:
    """The point at these shares of the box's width and height."""
    a, b, c, d = quad
    top = a[0] + (b[0] - a[0]) * x, a[1] + (b[1] - a[1]) * x
    bottom = d[0] + (c[0] - d[0]) * x, d[1] + (c[1] - d[1]) * x
    return top[0] + (bottom[0] - top[0]) * y, top[1] + (bottom[1] - top[1]) * y
