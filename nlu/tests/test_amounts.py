"""Capacities in kVA and energy in kWh, as people write them."""

import pytest
from components.masking_tokenizer import masked
from components.values import read


def found(text: str, asking: str = "") -> dict[str, str]:
    """Kind to plain form, field words left out."""
    return {v.kind: v.value for v in read(text, asking).values() if v.kind != "field"}


@pytest.mark.parametrize(
    ("text", "kva"),
    [
        ("630kVA", "630"),
        ("六百三十千伏安", "630"),
        ("六百三千伏安", "630"),
        ("一台二百加一台一百六的变压器", "360"),
        ("一台二百加一台一百六", "360"),
        ("一台200的加一台160的变压器", "360"),
        ("两台变压器 一台400一台315", "715"),
        ("315kVA的变压器一台，200的一台", "515"),
        ("三台630、500、400", "1530"),
        ("两台630", "1260"),
        ("两台共1260", "1260"),
        ("变压器两台，每台630", "1260"),
        ("2×400kVA", "800"),
        ("400kVA两台", "800"),
        ("630+400kVA", "1030"),
        ("0.63兆伏安", "630"),
        ("零点六三兆伏安", "630"),
        ("SCB13-800/10", "800"),
        ("S11-M-400/10", "400"),
        ("两台SCB13-800/10", "1600"),
        ("YB27-12/0.4-630", "630"),
        ("容量500", "500"),
        ("容量以前1000，现在减到630了", "630"),
        ("等哈，容量我说错了，是500不是50", "500"),
        ("前面容量错了是500", "500"),
        ("变压器三百一十五", "315"),
        ("我们是250的变压器", "250"),
        ("１２５０ＫＶＡ", "1250"),
        ("一千千伏安", "1000"),
        ("壹仟贰佰伍拾千伏安", "1250"),
        ("315 千伏安", "315"),
        ("630个千伏安", "630"),
        ("万一630千伏安", "630"),
        ("一千零五十千伏安", "1050"),
    ],
)
def test_a_capacity_as_people_say_it(text: str, kva: str) -> None:
    """In kVA, as a plain decimal; several transformers are added up."""
    assert found(text) == {"capacity": kva}


@pytest.mark.parametrize(
    "text",
    [
        "630千瓦", "630kw", "六百三十千瓦", "10千伏", "变压器10kv", "容量是630千瓦", "五万度", "变压器1号",
        "两台变压器", "两台200万的设备", "3台50千瓦的电机", "三百一十五",
    ],
)  # fmt: skip
def test_other_units_are_no_capacity(text: str) -> None:
    """Power, voltage, energy and money are not apparent power, and a number alone is none."""
    assert "capacity" not in found(text)


@pytest.mark.parametrize(
    ("text", "kva"),
    [
        ("三百一十五", "315"),
        ("１２５０", "1250"),
        ("大概六百三左右", "630"),
        ("两台630", "1260"),
        ("250加400", "650"),
        ("10千伏的 630", "630"),
    ],
)
def test_a_number_alone_is_a_capacity_where_it_was_asked(text: str, kva: str) -> None:
    """With the words that people put around it."""
    assert found(text, "capacity") == {"capacity": kva}


@pytest.mark.parametrize("text", ["630千瓦", "400安", "两台", "12号", "不知道", "5", "户号尾号1234"])
def test_not_every_answer_is_a_capacity(text: str) -> None:
    """630千瓦 is power, 400安 a current, and no transformer is as small as 5."""
    assert "capacity" not in found(text, "capacity")


@pytest.mark.parametrize(
    ("text", "kwh"),
    [
        ("5万度", "50000"),
        ("5 万 度电", "50000"),
        ("50,000度", "50000"),
        ("20w度", "200000"),
        ("５万ｋＷｈ", "50000"),
        ("五万千瓦时", "50000"),
        ("伍拾万度", "500000"),
        ("两千多万千瓦时", "20000000"),
        ("两千五百万度左右", "25000000"),
        ("一年三百来万度", "3000000"),
        ("一年三百一十五万度电", "3150000"),
        ("1亿2千万度", "120000000"),
        ("1.2亿度", "120000000"),
        ("三点五亿度", "350000000"),
        ("3200兆瓦时", "3200000"),
        ("50MWh", "50000"),
        ("0.5GWh", "500000"),
        ("2026年用了30万度", "300000"),
    ],
)
def test_energy_as_people_say_it(text: str, kwh: str) -> None:
    """In whole kWh; 多, 来 and 左右 keep the number."""
    assert found(text)["energy"] == kwh


@pytest.mark.parametrize(
    "text",
    [
        "630千瓦", "5万块", "5万千瓦", "一度电多少钱", "0.4元一度", "温度35度", "两度被退回", "几十万度", "十几万度",
        "5到8万度", "2026年度", "一季度", "转了180度大弯", "进度",
    ],
)  # fmt: skip
def test_what_is_no_amount_of_energy(text: str) -> None:
    """Power, money, a price, heat, times, a range and a guess."""
    assert "energy" not in found(text)


def test_an_amount_is_one_mark_for_the_classifier() -> None:
    """However it was written."""
    assert masked("一年五十万度") == masked("一年１２０万ｋＷｈ")
    assert masked("要P0003") == masked("要ｐ００１８-2")
