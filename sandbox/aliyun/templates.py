"""SMS templates: which are approved, what their variables may hold, how the message reads."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from sandbox.catalogue import Catalogue

_VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)\}")
_URL = re.compile(r"https?://|www\.|[a-z0-9-]+\.(com|cn|net|org|top|xyz)\b", re.IGNORECASE)
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


class BusinessError(Exception):
    """A refusal by the service: HTTP 200 with Code and Message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Template:
    """An approved template; `kind` is notice or code."""

    code: str
    name: str
    content: str
    kind: str

    def render(self, values: dict[str, str]) -> str:
        """The text without the signature; BusinessError when a variable is missing or not allowed."""
        names = _VARIABLE.findall(self.content)
        if missing := [name for name in names if name not in values]:
            raise BusinessError("isv.TEMPLATE_MISSING_PARAMETERS", f"模板缺少对应参数: {','.join(missing)}")
        for name in names:
            _check_value(name, values[name], self.kind)
        return _VARIABLE.sub(lambda match: values[match.group(1)], self.content)


def _check_value(name: str, value: str, kind: str) -> None:
    if not value:
        raise BusinessError("isv.TEMPLATE_PARAMS_ILLEGAL", f"模板变量{name}为空")
    if kind == "code":
        if not re.fullmatch(r"[A-Za-z0-9]{4,6}", value):
            raise BusinessError("isv.TEMPLATE_PARAMS_ILLEGAL", f"验证码变量{name}只支持4至6位数字或字母")
        return
    if len(value) > 35:
        raise BusinessError("isv.PARAM_LENGTH_LIMIT", f"参数{name}超过长度限制35")
    if _URL.search(value):
        raise BusinessError("isv.PARAM_NOT_SUPPORT_URL", f"变量{name}不支持传入URL")
    if _MOBILE.search(value) or "【" in value or "】" in value:
        raise BusinessError("isv.TEMPLATE_PARAMS_ILLEGAL", f"变量{name}含有不允许的内容")


def rejection(content: str) -> str:
    """Why a reviewer would not approve such a template; "" when nothing is wrong."""
    names = _VARIABLE.findall(content)
    if len(names) != len(set(names)):
        return "a variable stands twice"
    if re.search(r"\$\{\w+\}\$\{", content):
        return "two variables stand side by side"
    if names and not _VARIABLE.sub("", content).strip("，。、！：； "):
        return "there is nothing but variables"
    return "it contains 【 or 】" if "【" in content or "】" in content else ""


class Templates:
    """The account's templates; without a file every code is taken and the variables are shown as JSON."""

    def __init__(self, path: Path | None) -> None:
        self._catalogue = Catalogue(path)

    def render(self, code: str, values: dict[str, str]) -> tuple[str, str]:
        """Return (text, kind); BusinessError for an unknown template or a value that is not allowed."""
        known = self._catalogue.items("code")
        if known is None:
            return json.dumps(values, ensure_ascii=False), "notice"
        if code not in known:
            raise BusinessError("isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板")
        item = known[code]
        if reason := rejection(item["content"]):
            raise BusinessError("isv.SMS_TEMPLATE_ILLEGAL", f"模板未通过审核: {reason}")
        return Template(code, item["name"], item["content"], item["type"]).render(values), item["type"]
