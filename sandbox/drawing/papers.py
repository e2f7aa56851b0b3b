"""Papers that people send in place of a licence: permits, certificates, a bill, an identity card. None is a licence."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from PIL import Image

from sandbox.drawing import ornaments, words
from sandbox.drawing.facts import issuer, printed_date
from sandbox.drawing.identity import portrait
from sandbox.drawing.numbers import make_identity_number
from sandbox.drawing.sheet import Colour, Sheet


def _form(
    sheet: Sheet, lines: Sequence[tuple[str, str]], x: int, value_x: int, right: int, y: int, pitch: int, size: int = 34
) -> int:
    """Print label and value line by line; return where the last one ends."""
    for label, value in lines:
        sheet.spread(f"{label}_label", (x, y), value_x - x - 40, label, "serif", size, bold=1)
        y = max(y + pitch, sheet.paragraph(label, (value_x, y, right, y + 2 * pitch), value, "serif", size, 12)[3] + 20)
    return y


def _day(random: Random, first: int = 2019, last: int = 2025) -> str:
    return printed_date(f"{random.randint(first, last)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}")


def _signed(sheet: Sheet, label: str, office: str, day: str, at: tuple[int, int], random: Random) -> None:
    sheet.line("authority", (at[0] - 330, at[1] - 40), label, "serif", 34, bold=1)
    sheet.line("issued", (at[0] - 120, at[1] + 90), day, "serif", 32)
    ornaments.press(sheet.image, ornaments.seal(office, 140, random), at)


def food_permit(company: Mapping[str, Any], random: Random) -> Sheet:
    """食品经营许可证: the trap, for it bears the company's name, code, head and address, and looks official."""
    sheet = ornaments.paper(2000, 1414, tint=(244, 250, 244), line=(214, 234, 216))
    ornaments.frame(sheet, 46, 52, 60, ink=(58, 130, 92), ground=(226, 244, 230))
    ornaments.emblem(sheet, (1000, 222), 82)
    sheet.line("title", (1000, 390), "食品经营许可证", "serif", 116, anchor="mm", bold=3)
    sheet.line("copy", (1000, 490), "（副　本）", "serif", 40, anchor="mm")
    left = (
        ("经营者名称", str(company["name"])),
        ("社会信用代码", str(company["uscc"])),
        ("法定代表人", str(company["legal_person"])),
        ("住所", str(company["address"])),
        ("经营场所", str(company["address"])),
        ("主体业态", random.choice(("餐饮服务经营者", "食品销售经营者", "单位食堂"))),
        ("经营项目", "热食类食品制售；预包装食品（含冷藏冷冻食品）销售；散装食品销售"),
    )
    _form(sheet, left, 150, 440, 1080, 570, 82)
    office = issuer(str(company["address"]), False)
    right = (
        ("许可证编号", f"JY{random.randint(1, 3)}53{random.randrange(10**11):011d}"),
        ("日常监督管理机构", office),
        ("日常监督管理人员", random.choice(words.SURNAMES) + random.choice(words.GIVEN)),
        ("投诉举报电话", "12315"),
        ("有效期至", _day(random, 2026, 2029)),
    )
    _form(sheet, right, 1130, 1450, 1850, 570, 82, 30)
    _signed(sheet, "发证机关", office, _day(random), (1600, 1150), random)
    return sheet


def account_permit(company: Mapping[str, Any], random: Random) -> Sheet:
    """开户许可证, a bank account's permit."""
    sheet = ornaments.paper(1800, 1270, tint=(250, 246, 234), line=(232, 222, 196))
    ornaments.frame(sheet, 50, 40, 50, ink=(150, 60, 60), ground=(250, 234, 222))
    sheet.line("title", (900, 230), "开 户 许 可 证", "serif", 100, anchor="mm", bold=3)
    sheet.line("approval", (170, 350), f"核准号：J73{random.randrange(10**11):011d}", "serif", 34)
    sheet.line("number", (1630, 350), f"编号：7310-{random.randrange(10**8):08d}", "serif", 34, anchor="rt")
    bank = random.choice(("中国农业银行", "中国建设银行", "云南红塔银行", "富滇银行"))
    text = f"　　经审核，{company['name']}符合开户条件，准予开立基本存款账户。"
    sheet.paragraph("body", (170, 460, 1630, 600), text, "serif", 40)
    lines = (
        ("法定代表人（单位负责人）", str(company["legal_person"])),
        ("开户银行", f"{bank}股份有限公司{str(company['address'])[3:6]}支行"),
        ("账号", " ".join(f"{random.randrange(10**4):04d}" for _ in range(5))),
    )
    _form(sheet, lines, 170, 700, 1630, 650, 84, 36)
    _signed(sheet, "发证机关（盖章）", "中国人民银行账户管理专用章", _day(random, 2010, 2018), (1400, 1020), random)
    return sheet


