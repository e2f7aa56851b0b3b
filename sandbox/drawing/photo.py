"""A picture on its way from a drawn page to a photograph, and helpers that every effect uses."""

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from cv2.typing import MatLike
from PIL import Image

from sandbox.drawing.sheet import Sheet

Pixels = MatLike  # eight bits a channel, RGB
Field = MatLike  # of floats: corners, or a coarse map of light


@dataclass(frozen=True)
class Photo:
    """The pixels, the corners of what must stay visible, whose paper it is, whether a scene surrounds it yet."""

    pixels: Pixels
    safe: Field
    subject: str = ""
    staged: bool = False


def photo_of(sheet: Sheet, subject: str) -> Photo:
    """Begin with a drawn page, whose named texts must stay visible."""
    boxes = list(sheet.placed.values()) or [(0, 0, *sheet.image.size)]
    left, top = min(box[0] for box in boxes) - 14, min(box[1] for box in boxes) - 14
    right, bottom = max(box[2] for box in boxes) + 14, max(box[3] for box in boxes) + 14
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    return Photo(np.array(sheet.image.convert("RGB")), corners, subject)


def moved(points: Field, matrix: MatLike) -> Field:
    """Return points as a homography sees them."""
    return cv2.perspectiveTransform(points.reshape(-1, 1, 2), matrix).reshape(-1, 2).astype(np.float32)


def generator(random: Random) -> np.random.Generator:
    """Return numpy's generator, seeded by ours."""
    return np.random.default_rng(random.getrandbits(32))


def smooth_noise(random: Random, height: int, width: int, cells: int) -> Field:
    """Return a soft random field from 0 to 1, about `cells` blobs across."""
    coarse = generator(random).random((max(cells * height // width, 2), cells), dtype=np.float32)
    return np.clip(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1)


def lit(pixels: Pixels, gain: Field) -> Pixels:
    """Multiply a picture by a coarse field of light (1 = unchanged, at most 1.25), enlarged to fit."""
    height, width = pixels.shape[:2]
    steps = np.clip(gain * 204, 0, 255).astype(np.uint8)
    field = cv2.resize(steps, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(pixels, cv2.merge([field] * 3), scale=1 / 204), np.uint8)


def grid(height: int = 120, width: int = 160) -> tuple[Field, Field]:
    """Return coarse x and y from -1 to 1, for fields of light."""
    x, y = np.meshgrid(np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32))
    return x, y


def inked(pixels: Pixels, mask: Image.Image, colour: tuple[int, int, int], strength: float) -> Pixels:
    """Print a grey mask over a picture of the same size as thin paint of a colour."""
    page = Image.fromarray(pixels)
    page.paste(colour, (0, 0), mask.point(lambda value: int(value * strength)))
    return np.array(page)
