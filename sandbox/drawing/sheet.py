"""A sheet of paper that knows where its text stands: nothing may run out of its place unnoticed."""

from dataclasses import dataclass, field

from PIL import Image, ImageDraw, ImageFont

from sandbox.drawing.fonts import font

Box = tuple[int, int, int, int]
Colour = tuple[int, int, int]
BLACK: Colour = (28, 26, 28)
_NOT_FIRST, _NOT_LAST = "，。；：、）)”》！？", "（(“《"


class TextOverflow(ValueError):
    """A text does not fit its place even in the smallest print."""


@dataclass
class Sheet:
    """A page under work: the picture, and the box of each text by name."""

    image: Image.Image
    placed: dict[str, Box] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pen = ImageDraw.Draw(self.image)

    def line(
        self,
        name: str,
        at: tuple[int, int],
        text: str,
        face: str,
        size: int,
        fill: Colour = BLACK,
        anchor: str = "lt",
        bold: int = 0,
    ) -> Box:
        """Print one line; `anchor` as in Pillow. Returns its box and keeps it under its name, if it has one."""
        style = font(face, size)
        self.pen.text(at, text, font=style, fill=fill, anchor=anchor, stroke_width=bold, stroke_fill=fill)
        left, top, right, bottom = self.pen.textbbox(at, text, font=style, anchor=anchor, stroke_width=bold)
        return self._keep(name, (int(left), int(top), int(right), int(bottom)))

    def spread(
        self,
        name: str,
        at: tuple[int, int],
        width: int,
        text: str,
        face: str,
        size: int,
        fill: Colour = BLACK,
        bold: int = 0,
    ) -> Box:
        """Print a label justified over a width, as printed forms do: 名　　称."""
        style = font(face, size)
        step = (width - size) / max(len(text) - 1, 1)
        for index, character in enumerate(text):
            self.pen.text(
                (at[0] + step * index, at[1]), character, font=style, fill=fill, stroke_width=bold, stroke_fill=fill
            )
        return self._keep(name, (at[0], at[1], at[0] + width, at[1] + int(size * 1.3)))

    def paragraph(
        self,
        name: str,
        box: Box,
        text: str,
        face: str,
        size: int,
        smallest: int = 12,
        fill: Colour = BLACK,
        leading: float = 1.42,
    ) -> Box:
        """Print wrapped text from the top of a box, as small as needed; TextOverflow if `smallest` is too large."""
        left, top, right, bottom = box
        for now in range(size, smallest - 1, -1):
            style, pitch = font(face, now), int(now * leading)
            lines = wrap(text, style, right - left)
            if (len(lines) - 1) * pitch + now * 1.25 <= bottom - top:
                for index, line in enumerate(lines):
                    self.pen.text((left, top + index * pitch), line, font=style, fill=fill)
                return self._keep(name, (left, top, right, top + int((len(lines) - 1) * pitch + now * 1.25)))
        raise TextOverflow(f"{name}: {len(text)} characters do not fit {right - left} x {bottom - top} pixels")

    def _keep(self, name: str, box: Box) -> Box:
        if name:
            self.placed[name] = box
        return box


def wrap(text: str, style: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Break Chinese text into lines within a width; none begins with a closing mark or ends with an opening one."""
    lines, line, used = [], "", 0.0
    for character in text:
        advance = style.size if ord(character) > 0x2E7F else style.getlength(character)
        if used + advance > width and line:
            cut = _break(line + character, len(line))
            lines.append(line[:cut])
            line = line[cut:]
            used = style.getlength(line)
        line, used = line + character, used + advance
    return [*lines, line]


def _break(text: str, cut: int) -> int:
    """Return the last place at or before `cut` where a line may end; `cut` itself if there is none."""
    for place in range(cut, 0, -1):
        if text[place] not in _NOT_FIRST and text[place - 1] not in _NOT_LAST:
            return place
    return cut
