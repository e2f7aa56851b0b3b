"""The SMS and WeChat templates that the desk uses, by name. A provider's template id is a setting."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# One variable of an SMS template holds 1 to 35 characters (Aliyun document 108088).
SMS_VARIABLE_MOST = 35


@dataclass(frozen=True, slots=True)
class SmsTemplate:
    """An SMS template as it is submitted for approval."""

    content: str
    kind: str = "notice"  # or "code"
    name: str = ""

    def variables(self) -> list[str]:
        """The names of its variables, in order."""
        return re.findall(r"\$\{(\w+)\}", self.content)

    def render(self, params: Mapping[str, str]) -> str:
        """The text that a person reads, without the signature."""
        return re.sub(r"\$\{(\w+)\}", lambda found: params[found.group(1)], self.content)


@dataclass(frozen=True, slots=True)
class WechatTemplate:
    """A WeChat template notice: its title and its fields (keyword name → label)."""

    title: str
    fields: Mapping[str, str]


SMS_TEMPLATES: Mapping[str, SmsTemplate] = {
    "code": SmsTemplate("您的验证码是${code}，用于核对联系手机，请勿告诉他人。", "code", "手机验证码"),
    "confirm_code": SmsTemplate(
        "您正在答复一件要确认的事，回复验证码${code}才算数。不是您本人操作请忽略，请勿告诉他人。", "code", "确认验证码"
    ),
    "submitted": SmsTemplate(
        "${company}的注册申请${number}已提交，现由${bureau}审核，请留意后续短信。", name="提交成功"
    ),
    "bureau_passed": SmsTemplate(
        "${company}的注册申请${number}已通过供电局审核，正由交易中心审核。", name="供电局通过"
    ),
    "approved": SmsTemplate("${company}的注册申请${number}已通过交易中心审核。下一步：${next}。", name="交易中心通过"),
    "returned": SmsTemplate(
        "${company}的注册申请${number}被退回：${problem}。请在微信服务号回复“修改”处理。", name="申请退回"
    ),
    "progress": SmsTemplate(
        "${company}的注册申请${number}有新进展：${steps}。下一步：${next}。", name="几步进展合为一条"
    ),
    "digest": SmsTemplate(
        "您有${count}份注册申请有新进展，最近一份是${company}的${number}。回复“进度”可查看全部。", name="进展汇总"
    ),
    "security": SmsTemplate("账号安全提醒：${text}。如不是您本人操作，请回复“人工”。", name="账号安全提醒"),
    "staff_overdue": SmsTemplate(
        "服务台${what}：橙色${orange}份、红色${red}份等您办理，最早的是${number}。请登录审核台办理。",
        name="工单到期提醒",
    ),
    "staff_urged": SmsTemplate(
        "${who}催办：有${count}份工单请您尽快办理，最早的是${number}。请登录审核台办理。", name="人工催办"
    ),
    "staff_alert": SmsTemplate("服务台提醒：${text}。请登录审核台处理。", name="工作人员提醒"),
    "answer": SmsTemplate("服务台回复：${text} 更多办理请到微信服务号。", name="短信答复"),
}

WECHAT_TEMPLATES: Mapping[str, WechatTemplate] = {
    "progress": WechatTemplate(
        "注册进度提醒",
        {"thing1": "申请单位", "character_string2": "申请编号", "phrase3": "当前进度", "thing4": "下一步"},
    ),
    "notice": WechatTemplate("服务提醒", {"thing1": "提醒事项", "thing2": "说明"}),
}


def shorten(text: str, most: int = SMS_VARIABLE_MOST) -> str:
    """A text that fits a variable. It is cut before a number that would not fit whole, never inside one."""
    words = " ".join(text.split())
    if len(words) <= most:
        return words
    cut = words[: most - 1]
    if cut[-1:].isdigit() and words[most - 1].isdigit():
        cut = re.sub(r"[\d.,]+$", "", cut)
    return cut.rstrip("，,、；;（(") + "…"
