"""The licences before October 2015: a 15-digit 注册号, a title by form, wordy labels, annual checks beside."""

from collections.abc import Mapping
from random import Random
from typing import Any

from sandbox.drawing import ornaments
from sandbox.drawing.facts import code_of, form_of, issuer, rows
from sandbox.drawing.sheet import Sheet

_TITLES = {
    "company": "企业法人营业执照",
    "branch": "营业执照",
    "partnership": "合伙企业营业执照",
    "sole_trader": "个体工商户营业执照",
    "sole_proprietorship": "个人独资企业营业执照",
}
_NOTICE = (
    "须　知",
    "1、《{title}》是经营资格和合法经营的凭证。",
    "2、《{title}》分为正本和副本，正本和副本具有同等法律效力。",
    "3、《{title}》正本应当置于住所的醒目位置。",
    "4、《{title}》不得伪造、涂改、出租、出借、转让。",
    "5、登记事项发生变化，应当向公司登记机关申请变更登记，换领《{title}》。",
    "6、每年三月一日至六月三十日，应当参加年度检验。",
    "7、《{title}》被吊销后，不得开展与清算无关的经营活动。",
)


def draw(company: Mapping[str, Any], random: Random, issued: str) -> Sheet:
    """Draw a company's old licence, issued on an ISO date: an upright original or a wide duplicate with notes."""
    wide = random.random() < 0.55
    tint = random.choice(((252, 246, 232), (248, 248, 240), (253, 243, 236)))
    sheet = ornaments.paper(*((2000, 1414) if wide else (1414, 2000)), tint=tint, line=(238, 224, 200))
    ornaments.frame(sheet, 44, 46, 44, ink=(170, 96, 60), ground=(248, 230, 206))
    right = 1130 if wide else 1270
    end = _fields(sheet, company, random, right)
    if wide:
        sheet.pen.line((1190, 150, 1190, 1264), fill=(170, 96, 60), width=2)
        _notes(sheet, _TITLES[form_of(company)], random)
    _foot(sheet, company, random, issued, (1600, 1150) if wide else (1010, max(end + 170, 1660)))
    return sheet


def _fields(sheet: Sheet, company: Mapping[str, Any], random: Random, right: int) -> int:
    wide, title = right < 1200, _TITLES[form_of(company)]
    centre, top = (130 + right) // 2, 150 if wide else 190
    if not wide:
        ornaments.emblem(sheet, (centre, 250), 92)
        top = 400
    size = min(100, int((right - 200) / len(title) * 0.86))
    sheet.line("title", (centre, top + 30), title, "serif", size, anchor="mm", bold=3)
    sheet.line("copy", (centre, top + 112), "（副　本）", "serif", 38, anchor="mm")
    code = code_of(company, "legacy")
    label = "注册号" if len(code) == 15 else "统一社会信用代码"
    suffix = random.choice(("", "　1-1", "（1-1）"))
    face = random.choice(("serif", "sans", "hei"))
    sheet.line("code", (centre, top + 170), f"{label}：{code}{suffix}", face, 36, anchor="mm")
    y, bottom, face = top + 240, 1270 if wide else 1490, random.choice(("serif", "hei"))
    found = rows(company, "legacy", random)
    for index, row in enumerate(found):
        sheet.spread(f"{row.key}_label", (132, y), 248, row.label, "serif", 35, bold=1)
        limit = bottom - (len(found) - index - 1) * 66 if row.key == "scope" else y + 112
        box = sheet.paragraph(row.key, (412, y + random.randint(-3, 5), right, limit), row.value, face, 34, 12)
        y = max(y + 62, box[3] + 14)
    return y


def _notes(sheet: Sheet, title: str, random: Random) -> None:
    y = 170
    for index, line in enumerate(_NOTICE):
        left, size = (1500, 34) if index == 0 else (1230, 25)
        y = sheet.paragraph(f"notice{index}", (left, y, 1860, y + 90), line.format(title=title), "serif", size)[3] + 10
    sheet.line("check", (1545, y + 20), "年度检验情况", "serif", 32, anchor="mt", bold=1)
    for index in range(2):
        left = 1240 + index * 320
        sheet.pen.rectangle((left, y + 74, left + 290, y + 250), outline=(120, 110, 100), width=2)
        stamp = ornaments.seal("企业年检专用章", 74, random, bottom=str(random.randint(2009, 2013)))
        ornaments.press(sheet.image, stamp, (left + 145 + random.randint(-30, 30), y + 162))


def _foot(sheet: Sheet, company: Mapping[str, Any], random: Random, issued: str, centre: tuple[int, int]) -> None:
    sheet.line("authority", (centre[0] - 310, centre[1] - 50), "登记机关", "serif", 38, bold=1)
    year, month, day = issued.split("-")
    sheet.line("issued", (centre[0], centre[1] + 90), f"{year} 年 {month} 月 {day} 日", "serif", 34, anchor="mm")
    stamp = ornaments.seal(issuer(str(company["address"]), True), 145, random)
    ornaments.press(sheet.image, stamp, (centre[0] + random.randint(-30, 60), centre[1] + random.randint(-10, 25)))
