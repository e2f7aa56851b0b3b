"""Aliyun's side of SMS, called by Aliyun's own SDK: signature, refusals, limits, reports, replies."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest
from starlette.responses import JSONResponse, Response

from sandbox.aliyun.signature import sign, string_to_sign
from tests.sandbox.harness import Client, running, until

PHONE = "13887654321"
TEMPLATES = [
    {"code": "SMS_1", "name": "验证码", "content": "您的验证码是${code}，五分钟内有效。", "type": "code"},
    {"code": "SMS_2", "name": "进度", "content": "您的申请${number}已到${stage}。", "type": "notice"},
    {"code": "SMS_3", "name": "不合格", "content": "${a}${b}", "type": "notice"},
]


@pytest.fixture
def aliyun(tmp_path: Path) -> Iterator[Client]:
    """A sandbox that knows three templates, the third of which no reviewer would approve."""
    (tmp_path / "sms.json").write_text(json.dumps(TEMPLATES), "utf-8")
    with running(tmp_path, aliyun_templates=tmp_path / "sms.json") as client:
        yield client


def call(client: Client, action: str, secret: str = "", method: str = "POST", **body: str) -> dict[str, Any]:
    """One call by the SDK, parameters in the body."""
    settings = client.settings
    secret = secret or settings.aliyun_access_key_secret
    sdk = AcsClient(settings.aliyun_access_key_id, secret, "cn-hangzhou", port=settings.port, timeout=5)
    request = CommonRequest(domain="127.0.0.1", version="2017-05-25", action_name=action)
    request.set_protocol_type("http")
    request.set_method(method)
    for name, value in body.items():
        (request.add_body_params if method == "POST" else request.add_query_param)(name, value)
    return dict(json.loads(sdk.do_action_with_exception(request)))


def send(client: Client, template: str = "SMS_2", **changed: str) -> dict[str, Any]:
    """SendSms to 王会计."""
    values = {"SMS_1": {"code": "482913"}}.get(template, {"number": "R-1", "stage": "供电局审核"})
    body = {
        "PhoneNumbers": PHONE,
        "SignName": client.settings.aliyun_sign_name,
        "TemplateCode": template,
        "TemplateParam": json.dumps(values, ensure_ascii=False),
        "OutId": "n-1",
    }
    return call(client, "SendSms", **body | changed)


def test_an_sms_is_shown_and_its_report_pushed(aliyun: Client):
    """The inbox reads the signature and the rendered template; the report has the documented fields."""
    answer = send(aliyun)
    [sms] = aliyun.shown()
    assert answer["Code"] == answer["Message"] == "OK" and answer["BizId"] and answer["RequestId"]
    assert sms["text"] == f"【{aliyun.settings.aliyun_sign_name}】您的申请R-1已到供电局审核。"
    assert (sms["channel"], sms["via"]) == ("sms", "sms")
    what, [report] = until(lambda: aliyun.product.pushes)[0]
    assert what == "report"
    assert report["phone_number"] == PHONE and report["success"] is True and report["sms_size"] == "1"
    assert (report["biz_id"], report["out_id"], report["err_code"]) == (answer["BizId"], "n-1", "DELIVERED")
    datetime.strptime(report["report_time"], "%Y-%m-%d %H:%M:%S")


def test_parameters_in_the_query_are_signed_as_well(aliyun: Client):
    """A GET with Action goes to the service, a plain GET to the page."""
    body = {
        "PhoneNumbers": PHONE,
        "SignName": aliyun.settings.aliyun_sign_name,
        "TemplateCode": "SMS_1",
        "TemplateParam": '{"code":"1234"}',
    }
    assert call(aliyun, "SendSms", method="GET", **body)["Code"] == "OK"


def test_the_gateway_refuses_with_4xx_and_a_code(aliyun: Client):
    """Wrong secret, unknown action: the SDK raises ServerException."""
    for arguments, code, status in (
        ({"action": "SendSms", "secret": "x"}, "SignatureDoesNotMatch", 400),
        ({"action": "SendFax"}, "InvalidAction.NotFound", 404),
        ({"action": "SendSms"}, "MissingPhoneNumbers", 400),
    ):
        with pytest.raises(ServerException) as refused:
            call(aliyun, **arguments)
        assert (refused.value.get_error_code(), refused.value.get_http_status()) == (code, status)


def signed(client: Client, **changed: str) -> dict[str, str]:
    """The parameters of a correctly signed SendSms, with changes made before signing."""
    parameters = {
        "AccessKeyId": client.settings.aliyun_access_key_id,
        "Action": "SendSms",
        "Version": "2017-05-25",
        "Format": "JSON",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": "once",
        "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "PhoneNumbers": PHONE,
        "SignName": client.settings.aliyun_sign_name,
        "TemplateCode": "SMS_2",
        "SignatureType": "",
        "TemplateParam": '{"number":"R-1","stage":"完 成*~"}',
        **changed,
    }
    return {**parameters, "Signature": sign("POST", parameters, client.settings.aliyun_access_key_secret)}


def test_an_old_or_repeated_request_is_refused(aliyun: Client):
    """15 minutes on the real clock, however far the sandbox's is moved; a nonce serves once."""
    aliyun.advance(86400)
    old = (datetime.now(UTC) - timedelta(minutes=16)).strftime("%Y-%m-%dT%H:%M:%SZ")
    tried = (
        {"Timestamp": old},
        {"Timestamp": "yesterday"},
        {"AccessKeyId": "other"},
        {},
        {},
        {"SignatureNonce": "two", "Version": "1"},
    )
    codes = [aliyun.http.post("/", data=signed(aliyun, **changed)).json()["Code"] for changed in tried]
    assert codes == [
        "InvalidTimeStamp.Expired",
        "InvalidTimeStamp.Format",
        "InvalidAccessKeyId.NotFound",
        "OK",
        "SignatureNonceUsed",
        "InvalidVersion",
    ]


