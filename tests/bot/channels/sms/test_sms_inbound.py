"""Aliyun's pushes, read as they come and tolerated as they may come."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.channels.base import Inbound, Kind
from bot.channels.sms.inbound import Batch, Report, moment, parse_replies, parse_reports
from bot.channels.sms.segments import segments

# help.aliyun.com/zh/sms/developer-reference/smsup-http and document_detail/101867, with whole numbers.
REPLY = {
    "phone_number": "13811111111",
    "content": "内容",
    "send_time": "2017-09-01 00:00:00",
    "dest_code": "1234",
    "sequence_id": "1234567890",
}
REPORT = {
    "phone_number": "13811111111",
    "send_time": "2017-01-01 00:00:00",
    "report_time": "2017-01-01 00:00:07",
    "success": True,
    "err_code": "DELIVERED",
    "err_msg": "用户接收成功",
    "sms_size": "1",
    "biz_id": "12345",
    "out_id": "67890",
}


def test_a_reply_becomes_our_message() -> None:
    said = Inbound(
        channel="sms",
        channel_id="1234567890",
        sender="13811111111",
        kind=Kind.TEXT,
        text="内容",
        sent_at=datetime(2017, 8, 31, 16, 0, tzinfo=UTC),
        extra={"dest_code": "1234"},
    )
    assert parse_replies([REPLY]) == Batch([said], 0)


def test_the_older_form_gives_the_same_message() -> None:
    """Before 2023 sequence_id was a number and the signature's name came along."""
    [old] = parse_replies([REPLY | {"sequence_id": 1234567890, "sign_name": "签名"}]).items
    assert old.channel_id == "1234567890"
    assert old.extra == {"dest_code": "1234", "sign_name": "签名"}


@pytest.mark.parametrize("phone", ["+8613811111111", "8613811111111", "0086 138-1111-1111", 13811111111])
def test_a_phone_is_written_one_way(phone: object) -> None:
    assert parse_replies([REPLY | {"phone_number": phone}]).items[0].sender == "13811111111"


def test_an_answer_that_came_as_a_number_is_kept_as_text() -> None:
    assert parse_replies([REPLY | {"content": 1}]).items[0].text == "1"


def test_what_was_written_is_kept_to_the_letter() -> None:
    assert parse_replies([REPLY | {"content": " １\n"}]).items[0].text == " １\n"


def test_what_no_store_takes_is_left_out() -> None:
    """JSON can spell NUL and half a character; PostgreSQL and UTF-8 take neither."""
    assert parse_replies([REPLY | {"content": "同\0意\ud83d"}]).items[0].text == "同意?"


@pytest.mark.parametrize(
    "junk",
    [
        None,
        "probe",
        7,
        [],
        {},
        REPLY | {"phone_number": "1381111****"},
        REPLY | {"phone_number": None},
        REPLY | {"content": None},
        REPLY | {"content": {"a": 1}},
        {name: value for name, value in REPLY.items() if name not in ("sequence_id", "send_time")},
        REPLY | {"sequence_id": "9" * 81},
    ],
)
def test_a_junk_item_is_counted_and_stops_nobody(junk: object) -> None:
    batch = parse_replies([REPLY, junk, REPLY | {"sequence_id": "2"}])
    assert [reply.channel_id for reply in batch.items] == ["1234567890", "2"]
    assert batch.skipped == 1


@pytest.mark.parametrize("probe", [None, "", {}, [], "hello", 0, True])
def test_a_probe_holds_no_reply_and_no_report(probe: object) -> None:
    assert parse_replies(probe) == Batch([], 0)
    assert parse_reports(probe) == Batch([], 0)


def test_one_item_without_its_array_is_read_too() -> None:
    assert len(parse_replies(REPLY).items) == len(parse_reports(REPORT).items) == 1


def test_a_reply_without_a_number_gets_a_lasting_one_of_its_own() -> None:
    bare = {name: value for name, value in REPLY.items() if name != "sequence_id"}
    first, again, later = parse_replies([bare, bare, bare | {"send_time": "2017-09-01 00:00:01"}]).items
    assert first.channel_id == again.channel_id != later.channel_id
    assert "13811111111" not in first.channel_id


def test_a_report_becomes_ours() -> None:
    at = datetime(2016, 12, 31, 16, 0, 7, tzinfo=UTC)
    report = Report("12345", "13811111111", True, "DELIVERED", "67890", at)
    assert parse_reports([REPORT]) == Batch([report], 0)
    assert report.key == "12345:13811111111"


@pytest.mark.parametrize(("said", "ok"), [(False, False), ("false", False), ("true", True), ("True", True)])
def test_success_may_be_a_word(said: object, ok: bool) -> None:
    assert parse_reports([REPORT | {"success": said}]).items[0].ok is ok


@pytest.mark.parametrize("broken", [{"success": None}, {"success": "maybe"}, {"biz_id": ""}, {"phone_number": "x"}])
def test_a_report_that_says_nothing_is_counted(broken: dict[str, object]) -> None:
    assert parse_reports([REPORT | broken]) == Batch([], 1)


@pytest.mark.parametrize(
    "text", ["", "2017-13-01 00:00:00", "yesterday", "2017-01-01T00:00:00Z", "0001-01-01 00:00:00"]
)
def test_a_time_that_cannot_be_read_is_none(text: str) -> None:
    assert moment(text) is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("好", 1),
        ("好" * 70, 1),
        ("好" * 71, 2),
        ("好" * 134, 2),
        ("好" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_long_texts_become_several_sms(text: str, count: int) -> None:
    assert segments(text) == count
