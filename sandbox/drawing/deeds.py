"""A page of plain paper with a title, sentences, fields and a foot to be sealed and signed: letters and leases."""

from dataclasses import dataclass, field
from random import Random

from PIL import Image

from sandbox.drawing import handwriting, ornaments
from sandbox.drawing.sheet import BLACK, Colour, Sheet

SIZE = (1414, 2000)  # A4
_LEFT, _RIGHT = 170, 1250


@dataclass
class Deed:
    """A deed under work: where the next line goes, in which print, and by which pen."""

    random: Random
    hand: bool = False  # what is filled in was written by hand
    sheet: Sheet = field(init=False)
    y: int = 190
    size: int = 34
    face: str = "serif"
    ink: Colour = BLACK

    def __post_init__(self) -> None:
        shade = self.random.randint(244, 255)
        self.sheet = Sheet(Image.new("RGB", SIZE, (shade, shade, shade - self.random.randint(0, 6))))
        self.size, self.face = self.random.choice((32, 34, 36)), self.random.choice(("serif", "serif", "sans", "hei"))
        self.ink = self.random.choice(handwriting.INKS)

    def title(self, text: str) -> None:
        """The title in the middle, sometimes with blanks between its characters."""
        spaced = text if self.random.random() < 0.6 else " ".join(text)
        size = self.random.choice((54, 60, 66))
        self.sheet.line("title", (SIZE[0] // 2, self.y), spaced, "hei", size, anchor="mm", bold=1)
        self.y += 100

    def field(self, name: str, label: str, value: str) -> None:
        """A label and what stands behind it; by hand over a printed line where forms are filled in by hand."""
        end = self.sheet.line("", (_LEFT, self.y), f"{label}：", self.face, self.size)[2]
        if self.hand:
            self.sheet.pen.line((end, self.y + 52, _RIGHT, self.y + 52), fill=BLACK, width=2)
            size = min(self.size + 4, int((_RIGHT - end) / max(_width(value), 1)))
            handwriting.write(self.sheet, name, (end + 6, self.y - 2), value, size, self.random, self.ink)
            self.y += 74
        else:
            box = (end, self.y - 4, _RIGHT, self.y + 190)
            self.y = self.sheet.paragraph(name, box, value, self.face, self.size, 20)[3] + 22

    def text(self, name: str, words: str, indent: bool = True) -> None:
        """A paragraph of prose."""
        shown = f"　　{words}" if indent else words
        box = (_LEFT, self.y, _RIGHT, self.y + 700)
        self.y = self.sheet.paragraph(name, box, shown, self.face, self.size, 20, leading=1.6)[3] + 24

    def rows(self, rows: list[tuple[str, str, str]]) -> None:
        """A table of two columns: name, label and value."""
        for name, label, value in rows:
            top, middle = self.y, _LEFT + 260
            box = (middle + 18, top + 20, _RIGHT - 18, top + 300)
            if self.hand:
                size = min(self.size, int((box[2] - box[0]) / max(_width(value), 1)))
                end = handwriting.write(self.sheet, name, box[:2], value, size, self.random, self.ink)[3]
            else:
                end = self.sheet.paragraph(name, box, value, self.face, self.size - 2, 20)[3]
            self.y = max(end + 18, top + 84)
            self.sheet.line("", (_LEFT + 20, (top + self.y) // 2), label, self.face, self.size - 2, anchor="lm")
            self.sheet.pen.rectangle((_LEFT, top, _RIGHT, self.y), outline=BLACK, width=2)
            self.sheet.pen.line((middle, top, middle, self.y), fill=BLACK, width=2)
        self.y += 40

    def foot(self, x: int, lines: list[tuple[str, str, str]]) -> None:
        """The lines to be sealed and signed, from x on: what is put there, its label, and of whom."""
        y = self.y
        for what, label, value in lines:
            end = self.sheet.line("", (x, y), f"{label}：" if label else "", self.face, self.size)[2]
            self._put(what, value, x, end, y)
            y += self.random.randint(98, 112)
        self.bottom = y

    def day(self, iso: str, x: int, label: str = "") -> None:
        """The day below the foot."""
        year, month, day = iso.split("-")
        words = f"{year}年{int(month)}月{int(day)}日" if iso else "　　年　月　日"
        if self.hand and iso:
            end = self.sheet.line("", (x, self.bottom), label, self.face, self.size)[2] if label else x
            handwriting.write(self.sheet, "signed_on", (end, self.bottom), words, self.size, self.random, self.ink)
        else:
            self.sheet.line("signed_on", (x, self.bottom), label + words, self.face, self.size)

    def _put(self, what: str, value: str, x: int, end: int, y: int) -> None:
        line = what == "blank" or (self.random.random() < 0.5 and what == "sign")
        if line:
            self.sheet.pen.line((end, y + 46, end + 260, y + 46), fill=BLACK, width=2)
        if what == "sign":
            at = (end + self.random.randint(4, 40), y)
            handwriting.sign(self.sheet, "signature", at, value, self.size, self.random, self.ink)
        elif what == "name":
            self.sheet.line("", (end, y), value, self.face, self.size)
        elif what in ("seal", "seal_low"):
            radius = self.random.randint(112, 142)
            stamp = ornaments.seal(value[:20], radius, self.random)
            drop = 190 if what == "seal_low" else self.random.randint(-10, 70)
            centre = (x + self.random.randint(150, 300), y + drop)
            ornaments.press(self.sheet.image, stamp, centre)
            box = (centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)
            self.sheet._keep("seal", box)


def _width(text: str) -> float:
    return sum(1.04 if ord(character) > 0x2E7F else 0.62 for character in text)