def test_the_string_to_sign_is_that_of_the_documentation():
    """Sorted, RFC 3986, without the signature."""
    parameters = {"b": "a b*~", "a": "电/", "Signature": "x", "c": ""}
    assert string_to_sign("POST", parameters) == "POST&%2F&a%3D%25E7%2594%25B5%252F%26b%3Da%2520b%252A~%26c%3D"


REFUSED = [
    ({"PhoneNumbers": "12345"}, "isv.MOBILE_NUMBER_ILLEGAL"),
    ({"PhoneNumbers": ",".join([PHONE] * 1001)}, "isv.MOBILE_COUNT_OVER_LIMIT"),
    ({"SignName": "别人"}, "isv.SMS_SIGNATURE_ILLEGAL"),
    ({"TemplateCode": "SMS_9"}, "isv.SMS_TEMPLATE_ILLEGAL"),
    ({"TemplateCode": "SMS_3", "TemplateParam": '{"a":"1","b":"2"}'}, "isv.SMS_TEMPLATE_ILLEGAL"),
    ({"TemplateParam": "{"}, "isv.INVALID_JSON_PARAM"),
    ({"TemplateParam": '{"number":1,"stage":"x"}'}, "isv.INVALID_JSON_PARAM"),
    ({"TemplateParam": '{"number":"1"}'}, "isv.TEMPLATE_MISSING_PARAMETERS"),
    ({"TemplateParam": '{"number":"1","stage":""}'}, "isv.TEMPLATE_PARAMS_ILLEGAL"),
    ({"TemplateParam": json.dumps({"number": "1", "stage": "电" * 36})}, "isv.PARAM_LENGTH_LIMIT"),
    ({"TemplateParam": '{"number":"1","stage":"http://a.cn"}'}, "isv.PARAM_NOT_SUPPORT_URL"),
    ({"TemplateParam": '{"number":"1","stage":"请拨13800138000"}'}, "isv.TEMPLATE_PARAMS_ILLEGAL"),
    ({"TemplateCode": "SMS_1", "TemplateParam": '{"code":"1234567"}'}, "isv.TEMPLATE_PARAMS_ILLEGAL"),
    ({"SmsUpExtendCode": "12345678"}, "isv.EXTEND_CODE_ERROR"),
]


