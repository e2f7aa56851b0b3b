"""Values are found by code, with their plain form and their place in the message as it was sent. Amounts are in
test_amounts.py, days in test_days.py."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from components.values import asking_of, read, today_of

UNSEEN = yaml.safe_load((Path(__file__).resolve().parent / "values_unseen.yml").read_text())


def found(text: str, asking: str = "") -> dict[str, str]:
    """Kind to plain form, field words left out."""
    return {v.kind: v.value for v in read(text, asking).values() if v.kind != "field"}


@pytest.mark.parametrize(
    "text",
    [
        "0530123456789012",
        "户号0530 1234 5678 9012",
        "0530-1234-5678-9012",
        "０５３０１２３４５６７８９０１２",
        "户号是0530123456789012。",
        "05301234567\u200b89012",
        "零五三零一二三四五六七八九零一二",
        "户号：\n0530 1234\n5678 9012",
        "O530123456789012",
        "053O12345678901２",
        "0530.1234.5678.9012",
        "零伍叁零 壹贰叁肆 伍陆柒捌 玖零壹贰",
        "零五三零-一二三四-五六七八-九零一二",
        "零五三零，一二三四，五六七八，九零一二",
        "洞五三洞 幺两三四 五六拐八 勾洞幺两",
        "O53O l234 5678 9OI2",
    ],
)
def test_an_account_number_is_sixteen_digits_however_typed(text: str) -> None:
    """Spaces, dashes, full width, invisible characters, spoken digits and O for the first 0."""
    assert found(text) == {"account_number": "0530123456789012"}


@pytest.mark.parametrize(
    "digits", ["05301234567890", "053012345678901", "05301234567890123", "053012345678901234", "1530123456789012"]
)
def test_a_near_miss_is_kept_apart(digits: str) -> None:
    """14 to 18 digits that are no account number, so that the product can say what is wrong."""
    assert found(f"户号{digits}") == {"account_number_like": digits}


@pytest.mark.parametrize(
    "text",
    [
        "13888881234",
        "138 8888 1234",
        "138-8888-1234",
        "+86 13888881234",
        "8613888881234",
        "008613888881234",
        "电话１３８８８８８１２３４",
        "幺三八八八八八幺二三四",
        "打13888881234找我",
        "138.8888.1234",
        "１３８－８８８８－１２３４",
        "壹叁捌捌捌捌捌壹贰叁肆",
        "幺三八.八八八八.一二三四",
        "一三八 八八八八 一二三四",
        "一三八，八八八八，一二三四",
        "１３８。８８８８。１２３４",
    ],
)
def test_a_phone_is_eleven_digits_however_typed(text: str) -> None:
    """The country code is left out of the plain form."""
    assert found(text) == {"phone": "13888881234"}


def test_a_phone_with_a_digit_too_few_or_too_many_is_kept_apart() -> None:
    """So that the product can say how many digits are missing."""
    assert found("1388888123") == {"phone_like": "1388888123"}
    assert found("138888812345") == {"phone_like": "138888812345"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("91530100MA6K5G3X2T", "91530100MA6K5G3X2T"),
        ("代码 9153 0100 MA6K 5G3X 2T", "91530100MA6K5G3X2T"),
        ("代码91530100\nma6k5g3x2t", "91530100MA6K5G3X2T"),
        ("914403001922038216", "914403001922038216"),
        ("９１５３０１００ＭＡ６Ｋ５Ｇ３Ｘ２Ｔ", "91530100MA6K5G3X2T"),
        ("９１ ５３０１００\r\n ＭＡ６Ｋ５Ｇ３Ｘ２Ｔ", "91530100MA6K5G3X2T"),
    ],
)
def test_a_credit_code_is_eighteen_characters_and_kept_as_typed(text: str, code: str) -> None:
    """Whether it is a right one is the product's to say."""
    assert found(text) == {"uscc": code}


@pytest.mark.parametrize("text", ["9153O1OOMA6K5G3X2F", "9I53OIOOMA6K5G3X2F", "9153 o1oo\nMA6K 5G3X 2F"])
def test_o_and_i_in_a_credit_code_become_figures_where_the_check_character_proves_it(text: str) -> None:
    """No code contains these letters."""
    assert found(text) == {"uscc": "91530100MA6K5G3X2F"}


@pytest.mark.parametrize("text", ["9153O1OOMA6K5G3X2T", "91530100MA6K5G3Z2F"])
def test_a_code_that_can_be_none_is_kept_apart_as_typed(text: str) -> None:
    """The check character does not prove the repair, or there is a letter that may be more than one figure."""
    assert found(text) == {"uscc_like": text}


