"""Light and the camera: shadow, glare, darkness, blur, noise, cut edges, low resolution."""

from dataclasses import replace
from random import Random

import cv2
import numpy as np

from sandbox.drawing.photo import Field, Photo, Pixels, generator, grid, lit


def shadow(photo: Photo, random: Random) -> Photo:
    """Let the light fall off to one side, and the photographer's shadow lie across a corner."""
    x, y = grid()
    angle = random.uniform(0, 2 * np.pi)
    along = x * np.cos(angle) + y * np.sin(angle)
    wave = 0.15 * np.sin(3 * (x * np.sin(angle) - y * np.cos(angle)) + random.uniform(0, 6))
    edge, depth, softness = random.uniform(0.15, 0.8) + wave, random.uniform(0.2, 0.42), random.uniform(6, 30)
    gain = (1 - 0.09 * (along + 1)) * (1 - depth / (1 + np.exp(-(along - edge) * softness)))
    return replace(photo, pixels=lit(photo.pixels, gain.astype(np.float32)))


def glare(photo: Photo, random: Random) -> Photo:
    """Reflect lamps in a laminate: soft white spots and bands, never so bright that print is gone."""
    height, width = photo.pixels.shape[:2]
    x, y = grid()
    haze = np.zeros_like(x)
    for _ in range(random.randint(1, 3)):
        left, top, angle = random.uniform(-0.8, 0.8), random.uniform(-0.8, 0.8), random.uniform(0, np.pi)
        along = (x - left) * np.cos(angle) + (y - top) * np.sin(angle)
        across = (y - top) * np.cos(angle) - (x - left) * np.sin(angle)
        spot = np.exp(-((along / random.uniform(0.2, 0.9)) ** 2) - (across / random.uniform(0.06, 0.22)) ** 2)
        haze = np.maximum(haze, random.uniform(0.5, 0.74) * spot)
    alpha = cv2.resize((haze * 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    whiter = cv2.multiply(255 - photo.pixels, cv2.merge([255 - alpha] * 3), scale=1 / 255)
    return replace(photo, pixels=255 - whiter)


def lowlight(photo: Photo, random: Random) -> Photo:
    """Photograph in the evening: dark, warm, darker still towards the corners, grainy."""
    x, y = grid()
    gain = random.uniform(0.42, 0.6) * (1 - 0.2 * (x**2 + y**2))
    dim = lit(photo.pixels, gain.astype(np.float32))
    warm = cv2.transform(dim, np.diag([1.08, 0.98, random.uniform(0.72, 0.88)]))
    return replace(photo, pixels=_grainy(warm, random, random.uniform(5, 9)))


def blur(photo: Photo, random: Random) -> Photo:
    """Miss the focus a little, or shake."""
    if random.random() < 0.5:
        return replace(photo, pixels=cv2.GaussianBlur(photo.pixels, (0, 0), random.uniform(1.2, 2.4)))
    length, angle = random.randint(5, 10), random.uniform(0, np.pi)
    kernel: Field = np.zeros((13, 13), np.float32)
    reach = (round(np.cos(angle) * length / 2), round(np.sin(angle) * length / 2))
    cv2.line(kernel, (6 - reach[0], 6 - reach[1]), (6 + reach[0], 6 + reach[1]), [1.0], 1, cv2.LINE_AA)
    return replace(photo, pixels=cv2.filter2D(photo.pixels, -1, kernel / kernel.sum()))


def crop(photo: Photo, random: Random) -> Photo:
    """Cut one to three edges of the page off; the fields stay."""
    height, width = photo.pixels.shape[:2]
    left, top = np.maximum(photo.safe.min(axis=0), 0)
    right, bottom = np.minimum(photo.safe.max(axis=0), [width, height])
    sides = random.sample(range(4), random.randint(1, 3))
    share = [random.uniform(0.6, 0.95) if side in sides else 0.0 for side in range(4)]
    x, y = int(left * share[0]), int(top * share[1])
    x2, y2 = int(width - (width - right) * share[2]), int(height - (height - bottom) * share[3])
    return replace(photo, pixels=photo.pixels[y:y2, x:x2].copy(), safe=photo.safe - np.array([x, y], np.float32))


def small(photo: Photo, random: Random) -> Photo:
    """Shrink to a chat thumbnail's 900 pixels of width."""
    height, width = photo.pixels.shape[:2]
    ratio = 900 / width
    pixels = cv2.resize(photo.pixels, (900, round(height * ratio)), interpolation=cv2.INTER_AREA)
    return replace(photo, pixels=pixels, safe=photo.safe * np.float32(ratio))


def noise(photo: Photo, random: Random) -> Photo:
    """Add a sensor's noise, a colour cast, and the traces of JPEG."""
    cast = np.diag([random.uniform(0.95, 1.02), random.uniform(0.96, 1.0), random.uniform(0.94, 1.02)])
    noisy = _grainy(cv2.transform(photo.pixels, cast), random, random.uniform(2.5, 7))
    _, data = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, random.randint(55, 85)])
    return replace(photo, pixels=np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8))


def _grainy(pixels: Pixels, random: Random, strength: float) -> Pixels:
    height, width = pixels.shape[:2]
    tile = generator(random).normal(0, strength, (256, 256, 3)).round().astype(np.int16)
    grain = np.tile(tile, (height // 256 + 1, width // 256 + 1, 1))[:height, :width]
    return np.asarray(cv2.add(pixels, grain, dtype=cv2.CV_8U), np.uint8)
