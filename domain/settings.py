"""Rule figures that an administrator changes in the console; every change is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import JSON, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.base import Base, UtcDateTime
from domain.templates import SMS_TEMPLATES, WECHAT_TEMPLATES


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

    def parse(self, text: str) -> int | bool | str:
        """The value in the setting's own kind; BadSetting otherwise."""
        if isinstance(self.default, bool):
            return _switch(text)
        if isinstance(self.default, str):
            return text.strip()
        try:
            number = int(Decimal(text.strip()))
        except (InvalidOperation, ValueError):
            raise BadSetting(f"“{self.title}”要填一个整数") from None
        if not self.least <= number <= self.most:
            raise BadSetting(f"“{self.title}”要在 {self.least} 和 {self.most} 之间")
        return number


def _switch(text: str) -> bool:
    words = {"开": True, "是": True, "true": True, "1": True, "关": False, "否": False, "false": False, "0": False}
    try:
        return words[text.strip().lower()]
    except KeyError:
        raise BadSetting("请填“开”或“关”") from None


FIGURES: Mapping[str, Figure] = {
    "wholesale_from_kva": Figure("可选批发市场的最低容量（含）", 315, "千伏安", 1),
    "overdue_orange_days": Figure("工单橙色提醒，从第几个工作日起", 5, "个工作日", 1, 60),
    "overdue_red_days": Figure("工单红色提醒，超过第几个工作日", 7, "个工作日", 1, 60),
    "question_minutes": Figure("待确认问题的有效时间", 7 * 24 * 60, "分钟", 5, 60 * 24 * 60),
    "code_minutes": Figure("短信验证码有效时间", 5, "分钟", 1, 10),
    "code_tries": Figure("短信验证码可试次数", 5, "次", 1, 10),
    "code_per_minute": Figure("同一手机号每分钟验证码上限", 1, "条", 1, 5),
    "code_per_hour": Figure("同一手机号每小时验证码上限", 5, "条", 1, 30),
    "code_per_day": Figure("同一手机号每天验证码上限", 10, "条", 1, 40),
    "photo_days": Figure("草稿未提交时照片保留天数", 30, "天", 1, 365),
    "message_days": Figure("聊天原文保留天数", 180, "天", 7, 3650),
    "admission_days": Figure("承诺的审核时限", 2, "个工作日", 1, 30),
    **{f"sms_template_{name}": Figure(f"短信模板编号：{each.name}", "") for name, each in SMS_TEMPLATES.items()},
    **{f"wechat_template_{name}": Figure(f"微信模板编号：{each.title}", "") for name, each in WECHAT_TEMPLATES.items()},
    "service_phone": Figure("交易中心服务电话（会显示给用户）", ""),
    "notify_by_sms": Figure("进度短信通知", True),
    "notify_by_wechat": Figure("进度微信通知", True),
}


class SettingValue(Base):
    """A setting that differs from its default."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class SettingChange(Base):
    """Who changed which setting, when, from what to what."""

    __tablename__ = "setting_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    old: Mapped[Any] = mapped_column(JSON)
    new: Mapped[Any] = mapped_column(JSON)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def figure(session: Session, name: str) -> int:
    """A whole-number setting as it stands."""
    return int(value(session, name))


def value(session: Session, name: str) -> int | bool | str:
    """A setting as it stands. KeyError for a name that is no setting."""
    known = FIGURES[name]
    row = session.get(SettingValue, name)
    return known.default if row is None else row.value


def change(session: Session, name: str, text: str, staff_id: int, now: datetime) -> None:
    """Set a setting from what an administrator typed, and keep the change. BadSetting says what it takes."""
    new = FIGURES[name].parse(text)
    old = value(session, name)
    if new == old:
        return
    session.merge(SettingValue(name=name, value=new))
    session.add(SettingChange(name=name, old=old, new=new, staff_id=staff_id, at=now))


def changes(session: Session, limit: int = 50) -> list[SettingChange]:
    """The latest changes, newest first."""
    return list(session.scalars(select(SettingChange).order_by(SettingChange.id.desc()).limit(limit)))
