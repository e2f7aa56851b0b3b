"""Words without what tells who wrote them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from domain.teaching.labels import INTENTS
from domain.teaching.masking import COMPANY, INVENTED, PERSON, invented, masked, says_something

ASSISTANT = Path(__file__).resolve().parents[2] / "nlu/assistant/intents.yml"


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("我的电话13887654321，咋个不得", "我的电话【手机】,咋个不得"),
        ("打 138 8765 4321", "打 【手机】"),
        ("+86-138-8765-4321 是我", "+【手机】 是我"),
        ("１３８８７６５４３２１打得通", "【手机】打得通"),
        ("幺三八八七六五四三二一", "【手机】"),
        ("户号0530 0106 8681 8433查不到", "户号【户号】查不到"),
        ("代码是91530112MAQJWYLF5B对不", "代码是【信用代码】对不"),
        ("代码9153 0112 MAQJ\nWYLF 5B对不", "代码【信用代码】对不"),
        ("身份证530102199001011234", "身份证【身份证】"),
        ("身份证53010219900101123x", "身份证【身份证】"),
        ("验证码是 660912", "验证码是 【6位数】"),
        ("66 09 12", "【6位数】"),
        ("0871-63612345", "【12位数】"),
        ("微信wxid_abc12345加我", "微信【编号】加我"),
        ("发wang.fang@qq.com", "发【邮箱】"),
        ("看https://a.cn/x?t=12345这个", "看【网址】这个"),
        ("我叫王小芳，来办注册", "我叫【姓名】,来办注册"),
        ("法人是李国强的", "法人是【姓名】的"),
        ("联系人改成刀美兰", "联系人改成【姓名】"),
        ("张伟 13888881234", "【姓名】 【手机】"),
        ("13888881234，张伟", "【手机】,【姓名】"),
        ("找一下李经理", "找一下【姓名】经理"),
        ("我们公司叫曲靖不同意文化传媒有限公司", "我们公司叫【公司】"),
        ("想从云南云岭售电有限公司换走", "【公司】换走"),
        ("玉溪进度印刷厂的合同", "【公司】的合同"),
        (
            "电话,中国(云南)自由贸易试验区昆明片区滇中新区绿色低碳铝硅新材料产业园投资开发建设运营管理有限责任公司西山分公司的事",
            "电话,【公司】的事",
        ),
        ("我在昆明市西山区振兴路18号", "我在【地址】"),
    ],
)
def test_what_is_somebodys_is_a_mark(written: str, seen: str) -> None:
    assert masked(written) == seen


@pytest.mark.parametrize(
    "written",
    [
        *("有哪些售电公司", "我要换公司", "推荐一家公司嘛", "630千伏安", "六百三十千伏安", "SCB13-800/10", "5万度"),
        *("两千多万千瓦时", "15号到期", "P0001-2和P0002-1比一下", "下个月底", "一台200加一台160", "我们厂要注册"),
        *("售电公司怎么选", "高压还是低压", "明天来办", "为什么退回", "不要了", "我们公司的合同在哪"),
    ],
)
def test_what_is_nobodys_stays(written: str) -> None:
    assert masked(written) == written


def test_words_that_are_known_are_hidden_wherever_they_stand() -> None:
    named = [(PERSON, "王芳"), (COMPANY, "曲靖不同意文化")]
    assert masked("曲靖不同意文化的王芳办的咋样", named) == "【公司】的【姓名】办的咋样"


def test_a_name_alone_is_a_name_where_one_was_asked_for() -> None:
    assert masked("王小芳", asked_for_a_name=True) == "【姓名】"
    assert masked("王小芳") == "王小芳"


def test_marks_alone_say_nothing() -> None:
    assert not says_something("【姓名】 【手机】。")
    assert says_something("【户号】?")


def test_an_invented_value_has_the_shape_and_nothing_of_the_person() -> None:
    assert invented("户号【户号】，码【6位数】") == "户号0530000000000000，码000000"
    assert "【" not in invented("".join(f"【{mark}】" for mark in INVENTED))


def test_to_mask_twice_changes_nothing() -> None:
    once = masked("我叫王小芳，电话13887654321，户号0530010686818433，昆明滇星机械制造有限公司")
    assert masked(once) == once
    assert re.findall("[0-9]{5,}", once) == []


def test_a_flood_is_read_in_no_time() -> None:
    for flood in ("1 " * 2000, "我" * 4000, "王" * 4000, "a1" * 2000, "路" * 4000, "公司" * 2000, "一,二。" * 1000):
        masked(flood)


def test_every_intent_has_one_name_and_every_name_an_intent() -> None:
    """The labels of the console and the intents of Rasa are one list."""
    known = [
        next(iter(each)) if isinstance(each, dict) else each
        for each in yaml.safe_load(ASSISTANT.read_text())["intents"]
    ]
    assert sorted(INTENTS) == sorted(known)
    assert len(set(INTENTS.values())) == len(INTENTS)
