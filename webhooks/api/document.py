"""The OpenAPI document: made by spectree from the doors and their models, and what it cannot say added here."""

from __future__ import annotations

import copy
from typing import Any

from flask import Request
from spectree import SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData

from domain.proxies.refusals import Refused
from domain.registration.filing import Finding
from webhooks.api.models import Problem

TITLE, VERSION = "电力市场服务台 代办接口", "1"
PROBLEM_TYPE = "application/problem+json"
# What any door may answer beside its own.
PROBLEMS: dict[str, Any] = {f"HTTP_{code}": Problem for code in (400, 401, 403, 404, 409, 413, 415, 422, 429)}
_UPLOAD = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary", "description": "JPEG 或 PNG，最大10兆"}},
                "required": ["file"],
            }
        }
    },
}


def _refuse(_request: Request, _response: Any, error: Any, _instance: Any, _adapter: Any) -> None:
    """What does not fit the model is refused as everything else is: field by field."""
    if error is None:
        return
    found = [Finding(".".join(str(each) for each in one["loc"]), _words(one)) for one in error.errors()]
    if any(each.field == "Idempotency-Key" for each in found):
        text = "请在请求头里带上 Idempotency-Key，每个新请求一个新的，例如 UUID（可见的英文字符，最长255个）。"
        raise Refused("idempotency_key_missing", text)
    raise Refused("invalid", "内容不对，请看 problems。", found)


def _words(error: dict[str, Any]) -> str:
    """pydantic's word for what is wrong, in Chinese where it is a common one."""
    known = {
        "missing": "缺少这一项。",
        "extra_forbidden": "没有这一项，请核对名称。",
        "literal_error": f"只能填 {error.get('ctx', {}).get('expected', '')}。",
        "string_type": "要填文字。",
        "string_too_short": "不能为空。",
        "string_too_long": "太长了。",
        "too_long": "太多了。",
        "too_short": "不能为空。",
        "int_type": "要填整数。",
        "int_parsing": "要填整数。",
    }
    return known.get(error["type"], str(error["msg"]))


spec = SpecTree(
    "flask",
    before=_refuse,
    title=TITLE,
    version=VERSION,
    path="not-served",  # spectree leaves out what begins with it; the document has a door of its own
    mode="strict",
    page_templates={},
    validation_error_model=Problem,
    naming_strategy=lambda model: str(model.__name__),
    nested_naming_strategy=lambda _parent, child: child,
    security_schemes=[SecurityScheme(name="key", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))],
    security={"key": []},
)


def openapi() -> dict[str, Any]:
    """The document: problems under their own media type, the upload's form, every path number bounded."""
    made: dict[str, Any] = copy.deepcopy(spec.spec)
    for doors in made["paths"].values():
        for door in doors.values():
            _finish(door)
    made["paths"]["/api/v1/documents"]["post"]["requestBody"] = _UPLOAD
    return made


def _finish(door: dict[str, Any]) -> None:
    for status, response in door["responses"].items():
        if int(status) >= 400 and "application/json" in response.get("content", {}):
            response["content"] = {PROBLEM_TYPE: response["content"]["application/json"]}
    if "requestBody" in door:
        door["requestBody"]["required"] = True
