"""How the API says no: RFC 9457 problem details, with a word for programs and a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.proxies import views
from domain.proxies.refusals import Refused

# Word: status, title. docs/proxy-api.md has the same list.
PROBLEMS: Mapping[str, tuple[int, str]] = {
    "bad_request": (400, "请求格式不对"),
    "idempotency_key_missing": (400, "缺少 Idempotency-Key"),
    "key_missing": (401, "缺少密钥"),
    "key_unknown": (401, "密钥无效"),
    "key_revoked": (401, "密钥已撤销"),
    "key_expired": (401, "密钥已到期"),
    "wrong_network": (403, "来源地址不允许"),
    "closed": (403, "代办接口已停用"),
    "scope_missing": (403, "密钥没有这项权限"),
    "conduct_blocked": (403, "代办已暂停"),
    "not_a_retailer": (403, "不是名录里的售电公司"),
    "not_staff": (403, "不是贵公司能签署的人"),
    "not_permitted": (403, "本人还没有同意由程序署名"),
    "not_allowed": (403, "不能这样答复"),
    "not_authorised": (403, "用户还没有授权"),
    "authorisation_ended": (403, "用户的授权已结束"),
    "not_found": (404, "没有找到"),
    "method_not_allowed": (405, "方法不对"),
    "exists": (409, "已经登记过"),
    "wrong_stage": (409, "现在不能这样做"),
    "changed": (409, "内容与核对的不是同一份"),
    "too_late": (409, "已了结，或答复时间已过"),
    "authorised_already": (409, "已请用户授权，不能再改"),
    "incomplete": (409, "资料还不够"),
    "asked_before": (409, "用户没有同意过"),
    "unreachable": (409, "联系不上用户"),
    "phone_not_theirs": (409, "手机号与姓名不符"),
    "not_ready": (409, "还有问题没有解决"),
    "in_flight": (409, "同一个请求正在办理"),
    "too_large": (413, "内容太大"),
    "media_type": (415, "内容类型不对"),
    "invalid": (422, "内容不对"),
    "idempotency_key_reused": (422, "Idempotency-Key 用过了"),
    "batch_too_large": (422, "一批太多"),
    "bad_hook": (422, "回调地址不对"),
    "too_many": (429, "请求太多"),
    "internal": (500, "服务台出错了"),
}
TYPE = "/api/v1/docs#"


def problem(refused: Refused) -> tuple[int, dict[str, Any]]:
    """The status, and the body as it is sent."""
    status, title = PROBLEMS[refused.code]
    body = {
        "type": f"{TYPE}{refused.code}",
        "title": title,
        "status": status,
        "code": refused.code,
        "detail": refused.text,
        "problems": [views.finding(each) for each in refused.more],
    }
    return status, body
