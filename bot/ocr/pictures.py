"""From the bytes that a phone sent to an upright picture of sensible size, or a clear refusal."""

from __future__ import annotations

import io
import warnings
from math import dist
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from bot.ocr.page import Quad, UnreadablePicture

Pixels = npt.NDArray[np.uint8]  # height × width × 3, blue first as OpenCV has it

MAX_BYTES = 20 * 1024 * 1024  # WeChat hands on photos of up to 10 MB
MAX_PIXELS = 80_000_000  # phones take up to 50 million, scanners of A3 at 600 dpi about 70
_MARGIN = (0.12, 0.08)  # beside, and above and below a line, in heights of it
MIN_SIDE = 60  # nothing that a person could read has fewer pixels


def decode(image: bytes, longest: int) -> Pixels:
    """The picture as pixels, turned as its EXIF says, on white where it is transparent, no side above `longest`."""
    if not image:
        raise UnreadablePicture("empty")
    if len(image) > MAX_BYTES:
        raise UnreadablePicture("too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we count the pixels ourselves, below
            with Image.open(io.BytesIO(image)) as opened:
                return _pixels(opened, longest)
    except UnreadablePicture:
        raise
    except Image.DecompressionBombError:
        raise UnreadablePicture("too_many_pixels") from None
    except Exception:  # Pillow's decoders raise OSError, ValueError, SyntaxError, struct.error, IndexError and more
        raise UnreadablePicture("undecodable") from None


def _pixels(opened: Image.Image, longest: int) -> Pixels:
    width, height = opened.size
    if width * height > MAX_PIXELS:
        raise UnreadablePicture("too_many_pixels")
    if min(width, height) < MIN_SIDE:
        raise UnreadablePicture("too_small")
    opened.draft("RGB", (longest, longest))  # a JPEG is decoded at a half or a quarter where that is enough
    upright = ImageOps.exif_transpose(opened)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright)
    picture: Pixels = np.asarray(upright.convert("RGB"))[:, :, ::-1]
    scale = longest / max(picture.shape[:2])
    if scale < 1:
        size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return np.ascontiguousarray(picture)


def turned(picture: Pixels, quarter_turns: int) -> Pixels:
    """The picture turned counter-clockwise by quarters."""
    return np.ascontiguousarray(np.rot90(picture, quarter_turns))


def turned_quad(quad: Quad, quarter_turns: int, width: int, height: int) -> Quad:
    """Where a quad of a picture of this size lies after `turned`, its corners named as the text is then read."""
    points = list(quad)
    for _ in range(quarter_turns % 4):
        points = [(y, width - 1 - x) for x, y in points]
        points = points[1:] + points[:1]  # what was top right is now top left
        width, height = height, width
    return points[0], points[1], points[2], points[3]


def cut(picture: Pixels, quad: Quad) -> Pixels:
    """One line of text, made a level strip with a little of what is around it: tight boxes cut off 一, ） and the tail
    of ；, which is then read as ：."""
    corners = np.array(quad, dtype=np.float32)
    height = max(dist(quad[0], quad[3]), dist(quad[1], quad[2]), 2.0)
    width = max(dist(quad[0], quad[1]), dist(quad[3], quad[2]), 2.0)
    side, above = _MARGIN[0] * height, _MARGIN[1] * height
    target = np.array(
        [(side, above), (side + width, above), (side + width, above + height), (side, above + height)], dtype=np.float32
    )
    width, height = width + 2 * side, height + 2 * above
    matrix: Any = cv2.getPerspectiveTransform(corners, target)
    strip: Any = cv2.warpPerspective(
        picture, matrix, (round(width), round(height)), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.ascontiguousarray(strip)