@pytest.mark.parametrize("text", ["91530100MA6K5G3X2", "9153 0100 MA6K 5G3X 2", "9153 0100 MA6K 5G3X 2FF"])
def test_a_code_of_another_length_is_told_apart_where_it_was_asked(text: str) -> None:
    """So that the product can say how many characters there are."""
    assert found(text, "code") == {"uscc_like": text.replace(" ", "")}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("P0003", "P0003"),
        ("就办p 0003", "P0003"),
        ("Ｐ０００３-2", "P0003-2"),
        ("P-0003 - 02", "P0003-2"),
        ("套餐P零零零三", "P0003"),
        ("PO003多少钱", "P0003"),
        ("换成P0003一年能省多少", "P0003"),
    ],
)
def test_a_package_is_called_by_its_code(text: str, code: str) -> None:
    """As the catalogue writes it, with the version where one was said."""
    assert found(text) == {"package": code}


@pytest.mark.parametrize("text", ["P3", "MP0003", "P0003A", "app 2026"])
def test_other_letters_and_figures_are_no_package(text: str) -> None:
    """A code is a P and at least four figures, alone."""
    assert "package" not in found(text)


@pytest.mark.parametrize("letters", ["ZC", "HT", "BG"])
def test_our_own_numbers_are_read_whole(letters: str) -> None:
    """Of an application, a contract, a request."""
    assert found(f"{letters}20261201000001到哪了") == {"number": f"{letters}20261201000001"}
    assert found(f"{letters.lower()} 20261201 000001") == {"number": f"{letters}20261201000001"}
    assert found(f"查{letters}202612010007") == {"number": f"{letters}202612010007"}
    assert found(f"{letters}2026") == {}


@pytest.mark.parametrize("text", ["9L53OLOOMA6K5G3X2F", "九一五三零一零零MA六K五G三X二F", "91530100\n\nMA6K5G3X2F"])
def test_slips_of_hand_and_voice_are_undone_in_a_credit_code(text: str) -> None:
    """An l among the first figures is a 1; figures may be read out."""
    assert found(text) == {"uscc": "91530100MA6K5G3X2F"}


def test_figures_alone_are_a_credit_code_where_the_check_character_holds() -> None:
    """Offices and institutions have such codes; other eighteen figures are a long account number."""
    assert found("1253 0000 4312 0056 94") == {"uscc": "125300004312005694"}
    assert found("125300004312005695") == {"account_number_like": "125300004312005695"}


def test_an_identity_number_is_never_passed_on() -> None:
    """Nobody asked for it, and it is personal."""
    assert found("我身份证530102199003071234") == {}


@pytest.mark.parametrize("text", ["653219", "验证码653219", "码是653 219", "是６５３２１９", "是 65 32 19"])
def test_an_sms_code_is_six_digits(text: str) -> None:
    """A space in the middle is common on phones."""
    assert found(text, "sms_code") == {"sms_code": "653219"}


@pytest.mark.parametrize("text", ["630000元", "12345", "1234567", "2024-05-12", "500000千瓦时"])
def test_other_figures_are_no_sms_code(text: str) -> None:
    """Money, dates, energy and figures of another length."""
    assert "sms_code" not in found(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我叫李明", "李明"),
        ("我是杨秀英，公司会计", "杨秀英"),
        ("联系人张伟 电话13888881234", "张伟"),
        ("联系人：欧阳建国", "欧阳建国"),
        ("姓名 王丽", "王丽"),
        ("法定代表人是马国强", "马国强"),
        ("法人应该是和丽华", "和丽华"),
        ("名字错了，是张玮，王字旁的玮", "张玮"),
        ("联系人改成普永昌", "普永昌"),
        ("我的名字叫刀美兰", "刀美兰"),
        ("联系人换成李明", "李明"),
        ("法人叫岩温", "岩温"),
        ("法人：付家荣  电话", "付家荣"),
        ("联系人肖丽华", "肖丽华"),
    ],
)
def test_a_name_after_a_word_that_announces_it(text: str, name: str) -> None:
    """The name ends where the next word begins."""
    assert found(text)["person_name"] == name


@pytest.mark.parametrize(
    "text", ["张伟13888881234", "张伟 13888881234", "张伟，电话13888881234", "13888881234，张伟", "13888881234 张伟"]
)
def test_a_name_beside_a_phone_number(text: str) -> None:
    """The commonest way to answer two questions at once."""
    assert found(text) == {"person_name": "张伟", "phone": "13888881234"}


@pytest.mark.parametrize("text", ["方便打13888881234", "是13888881234", "13888881234 应该对", "安全 13888881234"])
def test_a_word_beside_a_phone_number_is_no_name(text: str) -> None:
    """Only what can be a name and stands apart."""
    assert found(text) == {"phone": "13888881234"}


