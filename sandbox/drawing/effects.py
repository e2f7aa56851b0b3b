"""What happens to a page until it is a photograph in a chat. Each effect takes and returns a `Photo`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sandbox.drawing.sheet import Box

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Photo:
    """A picture on its way, and the four corners of what must stay visible in it."""

    pixels: Pixels
    safe: NDArray[np.float32]

    def moved(self, matrix: NDArray[np.float64], size: tuple[int, int], ground: Pixels) -> "Photo":
        """Return the photo seen through a homography, laid over a ground of the given size."""
        canvas = ground.copy()
        cv2.warpPerspective(
            self.pixels, matrix, size, dst=canvas, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
        )
        return Photo(
            canvas, cv2.perspectiveTransform(self.safe.reshape(-1, 1, 2), matrix).reshape(-1, 2).astype(np.float32)
        )


def photo_of(image: Image.Image, safe: Box) -> Photo:
    """Begin with a drawn page."""
    left, top, right, bottom = safe
    return Photo(
        np.asarray(image.convert("RGB")).copy(),
        np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32),
    )


def smooth_noise(random: Random, height: int, width: int, cells: int) -> NDArray[np.float32]:
    """Return a soft random field from 0 to 1, about `cells` blobs across."""
    rng = np.random.default_rng(random.getrandbits(32))
    coarse = rng.random((max(cells * height // width, 2), cells), dtype=np.float32)
    return np.clip(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1)


def scaled(pixels: Pixels, gain: NDArray[np.float32]) -> Pixels:
    """Multiply a picture by a field of one or three channels."""
    field = cv2.merge([gain] * 3) if gain.ndim == 2 else gain
    return cv2.multiply(pixels, field, dtype=cv2.CV_8U)


def desk(random: Random, height: int, width: int) -> Pixels:
    """Return a table top: a tone, a grain, uneven light."""
    tone = random.choice(((92, 66, 48), (140, 104, 74), (70, 72, 76), (176, 168, 158), (38, 36, 38), (108, 84, 66)))
    rng = np.random.default_rng(random.getrandbits(32))
    streaks = cv2.resize(
        rng.random((height // 3, 6), dtype=np.float32), (width, height), interpolation=cv2.INTER_LINEAR
    )
    gain = 0.82 + 0.16 * streaks + 0.18 * smooth_noise(random, height, width, 4)
    return scaled(np.full((height, width, 3), tone, np.uint8), gain.astype(np.float32))


def perspective(photo: Photo, random: Random, margin: float = 0.04, tilt: float = 0.035) -> Photo:
    """Photograph the page from a little aside, lying on a desk."""
    height, width = photo.pixels.shape[:2]
    out = (int(width * (1 + 2 * margin)), int(height * (1 + 2 * margin)))
    pad = (out[0] - width) / 2, (out[1] - height) / 2
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn, reach = np.deg2rad(random.uniform(-2.5, 2.5)), tilt * min(width, height)
    centre = corners.mean(axis=0)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    target = (corners - centre) @ spin.T * random.uniform(0.95, 0.985) + centre + np.array(pad)
    target += np.array([[random.uniform(-reach, reach), random.uniform(-reach, reach)] for _ in corners])
    matrix = cv2.getPerspectiveTransform(corners, target.astype(np.float32))
    return photo.moved(matrix, out, desk(random, out[1], out[0]))


def shadow(photo: Photo, random: Random) -> Photo:
    """Let the light fall off to one side, and the photographer's shadow lie across a corner."""
    height, width = photo.pixels.shape[:2]
    angle, small = random.uniform(0, 2 * np.pi), (160, 120)
    x, y = np.meshgrid(np.linspace(-1, 1, small[0], dtype=np.float32), np.linspace(-1, 1, small[1], dtype=np.float32))
    along = x * np.cos(angle) + y * np.sin(angle)
    edge = random.uniform(0.15, 0.8) + 0.15 * np.sin(3 * (x * np.sin(angle) - y * np.cos(angle)) + random.uniform(0, 6))
    gain = (1 - 0.09 * (along + 1)) * (
        1 - random.uniform(0.2, 0.42) / (1 + np.exp(-(along - edge) * random.uniform(6, 30)))
    )
    return Photo(scaled(photo.pixels, cv2.resize(gain.astype(np.float32), (width, height))), photo.safe)


def noise(photo: Photo, random: Random) -> Photo:
    """Add a sensor's noise, a colour cast, and the traces of JPEG."""
    height, width = photo.pixels.shape[:2]
    rng = np.random.default_rng(random.getrandbits(32))
    tile = rng.normal(0, random.uniform(2.5, 7), (256, 256, 3)).astype(np.float32)
    grain = np.tile(tile, (height // 256 + 1, width // 256 + 1, 1))[:height, :width]
    cast = [random.uniform(0.95, 1.02), random.uniform(0.96, 1.0), random.uniform(0.9, 1.03)]
    toned = cv2.transform(photo.pixels, np.diag(cast))
    noisy = cv2.add(toned, grain, dtype=cv2.CV_8U)
    _, data = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, random.randint(55, 85)])
    return Photo(cv2.imdecode(data, cv2.IMREAD_COLOR), photo.safe)


Effect = Callable[[Photo, Random], Photo]
PIPELINE: dict[str, Effect] = {"perspective": perspective, "shadow": shadow, "noise": noise}


def apply(photo: Photo, names: Sequence[str], random: Random) -> Photo:
    """Apply the named effects, in the order in which they happen to a page, whatever the order of the names."""
    unknown = set(names) - set(PIPELINE)
    if unknown:
        raise ValueError(f"unknown effects: {', '.join(sorted(unknown))}")
    for name, effect in PIPELINE.items():
        if name in names:
            photo = effect(photo, Random(random.getrandbits(32)))
    return photo
