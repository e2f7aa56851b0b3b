"""What makes a licence look official: guilloche, frame, emblem, seal, QR code."""

import hashlib
import math
from functools import lru_cache
from random import Random

import cv2
import numpy as np
import segno
from PIL import Image, ImageDraw

from sandbox.drawing.fonts import font
from sandbox.drawing.sheet import Colour, Sheet

GOLD: Colour = (176, 138, 62)
RED: Colour = (200, 30, 38)


def paper(width: int, height: int, tint: Colour, line: Colour) -> Sheet:
    """Return a sheet of pale security paper: fine waves over a tint."""
    canvas = np.full((height, width, 3), tint, np.uint8)
    x = np.arange(-20, width + 40, 10)
    for index, offset in enumerate(range(-60, height + 60, 15)):
        y = offset + 26 * np.sin(x / 95 + index * 0.11) + 9 * np.sin(x / 31 + index * 0.7)
        points = np.stack([x, y], axis=1).round().astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(canvas, [points], False, line, 1, cv2.LINE_AA)
    return Sheet(Image.fromarray(canvas))


@lru_cache(maxsize=8)
def _motif(size: int, ink: Colour, ground: Colour) -> Image.Image:
    """One repeat of the frame's band: two facing scrolls and a lozenge."""
    big = size * 4
    tile = Image.new("RGB", (big, big), ground)
    pen, stroke = ImageDraw.Draw(tile), max(big // 22, 2)
    for offset in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = big * offset
        pen.ellipse((x - big * 0.03, big * 0.02, x + big * 0.03, big * 0.08), fill=ink)
        pen.ellipse((x - big * 0.03, big * 0.92, x + big * 0.03, big * 0.98), fill=ink)
    for turn in (0, 180):
        pen.arc((big * 0.2, big * 0.24, big * 0.5, big * 0.54), 90 + turn, 330 + turn, ink, stroke)
        pen.arc((big * 0.5, big * 0.46, big * 0.8, big * 0.76), 90 + turn, 330 + turn, ink, stroke)
        pen.arc((big * 0.08, big * 0.12, big * 0.62, big * 0.66), 90 + turn, 330 + turn, ink, stroke)
        pen.arc((big * 0.38, big * 0.34, big * 0.92, big * 0.88), 90 + turn, 330 + turn, ink, stroke)
    pen.polygon([(0, big / 2), (big * 0.1, big * 0.4), (big * 0.2, big / 2), (big * 0.1, big * 0.6)], fill=ink)
    pen.polygon([(big, big / 2), (big * 0.9, big * 0.4), (big * 0.8, big / 2), (big * 0.9, big * 0.6)], fill=ink)
    return tile.resize((size, size), Image.Resampling.LANCZOS)


def frame(
    sheet: Sheet, margin: int, band: int, bottom: int, ink: Colour = GOLD, ground: Colour = (246, 236, 208)
) -> None:
    """Draw the ornamental frame `margin` from the edges (`bottom` from the lower one), its band `band` thick."""
    width, height = sheet.image.size
    box = (margin, margin, width - margin, height - bottom)
    sheet.pen.rectangle(box, outline=ink, width=4)
    tile = _motif(band, ink, ground)
    inner = (box[0] + 8, box[1] + 8, box[2] - 8, box[3] - 8)
    across, down = (inner[2] - inner[0]) // band, (inner[3] - inner[1]) // band
    for index in range(across):
        x = inner[0] + round(index * (inner[2] - inner[0] - band) / (across - 1))
        sheet.image.paste(tile, (x, inner[1]))
        sheet.image.paste(tile, (x, inner[3] - band))
    upright = tile.transpose(Image.Transpose.ROTATE_90)
    for index in range(1, down - 1):
        y = inner[1] + round(index * (inner[3] - inner[1] - band) / (down - 1))
        sheet.image.paste(upright, (inner[0], y))
        sheet.image.paste(upright, (inner[2] - band, y))
    sheet.pen.rectangle(inner, outline=ink, width=2)
    gap = band + 6
    sheet.pen.rectangle((inner[0] + gap, inner[1] + gap, inner[2] - gap, inner[3] - gap), outline=ink, width=3)
    sheet.pen.rectangle(
        (inner[0] + gap + 8, inner[1] + gap + 8, inner[2] - gap - 8, inner[3] - gap - 8), outline=ink, width=1
    )


def _star(centre: tuple[float, float], radius: float, tilt: float = -90) -> list[tuple[float, float]]:
    return [
        (
            centre[0] + (radius if corner % 2 == 0 else radius * 0.4) * math.cos(math.radians(tilt + corner * 36)),
            centre[1] + (radius if corner % 2 == 0 else radius * 0.4) * math.sin(math.radians(tilt + corner * 36)),
        )
        for corner in range(10)
    ]


@lru_cache(maxsize=8)
def _emblem(radius: int) -> Image.Image:
    """A disc in the manner of the emblem: red, five stars, a gate, ears of grain around."""
    big = radius * 3
    disc = Image.new("RGBA", (big * 2, big * 2), (0, 0, 0, 0))
    pen, gold, red = ImageDraw.Draw(disc), (222, 170, 52, 255), (204, 32, 30, 255)
    for angle in range(-60, 241, 12):
        turn = math.radians(angle)
        x, y = big + big * 0.86 * math.cos(turn), big - big * 0.86 * math.sin(turn)
        pen.ellipse(
            (x - big * 0.12, y - big * 0.12, x + big * 0.12, y + big * 0.12),
            fill=gold,
            outline=(170, 110, 20, 255),
            width=2,
        )
    pen.ellipse((big * 0.2, big * 0.2, big * 1.8, big * 1.8), fill=red, outline=gold, width=big // 22)
    pen.polygon(_star((big, big * 0.56), big * 0.2), fill=gold)
    for x, y in ((0.6, 0.82), (0.84, 0.95), (1.16, 0.95), (1.4, 0.82)):
        pen.polygon(_star((big * x, big * y), big * 0.085), fill=gold)
    pen.polygon(
        [(big * 0.62, big * 1.16), (big * 1.38, big * 1.16), (big * 1.26, big * 1.06), (big * 0.74, big * 1.06)],
        fill=gold,
    )
    pen.rectangle((big * 0.56, big * 1.18, big * 1.44, big * 1.26), fill=gold)
    pen.rectangle((big * 0.44, big * 1.28, big * 1.56, big * 1.42), fill=gold)
    for x in (0.62, 0.81, 1.0, 1.19, 1.38):
        pen.rectangle((big * (x - 0.035), big * 1.33, big * (x + 0.035), big * 1.42), fill=red)
    pen.polygon(
        [
            (big * 0.5, big * 1.62),
            (big * 1.5, big * 1.62),
            (big * 1.62, big * 1.98),
            (big, big * 1.82),
            (big * 0.38, big * 1.98),
        ],
        fill=red,
    )
    pen.ellipse(
        (big * 0.78, big * 1.52, big * 1.22, big * 1.94), fill=gold, outline=(170, 110, 20, 255), width=big // 30
    )
    pen.ellipse((big * 0.9, big * 1.64, big * 1.1, big * 1.82), fill=red)
    return disc.resize((radius * 2, radius * 2), Image.Resampling.LANCZOS)


def emblem(sheet: Sheet, centre: tuple[int, int], radius: int) -> None:
    """Put the emblem-like disc on the sheet."""
    disc = _emblem(radius)
    sheet.image.paste(disc, (centre[0] - radius, centre[1] - radius), disc)


def seal(text: str, radius: int, random: Random, bottom: str = "", strength: int = 205) -> Image.Image:
    """Return a round red seal (RGBA): text on the arc, a star, a line below, unevenly inked and a little turned."""
    side = radius * 2 + 8
    stamp = Image.new("L", (side, side), 0)
    pen, centre = ImageDraw.Draw(stamp), side / 2
    pen.ellipse((4, 4, side - 4, side - 4), outline=255, width=max(radius // 22, 2))
    pen.polygon(_star((centre, centre), radius * 0.28), fill=255)
    size, span = int(radius * min(0.27, 3.6 / max(len(text), 8))), min(250, 22 * len(text))
    for index, character in enumerate(text):
        angle = -span / 2 + span * index / max(len(text) - 1, 1)
        glyph = Image.new("L", (size * 2, size * 2), 0)
        ImageDraw.Draw(glyph).text(
            (size, size), character, font=font("serif", size), fill=255, anchor="mm", stroke_width=max(size // 22, 1)
        )
        glyph = glyph.rotate(-angle, Image.Resampling.BICUBIC)
        reach = radius * 0.92 - size * 0.6
        x, y = centre + reach * math.sin(math.radians(angle)), centre - reach * math.cos(math.radians(angle))
        stamp.paste(255, (int(x - size), int(y - size)), glyph)
    if bottom:
        pen.text(
            (centre, centre + radius * 0.55), bottom, font=font("hei", max(int(radius * 0.2), 9)), fill=255, anchor="mm"
        )
    stamp = stamp.rotate(random.uniform(-14, 14), Image.Resampling.BICUBIC)
    rng = np.random.default_rng(random.getrandbits(32))
    wear = cv2.resize(rng.uniform(0.55, 1.15, (side // 9 + 1, side // 9 + 1)).astype(np.float32), (side, side))
    alpha = np.clip(np.asarray(stamp, np.float32) * wear * strength / 255, 0, 255).astype(np.uint8)
    colour = Image.new("RGBA", (side, side), (*RED, 0))
    colour.putalpha(Image.fromarray(alpha))
    return colour


def press(image: Image.Image, stamp: Image.Image, centre: tuple[int, int]) -> None:
    """Press a stamp onto a picture the way ink does: it darkens, print below stays readable."""
    left, top = centre[0] - stamp.width // 2, centre[1] - stamp.height // 2
    region = image.crop((left, top, left + stamp.width, top + stamp.height)).convert("RGB")
    below, ink = np.asarray(region, np.float32), np.asarray(stamp, np.float32)
    alpha = ink[..., 3:] / 255
    pressed = below * (1 - alpha) + below * ink[..., :3] / 255 * alpha
    image.paste(Image.fromarray(pressed.astype(np.uint8)), (left, top))


def qr(sheet: Sheet, at: tuple[int, int], side: int, subject: str) -> None:
    """Put a QR code on the sheet; like the real one's, its address says nothing of the company in clear."""
    token = hashlib.sha256(subject.encode()).hexdigest()
    matrix = np.array(
        [
            list(row)
            for row in segno.make(f"http://www.gsxt.gov.cn/index/qr?{token}", error="m", micro=False, mask=2).matrix
        ],
        np.uint8,
    )
    cell = Image.fromarray((1 - np.pad(matrix, 2)) * 255).resize((side, side), Image.Resampling.NEAREST)
    sheet.image.paste(cell.convert("RGB"), at)
