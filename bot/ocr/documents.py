"""Two papers in one picture: the lines of the licence alone, where a straight cut parts it from the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.ocr.kinds import kind_of
from bot.ocr.layout import take_apart
from bot.ocr.page import Line, Page


def licence_alone(page: Page) -> Page | None:
    """The one side of the widest gap on which a licence lies and on the other none; None where no cut does it."""
    for _, first, second in sorted(_cuts(page), key=lambda cut: -cut[0]):
        sides = [replace(page, lines=tuple(lines)) for lines in (first, second)]
        licences = [side for side in sides if kind_of(take_apart(side)).is_licence]
        if len(licences) == 1:
            return licences[0]
    return None


def _cuts(page: Page) -> Iterator[tuple[float, list[Line], list[Line]]]:
    """Every line across or down the page that touches no text: the width of its gap, and the text on either side."""
    for axis in (0, 1):
        spans = sorted(
            ((min(p[axis] for p in line.quad), max(p[axis] for p in line.quad), line) for line in page.lines),
            key=lambda span: span[:2],
        )
        end = spans[0][1] if spans else 0.0
        for index in range(1, len(spans)):
            gap = spans[index][0] - end
            if gap > 0 and 4 <= index <= len(spans) - 4:
                yield gap, [span[2] for span in spans[:index]], [span[2] for span in spans[index:]]
            end = max(end, spans[index][1])