def test_the_service_refuses_with_200_and_a_code(aliyun: Client):
    """Nothing is shown of a refused message."""
    for changed, code in REFUSED:
        assert send(aliyun, **changed)["Code"] == code, changed
    assert aliyun.messages() == []


def test_codes_are_limited_by_minute_hour_and_day(aliyun: Client):
    """1 a minute, 5 an hour, 10 a day, in rolling times of the moved clock."""
    seen = []
    for minutes in (0, 0, 2, 2, 2, 2, 2, 61, 2, 2, 2, 2, 61):
        aliyun.advance(minutes * 60)
        answer = send(aliyun, "SMS_1")
        seen.append(answer["Message"])
    ok, minute, hour, day = "OK", "触发分钟级流控Permits:1", "触发小时级流控Permits:5", "触发天级流控Permits:10"
    assert seen == [ok, minute, ok, ok, ok, ok, hour, ok, ok, ok, ok, ok, day]


def test_notices_are_limited_to_fifty_a_day_per_template(aliyun: Client):
    """The one-a-minute rule of codes is not theirs."""
    parameters = json.dumps([{"number": "R-1", "stage": "x"}] * 49)
    call(
        aliyun,
        "SendBatchSms",
        PhoneNumberJson=json.dumps([PHONE] * 49),
        TemplateCode="SMS_2",
        SignNameJson=json.dumps([aliyun.settings.aliyun_sign_name] * 49),
        TemplateParamJson=parameters,
    )
    assert [send(aliyun)["Code"] for _ in range(2)] == ["OK", "isv.BUSINESS_LIMIT_CONTROL"]
    assert send(aliyun, "SMS_1")["Code"] == "OK"


def test_a_batch_has_one_bizid_and_one_report_each(aliyun: Client):
    """Arrays are aligned by index."""
    sign_name = aliyun.settings.aliyun_sign_name
    phones = [PHONE, "13888001199"]
    values = json.dumps([{"number": str(n), "stage": "x"} for n in (1, 2)])
    answer = call(
        aliyun,
        "SendBatchSms",
        PhoneNumberJson=json.dumps(phones),
        SignNameJson=json.dumps([sign_name] * 2),
        TemplateCode="SMS_2",
        TemplateParamJson=values,
    )
    assert answer["Code"] == "OK"
    assert "申请2已到" in aliyun.shown(who="p2")[0]["text"]
    _, items = until(lambda: aliyun.product.pushes)[0]
    assert [item["phone_number"] for item in items] == phones
    assert {item["biz_id"] for item in items} == {answer["BizId"]}


def test_details_tell_what_became_of_a_message(aliyun: Client):
    """What a client asks after a time-out: by phone and day, newest first, in pages."""
    order = {"system": "aliyun", "api": "SmsReport", "code": "MOBILE_NOT_ON_SERVICE", "times": 1}
    aliyun.http.post("/sandbox/failures", json=order)
    send(aliyun, OutId="first")
    send(aliyun, OutId="second")
    until(lambda: len(aliyun.product.pushes) == 2)
    day = aliyun.http.get("/sandbox/state").json()["clock"]["now"][:10].replace("-", "")
    query = {"PhoneNumber": PHONE, "SendDate": day, "PageSize": "1", "CurrentPage": "2"}
    answer = call(aliyun, "QuerySendDetails", **query)
    [row] = answer["SmsSendDetailDTOs"]["SmsSendDetailDTO"]
    assert answer["TotalCount"] == 2
    assert (row["OutId"], row["SendStatus"], row["ErrCode"]) == ("first", 2, "MOBILE_NOT_ON_SERVICE")
    [row] = call(aliyun, "QuerySendDetails", **query | {"CurrentPage": "1"})["SmsSendDetailDTOs"]["SmsSendDetailDTO"]
    assert (row["SendStatus"], row["ErrCode"]) == (3, "DELIVRD") and "供电局审核" in row["Content"]
    assert len(aliyun.messages()) == 1  # the first never reached the phone


