"""The console's words: what our codes are called for people who review, and how values are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.channels.wechat.menu import MENU_NAMES
from domain.evidence import Evidence
from domain.identifiers import mask_phone
from domain.messages.messages import OutState
from domain.messages.templates import LINES
from domain.notices.catalogue import CATALOGUE, PICTURE, Audience, Way
from domain.people.authority import LEVEL_NAMES
from domain.people.binding_desk import Decision
from domain.people.bindings import RequestKind
from domain.people.contacts import SMS, Address
from domain.people.staff import ROLE_NAMES
from domain.registration.applications import Source, Stage
from domain.registration.kinds import KIND_NAMES
from domain.registration.kinds import ROLE_NAMES as PARTY_NAMES
from domain.registration.parties_told import state_of
from domain.rules.rules import Severity
from domain.rules.troubles import OUTCOME_NAMES, RETURN
from domain.supplements.supplements import Supplement, SupplementState, paper_title
from domain.workdays import CHINA
from webhooks.console.evidence_words import EVIDENCE

STAGES: Mapping[str, str] = {
    Stage.FILLING: "填写中",
    Stage.RETURNED: "已退回，待用户修改",
    Stage.BUREAU_REVIEW: "供电局审核",
    Stage.CENTRE_REVIEW: "交易中心审核",
    Stage.AWAITING_MARKET: "已通过，待选市场",
    Stage.AWAITING_RETAILER: "已通过，待选售电公司",
    Stage.AWAITING_CERTIFICATE: "已通过，待办数字证书",
    Stage.REGISTERED: "注册完毕",
    Stage.SUSPENDED: "已暂停，待补材料",
    Stage.CANCELLED: "用户已取消",
}
SOURCES: Mapping[str, str] = {
    Source.TYPED: "用户填写",
    Source.REGISTRY: "工商登记",
    Source.MARKETING: "营销系统",
    Source.TIANYANCHA: "天眼查",
    Source.OCR: "照片识别",
}
LOOKUPS: Mapping[str, str] = {
    "marketing": "营销系统",
    "registry": "工商登记",
    "registry_name": "工商登记（按名称）",
    "tianyancha": "天眼查",
    "telecom": "运营商",
}
SHOWS: Mapping[str, str] = {
    "due": "待我审核",
    "bureau": "供电局审核",
    "centre": "交易中心审核",
    "returned": "已退回",
    "suspended": "已暂停",
    "passed": "已通过",
    "all": "全部",
}
OWES: Mapping[str, str] = {"open": "待补材料", "late": "逾期未补", "came": "补交待看"}
MODES: Mapping[str, str] = {"automatic": "有自动审核", "manual": "只由人审核"}
CAME_BY: Mapping[str, str] = {
    "wechat": "微信",
    "sms": "短信",
    "batch": "批量表格",
    "api": "代办接口",
    "console": "审核台",
    "": "未记录",
}
COLOURS: Mapping[str, str] = {"orange": "橙色提醒", "red": "红色超期", "unknown": "日历未公布"}
SEVERITIES: Mapping[str, str] = {
    Severity.BLOCKING: "不通过",
    Severity.SUPPLEMENTABLE: "可补充",
    Severity.HINT: "请留意",
    RETURN: "退回原因",
}
DECISIONS: Mapping[str, str] = {
    "submitted": "提交",
    "approved": "通过",
    "returned": "退回",
    "approval_undone": "通过，已撤回",
    "return_undone": "退回，已撤回",
    "undone": "随之撤回",
    "suspended": "逾期未补，暂停",
    "resumed": "补齐，恢复办理",
    "chose_wholesale": "选批发市场",
    "changed_to_retail": "转到零售市场",
    "changed_to_wholesale": "转到批发市场",
    "capacity_fell": "容量低于批发要求，进零售市场",
    "chose_retail": "选零售市场",
    "joined": "同一交易单元已有零售合同",
    "cancelled": "用户取消",
}
OWED_STATES: Mapping[str, str] = {
    SupplementState.OPEN: "等用户补",
    SupplementState.HANDED_IN: "已交，等核对",
    SupplementState.OVERDUE: "逾期未补",
    SupplementState.ACCEPTED: "已补齐",
    SupplementState.WAIVED: "已免交",
}
EVENTS: Mapping[str, str] = {
    **{name: event.title + ("通知" if event.merges else "") for name, event in CATALOGUE.items()},
    "": "对话答复",
    PICTURE: "对话图片",
}
OUT_STATES: Mapping[str, str] = {
    OutState.PENDING: "待发送",
    OutState.SENDING: "发送中",
    OutState.SENT: "已发送",
    OutState.DELIVERED: "已送达",
    OutState.HELD: "暂存待发",
    OutState.FAILED: "发送失败",
    OutState.MERGED: "已合并",
    OutState.EXPIRED: "过期未发",
}
BLANKS: Mapping[str, str] = {
    "code": "验证码",
    "company": "企业",
    "bureau": "供电单位",
    "who": "谁",
    "number": "编号",
    "count": "数量",
    "orange": "橙色数",
    "red": "红色数",
    "hours": "小时数",
    "token": "链接",
    "tail": "尾号",
    "claim": "说法",
    "days": "天数",
    "next": "下一步",
    "problem": "问题",
    "steps": "各步",
    "what": "材料",
    "day": "日期",
    "choices": "选项",
    **dict.fromkeys(LINES, "文字"),
}
AUDIENCES: Mapping[str, str] = {
    Audience.APPLICANT: "申请人",
    Audience.COMPANY: "申请人和同企业的人",
    Audience.PERSON: "本人",
    Audience.HANDLERS: "经办人",
    Audience.PRINCIPALS: "负责人",
    Audience.STAFF: "有关工作人员",
    Audience.ADMINISTRATORS: "交易中心管理员",
}
WAYS: Mapping[str, str] = {
    Way.BOTH: "短信，关注了的也发微信",
    Way.FIRST: "微信优先，发不了改短信",
    Way.SMS: "短信",
    Way.HERE: "指定的手机或微信",
}
INBOUND: Mapping[str, str] = {
    "text": "文字",
    "click": "点菜单",
    "photo": "照片",
    "voice": "语音",
    "follow": "关注",
    "unfollow": "取消关注",
    "scan": "扫码",
    "page": "网页答复",
}
VIAS: Mapping[str, str] = {
    "passive": "微信回复",
    "push": "微信客服消息",
    "template": "微信模板消息",
    "sms": "短信",
    "page": "链接页面",
}
TALK_STATES: Mapping[str, str] = {"waiting": "等待接待", "held": "接待中", "wechat": "微信客服中", "closed": "已结束"}
SPEAKERS: Mapping[str, str] = {"person": "用户", "bot": "机器人", "staff": "工作人员", "notice": "通知"}
CHANNELS: Mapping[str, str] = {"wechat": "微信", "sms": "短信"}
GROUNDS: Mapping[str, str] = {"registered": "注册通过", "invitation": "同事邀请", "reviewer": "交易中心邀请函"}
REQUEST_KINDS: Mapping[str, str] = {
    RequestKind.PHONE: "手机号绑在另一个微信上",
    RequestKind.STALE_PHONE: "久未使用的手机号又有人用",
    RequestKind.LOST: "手机和微信都用不了",
}
REQUEST_DECISIONS: Mapping[str, str] = {
    Decision.SAME: "是同一个人，全部转过去",
    Decision.PHONE: "只把手机号给申请人",
    Decision.REFUSE: "不同意",
}
DOUBTS: Mapping[str, str] = {
    "incomplete": "没有读全",
    "check_failed": "校验位不符",
    "repaired": "按校验规则推断",
    "ambiguous": "有难辨认的字符",
    "several": "照片里不止一个号码",
    "low_score": "字迹不清",
    "gap": "可能有遮挡",
    "unlikely": "不像这一项",
    "order": "日期前后不一致",
    "not_found": "没有读到",
    "empty": "内容没读出来",
    "unlabelled": "按位置推断",
    "signing_day": "从签署之日起算，但签署日期没读到",
    "out_of_picture": "不在照片里",
    "no_colour": "黑白复印件",
    "one_side": "只有一方的",
}
VERIFIED: Mapping[str, str] = {"match": "一致", "mismatch": "不一致", "unknown": "查不到"}


def named(words: Mapping[str, str]) -> Callable[[Any], str]:
    """A filter that says the word for a code; a code without a word stands for itself."""
    return lambda code: words.get(code, str(code))


def when(moment: datetime | None) -> str:
    """A moment as people in China read it: 2026-11-23 09:41."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if moment is not None else "—"