def tax_certificate(company: Mapping[str, Any], random: Random) -> Sheet:
    """税务登记证, from before the certificates were joined."""
    sheet = ornaments.paper(1800, 1270, tint=(252, 244, 240), line=(238, 216, 208))
    ornaments.frame(sheet, 46, 44, 46, ink=(176, 70, 60), ground=(250, 228, 218))
    ornaments.emblem(sheet, (900, 200), 70)
    sheet.line("title", (900, 340), "税 务 登 记 证", "serif", 100, anchor="mm", bold=3)
    sheet.line("copy", (900, 425), "（副本）", "serif", 36, anchor="mm")
    sheet.line("number", (900, 490), f"云国税字 {random.randrange(10**15):015d} 号", "serif", 36, anchor="mm")
    lines = (
        ("纳税人名称", str(company["name"])),
        ("法定代表人（负责人）", str(company["legal_person"])),
        ("地址", str(company["address"])),
        ("登记注册类型", str(company["type"])),
        ("经营范围", str(company["scope"])[:70]),
        ("批准设立机关", issuer(str(company["address"]), True)),
        ("扣缴义务", "依法确定"),
    )
    _form(sheet, lines, 170, 620, 1640, 550, 68, 32)
    place = str(company["address"])[3:6]
    _signed(sheet, "发证税务机关", f"{place}国家税务局", _day(random, 2008, 2015), (1400, 1080), random)
    return sheet


def electricity_bill(company: Mapping[str, Any], random: Random) -> Sheet:
    """电费通知单: the company's name and account number among a table of figures."""
    sheet = Sheet(Image.new("RGB", (1400, 1900), (252, 252, 250)))
    sheet.line("title", (700, 130), "电 费 通 知 单", "hei", 64, anchor="mm")
    sheet.line("office", (700, 205), "云南电网有限责任公司昆明供电局", "hei", 34, anchor="mm")
    month = random.randint(1, 12)
    head = (
        ("户号", f"05{random.randrange(10**14):014d}"),
        ("户名", str(company["name"])),
        ("用电地址", str(company["address"])),
        ("用电类别", random.choice(("大工业用电", "一般工商业用电"))),
        ("抄表周期", f"2025年{month:02d}月01日－2025年{month:02d}月28日"),
    )
    y = _form(sheet, head, 110, 340, 1290, 280, 66, 32) + 20
    columns = (110, 380, 580, 780, 960, 1130, 1290)
    titles = ("项目", "上次示数", "本次示数", "倍率", "电量(kWh)", "金额(元)")
    for row in range(7):
        top = y + row * 84
        used, price = random.randint(900, 60_000), random.uniform(0.3, 0.9)
        figures = (f"{random.randint(1000, 9000)}.{random.randint(10, 99)}", f"{random.randint(9000, 19000)}.05", "400")
        name = ("", "峰时段电量", "平时段电量", "谷时段电量", "基本电费", "力调电费", "合计")[row]
        cells = titles if row == 0 else (name, *figures, f"{used}", f"{used * price:.2f}")
        for column, cell in enumerate(cells):
            box = (columns[column], top, columns[column + 1], top + 84)
            sheet.pen.rectangle(box, outline=(70, 70, 70), width=2)
            sheet.line("", ((box[0] + box[2]) // 2, top + 42), cell, "hei", 28, anchor="mm")
    sheet.line(
        "due", (110, y + 640), f"请于2025年{month:02d}月28日前缴纳，逾期按规定收取违约金。客服热线：95598", "hei", 28
    )
    ornaments.press(sheet.image, ornaments.seal("昆明供电局电费专用章", 130, random), (1080, y + 800))
    return sheet


def id_card(company: Mapping[str, Any], random: Random) -> Sheet:
    """Either side of an identity card; its number is nobody's."""
    sheet = ornaments.paper(1300, 820, tint=(228, 238, 244), line=(206, 222, 234))
    ink: Colour = (54, 96, 140)
    if random.random() < 0.35:
        ornaments.emblem(sheet, (210, 210), 120)
        sheet.line("title", (790, 170), "中华人民共和国", "serif", 66, anchor="mm")
        sheet.line("title2", (790, 300), "居 民 身 份 证", "serif", 92, anchor="mm", bold=2)
        sheet.line("office", (330, 590), f"签发机关　{str(company['address'])[3:6]}公安局", "hei", 40)
        sheet.line("term", (330, 680), "有效期限　2015.03.12－2035.03.12", "hei", 40)
        return sheet
    birth = (random.randint(1962, 2001), random.randint(1, 12), random.randint(1, 28))
    person = random.choice(words.SURNAMES) + "".join(random.sample(words.GIVEN, 2))
    number = make_identity_number(random, f"{birth[0]}{birth[1]:02d}{birth[2]:02d}")
    rows = (("姓名", person), ("性别", "男　　民族　彝"), ("出生", f"{birth[0]} 年 {birth[1]} 月 {birth[2]} 日"))
    for index, (label, value) in enumerate(rows):
        sheet.line(f"{label}_label", (90, 100 + index * 96), label, "hei", 34, ink)
        sheet.line(label, (200, 96 + index * 96), value, "hei", 42)
    sheet.line("address_label", (90, 400), "住址", "hei", 34, ink)
    sheet.paragraph("address", (200, 396, 800, 600), str(company["address"]), "hei", 40)
    sheet.line("number_label", (90, 706), "公民身份号码", "hei", 34, ink)
    sheet.line("number", (370, 700), number, "hei", 48)
    skin = portrait(sheet.pen, random)
    sheet.pen.rectangle((985, 390, 1045, 440), fill=skin)
    return sheet
