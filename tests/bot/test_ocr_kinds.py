"""A licence, or something else."""

from __future__ import annotations

import pytest

from bot.ocr.kinds import REASONS
from bot.ocr.licence import read_licence
from bot.ocr.page import Line, Page
from tests.bot.ocr_pages import CODE, Row, landscape, page, portrait

FOOD_PERMIT: list[Row] = [
    ("食品经营许可证", 600, 150, 90),
    ("经营者名称：", 120, 300), ("官渡区老王米线店", 400, 300), ("许可证编号：JY25301110012345", 1100, 300),
    ("社会信用代码", 120, 360), (CODE, 400, 360), ("主体业态：", 1100, 360), ("餐饮服务经营者", 1300, 360),
    ("法定代表人", 120, 420), ("王小明", 400, 420), ("经营项目", 1100, 420), ("热食类食品制售", 1300, 420),
    ("住所", 120, 480), ("昆明市官渡区关上街道12号", 400, 480), ("有效期至", 1100, 480), ("2029年01月01日", 1300, 480),
    ("经营场所", 120, 540), ("昆明市官渡区关上街道12号", 400, 540), ("签发人", 1100, 540), ("李四", 1300, 540),
]  # fmt: skip
ID_CARD: list[Row] = [
    ("姓名 王小明", 200, 200), ("性别 男 民族 汉", 200, 280), ("出生 1980年1月1日", 200, 360),
    ("住址 云南省昆明市官渡区关上街道12号", 200, 440), ("公民身份号码 530111198001010012", 200, 620),
]  # fmt: skip
CHAT: list[Row] = [
    ("供电局小李", 800, 80), ("你好，请把营业执照发给我", 200, 300), ("营业执照", 200, 420), ("好的，稍等", 1500, 540),
    ("名称写公司全称", 200, 660), ("按住 说话", 900, 1340),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (FOOD_PERMIT, "other_document"),
        (ID_CARD, "other_document"),
        (CHAT, "no_licence"),
        ([("开户许可证", 700, 150, 90), ("核准号", 120, 300), ("存款人名称昆明滇星", 120, 400)], "other_document"),
        ([("营业执照", 780, 180, 110), ("统一社会信用代码", 120, 220), (CODE, 120, 262)], "cut_off"),
        ([], "no_text"),
    ],
    ids=["food permit", "identity card", "chat", "account permit", "only the head", "blank"],
)
def test_what_is_no_licence_is_told_apart_and_gives_no_field(rows: list[Row], reason: str) -> None:
    reading = read_licence(page(*rows))
    assert (reading.is_licence, reading.reason, reading.why_not) == (False, reason, REASONS[reason])
    assert all(field.value is None for field in reading.fields.values())


def test_a_licence_beside_another_paper_is_read_alone() -> None:
    permit = [(row[0], row[1] + 2200, *row[2:]) for row in FOOD_PERMIT]
    reading = read_licence(page(*landscape(), *permit))  # type: ignore[arg-type]
    assert reading.is_licence
    assert reading.value("code") == CODE
    assert reading.value("address") == "云南省昆明市官渡区大板桥街道空港经济区工业园12号"


def test_two_licences_in_one_picture_are_sent_back() -> None:
    flat = page(*landscape())
    second = [Line(line.text, line.score, tuple((x + 2200, y) for x, y in line.quad)) for line in flat.lines]  # type: ignore[arg-type]
    reading = read_licence(Page((*flat.lines, *second), 4200, 1400))
    assert reading.reason == "several_licences"


def test_a_licence_whose_title_lies_in_glare_is_still_one() -> None:
    assert read_licence(page(*landscape(title=[]))).is_licence


def test_the_words_of_the_scope_do_not_make_it_another_document() -> None:
    rows = portrait(
        统一社会信用代码=CODE,
        名称="昆明食品有限公司",
        类型="有限责任公司",
        住所="昆明市官渡区1号",
        法定代表人="李建国",
        成立日期="2016年03月01日",
        经营范围=["食品销售（凭食品经营许可证", "经营）；许可证代办"],
    )
    assert read_licence(page(*rows)).is_licence
