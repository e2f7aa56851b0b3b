"""Aliyun's door: guarded by its secret, quick to answer, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from bot.channels.base import Inbound, Kind
from bot.channels.sms.inbound import Report
from webhooks.sms import sms_blueprint

SECRET = "s3cret-9f2c"
# help.aliyun.com/zh/sms/developer-reference/smsup-http and document_detail/101867, with whole numbers.
REPLIES = [
    {
        "phone_number": "13811111111",
        "content": "1",
        "send_time": "2026-11-23 11:00:00",
        "dest_code": "1234",
        "sequence_id": "1234567890",
    },
    {
        "phone_number": "13822222222",
        "content": "同意 38",
        "send_time": "2026-11-23 11:00:02",
        "sequence_id": 1234567891,
    },
]
REPORTS = [
    {
        "phone_number": "13811111111",
        "send_time": "2026-11-23 11:00:00",
        "report_time": "2026-11-23 11:00:05",
        "success": True,
        "err_code": "DELIVERED",
        "err_msg": "用户接收成功",
        "sms_size": "1",
        "biz_id": "900619746936498440^0",
        "out_id": "17",
    },
    {
        "phone_number": "13822222222",
        "send_time": "2026-11-23 11:00:00",
        "report_time": "2026-11-23 11:00:06",
        "success": False,
        "err_code": "MOBILE_NOT_ON_SERVICE",
        "err_msg": "停机",
        "sms_size": "1",
        "biz_id": "900619746936498441^0",
        "out_id": "18",
    },
]


@dataclass
class Settings:
    sms_callback_secret: str = SECRET


@dataclass
class FakeDesk:
    """Remembers what it was given; `broken` senders make it fail, as a locked database would."""

    settings: Settings = field(default_factory=Settings)
    broken: set[str] = field(default_factory=set)
    received: list[Inbound] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)

    def receive_push(self, push: Sequence[Inbound]) -> None:
        if self.broken & {inbound.sender for inbound in push}:
            raise RuntimeError("database is locked")
        self.received.extend(push)

    def delivery_push(self, push: Sequence[Report]) -> None:
        if self.broken & {report.phone for report in push}:
            raise RuntimeError("database is locked")
        self.reports.extend(push)

    def receive(self, inbound: Inbound) -> None:
        if inbound.sender in self.broken:
            raise RuntimeError(f"database is locked: {inbound.sender} {inbound.text}")
        self.received.append(inbound)

    def delivery(self, report: Report) -> None:
        if report.phone in self.broken:
            raise RuntimeError(f"database is locked: {report.phone}")
        self.reports.append(report)


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def http(desk: FakeDesk) -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(sms_blueprint(desk))
    return app.test_client()


def test_replies_are_handed_on_and_answered_as_aliyun_wants(http: FlaskClient, desk: FakeDesk) -> None:
    answer = http.post(f"/sms/{SECRET}/reply", json=REPLIES)
    assert (answer.status_code, answer.get_json()) == (200, {"code": 0, "msg": "成功"})
    assert answer.mimetype == "application/json"
    first, second = desk.received
    assert first == Inbound(
        channel="sms",
        channel_id="1234567890",
        sender="13811111111",
        kind=Kind.TEXT,
        text="1",
        sent_at=datetime(2026, 11, 23, 3, 0, tzinfo=UTC),
        extra={"dest_code": "1234"},
    )
    assert (second.channel_id, second.text) == ("1234567891", "同意 38")


def test_reports_are_handed_on(http: FlaskClient, desk: FakeDesk) -> None:
    answer = http.post(f"/sms/{SECRET}/report", json=REPORTS)
    assert (answer.status_code, answer.get_json()) == (200, {"code": 0, "msg": "成功"})
    assert [(report.out_id, report.ok, report.code) for report in desk.reports] == [
        ("17", True, "DELIVERED"),
        ("18", False, "MOBILE_NOT_ON_SERVICE"),
    ]


@pytest.mark.parametrize("path", ["reply", "report"])
@pytest.mark.parametrize(
    "secret", ["wrong", SECRET + "x", SECRET[:-1], SECRET.upper(), "密", "%00", "%ff", "%ed%a0%80", " "]
)
def test_a_wrong_secret_finds_nothing(http: FlaskClient, desk: FakeDesk, path: str, secret: str) -> None:
    assert http.post(f"/sms/{secret}/{path}", json=REPLIES).status_code == 404
    assert desk.received == desk.reports == []


@pytest.mark.parametrize("path", ["/sms/x/reply", "/sms//reply", "/sms/reply"])
def test_without_a_secret_the_door_stays_shut(http: FlaskClient, desk: FakeDesk, path: str) -> None:
    desk.settings.sms_callback_secret = ""
    assert http.post(path, json=REPLIES).status_code == 404


def test_the_body_is_not_read_before_the_secret_is_right(http: FlaskClient) -> None:
    assert http.post("/sms/wrong/reply", data=b"x" * 1_000_001).status_code == 404


@pytest.mark.parametrize("path", ["reply", "report"])
@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b"probe", b"\xff", b'[{"phone_number":"1381111****"}]', b"[" * 100_000]
)
def test_a_probe_is_answered_like_everything_else(http: FlaskClient, desk: FakeDesk, path: str, body: bytes) -> None:
    answer = http.post(f"/sms/{SECRET}/{path}", data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()) == (200, {"code": 0, "msg": "成功"})
    assert desk.received == desk.reports == []


@pytest.mark.parametrize("path", ["reply", "report"])
def test_one_failure_keeps_the_others_and_asks_for_the_push_again(http: FlaskClient, desk: FakeDesk, path: str) -> None:
    desk.broken = {"13811111111"}
    items = REPLIES if path == "reply" else REPORTS
    answer = http.post(f"/sms/{SECRET}/{path}", json=items)
    assert answer.status_code == 503
    kept = desk.received or desk.reports
    assert len(kept) == 1
    desk.broken = set()
    assert http.post(f"/sms/{SECRET}/{path}", json=items).status_code == 200


def test_junk_beside_a_reply_is_not_asked_for_again(http: FlaskClient, desk: FakeDesk) -> None:
    """It would come back the same; it is counted in the log."""
    with capture_logs() as lines:
        assert http.post(f"/sms/{SECRET}/reply", json=[REPLIES[0], "junk", None]).status_code == 200
    assert len(desk.received) == 1
    assert lines == [{"event": "sms.replies", "log_level": "info", "kept": 1, "skipped": 2, "failed": 0}]


def test_a_huge_body_is_refused(http: FlaskClient, desk: FakeDesk) -> None:
    body = json.dumps([REPLIES[0] | {"content": "x" * 1_000_000}])
    assert http.post(f"/sms/{SECRET}/reply", data=body).status_code == 413
    assert desk.received == []


def test_only_post_is_taken(http: FlaskClient) -> None:
    assert http.get(f"/sms/{SECRET}/reply").status_code == 405


def test_the_log_holds_no_phone_no_text_and_no_secret(http: FlaskClient, desk: FakeDesk) -> None:
    desk.broken = {"13811111111"}
    with capture_logs() as lines:
        http.post(f"/sms/{SECRET}/reply", json=REPLIES)
        http.post(f"/sms/{SECRET}/report", json=REPORTS)
    said = json.dumps(lines, ensure_ascii=False)
    assert "RuntimeError" in said
    assert not [part for part in ("138", "同意", "900619746936498440", SECRET) if part in said]
