"""The settings that an administrator changes: what each is, its default, and what it takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal, InvalidOperation

from domain.messages.templates import SMS_TEMPLATES, WECHAT_TEMPLATES
from domain.notices.catalogue import CATALOGUE


class BadSetting(ValueError):
    """A setting does not take that value; the text says in Chinese what it takes."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a setting is: its title for people, its default, and what it takes."""

    title: str
    default: int | bool | str
    unit: str = ""
    least: int = 0
    most: int = 1_000_000
    form: str = (
        ""  # "time": HH:MM; "days", "months": numbers, by commas; "matters": some of `MATTERS`; or a key of `CHOICES`
    )

    def parse(self, text: str) -> int | bool | str:
        """The value in the setting's own kind; BadSetting otherwise."""
        if isinstance(self.default, bool):
            return _switch(text)
        if isinstance(self.default, str):
            if self.form in CHOICES:
                return self._one_of(text.strip())
            forms = {"time": self._time, "matters": self._matters, "days": self._days, "months": self._months}
            return forms[self.form](text) if self.form else text.strip()
        try:
            number = int(Decimal(text.strip()))
        except (InvalidOperation, ValueError):
            raise BadSetting(f"“{self.title}”要填一个整数") from None
        if not self.least <= number <= self.most:
            raise BadSetting(f"“{self.title}”要在 {self.least} 和 {self.most} 之间")
        return number

    def _time(self, text: str) -> str:
        """A time of day as HH:MM; a full-width colon and a missing zero are forgiven."""
        try:
            hour, minute = text.strip().replace("：", ":").split(":")
            return time(int(hour), int(minute)).strftime("%H:%M")
        except ValueError:
            raise BadSetting(f"“{self.title}”要填 24 小时制的时间，例如 08:30") from None

    def _days(self, text: str) -> str:
        """Numbers of days, the most first, each once; nothing: none at all."""
        words = [word for word in re.split(r"[,，、;；\s]+", text.strip()) if word]
        if not all(word.isdecimal() and int(word) <= 60 for word in words):
            raise BadSetting(f"“{self.title}”要填 0 到 60 的整数，用逗号分隔，例如 3,1,0")
        return ",".join(str(days) for days in sorted({int(word) for word in words}, reverse=True))

    def _months(self, text: str) -> str:
        """Months of the year, each once; nothing: none at all."""
        words = [word for word in re.split(r"[,，、;；\s]+", text.strip().replace("月", "")) if word]
        if not all(word.isdecimal() and 1 <= int(word) <= 12 for word in words):
            raise BadSetting(f"“{self.title}”要填 1 到 12 的月份，用逗号分隔，例如 6,7,8,9,10")
        return ",".join(str(number) for number in sorted({int(word) for word in words}))

    def _one_of(self, text: str) -> str:
        """One of the choices, by its name."""
        if text not in CHOICES[self.form]:
            raise BadSetting(f"请填其中一种：{'、'.join(CHOICES[self.form])}")
        return text

    def _matters(self, text: str) -> str:
        """Names of matters, by commas. One that is unknown is refused: a slip must not switch a safeguard off."""
        names = [name for name in re.split(r"[,，、;；\s]+", text.strip()) if name]
        if unknown := [name for name in names if name not in MATTERS]:
            known = "、".join(f"{name}（{title}）" for name, title in MATTERS.items())
            raise BadSetting(f"没有“{unknown[0]}”这一项，可填：{known}")
        return ",".join(names)


def _switch(text: str) -> bool:
    words = {"开": True, "是": True, "true": True, "1": True, "关": False, "否": False, "false": False, "0": False}
    try:
        return words[text.strip().lower()]
    except KeyError:
        raise BadSetting("请填“开”或“关”") from None


MODES = ("人工审核", "自动审核", "自动审核，特殊情况转人工")  # the names of `domain.review.modes.Mode`

UNITS = ("户号", "统一社会信用代码", "集团")  # the names of `domain.groups.units.UnitKind`
SINCE = ("提交", "审核通过")  # from when the days of conditional admission count
LAPSES = ("退回", "暂停", "转人工")  # what becomes of an application that does not supplement in time
FALLS = ("转到零售市场", "市场不变")  # what silence does where a wholesale user's capacity fell below the threshold
CHOICES: Mapping[str, tuple[str, ...]] = {
    "mode": MODES, "unit": UNITS, "since": SINCE, "lapse": LAPSES, "fall": FALLS,
}  # fmt: skip

