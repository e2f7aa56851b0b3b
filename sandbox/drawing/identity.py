"""Both sides of an identity card, plainly a sample; its number is of a region that does not exist."""

from collections.abc import Mapping
from random import Random

from PIL import ImageDraw

from sandbox.drawing import ornaments
from sandbox.drawing.sheet import BLACK, Colour, Sheet

Facts = Mapping[str, str]

_INK: Colour = (54, 96, 140)


def draw(facts: Facts, side: str, random: Random) -> Sheet:
    """The front (name, number) or the back (from when to when it holds)."""
    sheet = ornaments.paper(1300, 820, tint=(228, 238, 244), line=(206, 222, 234))
    sheet.line("", (1270, 30), "样本 SAMPLE", "sans", 22, (150, 164, 176), anchor="rt")
    return _back(sheet, facts) if side == "back" else _front(sheet, facts, random)


def _back(sheet: Sheet, facts: Facts) -> Sheet:
    ornaments.emblem(sheet, (210, 210), 120)
    sheet.line("title", (790, 170), "中华人民共和国", "serif", 66, anchor="mm")
    sheet.line("title2", (790, 300), "居 民 身 份 证", "serif", 92, anchor="mm", bold=2)
    sheet.line("office", (330, 590), f"签发机关　{facts['office']}", "hei", 40)
    end = facts["valid_to"].replace("-", ".") or "长期"
    sheet.line("valid_to", (330, 680), f"有效期限　{facts['valid_from'].replace('-', '.')}－{end}", "hei", 40)
    return sheet


def _front(sheet: Sheet, facts: Facts, random: Random) -> Sheet:
    number = facts["number"]
    birth = f"{number[6:10]} 年 {int(number[10:12])} 月 {int(number[12:14])} 日"
    sex = "男" if int(number[16]) % 2 else "女"
    rows = (("name", "姓名", facts["name"]), ("", "性别", f"{sex}　　民族　汉"), ("", "出生", birth))
    for index, (name, label, value) in enumerate(rows):
        sheet.line("", (90, 100 + index * 96), label, "hei", 34, _INK)
        sheet.line(name, (200, 96 + index * 96), value, "hei", 42)
    sheet.line("", (90, 400), "住址", "hei", 34, _INK)
    sheet.paragraph("address", (200, 396, 800, 600), facts["address"], "hei", 40)
    sheet.line("", (90, 706), "公民身份号码", "hei", 34, _INK)
    sheet.line("number", (370, 700), number, "hei", 48)
    portrait(sheet.pen, random)
    return sheet


def portrait(pen: ImageDraw.ImageDraw, random: Random) -> Colour:
    """A head and shoulders of nobody; the colour of the skin."""
    skin, hair = random.choice(((224, 186, 160), (206, 164, 136))), (38, 32, 30)
    pen.ellipse((905, 110, 1125, 390), fill=hair)
    pen.ellipse((925, 160, 1105, 410), fill=skin)
    pen.rounded_rectangle((860, 430, 1170, 620), 70, fill=BLACK)
    pen.polygon([(960, 425), (1070, 425), (1015, 520)], fill=(240, 240, 240))
    for x in (975, 1055):
        pen.ellipse((x - 9, 268, x + 9, 284), fill=hair)
    pen.arc((985, 320, 1045, 360), 20, 160, fill=(150, 80, 76), width=4)
    return skin
