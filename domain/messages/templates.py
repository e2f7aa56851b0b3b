"""The SMS and WeChat templates that the desk uses, by name. A provider's template id is a setting."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from domain.messages.sms_values import MOST, BadValue, Kind, Variable, shorten

__all__ = ["SMS_TEMPLATES", "WECHAT_TEMPLATES", "SmsTemplate", "WechatTemplate", "check", "shorten"]

HOST = "{host}"  # stands in a template's text for the address that links begin with: PUBLIC_URL
SMS_KINDS: Mapping[str, str] = {"code": "验证码", "notice": "通知短信", "promo": "推广短信"}
LINES = ("text", "text2", "text3", "text4")  # what an answer is made of; one template for each number of lines
_VARIABLE = re.compile(r"\$\{(\w+)\}")

# What each variable holds, whichever template it stands in.
VARIABLES: Mapping[str, Variable] = {
    "code": Variable(Kind.CODE, 6),
    "company": Variable(Kind.UNIT),
    "bureau": Variable(Kind.UNIT, 20),
    "who": Variable(Kind.UNIT),
    "number": Variable(Kind.NUMBER),
    "count": Variable(Kind.NUMBER, 6),
    "orange": Variable(Kind.NUMBER, 6),
    "red": Variable(Kind.NUMBER, 6),
    "hours": Variable(Kind.NUMBER, 4),
    "token": Variable(Kind.TOKEN),
    "tail": Variable(Kind.NUMBER, 4),
    "claim": Variable(Kind.TEXT),
    "days": Variable(Kind.NUMBER, 3),
    **dict.fromkeys((*LINES, "next", "problem", "steps", "what", "day", "choices"), Variable(Kind.TEXT)),
}


class BadTemplates(ValueError):
    """The catalogue would not be approved, or could not be sent; one line for each fault."""


@dataclass(frozen=True, slots=True)
class SmsTemplate:
    """An SMS template as it is submitted for approval."""

    content: str
    kind: str = "notice"  # or "code", or "promo"
    name: str = ""

    def variables(self) -> list[str]:
        """The names of its variables, in order."""
        return _VARIABLE.findall(self.content)

    def registered(self, host: str) -> str:
        """The text as it is submitted: with the address that links begin with."""
        return self.content.replace(HOST, host.rstrip("/"))

    def render(self, params: Mapping[str, str], host: str = "") -> str:
        """The text that a person reads, without the signature."""
        return _VARIABLE.sub(lambda found: params[found.group(1)], self.registered(host))

    def fitted(self, params: Mapping[str, str]) -> dict[str, str]:
        """Each variable as it may be sent, shortened by its kind. BadValue where nothing may be left out."""
        fitted = {}
        for name in self.variables():
            try:
                fitted[name] = VARIABLES[name].fit(params[name])
            except BadValue as bad:
                raise BadValue(f"{name}: {bad}") from None
        return fitted


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
    "bureau_passed_auto": SmsTemplate(
        "${company}的注册申请${number}已由系统自动审核通过供电局环节，正由交易中心审核。", name="供电局环节自动通过"
    ),
    "approved_auto": SmsTemplate(
        "${company}的注册申请${number}已由系统自动审核通过。下一步：${next}。", name="自动审核通过"
    ),
    "returned": SmsTemplate(
        "${company}的注册申请${number}被退回：${problem}。回复“修改”可以处理，回复“进度”看全部。", name="申请退回"
    ),
    "progress": SmsTemplate(
        "${company}的注册申请${number}有新进展：${steps}。下一步：${next}。", name="几步进展合为一条"
    ),
    "digest": SmsTemplate(
        "您有${count}份注册申请有新进展，最近一份是${company}的${number}。回复“进度”可查看全部。", name="进展汇总"
    ),
    "supplement_due": SmsTemplate(
        "${company}的注册申请${number}还缺${what}，请在${day}前补齐，逾期${next}。回复“补材料”可以上传。",
        name="容缺材料到期提醒",
    ),
    "supplement_lapsed": SmsTemplate(
        "${company}的注册申请${number}没有按期补齐${what}，${next}。回复“补材料”可以上传。", name="容缺材料逾期"
    ),
    "party_told": SmsTemplate(
        "${company}为尾号${tail}的户号申请电力市场注册，称${claim}。编号${number}，属实请回复知道了，不属实请回复有异议，"
        "${days}天内不答复视为没有异议。不想再收到请回复TD。",
        name="告知产权人或租户",
    ),
    "contract_expiry": SmsTemplate(
        "${company}的零售合同到${day}到期。${what}。不回复：${next}；回复“我的合同”看详情，不想续回复“不续约”。",
        name="零售合同到期",
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
    "answer": SmsTemplate("服务台回复：${text}。", name="短信答复"),
    "answer_2": SmsTemplate("服务台回复：${text}；${text2}。", name="短信答复，两句"),
    "answer_3": SmsTemplate("服务台回复：${text}；${text2}；${text3}。", name="短信答复，三句"),
    "answer_4": SmsTemplate("服务台回复：${text}；${text2}；${text3}；${text4}。", name="短信答复，四句"),
    "ask": SmsTemplate("服务台：${text}。编号${number}，请回复：${choices}。", name="请用户答复"),
    "ask_2": SmsTemplate("服务台：${text}；${text2}。编号${number}，请回复：${choices}。", name="请用户答复，两句"),
    "ask_3": SmsTemplate(
        "服务台：${text}；${text2}；${text3}。编号${number}，请回复：${choices}。", name="请用户答复，三句"
    ),
    "ask_4": SmsTemplate(
        "服务台：${text}；${text2}；${text3}；${text4}。编号${number}，请回复：${choices}。", name="请用户答复，四句"
    ),
    "link": SmsTemplate(
        "服务台：${text}。请打开 {host}/l/${token} ，${hours}小时内有效，请勿转发。", name="一次性链接"
    ),
    "link_2": SmsTemplate(
        "服务台：${text}；${text2}。请打开 {host}/l/${token} ，${hours}小时内有效，请勿转发。", name="一次性链接，两句"
    ),
    "link_3": SmsTemplate(
        "服务台：${text}；${text2}；${text3}。请打开 {host}/l/${token} ，${hours}小时内有效，请勿转发。",
        name="一次性链接，三句",
    ),
    "campaign": SmsTemplate(
        "${company}：${what}，请在${day}前办好，到期${next}。回复“进度”接着办，不想再收到请回复TD。", name="催办选择"
    ),
    "invite": SmsTemplate(
        "${company}：贵单位可以用短信办理电力市场注册，资料由系统查询，约5分钟。回复1开始，回复人工找工作人员。拒收请回复R",
        "promo",
        "邀请注册",
    ),
}

WECHAT_TEMPLATES: Mapping[str, WechatTemplate] = {
    "progress": WechatTemplate(
        "注册进度提醒",
        {"thing1": "申请单位", "character_string2": "申请编号", "phrase3": "当前进度", "thing4": "下一步"},
    ),
    "notice": WechatTemplate("服务提醒", {"thing1": "提醒事项", "thing2": "说明"}),
}


def check() -> None:
    """Raise BadTemplates unless every SMS template could be approved and sent: run at start and in the tests."""
    faults = [f"{name}: {fault}" for name, each in SMS_TEMPLATES.items() for fault in _faults(each)]
    if faults:
        raise BadTemplates("\n".join(faults))


def _faults(template: SmsTemplate) -> list[str]:
    """What a reviewer of Aliyun would refuse (documents 108088, 2806243), or we could not fill in."""
    names, fixed = template.variables(), _VARIABLE.sub("", template.content)
    linked = f" {HOST}/l/${{token}} " in template.content
    found = {
        "a variable stands twice": len(names) != len(set(names)),
        "two variables stand side by side": re.search(r"\$\{\w+\}\s*\$\{", template.content) is not None,
        "there is hardly anything but variables": len(re.findall(r"[\u4e00-\u9fff]", fixed)) < 4,
        "【】 is the signature's": "【" in template.content or "】" in template.content,
        "a promotion must end with 拒收请回复R": (template.kind == "promo") != template.content.endswith("拒收请回复R"),
        "a code template has the variable code and no other": template.kind == "code" and names != ["code"],
        "a variable without a kind": not set(names) <= set(VARIABLES),
        "it has no name": not template.name,
        "a link stands alone, with its host fixed": ("token" in names) != linked,
        "too long": len(fixed) + MOST * len(names) > 500,
    }
    return [fault for fault, is_so in found.items() if is_so]
