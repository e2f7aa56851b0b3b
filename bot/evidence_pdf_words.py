"""What the parts of a fact are called in the evidence pack's PDF, and their codes in Chinese: purposes, channels,
states and all others. The JSON beside it keeps the codes as they are hashed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from domain.contracts.tables import KIND_NAMES, REQUEST_STATES, SIDE_NAMES, WHY_NAMES
from domain.figures import FIGURES, MATTERS
from domain.packages.terms import Terms, lines
from domain.proxies.desk import GROUNDS
from domain.proxies.permissions import TITLES
from domain.registration import kinds
from domain.registration.applications import FIELD_NAMES, SOURCE_NAMES, STAGE_NAMES
from domain.registration.papers import paper_name
from domain.review.modes import MODE_NAMES
from domain.workdays import CHINA

CHANNELS: Mapping[str, str] = {
    "sms": "短信", "wechat": "微信", "console": "审核台", "api": "接口", "batch": "表格", "page": "页面",
}  # fmt: skip
BOUND_BY: Mapping[str, str] = {"sms_code": "短信验证码", "qr": "扫码", "page": "专用链接", "reviewer": "审核人员核对"}
WHOSE: Mapping[str, str] = {"contact": "用户", "staff": "工作人员", "proxy": "代办方", "system": "系统"}
# What the parts of a fact are called; a test sees that none of a contract's whole life is missing.
PARTS: Mapping[str, str] = {
    "shown": "当时显示的原文",
    "typed": "逐字答复",
    "label": "所选答案",
    "answer": "答案",
    "tapped": "点选的按钮",
    "channel": "渠道",
    "message": "消息编号",
    "second_factor": "第二因子（验证码）",
    "code": "问题短码",
    "question": "问题编号",
    "purpose": "问题用途",
    "request": "事项编号",
    "side": "哪一方",
    "digest": "原文的 SHA-256",
    "version": "套餐版本编号",
    "rules": "当时的参数",
    "number": "编号",
    "kind": "种类",
    "why": "原因",
    "reason": "原因",
    "remark": "意见",
    "months": "月份",
    "until": "到",
    "state": "状态",
    "file": "文件",
    "stage": "阶段",
    "problems": "问题",
    "step": "环节",
    "values": "提交的内容",
    "decided": "由人选定的来源",
    "mode": "审核方式",
    "organisation": "单位",
    "to": "转到",
    "about": "下载的是",
    "personal": "含个人信息",
    "terms": "条款",
    "consents": "由哪几条答复成立",
    "application": "申请序号",
    "form": "格式",
    "authorisation": "授权编号",
    "permission": "署名授权编号",
    "permitted_at": "本人同意由程序署名",
    "permitted_until": "署名授权有效到",
    "ground": "问的是谁",
    "program": "答复的程序",
    "program_name": "程序（密钥名称）",
    "key": "接口密钥的开头",
    "renews": "续签的合同序号",
    "notices": "告知过的环节",
    "by": "依据",
    "role": "哪一方",
    "phone": "手机",
    "photo": "照片编号",
    "paper": "材料",
    "document": "材料",
    "field": "哪一项",
    "read": "识别的内容",
    "proxy": "代办方",
    "due": "最迟",
    "consequence": "逾期的后果",
    "rule": "规则序号",
    "found": "有问题的规则",
    "items": "几项",
    "changes": "变化",
    "old": "原来",
    "new": "现在",
    "source": "来源",
    "back_to": "退到",
    "decided_at": "原来的审核时间",
    "from": "原来的人（序号）",
    "staff": "工作人员序号",
    "batch": "批次",
    "said": "说明",
}
_STEPS: Mapping[str, str] = {"before": "提前提醒", "decisive": "正式告知", "last": "最后提醒"}
_ANSWERS: Mapping[str, str] = {
    "yes": "同意", "no": "不同意", "retail": "零售市场", "wholesale": "批发市场", "stay": "市场不变", "known": "知道了",
    "objected": "有异议", "same": "是本人", "not_me": "不是本人", "never": "没有委托",
}  # fmt: skip
_WORDS: Mapping[str, Mapping[str, str]] = {
    "channel": CHANNELS,
    "to": STAGE_NAMES,
    "back_to": STAGE_NAMES,
    "stage": STAGE_NAMES,
    "side": SIDE_NAMES,
    "mode": MODE_NAMES,
    "state": {**TITLES, **STAGE_NAMES, **REQUEST_STATES},
    "ground": GROUNDS,
    "kind": {**KIND_NAMES, **kinds.KIND_NAMES},
    "role": kinds.ROLE_NAMES,
    "purpose": MATTERS,
    "why": WHY_NAMES,
    "step": _STEPS,
    "by": {"silence": "到期没有答复"},
    "source": SOURCE_NAMES,
    "field": FIELD_NAMES,
    "form": {"json": "原始数据文件", "pdf": "PDF"},
    "about": {"application": "注册申请", "contract_request": "合同事项"},
}


def who_in_words(who: str) -> str:
    """Whose number it is: “用户1”, as the JSON's contact:1."""
    kind, _, number = who.partition(":")
    return f"{WHOSE.get(kind, kind)}{number}"


