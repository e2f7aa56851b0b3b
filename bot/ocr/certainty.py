"""How sure the recogniser was of the least certain character: the mean of a line hides one guess among twenty."""

from __future__ import annotations

from typing import Any

import numpy as np


class Score(float):
    """The mean over the characters of a line, as PaddleOCR gives it, that remembers the `weakest` of them."""

    weakest: float

    def __new__(cls, mean: float, weakest: float = 1.0) -> Score:
        made = super().__new__(cls, mean)
        made.weakest = weakest
        return made


class WithWeakest:
    """Stands before PaddleOCR's decoding of a recognition model's output and adds the weakest character."""

    def __init__(self, decode: Any) -> None:
        self._decode = decode

    def __call__(self, predictions: Any, **options: Any) -> tuple[list[Any], list[Score]]:
        texts, scores = self._decode(predictions, **options)
        lines = np.asarray(predictions[0])
        return texts, [Score(float(mean), weakest(line)) for mean, line in zip(scores, lines, strict=True)]


def weakest(steps: np.ndarray[Any, Any]) -> float:
    """Of a line's steps × characters: each character counts with the best step of its run, blanks (0) not at all."""
    best, certainty = steps.argmax(axis=-1), steps.max(axis=-1)
    starts = np.flatnonzero(np.concatenate(([True], best[1:] != best[:-1])))
    runs = np.maximum.reduceat(certainty, starts)
    characters = runs[best[starts] != 0]
    return float(characters.min()) if characters.size else 0.0
