"""Values are found by code, with their plain form and their place in the message as it was sent."""

import pytest
from components.values import asking_of, read


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
        ("9153O1OOMA6K5G3X2T", "9153O1OOMA6K5G3X2T"),
    ],
)
def test_a_credit_code_is_eighteen_characters_and_kept_as_typed(text: str, code: str) -> None:
    """O and 0 are not repaired here: the product's check digits decide."""
    assert found(text) == {"uscc": code}


def test_an_identity_number_is_never_passed_on() -> None:
    """Nobody asked for it, and it is personal."""
    assert found("我身份证530102199003071234") == {}


@pytest.mark.parametrize("text", ["653219", "验证码653219", "码是653 219", "是６５３２１９"])
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


@pytest.mark.parametrize(
    ("text", "kva"),
    [
        ("630kVA", "630"),
        ("六百三十千伏安", "630"),
        ("六百三千伏安", "630"),
        ("一台二百加一台一百六的变压器", "360"),
        ("一台200的加一台160的变压器", "360"),
        ("0.63兆伏安", "630"),
        ("SCB13-800/10", "800"),
        ("S11-M-400/10", "400"),
        ("容量500", "500"),
        ("我们是250的变压器", "250"),
        ("１０００ＫＶＡ", "1000"),
        ("一千千伏安", "1000"),
        ("315 千伏安", "315"),
        ("五十千伏安", "50"),
        ("一千零五十千伏安", "1050"),
    ],
)
def test_a_capacity_as_people_say_it(text: str, kva: str) -> None:
    """In kVA, as a plain decimal."""
    assert found(text)["capacity"] == kva


@pytest.mark.parametrize("text", ["630千瓦", "630kw", "10千伏", "五万度", "变压器1号"])
def test_other_units_are_no_capacity(text: str) -> None:
    """Power, voltage and energy are not apparent power."""
    assert "capacity" not in found(text)


def test_a_company_name_with_command_words_stays_a_name() -> None:
    """不同意 and 取消 in a name are no answer."""
    assert found("公司是曲靖不同意文化传媒有限公司") == {"company_name": "曲靖不同意文化传媒有限公司"}
    assert found("玉溪取消烦恼科技有限公司") == {"company_name": "玉溪取消烦恼科技有限公司"}
    assert found("我们是有限责任公司不是有限公司") == {}


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
    assert [asking_of(odd) for odd in (None, {}, {"asking": 3}, "phone", [])] == [""] * 5


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
    ],
)
def test_no_message_makes_reading_slow(text: str) -> None:
    """Floods are read like any message; the time-out of the test session is the guard."""
    read(text, "contact_name")
    read(text, "address")
