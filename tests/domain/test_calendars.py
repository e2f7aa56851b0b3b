"""Working days that an administrator enters: read from the notice, checked, and counted from then on."""

from __future__ import annotations

from datetime import date

import pytest

from domain.calendars import (
    BadCalendar,
    calendar_of,
    enter,
    entered_against_published,
    missing_soon,
    read_typed,
    special_days,
    withdraw,
    years,
)
from domain.evidence import Evidence
from domain.people.staff import Role, Staff
from domain.workdays import PUBLISHED, NotPublished
from tests.support.world import World

# 国务院办公厅关于2026年部分节假日安排的通知, as it reads.
NOTICE = """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。"""
DAY = date(2026, 11, 23)


def made_up(year: int) -> str:
    """A whole year's list that nothing is odd about."""
    return f"""元旦：{year}年1月1日放假。春节：2月5日至11日放假调休，2月14日上班、2月20日上班。清明节：4月5日放假。
劳动节：5月3日至5日放假。端午节：6月9日放假。中秋节：9月15日放假。国庆节：10月1日至7日放假调休，10月9日上班。"""


def test_the_state_councils_notice_is_read_as_it_stands() -> None:
    """It gives the very days that the library has."""
    read = read_typed(2026, NOTICE)
    assert read.days == special_days(PUBLISHED, 2026)
    assert read.odd == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "没有读到放假的日子"),
        ("2月30日放假", "没有“2月30日”这一天"),
        ("1月1日放假。1月5日上班", "本来就是工作日"),
        ("1月1日至3日", "没有写明放假还是上班"),
        ("1月1日放假。1月2日至3日放假，1月3日上班", "既写了放假又写了上班"),
        ("2026年12月31日放假", "不在2027年"),
        ("1月1日至6月1日放假", "不像一个假期"),
    ],
    ids=["nothing", "no-such-day", "no-swap", "no-word", "both", "other-year", "too-long"],
)
def test_what_cannot_be_a_calendar_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(BadCalendar, match=why):
        read_typed(2027, text)


def test_what_looks_odd_is_said() -> None:
    """National Day and Spring Festival were forgotten, and the count is not right."""
    odd = "".join(read_typed(2027, "1月1日放假").odd)
    assert "2027年10月1日（周五）是法定假日，没有写放假" in odd
    assert "没有读到春节的假期" in odd
    assert "个工作日，这里有260个" in odd


def test_an_entered_year_counts_until_it_is_withdrawn(world: World) -> None:
    who = world.staff("zhou", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        assert missing_soon(session, DAY) == [2027]
        enter(session, read_typed(2027, made_up(2027)), session.get_one(Staff, who), world.now)
        assert missing_soon(session, DAY) == []
        assert not calendar_of(session).is_workday(date(2027, 10, 4))
        assert calendar_of(session).is_workday(date(2027, 10, 9))
        assert calendar_of(session).after(date(2026, 12, 31), 1) == date(2027, 1, 4)
        assert (2027, "entered") in [(year, state) for year, state, _ in years(session, DAY)]
    with world.app.store.write() as session:
        withdraw(session, 2027, session.get_one(Staff, who), world.now)
        with pytest.raises(NotPublished, match="2027年"):
            calendar_of(session).is_workday(date(2027, 1, 4))
        assert [row.what for row in session.query(Evidence)] == ["calendar_entered", "calendar_withdrawn"]


def test_where_the_library_comes_to_know_an_entered_year_the_differences_are_shown(world: World) -> None:
    who = world.staff("zhou", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        wrong = NOTICE.replace("9月20日（周日）、10月10日（周六）上班", "10月10日（周六）上班")
        enter(session, read_typed(2026, wrong), session.get_one(Staff, who), world.now)
        assert entered_against_published(session, 2026) == [date(2026, 9, 20)]
