"""PaddleOCR on onnxruntime: from a picture to its lines, upright whichever way the phone was held."""

from __future__ import annotations

import os
from collections.abc import Sequence
from math import atan2, hypot, pi
from pathlib import Path
from typing import Any

from bot.ocr.certainty import Score, WithWeakest
from bot.ocr.models import Models, bundled_models
from bot.ocr.page import Line, Page, Point, Quad
from bot.ocr.pictures import Pixels, cut, decode, turned, turned_quad
from bot.ocr.second_look import code_in, half_read_code, windows

READ_SIDE = 2000  # pixels: lines are read from a picture no larger than this …
FIND_SIDE = 1280  # … and found in one no larger than this
_BOX_SCORE = 0.4  # PaddleOCR's 0.6 loses codes that are printed over （副本）
_LONGEST = 42  # heights: longer strips are the ornaments of a frame
_SAMPLE = 6  # lines tried both ways up
_SURE = 0.9  # mean score of that sample above which the other way up is not tried


class Reader:
    """Loads the models once; each `lines` reads one picture. One thread at a time, no network, no state kept."""

    def __init__(self, models: Models | None = None, *, under: Path = Path("var/models"), threads: int = 2) -> None:
        """`models`: folders of other models; without it the bundled ones are laid out under `under`."""
        os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")  # else importing asks the model hosters
        from paddleocr import TextDetection, TextRecognition  # type: ignore[import-untyped]  # here: it takes seconds

        models = models or bundled_models(under)
        engine = {
            "device": "cpu",
            "engine": "onnxruntime",
            "engine_config": {"intra_op_num_threads": threads, "inter_op_num_threads": 1},
        }
        self._detection: Any = TextDetection(
            model_name=models.detection_name,
            model_dir=str(models.detection),
            limit_side_len=FIND_SIDE,
            limit_type="max",
            box_thresh=_BOX_SCORE,
            **engine,
        )
        self._recognition: Any = TextRecognition(
            model_name=models.recognition_name, model_dir=str(models.recognition), **engine
        )
        decoder = self._recognition.paddlex_predictor
        decoder = getattr(decoder, "_predictor", decoder)
        decoder.post_op = WithWeakest(decoder.post_op)

    def lines(self, image: bytes) -> Page:
        """Every line of text in the picture, which is first turned upright. Raises `UnreadablePicture`."""
        return self.view(image)[0]

    def view(self, image: bytes) -> tuple[Page, Pixels]:
        """The lines, and the upright picture that they were read from, for what is no text: seals and signatures."""
        picture = decode(image, READ_SIDE)
        height, width = picture.shape[:2]
        quads = self._find(picture)
        turns = quarter_turn_of(quads)
        if turns:
            picture = turned(picture, turns)
            quads = [turned_quad(quad, turns, width, height) for quad in quads]
        if self._stands_on_its_head(picture, quads):
            height, width = picture.shape[:2]
            quads = [turned_quad(quad, 2, width, height) for quad in quads]
            picture = turned(picture, 2)
            turns += 2
        lines = [line for line in self._lines(picture, quads) if line.text.strip()]
        return Page(tuple(lines), picture.shape[1], picture.shape[0], turns % 4), picture

    def _lines(self, picture: Pixels, quads: Sequence[Quad]) -> list[Line]:
        whole = self._read_at(picture, quads)
        stacked = [line for line in whole if len(line.text) != 1 and unstacked(line.quad)]
        parts = self._read_at(picture, [part for line in stacked for part in unstacked(line.quad)])
        again = [window for line in whole if half_read_code(line) for window in windows(line.quad)]
        codes = [code for line in self._read_at(picture, again) if (code := code_in(line))]
        return [line for line in whole if line not in stacked] + parts + codes[:1]

    def _read_at(self, picture: Pixels, quads: Sequence[Quad]) -> list[Line]:
        read = self._read([cut(picture, quad) for quad in quads])
        return [Line(text, float(score), quad, score.weakest) for quad, (text, score) in zip(quads, read, strict=True)]

    def _find(self, picture: Pixels) -> list[Quad]:
        (found,) = self._detection.predict(picture)
        quads = [_ordered([(float(x), float(y)) for x, y in poly]) for poly in found["dt_polys"]]
        return [quad for quad in quads if _has_text_shape(_side(quad, 0, 1), _side(quad, 1, 2))]

    def _read(self, strips: Sequence[Pixels]) -> list[tuple[str, Score]]:
        """Text and score of each strip, one at a time: on a processor a batch is slower by a third, for its padding."""
        if not strips:
            return []
        results = self._recognition.predict(list(strips), batch_size=1)
        return [(str(result["rec_text"]), result["rec_score"]) for result in results]

    def _stands_on_its_head(self, picture: Pixels, quads: Sequence[Quad]) -> bool:
        """Whether the best lines are read better the other way up."""
        short = [quad for quad in quads if 2.5 < _side(quad, 0, 1) / _side(quad, 1, 2) < 8]  # quick to read
        best = sorted(short or quads, key=lambda quad: _side(quad, 0, 1) * _side(quad, 1, 2))
        strips = [cut(picture, quad) for quad in best[-_SAMPLE:]]
        upright = sum(score for _, score in self._read(strips))
        if upright >= _SURE * len(strips):
            return False
        return sum(score for _, score in self._read([turned(strip, 2) for strip in strips])) > upright


def quarter_turn_of(quads: Sequence[Quad]) -> int:
    """1 where most text runs up or down the page, else 0. Long lines count for more: single characters tell nothing."""
    level = upright = 0.0
    for quad in quads:
        wide, tall = _side(quad, 0, 1), _side(quad, 1, 2)
        if max(wide, tall) > 2 * min(wide, tall):
            level, upright = level + max(wide - tall, 0), upright + max(tall - wide, 0)
    return 1 if upright > level else 0


def unstacked(quad: Quad) -> list[Quad]:
    """A box taller than wide holds characters of several lines, as 名 above 类 above 住: one box each; else none."""
    parts = round(_side(quad, 1, 2) / _side(quad, 0, 1) / 1.1)
    if not 2 <= parts <= 5:
        return []
    return [
        (
            _between(quad[0], quad[3], index / parts),
            _between(quad[1], quad[2], index / parts),
            _between(quad[1], quad[2], (index + 1) / parts),
            _between(quad[0], quad[3], (index + 1) / parts),
        )
        for index in range(parts)
    ]


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _has_text_shape(width: float, height: float) -> bool:
    return min(width, height) > 4 and max(width, height) < _LONGEST * min(width, height)


def _side(quad: Quad, start: int, end: int) -> float:
    return hypot(quad[end][0] - quad[start][0], quad[end][1] - quad[start][1])


def _ordered(points: list[tuple[float, float]]) -> Quad:
    """The corners from the top left on, clockwise, where the top side is the one nearest to level."""
    middle_x, middle_y = sum(x for x, _ in points) / 4, sum(y for _, y in points) / 4
    ring = sorted(points, key=lambda point: atan2(point[1] - middle_y, point[0] - middle_x))
    first = min(range(4), key=lambda k: abs(_angle(ring[k], ring[(k + 1) % 4])))
    a, b, c, d = (ring[(first + k) % 4] for k in range(4))
    return a, b, c, d


def _angle(start: tuple[float, float], end: tuple[float, float]) -> float:
    angle = atan2(end[1] - start[1], end[0] - start[0])
    return (angle + pi) % (2 * pi) - pi