@pytest.mark.parametrize(
    "text",
    [
        "我是租户",
        "我是会计",
        "我是房东",
        "我是售电公司",
        "我是张会计",
        "我是李总",
        "我是公司的",
        "是高压的",
        "我是来注册的",
        "我叫你们领导来",
        "是全部都要吗",
        "我是谁",
        "法人是谁",
        "是不是",
        "是官方的吗",
        "不是都传清楚了嘛咋个还不过",
        "收不收费呀这个",
        "到期了是不是自动续",
        "我不是房主，是承租的",
        "地址要改成晋宁",
        "我是代理的",
        "我们公司是付款方",
    ],
)
def test_a_word_that_begins_like_a_name_is_none(text: str) -> None:
    """Surnames are common characters."""
    assert "person_name" not in found(text)


@pytest.mark.parametrize("text", ["张三", "欧阳娜娜", "刀美兰", " 李明。", "阿布都·热合曼"])
def test_a_bare_name_counts_only_where_a_name_was_asked(text: str) -> None:
    """Elsewhere two characters may be anything."""
    assert "person_name" in found(text, "contact_name")
    assert found(text) == {}


@pytest.mark.parametrize("text", ["退出", "等一下", "不知道", "没有", "取消", "好的", "我是", "都行"])
def test_a_word_of_the_talk_is_no_name(text: str) -> None:
    """Even where a name was asked for."""
    assert found(text, "contact_name") == {}


def test_a_company_name_with_command_words_stays_a_name() -> None:
    """不同意 and 取消 in a name are no answer."""
    assert found("公司是曲靖不同意文化传媒有限公司") == {"company_name": "曲靖不同意文化传媒有限公司"}
    assert found("玉溪取消烦恼科技有限公司") == {"company_name": "玉溪取消烦恼科技有限公司"}
    assert found("我们是有限责任公司不是有限公司") == {}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我们公司是昆明华为科技有限公司", "昆明华为科技有限公司"),
        ("名字是曲靖为民文化传媒有限公司", "曲靖为民文化传媒有限公司"),
        ("华为技术有限公司", "华为技术有限公司"),
        ("帮查下玉溪进度印刷厂", "玉溪进度印刷厂"),
        ("我们是大理人工湖酒店，想报名", "大理人工湖酒店"),
        ("你好，公司昆明甲乙有限公司", "昆明甲乙有限公司"),
        ("我们公司叫云南人工智能科技股份公司", "云南人工智能科技股份公司"),
        ("玉溪进度印刷公司", "玉溪进度印刷公司"),
        ("昆明继续教育合伙企业（有限合伙）", "昆明继续教育合伙企业(有限合伙)"),
    ],
)
def test_a_company_name_is_whole(text: str, name: str) -> None:
    """是, 为 and 叫 may be part of it; a shorter form counts after a place."""
    assert found(text) == {"company_name": name}


@pytest.mark.parametrize(
    "text",
    [
        "昆明有什么厂可以参加",
        "我在昆明开了个酒店",
        "曲靖的厂",
        "玉溪那家商店",
        "昆明各酒店",
        "我们厂房在安宁",
        "昆明供电公司",
        "云南售电公司",
    ],
)
def test_talk_about_companies_is_no_name(text: str) -> None:
    """A place and a form do not make a name."""
    assert found(text) == {}


@pytest.mark.parametrize(
    "name", ["曲靖不同意文化", "玉溪进度印刷", "大理返回建材", "取消烦恼科技", "昆明不知道餐饮管理"]
)
def test_a_name_without_a_form_counts_where_it_was_asked(name: str) -> None:
    """Elsewhere it may be a wish."""
    assert found(f"我们叫{name}。", "name") == {"company_name": name}
    assert found(name) == {}


@pytest.mark.parametrize(
    "text", ["取消", "等一下", "不知道叫什么", "曲靖的在哪里办", "返回上一步", "昆明的可以吗", "人工"]
)
def test_a_wish_is_no_company_name(text: str) -> None:
    """Even where the name was asked for."""
    assert found(text, "name") == {}


@pytest.mark.parametrize(
    "text",
    [
        "昆明市五华区人民西路100号",
        "地址是昆明市五华区人民西路100号",
        "我们在昆明市五华区人民西路100号",
        "搬到昆明市五华区人民西路100号了",
    ],
)
def test_an_address_counts_only_where_it_was_asked(text: str) -> None:
    """Without the words around it."""
    assert found(text, "address") == {"address": "昆明市五华区人民西路100号"}
    assert found(text) == {}


