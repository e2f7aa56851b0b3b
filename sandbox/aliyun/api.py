"""The RPC endpoint: SendSms, SendBatchSms, QuerySendDetails."""

import json
import re
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.aliyun.limits import Frequency
from sandbox.aliyun.push import Pusher
from sandbox.aliyun.signature import GatewayError, check
from sandbox.aliyun.templates import BusinessError, Templates
from sandbox.switches import nonsense
from sandbox.world import World

Body = dict[str, Any]
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
VERSION = "2017-05-25"


class AliyunSms:
    """Checks a call as the gateway does, then as the service does, then lets the phone show it."""

    def __init__(self, world: World, pusher: Pusher) -> None:
        self._world = world
        self._pusher = pusher
        self._templates = Templates(world.settings.aliyun_templates)
        self._frequency = Frequency(world.store, world.clock)
        self._actions: dict[str, Callable[[Body], Awaitable[Body]]] = {
            "SendSms": self._send,
            "SendBatchSms": self._send_batch,
            "QuerySendDetails": self._details,
        }

    async def endpoint(self, request: Request) -> Response:
        """Answer one RPC call: 200 with a Code for business errors, 4xx for the gateway's."""
        if trouble := await self._world.switches.trouble("aliyun"):
            return trouble
        if self._world.switches.is_wrong("aliyun"):
            return nonsense()
        request_id = str(uuid.uuid4()).upper()
        try:
            answer = await self._call(request.method, await _parameters(request))
        except GatewayError as error:
            refusal = {"HostId": "dysmsapi.aliyuncs.com", "Code": error.code, "Message": error.message}
            return JSONResponse({"RequestId": request_id, **refusal}, error.status)
        except BusinessError as error:
            answer = {"Code": error.code, "Message": error.message}
        return JSONResponse({"RequestId": request_id, **answer})

    async def _call(self, method: str, parameters: Body) -> Body:
        settings, now = self._world.settings, datetime.now(UTC)
        check(method, parameters, settings.aliyun_access_key_id, settings.aliyun_access_key_secret, now)
        self._use_nonce(parameters["SignatureNonce"], now.timestamp())
        if parameters.get("Version") != VERSION:
            raise GatewayError(400, "InvalidVersion", "Specified parameter Version is not valid.")
        action = parameters.get("Action", "")
        if action not in self._actions:
            raise GatewayError(404, "InvalidAction.NotFound", "Specified api is not found.")
        failure = self._world.switches.take_failure("aliyun", action)
        if failure is not None:
            _fail(str(failure))
        return await self._actions[action](parameters)

    def _use_nonce(self, nonce: str, now: float) -> None:
        used = self._world.store.get("nonce", nonce)
        if used and now - used < 1800:
            raise GatewayError(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
        self._world.store.put("nonce", nonce, now)

    async def _send(self, parameters: Body) -> Body:
        numbers = [n for n in _required(parameters, "PhoneNumbers").split(",") if n]
        if len(numbers) > 1000:
            raise BusinessError("isv.MOBILE_COUNT_OVER_LIMIT", "手机号码数量超过限制")
        values = _values(parameters.get("TemplateParam") or "{}")
        calls = [(number, _required(parameters, "SignName"), values) for number in numbers]
        return self._accept(calls, parameters)

    async def _send_batch(self, parameters: Body) -> Body:
        numbers, signs = (_array(parameters, name) for name in ("PhoneNumberJson", "SignNameJson"))
        texts = _array(parameters, "TemplateParamJson") if parameters.get("TemplateParamJson") else [{}] * len(numbers)
        if len(numbers) > 100:
            raise BusinessError("isv.MOBILE_COUNT_OVER_LIMIT", "手机号码数量超过限制")
        if not len(numbers) == len(signs) == len(texts):
            raise BusinessError("isv.PARAM_COUNT_MISMATCH", "号码、签名与参数数量不一致")
        values = [_values(text if isinstance(text, str) else json.dumps(text)) for text in texts]
        return self._accept(list(zip(numbers, signs, values, strict=True)), parameters)

    def _accept(self, calls: list[tuple[str, str, dict[str, str]]], parameters: Body) -> Body:
        """Check all, then send all; one BizId for the whole call."""
        template = _required(parameters, "TemplateCode")
        if not re.fullmatch(r"\d{0,7}", parameters.get("SmsUpExtendCode", "")):
            raise BusinessError("isv.EXTEND_CODE_ERROR", "扩展码使用错误")
        ready = []
        for number, sign, values in calls:
            if not (match := _MOBILE.fullmatch(number.strip())):
                raise BusinessError("isv.MOBILE_NUMBER_ILLEGAL", f"{number}invalid mobile number")
            if sign != self._world.settings.aliyun_sign_name:
                raise BusinessError("isv.SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名")
            text, kind = self._templates.render(template, values)
            self._frequency.check(match.group(1), sign, template, kind)
            ready.append((match.group(1), sign, f"【{sign}】{text}", kind))
        biz_id = f"{uuid.uuid4().int % 10**18}^0"
        reports = [self._show(*one, biz_id, parameters) for one in ready]
        self._pusher.owe("SmsReport", reports, self._world.settings.sms_report_delay)
        return {"Message": "OK", "Code": "OK", "BizId": biz_id}

    def _show(self, phone: str, sign: str, text: str, kind: str, biz_id: str, parameters: Body) -> Body:
        """Let the phone show it, unless a failed receipt was ordered; return the receipt."""
        world, out_id = self._world, parameters.get("OutId", "")
        failure = world.switches.take_failure("aliyun", "SmsReport")
        arrived = world.clock.now() + world.settings.sms_report_delay
        world.store.add_sms(
            phone,
            world.clock.now(),
            {
                "sign": sign,
                "kind": kind,
                "template": parameters["TemplateCode"],
                "text": text,
                "biz_id": biz_id,
                "out_id": out_id,
                "arrives": arrived,
                "error": str(failure or ""),
            },
        )
        person = world.people.by_phone(phone)
        if person and not failure:
            world.phones.shown(person, "text", text, "sms", channel="sms", template=parameters["TemplateCode"])
        size = 1 if len(text) <= 70 else -(-len(text) // 67)
        return {
            "phone_number": phone,
            "send_time": world.clock.plain(),
            "report_time": world.clock.plain(arrived),
            "success": not failure,
            "err_code": str(failure or "DELIVERED"),
            "err_msg": "用户接收失败" if failure else "用户接收成功",
            "sms_size": str(size),
            "biz_id": biz_id,
            "out_id": out_id,
        }

    async def _details(self, parameters: Body) -> Body:
        match = _MOBILE.fullmatch(_required(parameters, "PhoneNumber"))
        if not match:
            raise BusinessError("isv.MOBILE_NUMBER_ILLEGAL", "invalid mobile number")
        day = _required(parameters, "SendDate")
        size, page = _number(parameters, "PageSize", 50), _number(parameters, "CurrentPage", 10**6)
        found = [
            sms
            for sms in self._world.store.sms(match.group(1))
            if self._world.clock.plain(sms["at"])[:10].replace("-", "") == day
            and parameters.get("BizId") in (None, "", sms["biz_id"])
        ]
        found.reverse()
        rows = [self._detail(match.group(1), sms) for sms in found[(page - 1) * size : page * size]]
        details = {"TotalCount": len(found), "SmsSendDetailDTOs": {"SmsSendDetailDTO": rows}}
        return {"Message": "OK", "Code": "OK", **details}

    def _detail(self, phone: str, sms: Body) -> Body:
        clock = self._world.clock
        row = {
            "PhoneNum": phone,
            "SendStatus": 1,
            "ErrCode": "",
            "TemplateCode": sms["template"],
            "Content": sms["text"],
            "SendDate": clock.plain(sms["at"]),
            "OutId": sms["out_id"],
        }
        if clock.now() >= sms["arrives"]:
            row |= {
                "SendStatus": 2 if sms["error"] else 3,
                "ErrCode": sms["error"] or "DELIVRD",
                "ReceiveDate": clock.plain(sms["arrives"]),
            }
        return row


async def _parameters(request: Request) -> dict[str, str]:
    """Query and form together; blank values stay, because they are signed."""
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    if request.method == "POST":
        pairs += parse_qsl((await request.body()).decode(), keep_blank_values=True)
    return dict(pairs)


def _required(parameters: Body, name: str) -> str:
    value = parameters.get(name, "")
    if not value:
        raise GatewayError(400, f"Missing{name}", f"{name} is mandatory for this action.")
    return str(value)


def _number(parameters: Body, name: str, most: int) -> int:
    text = _required(parameters, name)
    if not text.isdigit() or not 1 <= int(text) <= most:
        raise GatewayError(400, f"InvalidParameter.{name}", f"{name} is not valid.")
    return int(text)


def _values(text: str) -> dict[str, str]:
    """TemplateParam: a JSON object of strings."""
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise BusinessError("isv.INVALID_JSON_PARAM", "参数格式错误，只接受字符串值")
    return values


def _array(parameters: Body, name: str) -> list[Any]:
    try:
        values = json.loads(_required(parameters, name))
    except ValueError:
        values = None
    if not isinstance(values, list):
        raise BusinessError("isv.INVALID_JSON_PARAM", f"{name}不是JSON数组")
    return values


def _fail(code: str) -> None:
    """An ordered failure: isv. and isp. codes come from the service, others from the gateway."""
    if code.startswith(("isv.", "isp.")):
        raise BusinessError(code, "触发分钟级流控Permits:1" if "LIMIT" in code else code)
    raise GatewayError(500 if code in ("InternalError", "ServiceUnavailable") else 400, code, code)
