"""The Aliyun client: signed, over https where it says so, and silent about people."""

from __future__ import annotations

import io
import json
import logging
import socket
import traceback
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from aliyun_stand_in import ACCEPTED, KEY_ID, KEY_SECRET, Aliyun, running, signature
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.channels.base import SendError
from bot.channels.sms.client import AliyunSms
from bot.channels.sms.errors import RETRY, send_error
from bot.channels.sms.inbound import Report

PHONE, SIGN, TEMPLATE = "13887654321", "云南电力零售", "SMS_154950909"
PARAMS = {"code": "024680", "name": "昆明滇星+机械 *~&=%"}
DAY = date(2026, 11, 23)


@pytest.fixture
def aliyun() -> Iterator[Aliyun]:
    with running() as server:
        yield server


def client(url: str, secret: str = KEY_SECRET) -> AliyunSms:
    return AliyunSms(access_key_id=KEY_ID, access_key_secret=secret, sign_name=SIGN, endpoint=url)


def failed_send(url: str) -> SendError:
    with pytest.raises(SendError) as raised:
        client(url).send(PHONE, TEMPLATE, PARAMS, "notice-17")
    return raised.value


def test_the_checking_side_follows_the_published_example() -> None:
    """The worked example of Aliyun's page on RPC signatures (DescribeRegions, testid, testsecret)."""
    example = {
        "TimeStamp": "2016-02-23T12:46:24Z",
        "Format": "XML",
        "AccessKeyId": "testid",
        "Action": "DescribeRegions",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
        "Version": "2014-05-26",
        "SignatureVersion": "1.0",
    }
    example["Timestamp"] = example.pop("TimeStamp")
    assert signature("GET", example, "testsecret") == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="


def test_a_message_is_sent_signed_with_everything_personal_in_the_body(aliyun: Aliyun) -> None:
    aliyun.will_answer(ACCEPTED)
    assert client(aliyun.url).send(PHONE, TEMPLATE, PARAMS, "notice-17") == "900619746936498440^0"
    [call] = aliyun.calls
    assert call.method == "POST"
    assert call.body == {
        "PhoneNumbers": PHONE,
        "SignName": SIGN,
        "TemplateCode": TEMPLATE,
        "TemplateParam": call.body["TemplateParam"],
        "OutId": "notice-17",
    }
    assert json.loads(call.body["TemplateParam"]) == PARAMS
    assert (call.query["Action"], call.query["Version"]) == ("SendSms", "2017-05-25")
    assert not [value for value in call.query.values() if PHONE in value or "024680" in value or "滇星" in value]


def test_another_signature_name_can_be_given(aliyun: Aliyun) -> None:
    aliyun.will_answer(ACCEPTED)
    client(aliyun.url).send(PHONE, TEMPLATE, {}, "1", sign_name="交易中心")
    assert aliyun.calls[0].body["SignName"] == "交易中心"


def test_a_wrong_secret_is_an_alarm(aliyun: Aliyun) -> None:
    with pytest.raises(SendError) as raised:
        client(aliyun.url, secret="other").send(PHONE, TEMPLATE, PARAMS, "1")
    assert (raised.value.code, raised.value.retry) == ("SignatureDoesNotMatch", "alarm")