# What may be answered with legal effect, by the purpose of its question.
MATTERS: Mapping[str, str] = {
    "submit": "提交注册申请",
    "batch": "批量提交注册申请",
    "market": "选择市场",
    "market_change": "更换市场",
    "unbind": "解除绑定",
    "phone_claimed": "确认手机号归属",
    "invite": "邀请同事",
    "invitation": "接受邀请",
    "end_authority": "结束代办权限",
    "authorise_proxy": "授权代办方",
    "withdraw_proxy": "撤回代办授权",
    "contract": "零售合同的签订、变更和终止",
    "contract_all": "几件零售合同一起同意",
    "not_renew": "零售合同到期不续约",
}

# What an administrator may change, as the console groups it.
GROUPS: Mapping[str, Mapping[str, Figure]] = {
    "市场与审核": {
        "wholesale_from_kva": Figure("可选批发市场的最低容量（含）", 315, "千伏安", 1),
        "capacity_hours": Figure("已入市用户的容量，多久向营销系统核对一次", 24, "小时", 1, 720),
        "capacity_answer_days": Figure("容量变化后，用户几个工作日内选市场", 20, "个工作日", 1, 60),
        "capacity_silence": Figure(
            "批发用户容量不够、没有答复时（转到零售市场、市场不变）", "转到零售市场", form="fall"
        ),
        "review_mode_bureau": Figure("供电局审核方式（没有单独设置的供电局）", "人工审核", form="mode"),
        "review_mode_centre": Figure("交易中心审核方式", "人工审核", form="mode"),
        "auto_conditional_to_person": Figure("特殊情况转人工：容缺受理的申请也转人工", True),
        "auto_party_days": Figure("自动审核等产权人、租户答复几天（0：不等）", 1, "天", 0, 30),
        "undo_seconds": Figure("审核后多久内可以撤回", 60, "秒", 0, 600),
        "claim_hours": Figure("点“我来办”后，多久没有审就放回给大家", 24, "小时", 1, 720),
        "conflict_by_name": Figure("审核人与申请人同名时也按本企业回避", True),
        "calendar_warn_days": Figure("提前多少天提示没有工作日历的年份", 60, "天", 7, 365),
        "admission_days": Figure("承诺的审核时限", 2, "个工作日", 1, 30),
        "overdue_orange_days": Figure("工单橙色提醒，从第几个工作日起", 5, "个工作日", 1, 60),
        "overdue_red_days": Figure("工单红色提醒，超过第几个工作日", 7, "个工作日", 1, 60),
        "campaigns": Figure("催选活动按计划提醒用户（关：全部暂停）", True),
        "service_phone": Figure("交易中心服务电话（会显示给用户）", ""),
    },
    "套餐与电价": {
        "wet_months": Figure("丰水期是哪几个月（逗号分隔）", "6,7,8,9,10", form="months"),
        "level_months": Figure("平水期是哪几个月（其余月份是枯水期）", "5,11", form="months"),
        "shape_peak": Figure("没有分时电量时，峰段按多少算", 36, "%", 0, 60),
        "shape_valley": Figure("没有分时电量时，谷段按多少算（其余是平段）", 30, "%", 0, 40),
        "usage_months": Figure("从营销系统取最近多少个月的电量", 24, "个月", 12, 60),
        "usage_per_minute": Figure("每分钟最多向营销系统取多少户的电量", 1200, "户", 2, 60_000),
        "usage_hours": Figure("上月电量没有结算时，多久再取一次", 20, "小时", 1, 720),
        "card_kwh_small": Figure("套餐说明页的小用户月用电量", 20_000, "度", 1, 100_000_000),
        "card_kwh_middle": Figure("套餐说明页的中用户月用电量", 200_000, "度", 1, 100_000_000),
        "card_kwh_large": Figure("套餐说明页的大用户月用电量", 2_000_000, "度", 1, 100_000_000),
        "choose_weight_cost": Figure("推荐套餐时费用的权重（0：不看）", 50, "", 0, 100),
        "choose_weight_risk": Figure("推荐套餐时价格风险的权重", 20, "", 0, 100),
        "choose_weight_service": Figure("推荐套餐时服务评分的权重", 15, "", 0, 100),
        "choose_weight_green": Figure("推荐套餐时绿电比例的权重", 5, "", 0, 100),
        "choose_weight_leaving": Figure("推荐套餐时提前终止容易程度的权重", 10, "", 0, 100),
        "choose_span_cost": Figure("比最便宜的贵多少，费用就是 0 分", 40, "元/兆瓦时", 1, 1000),
        "choose_span_risk": Figure("可能多付多少，价格风险就是 0 分", 40, "元/兆瓦时", 1, 1000),
        "choose_span_leaving": Figure("期限过半时提前终止，按全年电量摊要付多少就是 0 分", 20, "元/兆瓦时", 1, 1000),
        "choose_margin": Figure("总分相差不超过多少算同样好（满分 100），先后抽签", 2, "分", 0, 50),
        "choose_shift": Figure("算价格风险时，假设多少电量从谷段移到峰段", 10, "%", 0, 40),
    },
    "零售合同": {
        "contract_answer_days": Figure("签订、变更、终止，各方几个工作日内答复（逾期作废）", 5, "个工作日", 1, 60),
        "contract_consent_by_api": Figure(
            "售电公司的程序可以通过接口、以其工作人员的名义答复合同事项（没有手机验证码；用户一方从不可以）", True
        ),
        "contract_permission_days": Figure("工作人员同意程序以其名义办合同，一次同意的有效期", 365, "天", 1, 730),
        "contract_notice_months": Figure("合同到期前，至少提前几个完整交易月告知", 1, "个月", 1, 6),
        "contract_notice_before": Figure("在这之前几天先提醒一次（0：不提醒）", 30, "天", 0, 90),
        "contract_notice_last": Figure("到期前几天再提醒一次（0：不提醒）", 15, "天", 0, 28),
        "contract_renew_days": Figure("到期前几天起不再收“不续约”，按期续签", 1, "天", 1, 20),
    },
    "租户与代缴": {
        "party_answer_days": Figure("告知产权人、租户后，几天内可以提出异议", 7, "天", 1, 60),
        "party_told_daily": Figure("同一手机号每天最多收到几条这样的告知", 10, "条", 1, 50),
    },
    "提问与确认": {
        "question_minutes": Figure("待确认问题的有效时间", 7 * 24 * 60, "分钟", 5, 60 * 24 * 60),
        "fresh_minutes": Figure("有几件事待答时，单个数字对刚发出的选项有效的时间", 30, "分钟", 1, 24 * 60),
        "question_code_tries": Figure("同一人每小时可输错的问题编号", 10, "次", 3, 100),
        "second_factor_for": Figure(
            "短信里答复后还要验证码确认的事项",
            "submit,batch,unbind,invite,end_authority,authorise_proxy,contract,contract_all,not_renew,market_change",
            form="matters",
        ),
        "second_factor_on_wechat": Figure("微信里也要短信验证码确认（上面的全部事项）", False),
        "second_factor_on_wechat_for": Figure(
            "微信里总要短信验证码确认的事项", "contract,contract_all", form="matters"
        ),
    },
    "验证码与链接": {
        "code_minutes": Figure("短信验证码有效时间", 5, "分钟", 1, 10),
        "code_tries": Figure("短信验证码可试次数", 5, "次", 1, 10),
        "code_per_minute": Figure("同一手机号每分钟验证码上限", 1, "条", 1, 5),
        "code_per_hour": Figure("同一手机号每小时验证码上限", 5, "条", 1, 30),
        "code_per_day": Figure("同一手机号每天验证码上限", 10, "条", 1, 40),
        "link_hours": Figure("短信里的一次性链接有效时间", 24, "小时", 1, 168),
        "link_guesses": Figure("同一网络地址每小时可打开的无效链接数", 30, "次", 5, 1000),
    },
    "集团与批量": {
        "trading_unit": Figure("交易单元按什么划分（改之前先看影响）", "户号", form="unit"),
        "group_shares_when_submitted": Figure("典型注册户提交后就能带其他户号（关：审核通过后）", False),
        "batch_rows": Figure("批量注册表格最多行数", 2000, "行", 10, 10_000),
        "batch_files_a_day": Figure("每人每天可上传的表格", 20, "个", 1, 200),
        "batch_days": Figure("核对完的表格多少天没有确认就清除", 14, "天", 2, 365),
        "batch_warn_days": Figure("清除前几天告诉本人（一次）", 3, "天", 1, 60),
    },
    "人员与绑定": {
        "phone_stale_days": Figure("手机号多久没用过，就不再自动接上以前的记录", 90, "天", 1, 3650),
        "invitation_days": Figure("邀请二维码有效时间", 7, "天", 1, 30),
        "invite_days": Figure("同一手机号两次邀请短信的最短间隔", 30, "天", 1, 365),
    },
    "通知": {
        "notify_by_sms": Figure("进度短信通知", True),
        "notify_by_wechat": Figure("进度微信通知", True),
        "notify_colleagues": Figure("进度也通知同企业的其他人（微信）", True),
        **{f"notice_{name}": Figure(f"通知：{each.title}", True) for name, each in CATALOGUE.items() if each.switch},
        "quiet_from": Figure("夜间免打扰从（两个时间相同则不免打扰）", "21:00", form="time"),
        "quiet_to": Figure("夜间免打扰到", "08:00", form="time"),
        "merge_pause_seconds": Figure("进度通知稍等多久，好把紧接着的几步合为一条", 60, "秒", 0, 300),
        "merge_seconds": Figure("同一申请的进度通知，多久内只发一条", 60, "秒", 0, 3600),
        "digest_from": Figure("同一手机号每天的进度短信，超过几条起合为汇总", 10, "条", 1, 50),
        "digest_at": Figure("进度汇总每天几点发", "17:30", form="time"),
        "late_minutes": Figure("消息晚发多久要注明“补发”", 30, "分钟", 1, 1440),
    },
    "代办": {
        "proxy_authorisation_days": Figure("用户授权代办方的有效期", 180, "天", 1, 730),
        "proxy_answer_hours": Figure("代办授权等用户答复多久", 72, "小时", 1, 720),
        "proxy_reask_days": Figure("用户没有同意后，代办方多久才能再问", 30, "天", 1, 365),
        "proxy_key_days": Figure("代办接口密钥最长有效期", 365, "天", 1, 1095),
        "proxy_key_overlap_hours": Figure("更换密钥后旧密钥还能用多久", 72, "小时", 0, 720),
        "proxy_per_minute": Figure("每个密钥每分钟请求上限", 120, "次", 1, 10_000),
        "proxy_per_day": Figure("每个密钥每天请求上限", 20_000, "次", 1, 1_000_000),
        "proxy_offers_a_day": Figure("每家售电公司的程序每天最多提议几次（含没有找到用户的）", 100, "次", 1, 10_000),
        "proxy_repeat_hours": Figure("幂等键（Idempotency-Key）保留多久", 24, "小时", 1, 168),
        "proxy_batch_most": Figure("代办接口一批最多几份", 500, "份", 1, 2000),
        "proxy_batch_at_once": Figure("一批不超过几份就当场办完", 10, "份", 0, 50),
        "proxy_hooks": Figure("每个代办方的回调地址上限", 5, "个", 1, 20),
        "proxy_supplement_days": Figure("容缺材料到期前几天回调代办方", 3, "天", 0, 30),
        "conduct_days": Figure("信用评价看最近多少天", 90, "天", 7, 730),
        "conduct_least": Figure("提交满多少份才计算退回率", 10, "份", 1, 1000),
        "conduct_cost_returned": Figure("每百份退回满10份扣", 5, "分", 0, 100),
        "conduct_cost_overdue": Figure("容缺材料每逾期一件扣", 2, "分", 0, 100),
        "conduct_cost_false_document": Figure("材料虚假每件扣", 20, "分", 0, 100),
        "conduct_cost_complaint": Figure("用户投诉每件扣", 5, "分", 0, 100),
        "conduct_cost_denied": Figure("用户说没有委托每件扣", 10, "分", 0, 100),
        "conduct_warn": Figure("信用分低于多少预警", 80, "分", 0, 100),
        "conduct_block": Figure("信用分低于多少暂停代办", 60, "分", 0, 100),
    },
    "催办": {
        "remind_handler": Figure("超期提醒经办人", True),
        "remind_principal": Figure("超期提醒负责人", True),
        "remind_by_sms": Figure("超期提醒用短信", True),
        "remind_by_wechat": Figure("超期提醒用微信（已绑定的工作人员）", True),
        "remind_at": Figure("超期提醒每天几点发", "09:30", form="time"),
        "remind_every_days": Figure("同一工单隔几个工作日再提醒", 1, "个工作日", 1, 30),
        "urge_minutes": Figure("同一工单对同一人，隔多久才能再催", 60, "分钟", 1, 1440),
    },
    "人工服务": {
        "service_from": Figure("人工服务从几点起（工作日）", "09:00", form="time"),
        "service_to": Figure("人工服务到几点止（工作日）", "17:30", form="time"),
        "takeover_alarm_minutes": Figure("等人工超过多久要催工作人员", 5, "分钟", 1, 240),
        "takeover_close_minutes": Figure("人工答复后多久没有来信就转回机器人", 60, "分钟", 5, 24 * 60),
        "wechat_kf_transfer": Figure("人工走微信自带客服（关：走本审核台）", False),
    },
    "发送通道": {
        "fallback_minutes": Figure("微信发不出去多久后改发短信", 30, "分钟", 1, 1440),
        "stop_after_failures": Figure("连续失败几次起暂停该通道（之后定时试探）", 5, "次", 2, 100),
        "probe_seconds": Figure("通道暂停后多久试探一次", 60, "秒", 10, 3600),
        "sms_fen_per_segment": Figure("短信单价（每条计费短信）", 5, "分", 0, 100),
    },
    "保留与清除": {
        "photo_days": Figure("草稿未提交时照片保留天数", 30, "天", 1, 365),
        "message_days": Figure("聊天原文保留天数", 180, "天", 7, 3650),
        "teach_percent": Figure("听懂了的消息里抽查多少（用于“听懂了吗”）", 2, "%", 0, 100),
    },
    "数据来源": {
        "fresh_hours_marketing": Figure("营销系统的数据多久内不重查（0：每次都查）", 24, "小时", 0, 8760),
        "fresh_hours_registry": Figure("工商登记的数据多久内不重查（0：每次都查）", 168, "小时", 0, 8760),
        "fresh_hours_tianyancha": Figure("天眼查的数据多久内不重查（0：每次都查）", 168, "小时", 0, 8760),
        "fresh_hours_telecom": Figure("运营商核验结果多久内不重查（0：每次都查）", 720, "小时", 0, 8760),
        "source_old_days": Figure("接口不通时，多少天内的旧数据还可以用（0：不用）", 30, "天", 0, 365),
        "source_keep_days": Figure("接口答复保留天数", 90, "天", 1, 3650),
        "recheck": Figure("审核通过前重新核对来源", True),
        "recheck_hours": Figure("数据超过多久，审核通过前要重新核对", 24, "小时", 0, 8760),
    },
    "容缺受理": {
        "supplement_days": Figure("容缺材料几个工作日内补齐", 10, "个工作日", 1, 120),
        "supplement_from": Figure("容缺期限从什么时候算起（提交、审核通过）", "提交", form="since"),
        "supplement_remind_days": Figure("到期前剩几个工作日时提醒（逗号分隔，0是到期当天）", "3,1,0", form="days"),
        "supplement_overdue": Figure("到期没有补齐时（退回、暂停、转人工）", "退回", form="lapse"),
    },
    "问题统计": {
        "trouble_quiet_days": Figure("看到问题后多少天没有再来，算放弃", 7, "天", 1, 90),
        "trouble_cap_minutes": Figure("改好一处问题最多按多少分钟计（夜里不算数）", 480, "分钟", 10, 10_080),
        "trouble_give_up_minutes": Figure("放弃一份申请相当于耽误多少分钟", 960, "分钟", 0, 100_000),
        "trouble_return_minutes": Figure("退回一次相当于耽误多少分钟", 480, "分钟", 0, 100_000),
    },
    "导出": {
        "export_rows": Figure("一次最多导出的行数", 20_000, "行", 100, 200_000),
        "anchor_told": Figure("每天把证据链的锚（日期、序号、校验值前16位）告诉管理员", False),
        "export_personal": Figure("导出的表格里写完整的联系人和电话", False),
    },
    "模板编号": {
        **{f"sms_template_{name}": Figure(f"短信模板编号：{each.name}", "") for name, each in SMS_TEMPLATES.items()},
        **{
            f"wechat_template_{name}": Figure(f"微信模板编号：{each.title}", "")
            for name, each in WECHAT_TEMPLATES.items()
        },
    },
}
FIGURES: Mapping[str, Figure] = {name: figure for group in GROUPS.values() for name, figure in group.items()}