def test_a_reply_is_pushed_as_an_array_without_a_bizid(aliyun: Client):
    """Only content, phone and time can tell what was answered."""
    seq = aliyun.do("sms", content="1")
    what, [item] = until(lambda: aliyun.product.pushes)[0]
    assert what == "reply"
    assert (item["phone_number"], item["content"]) == (PHONE, "1")
    assert isinstance(item["sequence_id"], str) and "biz_id" not in item
    until(lambda: aliyun.message(seq)["status"] == "delivered")


def test_a_push_that_is_not_answered_as_expected_comes_again(aliyun: Client):
    """Only HTTP 200 with a number as code counts; the same item is pushed until then."""
    right = JSONResponse({"code": 0, "msg": "成功"})
    for wrong in (
        Response("ok"),
        JSONResponse({"msg": "成功"}),
        JSONResponse({"code": "0"}),
        JSONResponse({"code": 0}, 503),
    ):
        aliyun.product.pushes.clear()
        aliyun.product.push_answer = lambda count, wrong=wrong: wrong if count == 1 else right
        seq = aliyun.do("sms", content="1")
        until(lambda seq=seq: aliyun.message(seq)["status"] == "delivered")
        assert aliyun.product.pushes[0] == aliyun.product.pushes[1]
        assert [d["attempt"] for d in aliyun.deliveries() if d["message_seq"] == seq] == [1, 2]


def test_a_push_is_given_up_after_three_repetitions(aliyun: Client):
    """Aliyun does not go on for ever."""
    aliyun.product.push_answer = lambda count: Response("", 500)
    seq = aliyun.do("sms", content="1")
    until(lambda: aliyun.message(seq)["status"] == "failed")
    assert len(aliyun.product.pushes) == 4


def test_a_slow_answer_counts_as_none(tmp_path: Path):
    """700 ms in truth; here a tenth of that."""
    with running(tmp_path, sms_push_timeout=0.07) as client:
        client.product.push_answer = lambda count: (time.sleep(0.3), JSONResponse({"code": 0}))[1]
        client.do("sms", content="1")
        until(lambda: [d for d in client.deliveries() if d["attempt"] == 2])
        assert client.deliveries()[0]["status"] == "timeout"


def test_ordered_failures_come_as_the_service_or_the_gateway_would_say_them(aliyun: Client):
    """isv. and isp. codes inside a 200, others as 4xx or 5xx."""
    order = {"system": "aliyun", "api": "SendSms", "times": 1}
    for code in ("isv.BUSINESS_LIMIT_CONTROL", "isp.SYSTEM_ERROR"):
        aliyun.http.post("/sandbox/failures", json={**order, "code": code})
        assert send(aliyun)["Code"] == code
    aliyun.http.post("/sandbox/failures", json={**order, "code": "Throttling.User"})
    with pytest.raises(ServerException, match="Throttling"):
        send(aliyun)
    assert send(aliyun)["Code"] == "OK"


def test_without_a_template_file_any_template_is_taken(tmp_path: Path):
    """The variables are shown as they came."""
    with running(tmp_path) as client:
        assert send(client, TemplateCode="SMS_77")["Code"] == "OK"
        assert client.shown()[0]["text"].endswith('】{"number": "R-1", "stage": "供电局审核"}')


def test_templates_may_be_written_after_the_sandbox_started(tmp_path: Path):
    """The product exports its catalogue when it starts, which may be later; a changed file counts at once."""
    path = tmp_path / "late.json"
    with running(tmp_path, aliyun_templates=path) as client:
        assert send(client, TemplateCode="SMS_77")["Code"] == "OK"
        path.write_text(json.dumps(TEMPLATES), "utf-8")
        assert send(client, TemplateCode="SMS_77")["Code"] == "isv.SMS_TEMPLATE_ILLEGAL"
        assert send(client)["Code"] == "OK"
