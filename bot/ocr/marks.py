"""What on a page is ink and no print: round red seals, and what was written with a pen.

The paper's own brightness and colour are divided out first: a shadow, a warm lamp or yellow paper change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from bot.ocr.page import Point, Quad
from bot.ocr.pictures import Pixels

Mask = npt.NDArray[np.uint8]  # 255 where the ink is

_RED, _DARK = (
    0.13,
    0.68,
)  # red: how far it stands above green and blue; dark: below this share of the paper, in red light
_BINS = 48  # directions in which the rim of a seal is looked for
SEAL_SIZES = (3.5, 14.0)  # heights of a line of text: a company's seal is 38 to 45 mm wide


@dataclass(frozen=True, slots=True)
class Seal:
    """A round seal: its middle and half width in pixels, how much of its rim was found (0 to 1)."""

    centre: Point
    radius: float
    rim: float

    @property
    def quad(self) -> Quad:
        (x, y), r = self.centre, self.radius
        return (x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)


@dataclass(frozen=True, slots=True)
class Inks:
    """The picture taken apart: red ink, dark or blue ink, and whether the page has any colour at all."""

    red: Mask
    dark: Mask
    grey: bool


def inks_of(picture: Pixels) -> Inks:
    """The inks of an upright picture."""
    light = _paper(picture)
    shares = np.clip(picture.astype(np.float32) / np.maximum(light, 24), 0, 1.2)
    blue, green, red = shares[..., 0], shares[..., 1], shares[..., 2]
    redness = red - np.maximum(green, blue)
    is_red = (redness > _RED) & (red > 0.42)
    is_dark = (red < _DARK) & (redness < 0.3)
    return Inks(_mask(is_red), _mask(is_dark & ~is_red), _is_grey(picture, is_dark))


def seals(inks: Inks, unit: float) -> list[Seal]:
    """Round red seals, the surest first. `unit`: the height of a line of text."""
    scale = min(1.0, 1100 / max(inks.red.shape))
    small: Any = cv2.resize(inks.red, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = ((small > 60) * 255).astype(np.uint8)
    size = max(round(unit * scale * 0.5) | 1, 3)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    joined = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    found = []
    for part in range(1, count):
        wide, tall = int(stats[part, cv2.CC_STAT_WIDTH]) / scale, int(stats[part, cv2.CC_STAT_HEIGHT]) / scale
        if min(wide, tall) < SEAL_SIZES[0] * unit * 0.6 or max(wide, tall) > SEAL_SIZES[1] * unit:
            continue
        seal = _round(np.argwhere((labels == part) & (small > 0))[:, ::-1].astype(np.float32), scale)
        if seal is not None and seal.radius * 2 > SEAL_SIZES[0] * unit:
            found.append(seal)
    return sorted(found, key=lambda seal: -seal.rim)


def _round(points: npt.NDArray[np.float32], scale: float) -> Seal | None:
    """The seal that these red points make, by the ellipse around them; None where they lie on no rim."""
    if len(points) < 40:
        return None
    hull: Any = cv2.convexHull(points)
    if len(hull) < 6:
        return None
    (x, y), (wide, tall), turn = cv2.fitEllipse(hull)
    if min(wide, tall) < 0.62 * max(wide, tall):
        return None
    angle = np.deg2rad(turn)
    offset = points - np.array([x, y], np.float32)
    along = (offset[:, 0] * np.cos(angle) + offset[:, 1] * np.sin(angle)) / (wide / 2)
    across = (offset[:, 1] * np.cos(angle) - offset[:, 0] * np.sin(angle)) / (tall / 2)
    distance = np.hypot(along, across)
    rim = (distance > 0.84) & (distance < 1.1)
    bins = np.unique(((np.arctan2(across[rim], along[rim]) + np.pi) / (2 * np.pi) * _BINS).astype(int) % _BINS)
    filled = len(points) / (np.pi * wide * tall / 4)
    if not 0.04 < filled < 0.62:
        return None  # a stroke, or a thing that is red all over
    return Seal((x / scale, y / scale), (wide + tall) / 4 / scale, len(bins) / _BINS)


def grey_rings(inks: Inks, unit: float) -> list[Seal]:
    """Rings of dark ink, as seals are on a photocopy without colour."""
    scale = min(1.0, 900 / max(inks.dark.shape))
    small: Any = cv2.resize(inks.dark, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    low, high = (round(each * unit * scale / 2) for each in (4.5, 11))
    circles: Any = cv2.HoughCircles(
        cv2.GaussianBlur(small, (0, 0), 1.2),
        cv2.HOUGH_GRADIENT,
        1.5,
        low,
        param1=120,
        param2=38,
        minRadius=low,
        maxRadius=high,
    )
    found = []
    for x, y, radius in circles[0][:12] if circles is not None else ():
        rim = _ring(small, x, y, radius)
        if rim > 0.7:
            found.append(Seal((x / scale, y / scale), radius / scale, rim))
    return found


def _ring(mask: Mask, x: float, y: float, radius: float) -> float:
    angles = np.linspace(0, 2 * np.pi, 2 * _BINS, endpoint=False)
    hits = np.zeros(len(angles), bool)
    for reach in (-2, -1, 0, 1, 2):
        xs = np.clip((x + (radius + reach) * np.cos(angles)).round().astype(int), 0, mask.shape[1] - 1)
        ys = np.clip((y + (radius + reach) * np.sin(angles)).round().astype(int), 0, mask.shape[0] - 1)
        hits |= mask[ys, xs] > 90
    return float(hits.mean())


def patch(mask: Mask, origin: Point, direction: float, size: tuple[float, float], unit: float) -> Mask:
    """A level cut-out: `origin` is the middle of its left side, `size` its width and height; 20 pixels a unit."""
    step = 20 / max(unit, 1.0)
    cos, sin = float(np.cos(direction)), float(np.sin(direction))
    matrix = np.array(
        [
            [step * cos, step * sin, -step * (cos * origin[0] + sin * origin[1])],
            [-step * sin, step * cos, -step * (cos * origin[1] - sin * origin[0]) + step * size[1] / 2],
        ],
        np.float32,
    )
    width, height = max(round(size[0] * step), 1), max(round(size[1] * step), 1)
    cut: Any = cv2.warpAffine(mask, matrix, (width, height), flags=cv2.INTER_AREA if step < 1 else cv2.INTER_LINEAR)
    return np.asarray((cut > 110) * 255, np.uint8)


def without(mask: Mask, quads: Sequence[Quad]) -> Mask:
    """The mask with these places blank."""
    left = mask.copy()
    for quad in quads:
        middle = np.array(quad, np.float32).mean(axis=0)
        wider = (np.array(quad, np.float32) - middle) * 1.02 + middle
        cv2.fillConvexPoly(left, wider.round().astype(np.int32), [0])
    return left


def strokes(cut: Mask) -> tuple[float, float]:
    """Of a patch of 20 pixels a unit: the ink of a pen in square units and how tall it is, without printed rules."""
    rule = cv2.morphologyEx(cut, cv2.MORPH_OPEN, np.ones((1, 46), np.uint8))
    rule = cv2.dilate(rule, np.ones((5, 3), np.uint8))
    pen = _without_edges(np.asarray(cv2.subtract(cut, rule), np.uint8))
    joined = cv2.dilate(pen, np.ones((7, 9), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    ink, tall = 0.0, 0.0
    for part in range(1, count):
        high = int(stats[part, cv2.CC_STAT_HEIGHT]) - 6
        area = float(np.count_nonzero(pen[labels == part])) / 400
        if high > 10 and area > 0.02:
            ink, tall = ink + area, max(tall, high / 20)
    return ink, tall


def _without_edges(pen: Mask) -> Mask:
    """Without what runs through from top to bottom: the edge of the paper, the line of a table."""
    _, labels = cv2.connectedComponents(pen)
    through = set(labels[:2].ravel().tolist()) & set(labels[-2:].ravel().tolist()) - {0}
    return np.asarray(np.where(np.isin(labels, list(through)), 0, pen), np.uint8)


def near(seal: Seal, point: Point, reach: float) -> bool:
    """Whether a point lies within so many pixels of a seal's rim."""
    return hypot(seal.centre[0] - point[0], seal.centre[1] - point[1]) < seal.radius + reach


def _paper(picture: Pixels) -> npt.NDArray[np.float32]:
    """The colour that the paper has at each place: the brightest around it, softened."""
    height, width = picture.shape[:2]
    small: Any = cv2.resize(picture, (max(width // 8, 8), max(height // 8, 8)), interpolation=cv2.INTER_AREA)
    bright = cv2.dilate(small, np.ones((11, 11), np.uint8))
    bright = cv2.GaussianBlur(cv2.erode(bright, np.ones((9, 9), np.uint8)), (0, 0), 4)
    return np.asarray(cv2.resize(bright, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _mask(where: npt.NDArray[np.bool_]) -> Mask:
    return where.astype(np.uint8) * 255


def _is_grey(picture: Pixels, dark: npt.NDArray[np.bool_]) -> bool:
    """Whether even the ink has no colour of its own: a copier or a scanner left it out."""
    if np.count_nonzero(dark) < 200:
        return False
    sample = picture[dark].astype(np.int16)
    return bool(np.percentile(sample.max(axis=1) - sample.min(axis=1), 97) < 26)