def test_several_values_in_one_message_keep_their_places() -> None:
    """Start and end count characters of the original, full-width ones too."""
    text = "户号０５３０１２３４５６７８９０１２ 电话138 8888 1234，联系人张伟，代码91530100MA6K5G3X2T"
    spans = {v.kind: text[v.start : v.end] for v in read(text).values() if v.kind != "field"}
    assert spans == {
        "account_number": "０５３０１２３４５６７８９０１２",
        "phone": "138 8888 1234",
        "person_name": "张伟",
        "uscc": "91530100MA6K5G3X2T",
    }


def test_two_values_of_one_kind_are_both_found() -> None:
    """A company may have two accounts."""
    values = [v.value for v in read("0530123456789012和0530123456789020").values() if v.kind == "account_number"]
    assert values == ["0530123456789012", "0530123456789020"]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("法定代表人读错了一个字", ["legal_person"]),
        ("电话不对", ["phone"]),
        ("户号填错了", ["account_number"]),
        ("信用代码最后一位错了", ["code"]),
        ("公司名称少了一个字", ["name"]),
        ("住所和经营范围不对", ["address", "scope"]),
        ("注册资本多了一个零", ["capital"]),
        ("聯系人換了", ["contact_name"]),
        ("有个地方不对", []),
    ],
)
def test_the_field_that_a_correction_is_about(text: str, fields: list[str]) -> None:
    """By the words that accountants use for it."""
    assert [v.value for v in read(text).values() if v.kind == "field"] == fields


def test_the_asked_field_comes_from_a_live_message_or_an_example() -> None:
    """And from nothing else."""
    assert asking_of({"asking": "phone"}) == "phone"
    assert asking_of({"example": {"asking": "phone"}}) == "phone"
    assert asking_of({"asking": "correct:phone"}) == "phone"
    assert [asking_of(odd) for odd in (None, {}, {"asking": 3}, "phone", [])] == [""] * 5


def test_the_day_comes_from_the_message() -> None:
    """As an ISO date, and from nothing else: no clock is read."""
    assert today_of({"today": "2026-11-28"}) == date(2026, 11, 28)
    assert today_of({"example": {"today": "2026-11-28"}}) == date(2026, 11, 28)
    assert [today_of(odd) for odd in (None, {}, {"today": 3}, {"today": "28号"}, [])] == [None] * 5


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u200b",
        "\x00",
        "0" * 2000,
        "1 " * 1000,
        "张" * 2000,
        "有限公司" * 500,
        "九" * 2000,
        "省市县" * 600,
        "是" * 2000,
        "[" * 2000,
        "一" * 2000,
        "1月1号" * 400,
        "5万度" * 666,
        "一台二百加" * 400,
        "P0003 " * 333,
        "S1" * 1000,
        "下周一" * 666,
        "昆明大大厂" * 400,
    ],
)
def test_no_message_makes_reading_slow(text: str) -> None:
    """Floods are read like any message; the time-out of the test session is the guard."""
    for asking in ("contact_name", "address", "code", "capacity", "name", "starts"):
        read(text, asking, date(2026, 11, 28))


@pytest.mark.parametrize("case", UNSEEN, ids=[case["text"] for case in UNSEEN])
def test_a_value_that_somebody_else_wrote(case: dict[str, object]) -> None:
    """Nothing more and nothing less than expected is read."""
    values = read(str(case["text"]), str(case["asking"]), date(2026, 11, 28)).values()
    assert {v.kind: v.value for v in values if v.kind != "field"} == {
        k: str(v) for k, v in dict(case["expect"]).items()
    }


@pytest.mark.parametrize("text", ["王芳", " 王芳。", "写我嘛，王芳", "联系人嘛 王芳 就她"])
def test_a_name_stands_apart_where_one_was_asked_for(text: str) -> None:
    """Whatever is said around it; where two could be meant, none is taken."""
    assert [v.value for v in read(text, "contact_name").values() if v.kind == "person_name"] == ["王芳"]
    assert not [v for v in read("王芳，李强", "contact_name").values() if v.kind == "person_name"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("名字写普文山，电话13912340003", "普文山"),
        ("王芳的电话是13887654321", "王芳"),
        ("等一下，联系人写错了，要写陈绍华", "陈绍华"),
        ("联系人请填马来福", "马来福"),
        ("我叫徐来", "徐来"),
    ],
)
def test_a_name_is_read_without_the_words_around_it(text: str, name: str) -> None:
    """Words that announce a phone, or a right value, are no part of a name."""
    assert [v.value for v in read(text, "photo").values() if v.kind == "person_name"] == [name]


@pytest.mark.parametrize("text", ["没有照片，明天叫孙女来照", "喊孙子帮我弄", "叫王会计来办", "要写单位名称吗"])
def test_somebody_who_is_sent_for_is_no_name(text: str) -> None:
    """“Tomorrow my granddaughter comes to take it” must not replace the contact."""
    assert not [v for v in read(text, "photo").values() if v.kind == "person_name"]
