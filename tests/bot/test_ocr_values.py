"""From what was printed to the form that is stored."""

import pytest

from bot.ocr import values


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("2012年05月08日", "2012-05-08"),
        ("2012 年 5 月 8 日", "2012-05-08"),
        ("2012-05-08", "2012-05-08"),
        ("2O12年O5月l0日", "2012-05-10"),
        ("二〇一二年五月八日", "2012-05-08"),
        ("二○一九年十一月二十九日", "2019-11-29"),
        ("２０１２年５月８日", "2012-05-08"),
        ("2012年02月30日", None),
        ("年五月八日", None),
        ("", None),
    ],
)
def test_a_date_is_read_in_every_way_that_licences_write_it(printed: str, iso: str | None) -> None:
    assert values.iso_date(printed) == iso


@pytest.mark.parametrize(
    ("printed", "term"),
    [
        ("长期", "长期"),
        ("2012年05月08日至2032年05月07日", "2012-05-08至2032-05-07"),
        ("自2012年05月08日 至 2032年05月07日", "2012-05-08至2032-05-07"),
        ("2012年05月08日至长期", "2012-05-08至长期"),
        ("至2032年05月07日", "至2032-05-07"),
        ("*****", None),
    ],
)
def test_a_term_keeps_its_words_and_gets_iso_dates(printed: str, term: str | None) -> None:
    assert values.term(printed) == term


@pytest.mark.parametrize(
    ("read", "stored"),
    [
        ("有限责任公司（自然人投资或控股)", "有限责任公司（自然人投资或控股）"),
        ("有限责任公司(自然人投资或控股)", "有限责任公司(自然人投资或控股)"),
        ("有限责任公司（自然人投资或控股", "有限责任公司（自然人投资或控股）"),
        ("昆明 滇星 机械制造有限公司", "昆明滇星机械制造有限公司"),
        ("销售,维修;安装", "销售，维修；安装"),
        ("：昆明滇星", "昆明滇星"),
        ("ABC Trading Co., Ltd.", "ABC Trading Co., Ltd"),
        ("***", ""),
    ],
)
def test_marks_get_one_width_and_lost_brackets_are_closed(read: str, stored: str) -> None:
    assert values.printed(read) == stored


def test_lines_are_joined_without_blanks_except_between_latin_words() -> None:
    assert values.join(["工业园1", "2号"]) == "工业园12号"
    assert values.join(["Yunnan", "Trading"]) == "Yunnan Trading"


def test_a_minority_name_has_one_kind_of_dot() -> None:
    assert (
        values.person("阿卜杜拉•买买提") == values.person("阿卜杜拉．买买提".replace("．", "・")) == "阿卜杜拉·买买提"
    )


def test_the_closing_sentence_of_a_scope_is_mended_and_lost_tails_of_semicolons_are_put_back() -> None:
    read = "般项目：软件开发：水果种植（依法频经批准的项日，经相关部门批准后方可开展经营活动"
    assert values.scope(read) == "一般项目：软件开发；水果种植（依法须经批准的项目，经相关部门批准后方可开展经营活动）"


def test_a_sentence_that_says_something_else_is_left_alone() -> None:
    assert values.scope("依法须经核准的事项") == "依法须经核准的事项"


def test_what_a_stamp_left_behind_a_capital_is_cut_off() -> None:
    assert values.amount("508万元人民币整验") == "508万元人民币整"
    assert values.amount("伍佰万元整2012年05月08日") == "伍佰万元整"