def due_words(row: Supplement) -> str:
    """Until when something may be handed in: 2026-12-07."""
    if row.due is not None:
        return row.due.isoformat()
    return "日历未公布，待定" if row.due_from is not None else "审核通过后起算"


def settled_by(row: Supplement, staff: Mapping[int, str]) -> str:
    """Who settled what was owed."""
    kind, _, number = row.settled_by.partition(":")
    return staff.get(int(number), "工作人员") if kind == "staff" else "按规则"


def lasting(span: timedelta | None) -> str:
    """How long a notice is of use: 7 天, 2 小时, 10 分钟."""
    if span is None:
        return "不过期"
    minutes = int(span.total_seconds()) // 60
    if minutes % (24 * 60) == 0:
        return f"{minutes // (24 * 60)} 天"
    return f"{minutes // 60} 小时" if minutes % 60 == 0 else f"{minutes} 分钟"


def who(row: Evidence, staff: Mapping[int, str]) -> str:
    """Who did what the evidence holds; a user is not named."""
    kind, _, number = row.who.partition(":")
    return staff.get(int(number), "工作人员") if kind == "staff" else {"contact": "用户"}.get(kind, "系统")


def recipient(address: Address) -> str:
    """Where a message goes: a phone shows its ends, an openid nothing."""
    return mask_phone(address.value) if address.channel == SMS else "微信"


