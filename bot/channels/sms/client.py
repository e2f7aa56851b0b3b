"""Aliyun's SMS interface (Dysmsapi 2017-05-25) over aliyun-python-sdk-core, with the SDK's traps avoided.

The SDK picks http unless the protocol IS (identity) its own "https", so the scheme stands in the domain. It writes
query parameters into log lines and exception texts, so ours go in the body, its loggers are silent and no exception of
it leaves this file. Its bundled HTTP library (2017) sends no server name in TLS on Python 3.12, so `requests`
takes its place. It knows no NO_PROXY, so the proxy is looked up here. It never repeats a call to Dysmsapi by itself.
"""

from __future__ import annotations

import json
import logging
from datetime import date
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import requests
from aliyunsdkcore.acs_exception.exceptions import ClientException, ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest

from bot.channels.base import SendError
from bot.channels.sms.errors import send_error
from bot.channels.sms.inbound import Report, moment

VERSION = "2017-05-25"
CONNECT_SECONDS = 2
READ_SECONDS = 5  # Aliyun asks for 1 s at least
PAGE, PAGES = 50, 4  # QuerySendDetails: 50 rows a page; more than 200 SMS a day to one phone do not happen
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class AliyunSms:
    """Sends by template, and asks what became of it. Safe to share between threads; opens no connection by itself."""

    def __init__(self, *, access_key_id: str, access_key_secret: str, sign_name: str, endpoint: str) -> None:
        """`endpoint`: https://dysmsapi.aliyuncs.com, or another base URL; without a scheme, https is meant."""
        self._endpoint = (endpoint if "://" in endpoint else f"https://{endpoint}").rstrip("/")
        self._sign_name = sign_name
        _silence_sdk()
        self._client = AcsClient(
            access_key_id,
            access_key_secret,
            "cn-hangzhou",
            auto_retry=False,
            connect_timeout=CONNECT_SECONDS,
            timeout=READ_SECONDS,
            proxy=_proxies(self._endpoint),
        )
        self._client.session = requests.Session()
        self._client.session.trust_env = False  # no password out of ~/.netrc; the proxy is given

    def send(
        self, phone: str, template_code: str, params: dict[str, str], out_id: str, sign_name: str | None = None
    ) -> str:
        """Send one SMS and give back its BizId. SendError says whether to try again; "ask" means: `report` first,
        by `out_id`, for Aliyun would send a second SMS."""
        answer = self._call(
            "SendSms",
            PhoneNumbers=phone,
            SignName=sign_name or self._sign_name,
            TemplateCode=template_code,
            TemplateParam=json.dumps(params, ensure_ascii=False),
            OutId=out_id,
        )
        return str(answer.get("BizId") or "")

    def report(self, phone: str, biz_id: str, day: date, *, out_id: str = "") -> Report | None:
        """What became of an SMS sent on that day (Shanghai's; 30 days back at most), None when Aliyun has none such.

        After a time-out there is no BizId: leave it empty and give the `out_id`. Nothing is changed by asking, so
        what went wrong may be asked again "soon".
        """
        for page in range(1, PAGES + 1):
            rows = self._details(phone, biz_id, day, page)
            for row in rows:
                if not out_id or str(row.get("OutId") or "") == out_id:
                    return _report(row, phone, biz_id)
            if len(rows) < PAGE:
                break
        return None

    def _details(self, phone: str, biz_id: str, day: date, page: int) -> list[dict[str, object]]:
        asked = {"BizId": biz_id} if biz_id else {}
        try:
            answer = self._call(
                "QuerySendDetails",
                PhoneNumber=phone,
                SendDate=f"{day:%Y%m%d}",
                PageSize=str(PAGE),
                CurrentPage=str(page),
                **asked,
            )
        except SendError as error:
            raise (SendError(error.code, retry="soon") if error.retry == "ask" else error) from None
        found = answer.get("SmsSendDetailDTOs")
        rows = found.get("SmsSendDetailDTO") if isinstance(found, dict) else None
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    def _call(self, action: str, **params: str) -> dict[str, object]:
        """One call. What the SDK raises holds phones and parameters: only its code survives, outside of the except,
        so that it does not hang on our exception as its context either."""
        request = CommonRequest()
        request.set_domain(self._endpoint)
        request.set_method("POST")
        request.set_version(VERSION)
        request.set_action_name(action)
        for name, value in params.items():
            request.add_body_params(name, value)
        try:
            answer = json.loads(self._client.do_action_with_exception(request))
            code = answer["Code"]
        except ServerException as error:
            code = _gateway_code(error)
        except ClientException as error:
            code = error.get_error_code()
        except Exception:  # the SDK fails in many ways on an answer that is no JSON object
            code = "SDK.UnreadableAnswer"
        if code != "OK":
            raise send_error(code)
        return answer  # type: ignore[no-any-return]


def _gateway_code(error: ServerException) -> object:
    """A 5xx with a word of its own that we do not know may have been taken; a 4xx has not."""
    code = error.get_error_code()
    known = send_error(code).retry != "alarm"
    return code if known or error.get_http_status() < 500 else "SDK.ServerError"


def _report(row: dict[str, object], phone: str, biz_id: str) -> Report:
    states = {"1": None, "2": False, "3": True}  # waiting for the receipt, failed, received
    return Report(
        biz_id=biz_id,
        phone=phone,
        ok=states.get(str(row.get("SendStatus"))),
        code=str(row.get("ErrCode") or ""),
        out_id=str(row.get("OutId") or ""),
        at=moment(str(row.get("ReceiveDate") or row.get("SendDate") or "")),
    )


def _proxies(endpoint: str) -> dict[str, str | None]:
    """The proxy of the environment for this endpoint, none for this machine itself or where NO_PROXY says so."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    direct = host in LOOPBACK or proxy_bypass(host)
    return {parts.scheme: None if direct else getproxies().get(parts.scheme)}


def _silence_sdk() -> None:
    """Nothing of the SDK is logged: its lines hold whole requests, and one module brings a handler of its own. The
    HTTP library below logs URLs, with our key's name and signature, at DEBUG."""
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    for name in ("aliyunsdkcore", "aliyunsdkcore.http.http_response"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [logging.NullHandler()]
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
