"""The portrait duplicate of 2014 to 2019: one column, spread labels, the code under the title."""

from collections.abc import Mapping
from random import Random
from typing import Any

from sandbox.drawing import ornaments
from sandbox.drawing.facts import code_of, issuer, rows
from sandbox.drawing.sheet import Sheet

SIZE = (1414, 2000)


def draw(company: Mapping[str, Any], random: Random, issued: str) -> Sheet:
    """Draw a company's portrait licence, issued on an ISO date."""
    sheet = ornaments.paper(*SIZE, tint=random.choice(((253, 248, 240), (250, 250, 246))), line=(244, 228, 214))
    ornaments.frame(sheet, 50, 50, 90, ink=(188, 128, 60))
    _head(sheet, company, random)
    slip, face, y = (
        (random.randint(-6, 10), random.randint(-9, 9)),
        random.choice(("serif", "serif", "sans", "hei")),
        730,
    )
    found = rows(company, "portrait2014", random)
    for row in found:
        wide = len(row.label) > 5
        sheet.spread(f"{row.key}_label", (170, y), 260 if wide else 196, row.label, "serif", 38, bold=1)
        limit = 1470 if row.key == "scope" else y + 120
        box = sheet.paragraph(row.key, (460 + slip[0], y + slip[1] + 2, 1250, limit), row.value, face, 37, 13)
        y = max(y + 74, box[3] + 16)
    _foot(sheet, company, random, issued)
    return sheet


def _head(sheet: Sheet, company: Mapping[str, Any], random: Random) -> None:
    ornaments.emblem(sheet, (707, 260), 100)
    for index, character in enumerate("营业执照"):
        sheet.line("", (437 + index * 180, 450), character, "serif", 126, anchor="mm", bold=3)
    sheet.placed["title"] = (370, 380, 1045, 520)
    sheet.line(
        "copy", (707, 562), random.choice(("（副　本）", "（副　本）", "（副　本）1-1")), "serif", 44, anchor="mm"
    )
    if random.random() < 0.5:
        sheet.line("number", (1260, 176), f"证照编号：{random.randrange(10**20):020d}", "hei", 24, anchor="rt")
    clash = random.random() < 0.12  # some printers set the code too high, onto (副本)
    y = 577 if clash else 640 + random.randint(-8, 8)
    code = code_of(company, "portrait2014")
    face = random.choice(("sans", "hei", "serif"))
    sheet.line(
        "code",
        (707, y),
        f"统一社会信用代码　{code}" if random.random() < 0.5 else f"统一社会信用代码 {code}",
        face,
        38,
        anchor="mt",
    )


def _foot(sheet: Sheet, company: Mapping[str, Any], random: Random, issued: str) -> None:
    ornaments.qr(sheet, (190, 1545), 210, code_of(company, "portrait2014"))
    sheet.line("authority", (700, 1560), "登 记 机 关", "serif", 40, bold=1)
    year, month, day = issued.split("-")
    sheet.line("issued", (830, 1745), f"{year}　年　{month}　月　{day}　日", "serif", 36)
    stamp = ornaments.seal(issuer(str(company["address"]), issued < "2018-12-01"), 160, random)
    ornaments.press(sheet.image, stamp, (1030 + random.randint(-50, 50), 1640 + random.randint(-25, 25)))
    sheet.line("", (190, 1785), "提示：每年1月1日至6月30日报送上一年度年度报告", "hei", 20)
    sheet.line("", (90, 1926), "企业信用信息公示系统网址：http://www.gsxt.gov.cn", "hei", 22)
    sheet.line("", (1324, 1926), "中华人民共和国国家工商行政管理总局监制", "hei", 22, anchor="rt")
