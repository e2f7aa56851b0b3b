"""The catalogue of notices: event → who is told, where, by which template, what may wait, what becomes one, until when.

Nothing leaves that is not in it. `docs/notices.md` shows the same table; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Audience(StrEnum):
    """Who is told."""

    APPLICANT = "applicant"  # who handed the application in
    COMPANY = "company"  # the applicant, and on WeChat whoever else may speak for the company
    PERSON = "person"  # one person whom it concerns
    HANDLERS = "handlers"  # of the bureau or centre where the order waits
    PRINCIPALS = "principals"
    STAFF = "staff"  # members of staff that the caller names
    ADMINISTRATORS = "administrators"  # of the trading centre


class Way(StrEnum):
    """On which channel."""

    BOTH = "both"  # by SMS, as the phone's right, and by WeChat where followed
    FIRST = "first"  # by WeChat where followed; else, or where it cannot arrive, by SMS
    SMS = "sms"
    HERE = "here"  # to the address that the caller names


@dataclass(frozen=True, slots=True)
class Event:
    """How one event is told. `title` is what people call it."""

    title: str
    audience: Audience
    way: Way
    sms: str = ""  # the SMS template
    wechat: str = ""  # the WeChat template; without one it is pushed, inside the window
    waits: bool = True  # quiet hours hold it, and a person's answers and codes overtake it
    merges: bool = False  # several of one application become one message
    lasts: timedelta | None = None  # after it, nobody needs it any more; None: it never grows stale
    question: bool = False  # it asks something that an answer closes
    switch: bool = False  # an administrator may turn it off
    late_in: str = ""  # the SMS variable that carries “补发”

    @property
    def falls_back(self) -> bool:
        """Whether the other channel takes it where this one cannot."""
        return self.way in (Way.BOTH, Way.FIRST)


WEEK, TWO_DAYS, DAY = timedelta(days=7), timedelta(days=2), timedelta(days=1)

CATALOGUE: Mapping[str, Event] = {
    "code": Event("短信验证码", Audience.PERSON, Way.SMS, "code", waits=False, lasts=timedelta(minutes=10)),
    "submitted": Event(
        "提交成功", Audience.APPLICANT, Way.SMS, "submitted", merges=True, lasts=WEEK, switch=True, late_in="company"
    ),
    "bureau_passed": Event(
        "供电局通过",
        Audience.COMPANY,
        Way.BOTH,
        "bureau_passed",
        "progress",
        merges=True,
        lasts=WEEK,
        switch=True,
        late_in="company",
    ),
    "approved": Event(
        "交易中心通过",
        Audience.COMPANY,
        Way.BOTH,
        "approved",
        "progress",
        merges=True,
        lasts=WEEK,
        switch=True,
        late_in="company",
    ),
    "bureau_passed_auto": Event(
        "系统自动审核通过供电局环节",
        Audience.COMPANY,
        Way.BOTH,
        "bureau_passed_auto",
        "progress",
        merges=True,
        lasts=WEEK,
        switch=True,
        late_in="company",
    ),
    "approved_auto": Event(
        "系统自动审核通过",
        Audience.COMPANY,
        Way.BOTH,
        "approved_auto",
        "progress",
        merges=True,
        lasts=WEEK,
        switch=True,
        late_in="company",
    ),
    "returned": Event(
        "申请退回",
        Audience.COMPANY,
        Way.BOTH,
        "returned",
        "progress",
        merges=True,
        lasts=WEEK,
        switch=True,
        late_in="company",
    ),
    "supplement_due": Event(
        "补材料提醒", Audience.APPLICANT, Way.BOTH, "supplement_due", "notice", lasts=TWO_DAYS, late_in="company"
    ),
    "supplement_lapsed": Event(
        "逾期未补材料", Audience.APPLICANT, Way.BOTH, "supplement_lapsed", "notice", lasts=WEEK, late_in="company"
    ),
    "supplement_news": Event(
        "补材料结果", Audience.APPLICANT, Way.FIRST, "answer", "notice", lasts=WEEK, late_in="text"
    ),
    "supplement_staff": Event(
        "容缺逾期转人工", Audience.HANDLERS, Way.FIRST, "staff_alert", "notice", lasts=WEEK, late_in="text"
    ),
    "staff": Event("工作人员答复", Audience.PERSON, Way.HERE, "answer", waits=False, lasts=TWO_DAYS, late_in="text"),
    "security": Event(
        "账号安全提醒",
        Audience.PERSON,
        Way.BOTH,
        "security",
        "notice",
        waits=False,
        lasts=WEEK,
        late_in="text",
    ),
    "people_changed": Event(
        "绑定与授权变动", Audience.PERSON, Way.BOTH, "answer", "notice", waits=False, lasts=WEEK, late_in="text"
    ),
    "phone_claimed": Event(
        "手机号归属确认", Audience.PERSON, Way.HERE, "answer", waits=False, lasts=WEEK, question=True, late_in="text"
    ),
    "proxy_asked": Event("代办授权确认", Audience.PERSON, Way.HERE, "ask", lasts=timedelta(days=30), question=True),
    "contract_asked": Event(
        "零售合同待答复", Audience.PERSON, Way.HERE, "ask", lasts=timedelta(days=30), question=True
    ),
    "contract_news": Event("零售合同进展", Audience.PERSON, Way.BOTH, "answer", "notice", lasts=WEEK, late_in="text"),
    "market_asked": Event(
        "容量变化，请选市场", Audience.PERSON, Way.HERE, "ask", lasts=timedelta(days=60), question=True
    ),
    "market_news": Event("市场变化", Audience.PERSON, Way.BOTH, "answer", "notice", lasts=WEEK, late_in="text"),
    "market_staff": Event(
        "容量变化待跟进", Audience.STAFF, Way.FIRST, "staff_alert", "notice", lasts=WEEK, late_in="text"
    ),
    "contract_staff": Event(
        "零售合同待办", Audience.STAFF, Way.FIRST, "staff_alert", "notice", lasts=WEEK, late_in="text"
    ),
    "package_decided": Event(
        "套餐审核结果", Audience.STAFF, Way.FIRST, "staff_alert", "notice", lasts=WEEK, late_in="text"
    ),
    "contract_expiry": Event(
        "零售合同到期",
        Audience.PERSON,
        Way.BOTH,
        "contract_expiry",
        "notice",
        lasts=timedelta(days=20),
        late_in="company",
    ),
    "answered_elsewhere": Event(
        "另一渠道已答复", Audience.PERSON, Way.HERE, "answer", waits=False, lasts=DAY, late_in="text"
    ),
    "question_expired": Event("答复时间已过", Audience.PERSON, Way.HERE, "answer", lasts=WEEK, late_in="text"),
    "party_told": Event(
        "告知产权人或租户", Audience.PERSON, Way.HERE, "party_told", lasts=TWO_DAYS, question=True, late_in="company"
    ),
    "party_objected": Event(
        "产权人或租户有异议", Audience.STAFF, Way.FIRST, "staff_alert", "notice", lasts=WEEK, late_in="text"
    ),
    "objection": Event("您的申请有异议", Audience.APPLICANT, Way.BOTH, "answer", "notice", lasts=WEEK, late_in="text"),
    "campaign": Event(
        "催办选择", Audience.PERSON, Way.FIRST, "campaign", "notice", lasts=TWO_DAYS, switch=True, late_in="company"
    ),
    "invite": Event("邀请注册", Audience.PERSON, Way.HERE, "invite", lasts=TWO_DAYS, switch=True),
    "batch": Event(
        "批量办理结果", Audience.PERSON, Way.FIRST, "answer", waits=False, lasts=WEEK, question=True, late_in="text"
    ),
    "overdue_handler": Event(
        "工单到期提醒经办人",
        Audience.HANDLERS,
        Way.FIRST,
        "staff_overdue",
        "notice",
        lasts=DAY,
        late_in="what",
    ),
    "overdue_principal": Event(
        "工单超期提醒负责人",
        Audience.PRINCIPALS,
        Way.FIRST,
        "staff_overdue",
        "notice",
        lasts=DAY,
        late_in="what",
    ),
    "overdue_unmanned": Event(
        "超期工单没有可提醒的人",
        Audience.ADMINISTRATORS,
        Way.FIRST,
        "staff_alert",
        "notice",
        lasts=DAY,
        late_in="text",
    ),
    "calendar_missing": Event(
        "工作日历未公布", Audience.ADMINISTRATORS, Way.FIRST, "staff_alert", "notice", lasts=WEEK, late_in="text"
    ),
    "evidence_anchor": Event(
        "证据链每日锚", Audience.ADMINISTRATORS, Way.FIRST, "staff_alert", "notice", lasts=WEEK, late_in="text"
    ),
    "urged": Event(
        "人工催办", Audience.STAFF, Way.FIRST, "staff_urged", "notice", lasts=DAY, switch=True, late_in="who"
    ),
    "talk_waiting": Event(
        "有用户等待人工",
        Audience.STAFF,
        Way.FIRST,
        "staff_alert",
        "notice",
        waits=False,
        lasts=timedelta(hours=2),
        switch=True,
        late_in="text",
    ),
    "provider_stopped": Event(
        "消息通道故障",
        Audience.ADMINISTRATORS,
        Way.FIRST,
        "staff_alert",
        "notice",
        waits=False,
        lasts=DAY,
        late_in="text",
    ),
}


PICTURE = "picture"  # the event of a picture that belongs to an answer


def overtakes(event: str) -> bool:
    """Whether it goes ahead of notices that wait: answers to a person, codes, warnings."""
    known = CATALOGUE.get(event)
    return event in ("", PICTURE) or (known is not None and not known.waits)