@pytest.mark.parametrize(
    ("status", "body", "code", "retry"),
    [
        (200, {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": f"触发分钟级流控Permits:1 {PHONE}"}, None, "later"),
        (200, {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": PHONE}, None, "never"),
        (200, {"Code": "isv.AMOUNT_NOT_ENOUGH", "Message": "余额不足"}, None, "alarm"),
        (200, {"Code": "isp.SYSTEM_ERROR", "Message": "isp.SYSTEM_ERROR"}, None, "soon"),
        (200, {"Code": "isv.NEVER_SEEN_BEFORE", "Message": ""}, None, "alarm"),
        (200, {"Code": f"refused {PHONE}", "Message": ""}, "unreadable", "alarm"),
        (200, {"Message": "no code"}, "SDK.UnreadableAnswer", "ask"),
        (200, b"<html>login</html>", "SDK.UnreadableAnswer", "ask"),
        (200, b"", "SDK.UnreadableAnswer", "ask"),
        (200, [1], "SDK.UnreadableAnswer", "ask"),
        (400, {"Code": "Throttling.User", "Message": "Request was denied due to user flow control."}, None, "soon"),
        (404, {"Code": "InvalidAccessKeyId.NotFound", "Message": "Specified access key is not found."}, None, "alarm"),
        (400, {"Code": "InvalidTimeStamp.Expired", "Message": ""}, None, "alarm"),
        (400, {"Code": "SignatureDoesNotMatch", "Message": "no colon"}, "SDK.UnreadableAnswer", "ask"),
        (302, b"", "SDK.UnknownServerError", "ask"),
        (403, b"\xff\xfe", "SDK.UnreadableAnswer", "ask"),
        (502, b"<html>Bad Gateway</html>", "SDK.UnknownServerError", "ask"),
        (503, {"Code": "ServiceUnavailable", "Message": ""}, None, "soon"),
        (500, {"Code": "SomethingNew", "Message": ""}, "SDK.ServerError", "ask"),
    ],
)
def test_a_refusal_says_what_to_do(aliyun: Aliyun, status: int, body: object, code: str | None, retry: str) -> None:
    aliyun.will_answer(body, status)
    error = failed_send(aliyun.url)
    assert (error.code, error.retry) == (code or body["Code"], retry)
    assert len(aliyun.calls) == 1, "a send is never repeated by the client itself"


def test_an_unreachable_endpoint_means_ask_first() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    error = failed_send(url)
    assert (error.code, error.retry) == ("SDK.HttpError", "ask")


def test_a_slow_endpoint_is_not_waited_for(aliyun: Aliyun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.sms.client.READ_SECONDS", 0.2)
    aliyun.will_answer(ACCEPTED, delay=1)
    error = failed_send(aliyun.url)
    assert (error.code, error.retry) == ("SDK.HttpError", "ask")


@pytest.mark.parametrize("debug", ["", "sdk"])
def test_no_phone_no_parameter_and_no_key_gets_into_logs_or_errors(
    aliyun: Aliyun, debug: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Also with every logger at DEBUG, with the SDK's own debug switch, and in a whole traceback."""
    monkeypatch.setenv("DEBUG", debug)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    aliyun.will_answer(ACCEPTED)
    aliyun.will_answer({"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": f"{PHONE} 024680"}, 400)
    aliyun.will_answer(f"{PHONE} 024680".encode(), 500)
    try:
        client(aliyun.url).send(PHONE, TEMPLATE, PARAMS, "1")
        errors = [failed_send(aliyun.url), failed_send(aliyun.url), failed_send("http://127.0.0.1:9")]
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    said = written.getvalue() + "".join(capfd.readouterr())
    said += "".join("".join(traceback.format_exception(error)) for error in errors)
    assert all(error.__context__ is None for error in errors)
    assert not [secret for secret in (PHONE, "024680", "滇星", KEY_ID, "Signature=") if secret in said]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for localhost with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "localhost.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize("scheme", ["https://", ""], ids=["https", "no scheme"])
def test_an_https_endpoint_is_spoken_to_in_tls_by_its_name(
    certificate: Path, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK alone would speak plain HTTP here, and name no server in the handshake."""
    monkeypatch.setenv("ALIBABA_CLOUD_CA_BUNDLE", str(certificate))
    with running(certificate) as aliyun:
        aliyun.will_answer(ACCEPTED)
        client(aliyun.url.replace("https://", scheme)).send(PHONE, TEMPLATE, PARAMS, "1")
        assert aliyun.server_names == ["localhost"]


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    with running(certificate) as aliyun:
        aliyun.will_answer(ACCEPTED)
        assert failed_send(aliyun.url).code == "SDK.HttpError"
        assert aliyun.calls == []


def test_this_machine_is_reached_without_the_proxy_of_the_environment(
    aliyun: Aliyun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    aliyun.will_answer(ACCEPTED)
    assert client(aliyun.url).send(PHONE, TEMPLATE, PARAMS, "1")


def detail(out_id: str, status: object, code: str = "DELIVRD") -> dict[str, object]:
    """A row as in Aliyun's example for QuerySendDetails."""
    return {
        "PhoneNum": PHONE,
        "SendStatus": status,
        "ErrCode": code,
        "TemplateCode": TEMPLATE,
        "Content": "【云南电力零售】您的验证码…",
        "SendDate": "2026-11-23 16:44:10",
        "ReceiveDate": "2026-11-23 16:44:13",
        "OutId": out_id,
    }


def details(*rows: dict[str, object]) -> dict[str, object]:
    return {
        "Code": "OK",
        "Message": "OK",
        "TotalCount": str(len(rows)),
        "SmsSendDetailDTOs": {"SmsSendDetailDTO": list(rows)},
    }


@pytest.mark.parametrize(("status", "ok"), [(3, True), ("3", True), (2, False), (1, None)])
def test_the_report_of_a_message_is_read(aliyun: Aliyun, status: object, ok: bool | None) -> None:
    aliyun.will_answer(details(detail("notice-17", status)))
    received = datetime(2026, 11, 23, 8, 44, 13, tzinfo=UTC)
    assert client(aliyun.url).report(PHONE, "B1", DAY) == Report("B1", PHONE, ok, "DELIVRD", "notice-17", received)
    assert aliyun.calls[0].query["Action"] == "QuerySendDetails"
    asked = {"PhoneNumber": PHONE, "SendDate": "20261123", "BizId": "B1", "PageSize": "50", "CurrentPage": "1"}
    assert aliyun.calls[0].body == asked


def test_after_a_time_out_the_message_is_found_by_our_own_id_on_any_page(aliyun: Aliyun) -> None:
    aliyun.will_answer(details(*[detail(f"other-{number}", 3) for number in range(50)]))
    aliyun.will_answer(details(detail("notice-17", 1)))
    found = client(aliyun.url).report(PHONE, "", DAY, out_id="notice-17")
    assert found is not None and (found.out_id, found.ok) == ("notice-17", None)
    assert "BizId" not in aliyun.calls[0].body
    assert [call.body["CurrentPage"] for call in aliyun.calls] == ["1", "2"]


def test_a_message_that_aliyun_never_got_has_no_report(aliyun: Aliyun) -> None:
    aliyun.will_answer(details(detail("other", 3)))
    assert client(aliyun.url).report(PHONE, "", DAY, out_id="notice-17") is None


def test_asking_for_a_report_may_be_repeated_at_once(aliyun: Aliyun) -> None:
    aliyun.will_answer(b"<html>", 502)
    with pytest.raises(SendError) as raised:
        client(aliyun.url).report(PHONE, "B1", DAY)
    assert raised.value.retry == "soon"


def test_every_code_of_the_table_leads_to_a_known_way() -> None:
    assert set(RETRY.values()) == {"soon", "later", "ask", "never", "alarm"}
    assert all(send_error(code.replace("*", "X")).retry == RETRY[code] for code in RETRY)


@pytest.mark.parametrize("code", [None, 7, "", "138 8765 4321", PHONE, "x" * 81, "isv.\n"])
def test_a_code_that_is_no_code_is_not_repeated(code: object) -> None:
    assert str(send_error(code)) == "unreadable (alarm)"