def part(name: str) -> str:
    """What a part of a fact is called."""
    return PARTS.get(name, name)


def said(name: str, data: Mapping[str, Any]) -> str:
    """What a part of a fact holds, in words."""
    held = data[name]
    if (put := _PUT.get(name)) is not None and not isinstance(held, str):
        return put(held)
    if isinstance(held, bool):
        return _bool(held)
    if isinstance(held, list):
        return "、".join(_one(name, each) for each in held)
    return _one(name, held, str(data.get("label") or ""))


def title(name: str) -> str:
    """What a setting is called."""
    return FIGURES[name].title if name in FIGURES else name


def setting(name: str, held: Any) -> str:
    """A setting's value: the matters of a list by their names."""
    if name in FIGURES and FIGURES[name].form == "matters":
        return "、".join(MATTERS.get(each, each) for each in str(held).split(",") if each) or "没有"
    return _bool(held) if isinstance(held, bool) else str(held)


def when(moment: str) -> str:
    """A moment as people in China read it."""
    return f"{datetime.fromisoformat(moment).astimezone(CHINA):%Y-%m-%d %H:%M:%S}"


def _one(name: str, held: Any, label: str = "") -> str:
    if name in ("decided_at", "until", "permitted_at", "permitted_until") and isinstance(held, str) and "T" in held:
        return when(held)
    if name == "answer":
        return _ANSWERS.get(held, label or str(held))
    if name in ("paper", "document"):
        return paper_name(*str(held).split(":"))
    if name == "program":
        return who_in_words(str(held))
    if name == "notices":
        return _STEPS.get(held, str(held))
    if isinstance(held, str):
        return _WORDS.get(name, {}).get(held, held)
    if isinstance(held, list):
        return "，".join(SOURCE_NAMES.get(each, str(each)) for each in held)
    return json.dumps(held, ensure_ascii=False, sort_keys=True)


def _factor(held: Mapping[str, Any]) -> str:
    return f"{CHANNELS.get(held['channel'], held['channel'])}，消息编号 {held['message']}"


def _values(held: Mapping[str, Any]) -> str:
    return "\n".join(f"{FIELD_NAMES.get(name, name)}：{_with_source(each)}" for name, each in held.items())


def _with_source(held: Any) -> str:
    """A value with its source, as the fact of a submission keeps it."""
    if isinstance(held, list) and len(held) == 2:
        return f"{held[1]}（{SOURCE_NAMES.get(held[0], held[0])}）"
    return SOURCE_NAMES.get(held, str(held))


def _settings(held: Mapping[str, Any]) -> str:
    return "\n".join(f"{title(name)}：{setting(name, each)}" for name, each in held.items())


def _terms(held: Mapping[str, Any]) -> str:
    return "；".join(f"{head}：{words}" for head, words in lines(Terms.from_json(dict(held))))


def _bool(held: bool) -> str:
    return "是" if held else "否"


_PUT: Mapping[str, Callable[[Any], str]] = {
    "second_factor": _factor,
    "values": _values,
    "decided": _values,
    "rules": _settings,
    "terms": _terms,
    "months": lambda held: " 到 ".join(str(each) for each in held),
}
