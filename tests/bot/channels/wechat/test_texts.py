"""Texts, options, template fields and the menu, within WeChat's limits."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.channels.wechat.fields import fit
from bot.channels.wechat.menu import MENU, MENU_NAMES
from bot.channels.wechat.text import TEXT_LIMIT, clean, option, split

SENTENCE = "您的注册申请已经提交，供电局正在审核，通常需要两个工作日。"


def test_a_text_within_the_limit_stays_one_piece() -> None:
    """2048 bytes are allowed, 2049 are not."""
    assert split("好" * 682 + "ab") == ["好" * 682 + "ab"]
    assert len(split("好" * 682 + "abc")) == 2


def test_pieces_keep_to_the_limit_and_lose_nothing_but_the_white_space_at_cuts() -> None:
    """Bytes, not characters: a Chinese character has three."""
    text = "\n".join(f"第{n}条：{SENTENCE}" for n in range(200))
    pieces = split(text)
    assert all(len(piece.encode()) <= TEXT_LIMIT for piece in pieces)
    assert "".join(pieces).replace("\n", "") == text.replace("\n", "")
    assert all(piece.endswith("。") for piece in pieces)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("第一段。\n还是第一段\n\n第二段第二段", "第一段。\n还是第一段"),
        ("第一行，第一行，\n第二行，第二行，第二行", "第一行，第一行，"),
        ("第一句，第一句。第二句，第二句，第二句", "第一句，第一句。"),
        ("第一半，第二半第三半第四半第五半第六半", "第一半，第二半第三半第四半"),
        ("一二三四五六七八九十，一二三四五六七八", "一二三四五六七八九十，"),
    ],
)
def test_a_cut_is_made_at_the_best_place(text: str, first: str) -> None:
    """Paragraph, line, sentence, comma; a far too early one is passed over."""
    assert split(text, 39)[0] == first


def test_a_link_is_never_cut() -> None:
    """Half a link would be shown as markup."""
    link = option("确认提交", "submit")
    text = "。".join([SENTENCE * 2 + link] * 40)
    pieces = split(text)
    assert len(pieces) > 1
    assert sum(piece.count(link) for piece in pieces) == 40
    assert all(piece.count("<a ") == piece.count("</a>") for piece in pieces)


def test_a_link_longer_than_the_limit_becomes_its_label() -> None:
    """Better readable than tappable."""
    assert split(f'看<a href="http://x/{"y" * 100}">这里</a>吧', 30) == ["看这里吧"]


@pytest.mark.parametrize("cluster", ["👨‍👩‍👧‍👦", "👍🏽", "🇨🇳", "e\u0301", "❤️", "😀"])
def test_a_character_made_of_several_is_never_cut(cluster: str) -> None:
    """Families, skin tones, flags, accents."""
    size = len(cluster.encode())
    assert split(cluster * 3, size * 2 - 1) == [cluster] * 3


def test_an_empty_text_has_no_pieces() -> None:
    """And so does white space."""
    assert (split(""), split(" \n ")) == ([], [])


def test_a_character_larger_than_the_limit_does_not_hang() -> None:
    """The limit is a promise to WeChat; a nonsensical one must end all the same."""
    assert split("好好", 2) == ["好", "好"]


@pytest.mark.parametrize("text", ["e" + "\u0301" * 5000, "<a " * 5000, "<a x>" * 5000, "\u200d" * 5000])
def test_a_hostile_text_keeps_to_the_limit_too(text: str) -> None:
    """Towers of accents, and links that never end."""
    pieces = split(text)
    assert all(len(piece.encode()) <= TEXT_LIMIT for piece in pieces)
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")


def test_clean_keeps_what_people_type() -> None:
    """Only what XML and UTF-8 refuse is lost."""
    assert clean("甲\t乙\r\n丙\r丁\x00\x1f\ud800😀") == "甲\t乙\n丙\n丁😀"


def test_an_option_reads_as_its_label_and_carries_its_id() -> None:
    """As WeChat's community shows it."""
    assert option("满意", "101") == '<a href="weixin://bizmsgmenu?msgmenucontent=满意&msgmenuid=101">满意</a>'