def percent(share: float) -> str:
    """0.93 → 93%."""
    return f"{share * 100:.0f}%"


def hours(minutes: int) -> str:
    """A span of work as people say it: 45 分钟, 3.5 小时, 120 小时."""
    if minutes < 60:
        return f"{minutes} 分钟"
    return f"{minutes / 60:.1f} 小时" if minutes < 6000 else f"{minutes // 60} 小时"


def spelled(content: str) -> str:
    """An SMS template with its blanks in words: 〔企业〕的注册申请〔编号〕已提交."""
    return re.sub(r"\$\{(\w+)\}", lambda found: f"〔{BLANKS.get(found.group(1), found.group(1))}〕", content)


def short(mark: str) -> str:
    """The beginning of a hash, enough to compare by eye."""
    return mark[:10]


FILTERS: Mapping[str, Callable[..., str]] = {
    "stage": named(STAGES),
    "source": named(SOURCES),
    "lookup": named(LOOKUPS),
    "level": named(LEVEL_NAMES),
    "ground": named(GROUNDS),
    "request_kind": named(REQUEST_KINDS),
    "request_decision": named(REQUEST_DECISIONS),
    "masked": mask_phone,
    "role": named(ROLE_NAMES),
    "colour": named(COLOURS),
    "show": named(SHOWS),
    "owes": named(OWES),
    "mode_chosen": named(MODES),
    "came_by": named(CAME_BY),
    "outcome": named(OUTCOME_NAMES),
    "hours": hours,
    "kind": named(KIND_NAMES),
    "severity": named(SEVERITIES),
    "decision": named(DECISIONS),
    "event": named(EVENTS),
    "out_state": named(OUT_STATES),
    "via": named(VIAS),
    "audience": named(AUDIENCES),
    "way": named(WAYS),
    "inbound": named(INBOUND),
    "lasting": lasting,
    "evidence": named(EVIDENCE),
    "talk_state": named(TALK_STATES),
    "speaker": named(SPEAKERS),
    "channel": named(CHANNELS),
    "menu_name": named(MENU_NAMES),
    "doubt": named(DOUBTS),
    "verified": named(VERIFIED),
    "party": named(PARTY_NAMES),
    "told": state_of,
    "paper": paper_title,
    "owed_state": named(OWED_STATES),
    "due_words": due_words,
    "settled_by": settled_by,
    "when": when,
    "who": who,
    "recipient": recipient,
    "percent": percent,
    "short": short,
    "spelled": spelled,
}
