"""An evidence pack as a PDF that a lawyer can read: who said what to which text, when, on which channel, in order.

fpdf2 sets the type; phones and identity numbers are masked. The JSON beside it holds what is hashed, whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos

from bot import evidence_pdf_words as words_of
from bot.evidence_pdf_words import BOUND_BY, WHOSE, when, who_in_words
from bot.fonts import sans
from domain.evidence_pack import Pack, check_pack
from domain.identifiers import mask_identity, mask_phone

_PHONE, _IDENTITY = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"), re.compile(r"(?<![\dA-Z])\d{17}[\dX](?![\dA-Z])")
_GREY, _BLACK = (105, 112, 120), (20, 24, 28)
_FIRST = ("shown", "typed", "label", "channel", "message", "second_factor")  # of a consent, in this order


def pdf(pack: Pack, words: Mapping[str, str]) -> bytes:
    """The pack as a PDF. `words`: what the kinds of facts are called."""
    sheet = _Sheet(pack["sha256"])
    sheet.front("电子证据文件", f"{pack['about']['title']}　{pack['about']['number']}")
    _head(sheet, pack)
    sheet.chapter("一、涉及的人")
    for who, person in pack["people"].items():
        sheet.pair(who_in_words(who), _person(person))
    sheet.chapter(f"二、全部记录（{len(pack['rows'])}条，按先后）")
    for at, row in enumerate(pack["rows"], 1):
        _fact(sheet, at, row, words, pack["people"])
        if str(row["id"]) in pack.get("weaker", {}):
            sheet.note(pack["weaker"][str(row["id"])])
    _rules(sheet, pack["rules"])
    _settings(sheet, pack["settings"])
    _anchored(sheet, pack)
    return bytes(sheet.output())


def _head(sheet: _Sheet, pack: Pack) -> None:
    about, faults = pack["about"], check_pack(pack)
    sheet.pair("单位", about["company"])
    sheet.pair("编号", f"{about['number']}（{about['state']}）")
    if about.get("package"):
        sheet.pair("套餐", about["package"])
    if about.get("shown"):
        sheet.pair("事项原文", about["shown"])
        sheet.pair("原文的 SHA-256", about["shown_sha256"])
    sheet.pair("制作", f"{when(pack['made_at'])}，{_named(pack['made_by'], pack['people'])}")
    sheet.pair("核对", "；".join(faults) if faults else "制作时逐条重算，每条记录都与校验值一致")
    sheet.note(
        "每条记录在发生时写入，其校验值由上一条的校验值和本条全部内容算出；每天最后一条的校验值（锚）另存于数据库之外。"
        "改动、删除、插入任何一条，后面的校验值都会对不上。手机号和身份证号在本文件中隐去一部分，随附的 JSON "
        "文件为原始内容，可不用数据库重新核对。时间均为北京时间。"
    )


def _fact(sheet: _Sheet, at: int, row: Mapping[str, Any], words: Mapping[str, str], people: Mapping[str, Any]) -> None:
    data = dict(row["data"])
    title = words.get(row["what"], row["what"])
    sheet.heading(
        f"{at}. {title}",
        f"{when(row['at'])}　{_named(row['who'], people)}（{who_in_words(row['who'])}）　第{row['id']}条",
    )
    for name in (*(each for each in _FIRST if each in data), *(each for each in data if each not in _FIRST)):
        if data[name] not in (None, "", [], {}):
            sheet.pair(words_of.part(name), words_of.said(name, data), boxed=name == "shown")
    sheet.small(f"上一条 {row['before']}\n内容　 {row['digest']}\n本条　 {row['mark']}")


def _rules(sheet: _Sheet, judged: Sequence[Mapping[str, Any]]) -> None:
    if judged:
        sheet.chapter("三、自动校验所用的规则版本")
    for each in judged:
        by_version: dict[int, list[str]] = {}
        for rule, version in each["versions"].items():
            by_version.setdefault(version, []).append(rule)
        versions = "；".join(f"第{version}版的规则 {' '.join(rules)}" for version, rules in sorted(by_version.items()))
        applied = "、".join(each["applied"]) or "没有"
        sheet.pair(when(each["at"]), f"查出问题的规则：{applied}。所用版本（规则按序号）：{versions}")


def _settings(sheet: _Sheet, settings: Mapping[str, Any]) -> None:
    sheet.chapter("四、与答复有关的参数")
    for name, held in settings["now"].items():
        sheet.pair("现在", f"{words_of.title(name)}：{words_of.setting(name, held)}")
    for each in settings["changed"]:
        name = each["name"]
        old, new = (words_of.setting(name, each[key]) for key in ("old", "new"))
        words = f"{words_of.title(name)}：{old} → {new}"
        sheet.pair(f"{when(each['at'])} 更改", words)
    if not settings["changed"]:
        sheet.note("从第一条记录到制作时，没有更改过任何参数。")


def _anchored(sheet: _Sheet, pack: Pack) -> None:
    sheet.chapter("五、相邻的锚和核对办法")
    for line in pack["anchors"]:
        day, number, mark, _ = line.split(" ")
        sheet.pair(f"{day}　第{number}条", mark)
    if not pack["stretches"] or not pack["stretches"][-1]["anchor"]:
        sheet.note("最后几条记录当天的锚要到第二天才有；第二天重新下载，即可与锚核对。")
    sheet.note(
        "核对办法：把一条记录的 时间、事情、对象种类、对象编号、谁、内容 依次写成 JSON 数组（键按字母排序，分隔用“, ”"
        "和“: ”，非英文字符不转义，UTF-8），取 SHA-256 得“内容”；"
        "再对“上一条”、换行、“内容”连起来取 SHA-256，应等于“本条”，"
        "并等于下一条的“上一条”；当天最后一条应等于当天的锚。随附的 JSON 里有到锚为止每一条的“内容”校验值。"
    )
    sheet.small(pack["canonical"])


def _person(person: Mapping[str, Any]) -> str:
    phones = [
        f"{each['phone']}（{BOUND_BY.get(each['by'], '未核对')}{'，' + when(each['since']) if each['since'] else ''}）"
        for each in person.get("phones", ())
    ]
    return "　".join(filter(None, (person["name"] or "用户", person.get("organisation", ""), *phones)))


def _named(who: str, people: Mapping[str, Any]) -> str:
    return str(people.get(who, {}).get("name") or WHOSE.get(who.split(":")[0], who))


def masked(text: str) -> str:
    """A text with the middle of every phone and identity number hidden."""
    text = _IDENTITY.sub(lambda found: mask_identity(found[0]), text)
    return _PHONE.sub(lambda found: mask_phone(found[0]), text)


class _Sheet(FPDF):
    """A4 in one font, with the pack's sum and the page's number at the foot."""

    def __init__(self, stamp: str) -> None:
        super().__init__(format="A4")
        self.stamp = stamp
        self.add_font("sans", "", sans())
        self.set_margins(18, 16, 18)
        self.set_auto_page_break(True, 18)
        self.set_title("电子证据文件")
        self.add_page()

    def footer(self) -> None:
        """Which pack this page is of."""
        self.set_y(-13)
        self._type(7, _GREY)
        self.cell(0, 4, f"证据包校验值 {self.stamp}", align="L")
        self.cell(0, 4, f"第 {self.page_no()} 页", align="R")

    def front(self, text: str, below: str) -> None:
        """The head of the first page."""
        self._lines(text, 18, 9)
        self._lines(below, 12, 7)
        self.ln(3)

    def chapter(self, text: str) -> None:
        """A chapter's head; never alone at the foot of a page."""
        self._room(30)
        self.ln(4)
        self._lines(text, 13, 7)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.ln(2)

    def heading(self, text: str, below: str) -> None:
        """What a fact is, and when, who, which row."""
        self._room(26)
        self.ln(3)
        self._lines(text, 11, 6)
        self._lines(below, 8, 4.5, _GREY)

    def pair(self, name: str, text: str, boxed: bool = False) -> None:
        """A name at the left and its text beside it."""
        self._room(8)
        self._type(9, _GREY)
        top, page = self.get_y(), self.page
        self._write(38, 5, name)
        below, after = self.get_y(), self.page
        self.page, self.y = page, top
        self._type(9, _BLACK)
        self.set_x(self.l_margin + 40)
        self._write(0, 5, masked(text), boxed)
        if self.page == after:
            self.set_y(max(below, self.get_y()))

    def note(self, text: str) -> None:
        """A paragraph for the reader."""
        self.ln(2)
        self._lines(text, 8.5, 5, _GREY)

    def small(self, text: str) -> None:
        """Marks, for whoever checks them, on one page."""
        self._room(12)
        self._lines(text, 6.5, 3.4, _GREY)

    def _lines(self, text: str, size: float, height: float, colour: tuple[int, int, int] = _BLACK) -> None:
        self._type(size, colour)
        self._write(0, height, text)

    def _write(self, width: float, height: float, text: str, boxed: bool = False) -> None:
        """Chinese has no spaces, so a line may break after any character."""
        where = {"new_x": XPos.LMARGIN, "new_y": YPos.NEXT, "wrapmode": WrapMode.CHAR}
        self.multi_cell(width, height, text, align="L", border=1 if boxed else 0, **where)

    def _type(self, size: float, colour: tuple[int, int, int]) -> None:
        self.set_font("sans", size=size)
        self.set_text_color(*colour)

    def _room(self, height: float) -> None:
        if self.will_page_break(height):
            self.add_page()
