"""Letters, leases and identity cards, read from lines of text as a reader would hand them on; no picture needed."""

from __future__ import annotations

from datetime import date

import pytest

from bot.ocr.identities import read_identity
from bot.ocr.leases import read_lease
from bot.ocr.letters import read_letter
from bot.ocr.prose import Prose, prose_of
from bot.ocr.spans import later, span_of
from bot.ocr.what import document_of, other_word
from tests.bot.ocr_pages import page

GIVER, CODE = "安宁市宏达铸造有限公司", "9153018164632547XM"
TAKER, NUMBER = "王秀英", "530103198503162429"


def prose(*texts: str, title: str = "授权委托书") -> Prose:
    """A page with a title and these lines below one another."""
    lines = [(text, 120, 300 + 60 * number) for number, text in enumerate(texts)]
    return prose_of(page((title, 600, 150, 60), *lines))


FORM = prose(
    f"委托单位：{GIVER}", f"统一社会信用代码：{CODE}", f"受托人：{TAKER}", f"身份证号：{NUMBER}",
    "委托事项：电力市场注册手续", "委托期限：自2026年3月1日起至2027年2月28日止", "2026年3月1日",
)  # fmt: skip
SENTENCE = prose(
    f"本人张立新系{GIVER}（统一社会信用代码：{CODE}）的法定代表人，现授权{TAKER}（身份证号：{NUMBER}）为我公司代理人，办理电力市场注册手续。",
    "本委托书有效期至2027年2月28日。", "委托人（公章）：", "2026年3月1日",
)  # fmt: skip
AUTHORISED = prose(
    f"兹授权{TAKER}（身份证号：{NUMBER}）作为我单位的被授权人，全权代表我单位办理电力市场注册手续。",
    "授权期限：自签署之日起一年内有效。",
    f"授权方：{GIVER}", f"统一社会信用代码：{CODE}", "2026年3月1日", title="授权书",
)  # fmt: skip


@pytest.mark.parametrize("letter", [FORM, SENTENCE, AUTHORISED], ids=["fields", "one sentence", "authorised"])
def test_who_authorises_whom_is_read_from_every_wording(letter: Prose) -> None:
    read = read_letter(letter)
    said = {
        name: read[name].value for name in ("grantor", "grantor_code", "grantee", "grantee_id", "matter", "signed_on")
    }
    assert document_of(letter) == "letter"
    assert said == {
        "grantor": GIVER,
        "grantor_code": CODE,
        "grantee": TAKER,
        "grantee_id": NUMBER,
        "matter": "电力市场注册手续",
        "signed_on": "2026-03-01",
    }


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("委托期限：自2026年3月1日起至2027年2月28日止", ("2026-03-01", "2027-02-28")),
        ("授权期限：2026.3.1-2027.2.28", ("2026-03-01", "2027-02-28")),
        ("本委托书有效期至2027年2月28日", ("", "2027-02-28")),
        ("自签署之日起一年内有效", ("2026-03-16", "2027-03-16")),
        ("委托期限：六个月", ("2026-03-16", "2026-09-16")),
        ("租期三年，自2024年3月1日起", ("2024-03-01", "2027-03-01")),
        ("租赁期限为5年，从2023年7月1日至2028年6月30日", ("2023-07-01", "2028-06-30")),
        ("二〇二六年三月一日至二〇二七年二月二十八日", ("2026-03-01", "2027-02-28")),
        ("自签署之日起至委托事项办理完毕之日止", ("2026-03-16", "")),
        ("特此委托", ("", "")),
    ],
    ids=[
        "from to",
        "dots",
        "until",
        "a year",
        "half a year",
        "three years from",
        "five years",
        "numerals",
        "open",
        "none",
    ],
)
def test_how_long_a_paper_holds_is_read_in_all_its_wordings(words: str, span: tuple[str, str]) -> None:
    found = span_of(prose(words), "2026-03-16")
    assert (found.start, found.end) == span


def test_a_period_from_its_signing_has_no_end_where_the_day_is_not_in_the_picture() -> None:
    read = read_letter(prose(f"委托单位：{GIVER}", "委托期限：自签署之日起一年内有效"))["valid_to"]
    assert (read.value, read.doubts) == (None, ("signing_day",))


def test_an_end_before_the_beginning_is_doubted() -> None:
    read = read_letter(prose(f"委托单位：{GIVER}", "委托期限：自2026年3月1日起至2025年2月28日止"))["valid_to"]
    assert "order" in read.doubts


def test_the_end_of_a_short_month_ends_the_period() -> None:
    assert later(date(2024, 2, 29), 1, "年") == date(2025, 2, 28)


def test_a_lease_tells_both_sides_the_place_and_the_years() -> None:
    lease = prose(
        f"出租方（甲方）：{GIVER}", "承租方（乙方）：昆明滇星机械制造有限公司",
        "第一条 甲方将位于安宁市麒麟路2号的厂房出租给乙方使用。",
        "第二条 租赁期限：自2025年1月1日起至2027年12月31日止。", "签订日期：2024年12月20日", title="厂房租赁合同",
    )  # fmt: skip
    read = read_lease(lease)
    assert document_of(lease) == "lease"
    assert {name: field.value for name, field in read.items()} == {
        "lessor": GIVER,
        "lessee": "昆明滇星机械制造有限公司",
        "address": "安宁市麒麟路2号",
        "valid_from": "2025-01-01",
        "valid_to": "2027-12-31",
        "signed_on": "2024-12-20",
    }


def test_a_last_page_alone_is_a_lease_that_lacks_its_beginning() -> None:
    last = prose(
        "七、乙方不得擅自转租；租赁期满，乙方有优先承租权。", "甲方（盖章）", "签订日期：2024年12月20日", title="第二页"
    )
    read = read_lease(last)
    assert document_of(last) == "lease"
    assert (read["lessor"].value, read["lessor"].doubts, read["signed_on"].value) == (
        None,
        ("not_found",),
        "2024-12-20",
    )


def test_both_sides_of_an_identity_card_are_told_apart() -> None:
    front = prose(f"姓名{TAKER}", "性别女 民族汉", "住址云南省昆明市", f"公民身份号码{NUMBER}", title="样本")
    back = prose("签发机关 昆明市公安局", "有效期限 2015.03.12-2035.03.12", title="居民身份证")
    assert (document_of(front), document_of(back)) == ("identity", "identity")
    read = read_identity(front)
    assert (read["side"].value, read["name"].value, read["number"].value) == ("front", TAKER, NUMBER)
    assert (read_identity(back)["side"].value, read_identity(back)["valid_to"].value) == ("back", "2035-03-12")


def test_a_number_whose_check_digit_fails_is_doubted() -> None:
    front = prose(f"姓名{TAKER}", "民族汉", "公民身份号码530103198503162428", title="样本")
    assert read_identity(front)["number"].doubts == ("check_failed",)


def test_every_field_says_where_it_stands() -> None:
    field = read_letter(FORM)["grantee"]
    box = page(("授权委托书", 600, 150)).box(field.quads)
    left, top, right, bottom = box
    assert 120 / 2000 < left < right and top < 420 / 1400 < bottom  # behind its label, on the third line


def test_what_is_none_of_these_has_a_word() -> None:
    bill = prose("户号0530010686818433", "合计金额128.50元", title="电费通知单")
    assert (document_of(bill), other_word(bill.text)) == ("", "bill")
