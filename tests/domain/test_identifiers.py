"""Numbers that name a company, a meter or a person."""

import pytest

from domain.identifiers import (
    InvalidIdentifier,
    Repair,
    is_unusual_phone,
    mask_identity,
    mask_phone,
    normalise_account_number,
    normalise_identity,
    normalise_phone,
    normalise_registration_number,
    normalise_uscc,
    repair_uscc,
)

REAL_CODES = ["91110000600037341L", "9144030071526726XG", "914403001922038216", "91330100799655058B"]


@pytest.mark.parametrize("code", REAL_CODES)
def test_a_published_code_is_accepted(code: str) -> None:
    assert normalise_uscc(code) == code


@pytest.mark.parametrize(
    "typed",
    ["９１１１００００６０００３７３４１Ｌ", "91110000 600037341l", "911100-00-600037341L", " 91110000600037341L。"],
)
def test_width_case_and_separators_do_not_matter(typed: str) -> None:
    assert normalise_uscc(typed) == "91110000600037341L"


def test_a_code_of_the_ministry_of_agriculture_is_accepted_though_stdnum_refuses_it() -> None:
    """N1… village collectives; python-stdnum 2.2 wants eight leading digits."""
    assert normalise_uscc("N2530102MF12345678") == "N2530102MF12345678"


def _last(body: str) -> str:
    from stdnum.cn.uscc import calc_check_digit

    return calc_check_digit(body)


@pytest.mark.parametrize(
    ("typed", "reason", "words"),
    [
        ("9111000060003734", "length", "收到的是16位"),
        ("9111000O600037341L", "character", "数字0不要写成字母O"),
        ("91990000600037341L", "structure", "前8位"),
        ("91110000600037342L", "check", "校验位"),
        ("91110000600037341M", "check", "校验位"),
        ("", "length", "18位"),
    ],
)
def test_a_wrong_code_is_refused_with_what_is_wrong(typed: str, reason: str, words: str) -> None:
    with pytest.raises(InvalidIdentifier, match=words) as refused:
        normalise_uscc(typed)
    assert refused.value.reason == reason


def test_the_last_check_alone_is_not_enough() -> None:
    """The organisation code inside has its own check digit: here only the outer one holds."""
    body = "91110000600037351"
    with pytest.raises(InvalidIdentifier) as refused:
        normalise_uscc(body + _last(body))
    assert refused.value.reason == "check"


@pytest.mark.parametrize(
    ("read", "repair"),
    [
        ("91110000600037341L", Repair("91110000600037341L", unique=True, forced=True)),
        ("9I11OOOO6OO037341L", Repair("91110000600037341L", unique=True, forced=True)),
        ("91110000600037347L", Repair("91110000600037341L", unique=True, forced=False)),
        ("91330100799655O588", Repair("91330100799655058B", unique=True, forced=False)),
    ],
)
def test_look_alikes_are_repaired_where_both_checks_agree(read: str, repair: Repair) -> None:
    assert repair_uscc(read) == repair


@pytest.mark.parametrize("read", ["9111000060003734", "99999999999999999X", "*1110000600037341L", "统一社会信用代码"])
def test_what_cannot_be_repaired_is_not_guessed(read: str) -> None:
    assert repair_uscc(read) is None


def test_a_repair_is_never_said_to_be_certain_when_another_fits_as_well() -> None:
    """Every code damaged at every single place: a repair to another code is never called unique and forced."""
    for code in REAL_CODES:
        for place in range(18):
            for wrong in "IOSZ":
                repair = repair_uscc(code[:place] + wrong + code[place + 1 :])
                if repair and repair.unique and repair.forced:
                    assert repair.code == code


@pytest.mark.parametrize("number", ["440301103097413", "440301103448669", "4403 0110 3097 413"])
def test_a_registration_number_of_before_2015_is_accepted(number: str) -> None:
    assert len(normalise_registration_number(number)) == 15


@pytest.mark.parametrize("number", ["440301103097414", "44030110309741", "44030110309741X"])
def test_a_wrong_registration_number_is_refused(number: str) -> None:
    with pytest.raises(InvalidIdentifier, match="注册号"):
        normalise_registration_number(number)


def test_an_account_number_is_sixteen_digits_beginning_with_05() -> None:
    assert normalise_account_number("0501 2345 6789 0123") == "0501234567890123"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("0601234567890123", "structure"), ("050123456789012", "length"), ("05O1234567890123", "character")],
)
def test_a_wrong_account_number_is_refused(typed: str, reason: str) -> None:
    with pytest.raises(InvalidIdentifier) as refused:
        normalise_account_number(typed)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "typed",
    [
        "13887654321",
        "+86 138-8765-4321",
        "0086 13887654321",
        "8613887654321",
        "１３８８７６５４３２１",
        "138 8765 4321",
    ],
)
def test_a_mobile_number_is_read_as_people_write_it(typed: str) -> None:
    assert normalise_phone(typed) == "13887654321"


@pytest.mark.parametrize("typed", ["0871-6312345", "12887654321", "1388765432", "138876543210", "abc", ""])
def test_what_is_no_mobile_number_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(InvalidIdentifier) as refused:
        normalise_phone(typed)
    assert not typed or typed not in str(refused.value)


def test_a_range_unknown_to_the_library_is_only_a_hint() -> None:
    assert normalise_phone("19412345678") == "19412345678"
    assert is_unusual_phone("19412345678")
    assert not is_unusual_phone("13887654321")


@pytest.mark.parametrize("number", ["11010519491231002X", "11010519491231002x", "810000199408230021"])
def test_an_identity_number_is_accepted_residence_permits_included(number: str) -> None:
    assert normalise_identity(number) == number.upper()


@pytest.mark.parametrize(
    ("number", "reason"),
    [("110105194912310021", "check"), ("11010519491331002X", "structure"), ("110105491231002", "length")],
)
def test_a_wrong_identity_number_is_refused(number: str, reason: str) -> None:
    with pytest.raises(InvalidIdentifier) as refused:
        normalise_identity(number)
    assert refused.value.reason == reason


def test_masks_hide_the_middle_and_short_texts_wholly() -> None:
    assert mask_phone("13887654321") == "138****4321"
    assert mask_phone("1234") == "****"
    assert mask_identity("11010519491231002X") == "110***********002X"
    assert mask_identity("12345") == "*****"
