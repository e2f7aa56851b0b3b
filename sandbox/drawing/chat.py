"""A screenshot of a chat in which people talk about a licence: the words are there, the licence is not."""

from collections.abc import Mapping
from random import Random
from typing import Any

from PIL import Image

from sandbox.drawing import words
from sandbox.drawing.fonts import font
from sandbox.drawing.sheet import Sheet, wrap

_WIDTH, _HEIGHT = 1080, 2160
_SCRIPTS = (
    (
        "王会计在吗",
        "在的",
        "把公司的营业执照发一下",
        "稍等，原件在老板那里",
        "统一社会信用代码是{code}",
        "名称：{name}",
        "好的收到",
    ),
    (
        "您好，入市注册需要提供什么材料？",
        "营业执照副本照片",
        "法定代表人要写谁？",
        "{person}",
        "营业执照上的住所是{address}",
        "明白了，谢谢",
    ),
    (
        "营业执照拍清楚一点",
        "好",
        "[图片]",
        "这张太暗了，重新拍一下",
        "注册资本和营业期限都看不清",
        "{name}的吗？",
        "对，{code}",
    ),
)


def chat_screenshot(company: Mapping[str, Any], random: Random) -> Sheet:
    """Draw the screenshot; the company's name and code may stand in the bubbles."""
    sheet = Sheet(Image.new("RGB", (_WIDTH, _HEIGHT), (237, 237, 237)))
    clock = f"{random.randint(8, 21)}:{random.randint(10, 59)}"
    sheet.line("", (60, 28), clock, "sans", 36)
    sheet.line("", (1020, 28), f"5G　{random.randint(12, 99)}%", "sans", 34, anchor="rt")
    sheet.line("", (50, 118), "〈", "sans", 48)
    title = random.choice(("电力市场服务", "李总", "财务群(5)", f"{random.choice(words.SURNAMES)}经理"))
    sheet.line("contact", (540, 148), title, "sans", 46, anchor="mm")
    sheet.pen.line((0, 205, _WIDTH, 205), fill=(212, 212, 212), width=2)
    sheet.line("", (540, 260), f"星期{random.choice('一二三四五')} {clock}", "sans", 30, (160, 160, 160), anchor="mm")
    y = 310
    facts = {
        "code": company["uscc"],
        "name": company["name"],
        "person": company["legal_person"],
        "address": company["address"],
    }
    for index, line in enumerate(random.choice(_SCRIPTS)):
        y = _bubble(sheet, index, line.format(**facts), index % 2 == 1, y) + 46
    sheet.pen.rectangle((0, _HEIGHT - 170, _WIDTH, _HEIGHT), fill=(247, 247, 247))
    sheet.pen.rounded_rectangle((120, _HEIGHT - 145, 800, _HEIGHT - 55), 14, fill=(255, 255, 255))
    for x in (60, 870, 990):
        sheet.pen.ellipse((x - 34, _HEIGHT - 134, x + 34, _HEIGHT - 66), outline=(60, 60, 60), width=5)
    return sheet


def _bubble(sheet: Sheet, index: int, text: str, own: bool, y: int) -> int:
    """Draw one bubble with its avatar; return where it ends."""
    style = font("sans", 42)
    lines = wrap(text, style, 640)
    width = int(max(style.getlength(line) for line in lines)) + 60
    height = len(lines) * 58 + 44
    left = _WIDTH - 170 - width if own else 170
    avatar = _WIDTH - 136 if own else 30
    sheet.pen.rounded_rectangle((avatar, y, avatar + 106, y + 106), 12, fill=(96, 150, 190) if own else (206, 160, 96))
    sheet.pen.rounded_rectangle(
        (left, y, left + width, y + height), 16, fill=(149, 236, 105) if own else (255, 255, 255)
    )
    sheet.paragraph(f"bubble{index}", (left + 30, y + 20, left + 690, y + height + 40), text, "sans", 42, leading=1.38)
    return y + max(height, 106)
