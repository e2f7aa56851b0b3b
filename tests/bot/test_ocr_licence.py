"""Fields of a licence, from lines and their places alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.ocr.fields import DOUBTS
from bot.ocr.labels import FIELDS
from bot.ocr.licence import read_licence
from bot.ocr.page import Point
from tests.bot.ocr_pages import CODE, SCOPE, bent, landscape, page, portrait, rotated, seen_from_the_left

EXPECTED = {
    "code": CODE,
    "name": "昆明滇星机械制造有限公司",
    "type": "有限责任公司（自然人投资或控股）",
    "legal_person": "李建国",
    "capital": "伍佰万元整",
    "established": "2012-05-08",
    "term": "2012-05-08至2032-05-07",
    "address": "云南省昆明市官渡区大板桥街道空港经济区工业园12号",
    "scope": "".join(SCOPE),
}


@pytest.mark.parametrize(
    "move",
    [lambda point: point, rotated(4), rotated(-9), rotated(20), seen_from_the_left, bent],
    ids=["flat", "turned 4°", "turned -9°", "turned 20°", "perspective", "bent"],
)
def test_two_columns_are_kept_apart_however_the_page_was_photographed(move: Callable[[Point], Point]) -> None:
    reading = read_licence(page(*landscape(), move=move))
    assert reading.is_licence
    assert {field: reading.value(field) for field in FIELDS} == EXPECTED
    assert not any(found.doubts for found in reading.fields.values())


def test_a_label_that_shares_a_piece_with_its_value_is_cut_off_and_further_lines_still_follow() -> None:
    rows = [row for row in landscape() if row[0] not in ("经营范围", SCOPE[0], "住所", "云南省昆明市官渡区大板桥街道")]
    rows += [("经营范围" + SCOPE[0], 120, 660), ("住所云南省昆明市官渡区大板桥街道", 1150, 660)]
    reading = read_licence(page(*rows))
    assert reading.value("scope") == EXPECTED["scope"]
    assert reading.value("address") == EXPECTED["address"]


@pytest.mark.parametrize(
    ("replaced", "by"),
    [
        ([("经营范围", 120, 660)], [("经", 120, 660), ("围", 218, 660)]),
        ([("名", 120, 420), ("称", 205, 420)], [("称", 205, 420)]),
        ([("法定代表人", 120, 580)], [("法定代麦人", 120, 580)]),
        (
            [("名", 120, 420), ("称", 205, 420), ("昆明滇星机械制造有限公司", 310, 420)],
            [("名", 120, 420), ("称昆明滇星机械制造有限公司", 205, 420)],
        ),
        ([("注册资本", 1150, 420)], [("注册资", 1150, 420), ("本", 1246, 420)]),
    ],
    ids=["middle missing", "half", "misread", "half with the value", "in two"],
)
def test_a_label_found_in_part_still_announces_its_value(replaced: list, by: list) -> None:
    rows = [row for row in landscape() if row not in replaced] + by
    reading = read_licence(page(*rows))
    assert {field: reading.value(field) for field in FIELDS} == EXPECTED


def test_seals_and_watermarks_across_the_lines_do_not_enter_a_value() -> None:
    across = page(
        ("仅供办理电力市场注册使用", 300, 640), ("仅供办理电力市场注册使用", 1300, 700), move=rotated(25)
    ).lines
    plain = page(*landscape())
    reading = read_licence(type(plain)((*plain.lines, *across), plain.width, plain.height))
    assert {field: reading.value(field) for field in FIELDS} == EXPECTED


FORMS = {
    "sole trader": (
        {
            "统一社会信用代码": CODE,
            "名称": "官渡区老王米线店",
            "类型": "个体工商户",
            "经营场所": "昆明市官渡区关上街道12号",
            "经营者": "王小明",
            "组成形式": "个人经营",
            "注册日期": "2016年03月01日",
            "经营范围": "餐饮服务",
        },
        {
            "type": "个体工商户",
            "legal_person": "王小明",
            "address": "昆明市官渡区关上街道12号",
            "established": "2016-03-01",
        },
    ),
    "partnership": (
        {
            "统一社会信用代码": CODE,
            "名称": "昆明长风企业管理合伙企业（有限合伙）",
            "类型": "有限合伙企业",
            "主要经营场所": "昆明市五华区人民中路1号",
            "执行事务合伙人": ["云南长风投资有限公司", "（委派代表：张三）"],
            "出资额": "壹仟万元整",
            "成立日期": "2018年11月20日",
            "合伙期限": "2018年11月20日至长期",
            "经营范围": "企业管理",
        },
        {"legal_person": "云南长风投资有限公司（委派代表：张三）", "capital": "壹仟万元整", "term": "2018-11-20至长期"},
    ),
    "branch": (
        {
            "统一社会信用代码": CODE,
            "名称": "云南大成建设有限公司昆明分公司",
            "类型": "有限责任公司分公司",
            "营业场所": "昆明市盘龙区北京路9号",
            "负责人": "刀·岩温",
            "成立日期": "2017年07月07日",
            "经营范围": "建筑工程",
        },
        {"legal_person": "刀·岩温", "address": "昆明市盘龙区北京路9号", "capital": None, "term": None},
    ),
    "sole proprietorship": (
        {
            "统一社会信用代码": CODE,
            "名称": "呈贡绿源种植场",
            "类型": "个人独资企业",
            "住所": "昆明市呈贡区斗南镇",
            "投资人": "陈芳",
            "成立日期": "2015年12月31日",
            "经营范围": "花卉种植",
        },
        {"name": "呈贡绿源种植场", "legal_person": "陈芳"},
    ),
    "before 2015": (
        {
            "注册号": "440301103097413",
            "名称": "深圳市某某实业有限公司",
            "住所": "深圳市福田区深南大道1号",
            "法定代表人姓名": "赵强",
            "注册资本": "人民币壹佰万元",
            "实收资本": "人民币伍拾万元",
            "公司类型": "有限责任公司",
            "经营范围": "国内贸易",
            "成立日期": "二〇〇八年三月二十三日",
            "营业期限": "自二〇〇八年三月二十三日至二〇二八年三月二十二日",
        },
        {
            "code": "440301103097413",
            "capital": "人民币壹佰万元",
            "established": "2008-03-23",
            "term": "2008-03-23至2028-03-22",
        },
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_enterprise_is_read_by_its_own_labels(form: str) -> None:
    printed, expected = FORMS[form]
    reading = read_licence(page(*portrait(**printed)))
    assert reading.is_licence
    assert {field: reading.value(field) for field in expected} == expected
    assert not any(found.doubts for found in reading.fields.values())


def test_a_centred_code_and_its_label_do_not_take_the_lines_below() -> None:
    rows = portrait(
        名称="昆明滇星机械制造有限公司",
        类型="有限责任公司",
        住所="昆明市官渡区1号",
        法定代表人="李建国",
        经营范围="机械制造",
    )
    reading = read_licence(page(*rows, ("统一社会信用代码" + CODE, 360, 450)))
    assert (reading.value("code"), reading.value("name")) == (CODE, "昆明滇星机械制造有限公司")


def test_an_empty_field_is_null_with_a_doubt_and_nothing_is_invented() -> None:
    rows = [row for row in landscape() if row[0] != "李建国"]
    reading = read_licence(page(*rows))
    assert reading.fields["legal_person"].value is None
    assert reading.fields["legal_person"].doubts == ("empty",)


def test_a_hole_in_a_line_is_doubted() -> None:
    """A mosaic or a stamp: the letters before and after it are read, those in between are not."""
    rows = [row for row in landscape() if row[0] != "昆明滇星机械制造有限公司"]
    reading = read_licence(page(*rows, ("昆明滇星", 310, 420), ("有限公司", 600, 420)))
    assert "gap" in reading.fields["name"].doubts


def test_a_badly_read_line_is_doubted() -> None:
    good = page(*landscape())
    lines = [line if line.text != "李建国" else type(line)("李建围", 0.62, line.quad) for line in good.lines]
    reading = read_licence(type(good)(tuple(lines), good.width, good.height))
    assert reading.fields["legal_person"].doubts == ("low_score",)
    assert reading.fields["legal_person"].confidence < 0.5


def test_every_doubt_has_a_sentence_for_the_person() -> None:
    assert all(sentence.endswith("。") for sentence in DOUBTS.values())


@pytest.mark.parametrize(
    ("printed", "doubted"),
    [
        ("伍佰万元整", False),
        ("人民币叁仟零伍拾万元整", False),
        ("1000.000000万人民币", False),
        ("10000万人民币", False),
        ("（人民币）壹亿元整", False),
        ("508万元人民币", False),
        ("约业务120万元人民币", True),
        ("56000.00000万人民币", True),
    ],
)
def test_a_capital_that_no_registry_prints_is_doubted(printed: str, doubted: bool) -> None:
    rows = [row if row[0] != "伍佰万元整" else (printed, *row[1:]) for row in landscape()]
    found = read_licence(page(*rows)).fields["capital"]
    assert (found.value, bool(found.doubts)) == (printed, doubted)