@pytest.mark.parametrize(
    "label", ["A&B公司", '引号"和<尖括号>', "a=b#c?d+e%f", "两 词", "换\n行", "</a>", "50%", "it's"]
)
def test_no_label_breaks_out_of_an_option(label: str) -> None:
    """One link, one address, the label and the id intact; markup characters come as their full-width twins."""
    found = re.fullmatch(r'<a href="([^"<>]*)">([^<>]*)</a>', option(label, "confirm:12"))
    assert found
    query = parse_qs(urlsplit(found[1]).query, strict_parsing=True)
    assert query == {"msgmenucontent": [found[2]], "msgmenuid": ["confirm:12"]}


def test_an_id_is_quoted_too() -> None:
    """Ids are ours, but nothing may depend on it."""
    assert 'msgmenuid=a%26b%22%3E">' in option("好", 'a&b">')


@pytest.mark.parametrize(
    ("kind", "value", "fitted"),
    [
        ("thing1", "供电局审核", "供电局审核"),
        ("thing", "昆明滇星机械制造有限公司第一分公司注册申请", "昆明滇星机械制造有限公司第一分公司注册…"),
        ("thing", "请在三个工作日内补充材料，户号0512345678901234", "请在三个工作日内补充材料，户号…"),
        ("thing", "合同约定的购电价格是每千瓦时人民币0.3852元", "合同约定的购电价格是每千瓦时人民币…"),
        ("thing", "一行\n两行 😀 三行", "一行 两行 三行"),
        ("thing", "", "无"),
        ("character_string2", "ＲＧ２０２６１１２３－0001号", "RG20261123-0001"),
        ("phrase3", "审核通过！", "审核通过"),
        ("name", "李𬎆", "李𬎆"),
        ("name", "a" * 30, "a" * 20),
        ("amount", "¥1234.50", "¥1234.50"),
        ("number4", "630", "630"),
        ("phone_number", "0871-63012345", "0871-63012345"),
        ("date5", date(2026, 11, 3), "2026年11月3日"),
        ("time6", datetime(2026, 11, 23, 16, 5, tzinfo=UTC), "2026年11月24日 00:05"),
        ("date", datetime(2026, 11, 23, 16, 5, tzinfo=UTC), "2026年11月24日"),
        ("time", "15:01", "15:01"),
    ],
)
def test_a_value_is_made_to_fit_its_field(kind: str, value: str | date, fitted: str) -> None:
    """Shortened between words, never within a figure; days and times are China's."""
    assert fit(kind, value) == fitted


@pytest.mark.parametrize("length", range(1, 60))
def test_a_thing_never_exceeds_twenty_characters(length: int) -> None:
    """Whatever mixture of words and figures."""
    text = ("户号0512345678901234的电量为1,234.56千瓦时，" * 3)[:length]
    assert 0 < len(fit("thing", text)) <= 20


@pytest.mark.parametrize(
    ("kind", "value"),
    [("number", "1" * 33), ("amount", "12345678901"), ("phone_number", "1" * 18), ("nonsense", "x")],
)
def test_a_value_that_cannot_be_shortened_truthfully_is_an_error(kind: str, value: str) -> None:
    """Half an amount is a lie. The error does not repeat the value."""
    with pytest.raises(ValueError, match="no value") as caught:
        fit(kind, value)
    assert value not in str(caught.value) or value == "x"


def test_the_menu_keeps_wechats_limits() -> None:
    """Three columns of five, names of 4 and 8 characters, a key for every entry."""
    columns = MENU["button"]
    assert len(columns) <= 3
    for column in columns:
        assert len(column["name"]) <= 4 and 1 <= len(column["sub_button"]) <= 5
        for entry in column["sub_button"]:
            assert entry["type"] == "click" and len(entry["name"]) <= 8 and len(entry["key"]) <= 128
    keys = [entry["key"] for column in columns for entry in column["sub_button"]]
    assert keys == list(MENU_NAMES) and len(set(keys)) == len(keys)
