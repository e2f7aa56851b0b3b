"""Ink from a pen: signatures, and forms that somebody filled in by hand."""

from random import Random

import cv2
import numpy as np
from PIL import Image, ImageDraw

from sandbox.drawing.fonts import font
from sandbox.drawing.photo import generator
from sandbox.drawing.sheet import Box, Colour, Sheet

BLUE: Colour = (28, 48, 132)
DARK: Colour = (30, 30, 36)
INKS = (BLUE, DARK, (20, 20, 60))


def write(sheet: Sheet, name: str, at: tuple[int, int], text: str, size: int, random: Random, ink: Colour) -> Box:
    """Write a line by hand, its letters uneven but to be read; the text begins at `at` and stands in its box."""
    x, y = at
    for character in text:
        stroke = _character(character, int(size * random.uniform(0.94, 1.1)), random, 7, 1.1)
        _ink(sheet.image, stroke, (x, y + random.randint(-3, 3)), ink)
        x += int(size * (1.02 if ord(character) > 0x2E7F else 0.6))
    return sheet._keep(name, (at[0], at[1] - 4, x, at[1] + int(size * 1.25)))


def sign(sheet: Sheet, name: str, at: tuple[int, int], text: str, size: int, random: Random, ink: Colour) -> Box:
    """Sign: a slanting, running hand, larger than print, with a stroke through it. `at` is where the line begins."""
    size, x = int(size * random.uniform(1.25, 1.75)), at[0]
    top = at[1] - int(size * 0.3)
    for character in text:
        _ink(sheet.image, _character(character, size, random, 16, 2.6), (x, top + random.randint(-6, 6)), ink)
        x += int(size * random.uniform(0.66, 0.86))
    _flourish(sheet.image, (at[0], top, x, top + size), random, ink)
    return sheet._keep(name, (at[0], top - 6, x + size // 3, top + int(size * 1.2)))


def _character(character: str, size: int, random: Random, turn: float, shake: float) -> Image.Image:
    """One character as a mask: turned, sheared and shaken."""
    side = size * 2
    glyph = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(glyph)
    pen.text((size, size), character, font=font("sans", size), fill=255, anchor="mm", stroke_width=size // 40)
    shear = random.uniform(-0.05, 0.22)
    moved = glyph.transform((side, side), Image.Transform.AFFINE, (1, shear, -shear * size, 0, 1, 0))
    turned = np.asarray(moved.rotate(random.uniform(-turn, turn), Image.Resampling.BICUBIC))
    noise = generator(random).normal(0, shake * size / 30, (2, 5, 5)).astype(np.float32)
    dx, dy = (cv2.resize(each, (side, side), interpolation=cv2.INTER_CUBIC) for each in noise)
    x, y = np.meshgrid(np.arange(side, dtype=np.float32), np.arange(side, dtype=np.float32))
    shaken = cv2.remap(turned, x + dx, y + dy, cv2.INTER_LINEAR)
    half = size // 2
    return Image.fromarray(np.asarray(shaken, np.uint8)[half : half + size, half : half + size])


def _flourish(image: Image.Image, box: Box, random: Random, ink: Colour) -> None:
    """The stroke that runs on through a signature."""
    left, top, right, bottom = box
    count, height = 24, bottom - top
    xs = np.linspace(left + 0.1 * (right - left), right + random.uniform(0, 0.25) * height, count)
    ys = top + height * (0.62 + 0.28 * np.sin(np.linspace(0, random.uniform(4, 8), count)))
    mask = Image.new("L", image.size, 0)
    points = [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
    ImageDraw.Draw(mask).line(points, fill=225, width=max(height // 22, 2), joint="curve")
    image.paste(Image.new("RGB", image.size, ink), (0, 0), mask)


def _ink(image: Image.Image, mask: Image.Image, at: tuple[int, int], ink: Colour) -> None:
    image.paste(Image.new("RGB", mask.size, ink), at, mask.point(lambda value: int(value * 0.92)))
