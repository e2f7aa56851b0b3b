"""Where the page lies when it is photographed: on a desk among things, or on a screen."""

from dataclasses import replace
from random import Random

import cv2
import numpy as np
from PIL import Image

from sandbox.drawing.photo import Field, Photo, Pixels, generator, lit, moved, smooth_noise
from sandbox.drawing.sheet import Sheet

_TONES = ((92, 66, 48), (140, 104, 74), (70, 72, 76), (176, 168, 158), (38, 36, 38), (108, 84, 66), (196, 184, 166))


def desk(random: Random, height: int, width: int) -> Pixels:
    """Return a table top: a tone, a grain, uneven light."""
    small = (max(width // 3, 8), max(height // 3, 8))
    streaks = cv2.resize(generator(random).random((small[1] // 2, 6), dtype=np.float32), small)
    gain = 0.82 + 0.16 * streaks + 0.18 * smooth_noise(random, small[1], small[0], 4)
    flat = np.full((height, width, 3), random.choice(_TONES), np.uint8)
    return lit(flat, gain.astype(np.float32))


def _corners(width: int, height: int) -> Field:
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)


def _laid(photo: Photo, random: Random, target: Field, ground: Pixels) -> Photo:
    """Lay the page's corners onto the target points of a ground, with the soft shadow of its edge."""
    height, width = photo.pixels.shape[:2]
    size = (ground.shape[1], ground.shape[0])
    matrix = cv2.getPerspectiveTransform(_corners(width, height), target.astype(np.float32))
    dark: Pixels = np.zeros((size[1] // 4, size[0] // 4), np.uint8)
    cv2.fillConvexPoly(dark, ((target + random.uniform(4, 16)) / 4).round().astype(np.int32), [255])
    gain = 1 - cv2.GaussianBlur(dark, (0, 0), random.uniform(1.5, 5)).astype(np.float32) / 255 * 0.5
    canvas = lit(ground, gain)
    cv2.warpPerspective(photo.pixels, matrix, size, dst=canvas, borderMode=cv2.BORDER_TRANSPARENT)
    edge = [(target * 16).round().astype(np.int32)]
    cv2.polylines(canvas, edge, True, (206, 202, 196), 2, cv2.LINE_AA, shift=4)  # hides the steps of the warp
    return replace(photo, pixels=canvas, safe=moved(photo.safe, matrix), staged=True)


def _tilted(width: int, height: int, random: Random, tilt: float, turn: float) -> Field:
    """Return the page's corners seen from a little aside, around the origin."""
    angle, reach = np.deg2rad(random.uniform(-turn, turn)), tilt * min(width, height)
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centred = _corners(width, height).astype(np.float64) - [width / 2, height / 2]
    shaken = np.array([[random.uniform(-reach, reach), random.uniform(-reach, reach)] for _ in range(4)])
    return np.asarray(centred @ spin.T + shaken)


def perspective(photo: Photo, random: Random) -> Photo:
    """Photograph the page from a little aside, on a desk if it lies nowhere yet."""
    height, width = photo.pixels.shape[:2]
    if photo.staged:
        corners = _tilted(width, height, random, 0.025, 1.5) * 1.03 + [width / 2, height / 2]
        matrix = cv2.getPerspectiveTransform(_corners(width, height), corners.astype(np.float32))
        pixels = cv2.warpPerspective(photo.pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        return replace(photo, pixels=pixels, safe=moved(photo.safe, matrix))
    corners = _tilted(width, height, random, 0.035, 3) * random.uniform(0.82, 0.98)
    low, high = corners.min(axis=0), corners.max(axis=0)
    margin = random.uniform(0.005, 0.05) * min(width, height)
    size = np.ceil(high - low + 2 * margin).astype(int)
    return _laid(photo, random, corners - low + margin, desk(random, int(size[1]), int(size[0])))


def background(photo: Photo, random: Random) -> Photo:
    """Lay the page on a wide desk with a few things around it."""
    height, width = photo.pixels.shape[:2]
    corners = _tilted(width, height, random, 0.02, 5) * random.uniform(0.72, 0.85)
    low, high = corners.min(axis=0), corners.max(axis=0)
    margins = [random.uniform(0.07, 0.18) * min(width, height) for _ in range(4)]
    size = np.ceil(high - low + [margins[0] + margins[2], margins[1] + margins[3]]).astype(int)
    ground = desk(random, int(size[1]), int(size[0]))
    clutter(ground, random, min(margins))
    return _laid(photo, random, corners - low + margins[:2], ground)


def together(first: Photo, second: Photo, random: Random) -> Photo:
    """Lay two pages on one desk: wide ones above each other, else side by side."""
    stacked = all(page.pixels.shape[1] > page.pixels.shape[0] for page in (first, second))
    common, gap, offset, targets = 1500 if stacked else 1250, 60, 60.0, []
    for photo in (first, second):
        height, width = photo.pixels.shape[:2]
        scale = common / (width if stacked else height)
        tilted = _tilted(width, height, random, 0.012, 2) * scale
        size = np.array([width, height]) * scale
        targets.append(tilted + size / 2 + ([gap, offset] if stacked else [offset, gap]))
        offset += size[1 if stacked else 0] + gap
    extent = (int(offset), common + 2 * gap) if stacked else (common + 2 * gap, int(offset))
    below = _laid(first, random, targets[0], desk(random, *extent))
    return _laid(second, random, targets[1], below.pixels)


def clutter(ground: Pixels, random: Random, reach: float) -> None:
    """Put a pen, a cup, a phone or a keyboard on the rim of a desk, `reach` pixels deep."""
    height, width = ground.shape[:2]
    for thing in random.sample((_pen, _cup, _phone, _keyboard), random.randint(1, 3)):
        x, y = random.choice((random.uniform(0, reach), width - random.uniform(0, reach))), random.uniform(0, height)
        if random.random() < 0.5:
            x, y = random.uniform(0, width), random.choice((0.0, float(height)))
        thing(ground, random, (int(x), int(y)), int(max(reach, 150)))


def _pen(ground: Pixels, random: Random, at: tuple[int, int], reach: int) -> None:
    angle = random.uniform(0, np.pi)
    end = (int(at[0] + 5 * reach * np.cos(angle)), int(at[1] + 5 * reach * np.sin(angle)))
    cv2.line(ground, (at[0] + 8, at[1] + 10), (end[0] + 8, end[1] + 10), (30, 28, 28), reach // 7, cv2.LINE_AA)
    cv2.line(ground, at, end, random.choice(((24, 24, 30), (30, 50, 120), (150, 20, 30))), reach // 7, cv2.LINE_AA)
    cv2.line(ground, (at[0] - 3, at[1] - 3), (end[0] - 3, end[1] - 3), (150, 150, 156), 3, cv2.LINE_AA)


def _cup(ground: Pixels, random: Random, at: tuple[int, int], reach: int) -> None:
    radius, glaze = (
        int(reach * random.uniform(0.8, 1.2)),
        random.choice(((236, 234, 228), (90, 120, 140), (60, 60, 62))),
    )
    cv2.circle(ground, (at[0] + 14, at[1] + 18), radius, (34, 30, 28), -1, cv2.LINE_AA)
    cv2.circle(ground, at, radius, glaze, -1, cv2.LINE_AA)
    cv2.circle(ground, at, int(radius * 0.88), tuple(int(v * 0.8) for v in glaze), -1, cv2.LINE_AA)
    cv2.circle(ground, at, int(radius * 0.82), (88, 52, 22), -1, cv2.LINE_AA)
    cv2.ellipse(ground, at, (radius // 2, radius // 2), 0, 200, 250, (150, 110, 70), 5, cv2.LINE_AA)


def _phone(ground: Pixels, random: Random, at: tuple[int, int], reach: int) -> None:
    box = cv2.boxPoints((at, (reach * 2.0, reach * 4.2), random.uniform(0, 180)))
    cv2.fillConvexPoly(ground, (box + 12).astype(np.int32), (26, 24, 24), cv2.LINE_AA)
    cv2.fillConvexPoly(ground, box.astype(np.int32), (16, 16, 18), cv2.LINE_AA)
    cv2.polylines(ground, [box.astype(np.int32)], True, (120, 120, 126), 4, cv2.LINE_AA)


def _keyboard(ground: Pixels, random: Random, at: tuple[int, int], reach: int) -> None:
    key, (x, y) = reach // 2, at
    cv2.rectangle(ground, (x - 8, y - 8), (x + key * 12, y + key * 4), (52, 52, 56), -1)
    for row in range(4):
        for column in range(12):
            left, top = x + column * key, y + row * key
            cv2.rectangle(ground, (left, top), (left + key - 7, top + key - 7), (22, 22, 25), -1)


def screen(photo: Photo, random: Random) -> Photo:
    """Show the page on a monitor and photograph that: a window's bars, a bezel, moiré."""
    height, width = photo.pixels.shape[:2]
    rim, bar = random.randint(50, 80), 64
    sheet = Sheet(Image.new("RGB", (width + 2 * rim, height + 2 * rim + 2 * bar), (14, 14, 16)))
    sheet.pen.rectangle((rim, rim, rim + width, rim + height + 2 * bar), fill=(236, 238, 242))
    title = random.choice(("营业执照.jpg - 照片查看器", "IMG_20250312_101533.jpg", "微信图片_20250521093012.png"))
    sheet.line("", (rim + 24, rim + bar // 2), title, "hei", 28, (50, 52, 56), "lm")
    sheet.line("", (rim + width - 24, rim + bar // 2), "—　□　×", "hei", 28, (50, 52, 56), "rm")
    sheet.line("", (rim + width - 24, rim + height + bar + bar // 2), "100%　10:15", "hei", 26, (70, 72, 80), "rm")
    pixels = np.array(sheet.image)
    pixels[rim + bar : rim + bar + height, rim : rim + width] = photo.pixels
    shift = np.array([rim, rim + bar], np.float32)
    return replace(photo, pixels=_moire(pixels, random), safe=photo.safe + shift, staged=True)


def _moire(pixels: Pixels, random: Random) -> Pixels:
    """Let the camera's grid beat with the screen's: curved coloured bands and a fine line raster, in a colder light."""
    height, width = pixels.shape[:2]
    small = (width // 2, height // 2)
    x, y = np.meshgrid(np.linspace(0, 1, small[0], dtype=np.float32), np.linspace(0, 1, small[1], dtype=np.float32))
    bend = random.uniform(0.4, 1.4) * (x - 0.5) ** 2 + random.uniform(0.2, 0.8) * (y - 0.3) ** 2
    phase = random.uniform(90, 200) * (np.float32(0.8) * x + random.uniform(-0.6, 0.6) * y + bend)
    raster = 0.03 * ((np.arange(small[1]) % 3) == 0)[:, None].astype(np.float32)
    bands = [1 - 0.07 * (1 + np.sin(phase + offset)) - raster for offset in (0.0, 0.9, 1.8)]
    steps = [
        np.clip(band * 204 * tint, 0, 255).astype(np.uint8) for band, tint in zip(bands, (0.95, 1, 1.06), strict=True)
    ]
    field = cv2.resize(cv2.merge(steps), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(pixels, field, scale=1 / 204), np.uint8)


def askew(photo: Photo, random: Random) -> Photo:
    """Lay the page on a desk turned by up to a dozen degrees and seen well from aside."""
    height, width = photo.pixels.shape[:2]
    corners = _tilted(width, height, random, 0.05, 12) * 0.9
    low, high = corners.min(axis=0), corners.max(axis=0)
    size = np.ceil(high - low + 80).astype(int)
    return _laid(photo, random, corners - low + 40, desk(random, int(size[1]), int(size[0])))
