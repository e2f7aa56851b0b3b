"""What happens to the paper itself: copied, stamped, watermarked, folded."""

from dataclasses import replace
from random import Random

import cv2
import numpy as np
from PIL import Image, ImageDraw

from sandbox.drawing.fonts import font
from sandbox.drawing.ornaments import RED, press, seal
from sandbox.drawing.photo import Photo, Pixels, generator, grid, inked, lit

_PURPOSES = (
    "仅供办理电力市场注册使用",
    "仅供电力交易中心注册使用",
    "仅限办理售电签约业务 他用无效",
    "此件仅供入市申请使用 复印无效",
)


def copy_stamp(photo: Photo, random: Random) -> Photo:
    """Turn the page into a grey photocopy with specks, stamped 与原件一致 in red."""
    height, width = photo.pixels.shape[:2]
    grey = cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY)
    curve = np.clip((np.arange(256) - 60) * random.uniform(1.35, 1.6) + 20, 12, 250).astype(np.uint8)
    grey = cv2.LUT(grey, curve)
    rng = generator(random)
    grey[rng.integers(0, height, 350), rng.integers(0, width, 350)] = 60
    if random.random() < 0.4:  # a scratch on the glass
        grey[:, random.randrange(width // 8, width)] = 140
    page = Image.fromarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB))
    press(page, _note(random), (int(width * random.uniform(0.3, 0.72)), int(height * random.uniform(0.8, 0.88))))
    if random.random() < 0.6:
        stamp = seal(photo.subject[:16], 150, random)
        press(page, stamp, (int(width * random.uniform(0.3, 0.6)), int(height * random.uniform(0.7, 0.82))))
    return replace(photo, pixels=np.array(page))


def _note(random: Random) -> Image.Image:
    """The rectangular stamp 与原件一致, a little askew."""
    text = random.choice(("与原件一致", "复印件与原件一致", "与原件核对无误"))
    size = 54
    note = Image.new("L", (size * len(text) + 60, 120), 0)
    pen = ImageDraw.Draw(note)
    if random.random() < 0.6:
        pen.rectangle((6, 6, note.width - 7, 113), outline=220, width=5)
    pen.text((note.width / 2, 60), text, font=font("hei", size), fill=220, anchor="mm")
    note = note.rotate(random.uniform(-9, 9), Image.Resampling.BICUBIC, expand=True)
    colour = Image.new("RGBA", note.size, (*RED, 0))
    colour.putalpha(note)
    return colour


def seal_over_text(photo: Photo, random: Random) -> Photo:
    """Press the company's own round seal onto the fields."""
    height, width = photo.pixels.shape[:2]
    page = Image.fromarray(photo.pixels)
    stamp = seal(photo.subject[:18], random.randint(130, 165), random, bottom=f"53{random.randrange(10**11):011d}")
    press(page, stamp, (int(width * random.uniform(0.25, 0.7)), int(height * random.uniform(0.42, 0.66))))
    return replace(photo, pixels=np.array(page))


def watermark(photo: Photo, random: Random) -> Photo:
    """Lay a purpose across the page, again and again; or a camera app's line of time and place at the foot."""
    height, width = photo.pixels.shape[:2]
    if random.random() < 0.15:
        return replace(photo, pixels=_camera_line(photo.pixels, random))
    text, size = random.choice(_PURPOSES), random.choice((30, 38, 46))
    side = int(np.hypot(width, height)) // 2
    mask = Image.new("L", (side, side), 0)
    pen, style = ImageDraw.Draw(mask), font("hei", size // 2)
    step_x, step_y = int(style.getlength(text)) + random.randint(30, 90), random.randint(55, 130)
    for row, y in enumerate(range(0, side, step_y)):
        for x in range(-step_x + (row % 2) * step_x // 2, side, step_x):
            pen.text((x, y), text, font=style, fill=255)
    mask = mask.rotate(random.choice((25, 30, 35, 45, -30)), Image.Resampling.BILINEAR)
    left, top = (side - width // 2) // 2, (side - height // 2) // 2
    mask = mask.crop((left, top, left + width // 2, top + height // 2)).resize(
        (width, height), Image.Resampling.BILINEAR
    )
    colour = random.choice(((120, 120, 120), (90, 90, 100), (200, 50, 50), (60, 90, 170)))
    return replace(photo, pixels=inked(photo.pixels, mask, colour, random.uniform(0.3, 0.55)))


def _camera_line(pixels: Pixels, random: Random) -> Pixels:
    page = Image.fromarray(pixels)
    pen, height = ImageDraw.Draw(page), page.height
    day = f"2025-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
    lines = (f"{random.randint(8, 18):02d}:{random.randint(0, 59):02d}", f"{day}  昆明市·盘龙区", "水印相机 现场拍照")
    for index, line in enumerate(lines):
        at = (int(page.width * 0.05), height - 190 + index * 54)
        pen.text(at, line, font=font("hei", 44), fill=(250, 250, 250), stroke_width=2, stroke_fill=(70, 70, 70))
    return np.array(page)


def fold(photo: Photo, random: Random) -> Photo:
    """Fold the page once or twice: a worn line, two slopes of light, a small kink in what crosses it."""
    pixels = photo.pixels
    height, width = pixels.shape[:2]
    for upright in random.choice(((True,), (False,), (True, False))):
        across, along = (width, height) if upright else (height, width)
        place, depth = int(across * random.choice((0.333, 0.5, 0.5, 0.667))), random.uniform(3, 9)
        distance = np.abs(np.arange(across, dtype=np.float32) - place)
        kink = depth * np.exp(-distance / (across * 0.12))
        columns, lines = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        if upright:
            lines += kink[None, :]
        else:
            columns += kink[:, None]
        pixels = cv2.remap(pixels, columns, lines, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        x, y = grid()
        slope = (x if upright else y) - (2 * place / across - 1)
        gain = 1 - 0.05 * np.sign(slope) * np.exp(-np.abs(slope) * 2.5) - 0.06 * np.exp(-np.abs(slope) * 30)
        pixels = lit(pixels, gain.astype(np.float32))
        worn = [random.randint(205, 232) for _ in range(3)]
        start, end = ((place, 0), (place, along)) if upright else ((0, place), (along, place))
        layer = pixels.copy()
        cv2.line(layer, start, end, worn, 2, cv2.LINE_AA)
        pixels = cv2.addWeighted(layer, 0.55, pixels, 0.45, 0)
    return replace(photo, pixels=pixels)
