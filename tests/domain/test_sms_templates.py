"""The SMS catalogue keeps Aliyun's rules, and what is sent through it stays true when it must become shorter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from domain.messages import templates
from domain.messages.sms_values import MOST, BadValue, Kind, Variable, is_whole, pieces, shorten, shorten_unit
from domain.messages.templates import SMS_KINDS, SMS_TEMPLATES, BadTemplates, SmsTemplate, check
from sandbox.aliyun.templates import rejection

LONG = "已通过供电局和交易中心审核，受电容量1250.5千伏安，请在2026年12月31日前到交易中心办理数字证书和电子签章"


def test_every_template_would_be_approved() -> None:
    """By our own check, and by the sandbox's reviewer, which knows nothing of ours."""
    check()
    refused = {name: rejection(each.content) for name, each in SMS_TEMPLATES.items()}
    assert {name: why for name, why in refused.items() if why} == {}


@pytest.mark.parametrize(
    ("content", "kind", "why"),
    [
        ("${text}您好，请查收。${text}", "notice", "stands twice"),
        ("请您查收：${text}${text2}", "notice", "side by side"),
        ("请您查收：${text} ${text2}", "notice", "side by side"),
        ("${text}：${text2}。", "notice", "hardly anything but variables"),
        ("【电力市场】请您查收${text}", "notice", "the signature's"),
        ("${company}可以注册，回复1开始。", "promo", "拒收请回复R"),
        ("验证码${code}，用于${text}的核对。", "code", "no other"),
        ("请您查收：${surprise}", "notice", "without a kind"),
        ("请您打开 https://${token} 查看。", "notice", "host fixed"),
        ("请打开{host}/l/${token}，马上查看。", "notice", "host fixed"),
    ],
)
def test_a_template_that_would_be_refused_is_noticed_at_start(
    monkeypatch: pytest.MonkeyPatch, content: str, kind: str, why: str
) -> None:
    """The product does not start with it, and says which one and why."""
    catalogue: Mapping[str, SmsTemplate] = {**SMS_TEMPLATES, "broken": SmsTemplate(content, kind, "坏模板")}
    monkeypatch.setattr(templates, "SMS_TEMPLATES", catalogue)
    with pytest.raises(BadTemplates, match=f"broken: .*{why}"):
        check()


@pytest.mark.parametrize("most", range(4, 50))
def test_a_text_is_never_cut_inside_a_figure_or_a_date(most: int) -> None:
    """At whatever length it must end, each figure is there whole with its unit, or not at all."""
    cut = shorten(LONG, most)
    assert len(cut) <= most
    rest = cut.removesuffix("…")
    for whole in ("1250.5千伏安", "2026年12月31日"):
        rest = rest.replace(whole, "")
    assert not any(character.isdigit() for character in rest)


@pytest.mark.parametrize("most", range(12, 36))
def test_a_companys_own_name_and_its_branch_stay(most: int) -> None:
    """云南省昆明市… begins as it does; of two branches each is still itself."""
    name = "昆明滇星机械设备制造安装工程有限公司曲靖经济技术开发区分公司"
    cut = shorten_unit(name, most)
    assert len(cut) <= most
    assert cut.startswith("昆明滇星机械")
    assert most < 30 or "…" not in cut or cut.endswith("分公司")


def test_a_company_that_fits_is_not_touched() -> None:
    """35 characters hold nearly every name in the register."""
    assert shorten_unit("昆明滇星机械制造有限公司") == "昆明滇星机械制造有限公司"
    assert shorten_unit("云南省昆明市滇星机械设备制造安装工程有限公司", 20) == "云南省昆明市滇星机械设备制造安装工程…"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.NUMBER, "9" * 36),
        (Kind.NUMBER, "ZC 1"),
        (Kind.CODE, "12"),
        (Kind.CODE, "1234567"),
        (Kind.TIME, "二〇二六年" * 8),
        (Kind.MONEY, "1" * 36),
        (Kind.TOKEN, "a/b"),
        (Kind.TEXT, "  "),
    ],
)
def test_what_would_be_false_when_shorter_is_refused(kind: Kind, value: str) -> None:
    """A figure, a code, a time: whole or not at all."""
    with pytest.raises(BadValue):
        Variable(kind).fit(value)


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("详见 https://evil.example.com/x 或来电", "详见 或来电"),
        ("打13887654321找王会计", "打138****4321找王会计"),
        ("【重要】请看", "[重要]请看"),
        ("好的👍🏻谢谢😊", "好的谢谢"),
        ("第一行\n第二行", "第一行 第二行"),
        ("𠮷野家食品有限公司", "𠮷野家食品有限公司"),
    ],
)
def test_what_no_variable_may_hold_is_left_out(value: str, sent: str) -> None:
    """Aliyun would refuse the whole message; rare characters of names stay."""
    assert Variable(Kind.TEXT).fit(value) == sent


@pytest.mark.parametrize(
    "text",
    [
        LONG * 2,
        "请核对：昆明滇星机械制造有限公司，代码91530112MAQJWYLF5B，法定代表人李国强。没错吗？",
        "第一句。第二句；第三句，后半句\n第四行",
        "A" * 30 + "，" + "B" * 30,
    ],
)
def test_pieces_leave_nothing_out(text: str) -> None:
    """Only the marks between them go: the template has its own."""
    found = pieces(text)
    assert all(1 <= len(piece) <= MOST for piece in found)
    bare = str.maketrans("", "", "。；，、\n ")
    assert "".join(found).translate(bare) == text.translate(bare)


def test_pieces_never_part_a_code() -> None:
    """Whatever stands in front of it."""
    for lead in range(1, 40):
        text = "字" * lead + "代码91530112MAQJWYLF5B" + "尾" * 20
        assert sum("91530112MAQJWYLF5B" in piece for piece in pieces(text)) == 1


def test_a_text_with_an_address_or_a_phone_is_not_whole() -> None:
    """It then goes by a page."""
    assert is_whole("请发16位户号（05开头）。")
    assert not is_whole("请看 https://a.example.com/b")
    assert not is_whole("请打13887654321")


def test_a_link_is_a_fixed_address_with_a_token_at_its_end() -> None:
    """The host stands in the text that is approved; the variable holds the token alone."""
    template = SMS_TEMPLATES["link"]
    assert "https://desk.example.cn/l/${token} " in template.registered("https://desk.example.cn/")
    text = template.render({"text": "请拍执照", "token": "abc", "hours": "24"}, "https://desk.example.cn")
    assert "https://desk.example.cn/l/abc ，24小时内有效" in text


def test_the_docs_show_the_catalogue_as_it_is() -> None:
    """Who submits the templates for approval reads them there."""
    docs = (Path(__file__).resolve().parents[2] / "docs" / "sms.md").read_text()
    shown = {
        name: f"| `{name}` | {each.name} | {SMS_KINDS[each.kind]} | {each.content} |"
        for name, each in SMS_TEMPLATES.items()
    }
    assert [name for name, row in shown.items() if row not in docs] == []
