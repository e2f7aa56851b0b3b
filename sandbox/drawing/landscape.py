"""The landscape licence in use since March 2019: code at the top left, QR code at the top right, two columns."""

from collections.abc import Mapping
from random import Random
from typing import Any

from sandbox.drawing import ornaments
from sandbox.drawing.facts import Row, code_of, issuer, rows
from sandbox.drawing.fonts import font
from sandbox.drawing.sheet import Sheet

SIZE = (2000, 1414)
_LEFT, _RIGHT = ("name", "type", "legal_person", "scope"), ("capital", "composition", "established", "term", "address")


def draw(company: Mapping[str, Any], random: Random, issued: str) -> Sheet:
    """Draw the duplicate (副本) or the original of a company's licence, issued on an ISO date."""
    sheet = ornaments.paper(
        *SIZE, tint=random.choice(((252, 250, 240), (250, 250, 246), (253, 247, 240))), line=(240, 232, 214)
    )
    ornaments.frame(sheet, 46, 52, 92)
    _head(sheet, company, random)
    slip = (
        random.randint(-5, 8),
        random.randint(-8, 8),
    )  # values are printed later than the form, never quite in place
    face = random.choice(("serif", "serif", "sans", "hei"))
    found = rows(company, "landscape2019", random)
    _column(sheet, [row for key in _LEFT for row in found if row.key == key], (152, 1075), 400, 1190, face, slip)
    _column(sheet, [row for key in _RIGHT for row in found if row.key == key], (1130, 1850), 1372, 960, face, slip)
    _foot(sheet, company, random, issued)
    return sheet


def _head(sheet: Sheet, company: Mapping[str, Any], random: Random) -> None:
    ornaments.emblem(sheet, (1000, 228), 88)
    for index, character in enumerate("营业执照"):
        sheet.line("", (700 + index * 200, 390), character, "serif", 138, anchor="mm", bold=3)
    sheet.placed["title"] = (630, 320, 1370, 460)
    x, y, code = 152, random.randint(180, 200), code_of(company, "landscape2019")
    copy = random.choice(("（副　本）", "（副　本）(1-1)", "（副本）(2-1)", ""))
    clash = bool(copy) and random.random() < 0.15  # forms with (副本) under the code: the code is printed onto it
    if clash:
        sheet.line("", (x + 250, y + 96), copy, "serif", 34, (90, 88, 88))
    elif copy:
        sheet.line("copy", (1000, 500), copy, "serif", 46, anchor="mm")
    sheet.pen.rectangle((x - 12, y - 14, x + 474, y + 136), outline=(120, 110, 90), width=2)
    sheet.line("code_label", (x, y), "统一社会信用代码", "serif", 36, bold=1)
    face, slip = random.choice(("sans", "hei", "serif")), random.randint(-4, 4)
    size = next(size for size in range(43, 0, -1) if font(face, size).getlength(code) <= 450)
    sheet.line("code", (x + random.randint(0, 8), y + 62 + slip), code, face, size)
    if random.random() < 0.3:
        sheet.line("number", (x, y + 154), f"编号：{random.randrange(10**11):011d}", "hei", 24)
    ornaments.qr(sheet, (1500, 160), 190, code)
    for index, line in enumerate(
        ("扫描二维码登录", "“国家企业信用", "信息公示系统”", "了解更多登记、", "备案、许可、监", "管信息。")
    ):
        sheet.line("", (1704, 166 + index * 31), line, "hei", 24)
    sheet.placed["qr"] = (1500, 160, 1880, 350)


def _column(
    sheet: Sheet, found: list[Row], span: tuple[int, int], value_x: int, bottom: int, face: str, slip: tuple[int, int]
) -> None:
    """Print one column: rows keep a pitch, long values take more lines, the last one takes what is left."""
    y, pitch = 560, 84
    for index, row in enumerate(found):
        wide = len(row.label) > 5
        sheet.spread(f"{row.key}_label", (span[0], y), 240 if wide else 190, row.label, "serif", 37, bold=1)
        last = index == len(found) - 1
        limit = bottom if last else y + 118
        left = max(value_x, span[0] + 272 if wide else 0) + slip[0]
        box = sheet.paragraph(row.key, (left, y + slip[1] + 2, span[1], limit), row.value, face, 36, 13)
        y = max(y + pitch, box[3] + 22)


def _foot(sheet: Sheet, company: Mapping[str, Any], random: Random, issued: str) -> None:
    sheet.line("authority", (1300, 1030), "登 记 机 关", "serif", 38, bold=1)
    year, month, day = issued.split("-")
    sheet.line("issued", (1370, 1200), f"{year} 年 {month} 月 {day} 日", "serif", 36)
    stamp = ornaments.seal(issuer(str(company["address"]), False), 150, random)
    ornaments.press(sheet.image, stamp, (1600 + random.randint(-40, 60), 1105 + random.randint(-20, 20)))
    small = 22
    sheet.line("", (120, 1346), "国家企业信用信息公示系统网址：http://www.gsxt.gov.cn", "hei", small)
    sheet.line(
        "",
        (1000, 1346),
        "市场主体应当于每年1月1日至6月30日通过国家企业信用信息公示系统报送公示年度报告",
        "hei",
        small - 2,
    )
    sheet.line("", (1880, 1376), "国家市场监督管理总局监制", "hei", small, anchor="rt")
