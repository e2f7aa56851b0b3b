"""Days and months, relative to the day of the message."""

from datetime import date

import pytest
from components.bare_answer import is_bare_answer
from components.masking_tokenizer import masked
from components.values import read

SATURDAY = date(2026, 11, 28)


def found(text: str, today: date | None = SATURDAY, asking: str = "") -> list[tuple[str, str]]:
    """Kind and plain form of every day, in order."""
    return [(v.kind, v.value) for v in read(text, asking, today).values() if v.kind != "field"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12月1号", "2026-12-01"),
        ("12月1起", "2026-12-01"),
        ("十二月一号", "2026-12-01"),
        ("3月5日", "2027-03-05"),
        ("15号", "2026-12-15"),
        ("28号", "2026-11-28"),
        ("31号", "2026-12-31"),
        ("从1号开始", "2026-12-01"),
        ("下个月15号", "2026-12-15"),
        ("月底", "2026-11-30"),
        ("本月底", "2026-11-30"),
        ("下个月底", "2026-12-31"),
        ("下月初", "2026-12-01"),
        ("月初", "2026-12-01"),
        ("12月底", "2026-12-31"),
        ("年底", "2026-12-31"),
        ("明年底", "2027-12-31"),
        ("明年3月15日", "2027-03-15"),
        ("2027年1月1号起", "2027-01-01"),
        ("2027-1-5", "2027-01-05"),
        ("２０２７／１／５", "2027-01-05"),
        ("2027.1.5", "2027-01-05"),
        ("1985年3月2日", "1985-03-02"),
        ("2028年2月29号", "2028-02-29"),
        ("今天", "2026-11-28"),
        ("后天", "2026-11-30"),
        ("大后天", "2026-12-01"),
        ("3天后", "2026-12-01"),
        ("下周一", "2026-11-30"),
        ("周五", "2026-12-04"),
        ("礼拜六", "2026-11-28"),
        ("这周五", "2026-11-27"),
        ("星期天", "2026-11-29"),
        ("元旦起", "2027-01-01"),
    ],
)
def test_a_day_is_an_iso_date(text: str, day: str) -> None:
    """What is not said is filled in forwards: the next such day, today included."""
    assert found(text) == [("date", day)]


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("明年1月起", "2027-01"),
        ("2027年3月", "2027-03"),
        ("27年3月", "2027-03"),
        ("二零二七年三月", "2027-03"),
        ("2027-03", "2027-03"),
        ("9月份", "2027-09"),
        ("11月", "2026-11"),
        ("下个月", "2026-12"),
        ("下下个月", "2027-01"),
        ("上个月", "2026-10"),
        ("去年12月", "2025-12"),
        ("元月", "2027-01"),
        ("开年以后", "2027-01"),
    ],
)
def test_a_month_is_year_and_month(text: str, month: str) -> None:
    """The next such month, this one included."""
    assert found(text) == [("month", month)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("10月用了多少电", "2026-10"),
        ("12月的用电量", "2025-12"),
        ("11月20号交的资料", "2026-11-20"),
        ("15号发的", "2026-11-15"),
    ],
)
def test_who_looks_back_means_the_last_one(text: str, day: str) -> None:
    """What was used and done lies behind."""
    assert [value for _, value in found(text)] == [day]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2月30号", "day"),
        ("4月31日", "day"),
        ("2027年2月29日", "day"),
        ("2月29号", "day"),
        ("12月32号", "day"),
        ("13月", "month"),
        ("2027年13月1号", "month"),
        ("2027/13/1", "month"),
    ],
)
def test_a_day_that_there_is_not_says_why(text: str, reason: str) -> None:
    """So that the product can refuse it with the reason."""
    assert found(text) == [("date_like", reason)]


@pytest.mark.parametrize(
    "text",
    [
        "春节后", "元旦后", "5月中旬", "正月", "农历三月", "明后天", "3个月", "三个月后", "近3月", "1-3月",
        "每月15号", "15日内", "2027年", "3年5月", "2026.5", "人民路15号", "15号楼", "1号变压器", "1号线", "选三号套餐",
        "就办稳享一号", "地址是12号", "不是38号", "周一到周五", "我叫周一鸣",
    ],
)  # fmt: skip
def test_what_is_no_day_is_left_alone(text: str) -> None:
    """The unclear, durations, what comes again, houses, packages and people."""
    assert not [kind for kind, _ in found(text) if kind != "person_name"]


def test_without_the_day_of_the_message_only_full_dates_are_known() -> None:
    """No clock is read."""
    text = "15号，下个月底，12月1号，明年1月，下周一，后天，开年以后"
    assert found(text, None) == []
    assert found("2027年3月，2027年1月5号，2月30号", None) == [
        ("month", "2027-03"),
        ("date", "2027-01-05"),
        ("date_like", "day"),
    ]


def test_opening_of_the_year_is_unclear_once_the_year_has_begun() -> None:
    """Then it means after the holidays."""
    assert found("开年以后", date(2027, 1, 20)) == []


def test_a_leap_day_is_looked_for_in_its_year() -> None:
    """The next 29th of February where the year has one."""
    assert found("2月29号", date(2027, 12, 1)) == [("date", "2028-02-29")]


def test_days_in_figures_are_marks_and_days_in_words_stay_words() -> None:
    """明天再弄 is a pause; and no mark depends on the day of the message."""
    assert masked("15号交") == masked("20号交")
    assert "明天" in masked("明天再弄")
    assert not is_bare_answer(read("12月1号"))  # nobody asked for a day
    assert not is_bare_answer(read("月底"))
    assert is_bare_answer(read("下个月底", "starts"), "starts")


def test_the_end_of_a_span_is_in_the_year_of_its_beginning() -> None:
    """2027年1月至12月 does not end in 2026."""
    assert found("2027年1月至12月") == [("month", "2027-01"), ("month", "2027-12")]


def test_two_dates_side_by_side_are_no_account_number() -> None:
    """Together they have sixteen figures."""
    assert found("2026-12-01 2026-12-31") == [("date", "2026-12-01"), ("date", "2026-12-31")]
