"""Campaigns (B4): who has not chosen yet is prompted before a set date, until they have or somebody stops it.

One prompt a person, step and campaign, however many accounts they speak for; of steps that were missed, the latest one
alone. Whoever has asked to get no notices gets none of these.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ColumnElement, ForeignKey, Select, UniqueConstraint, exists, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain.base import Base, UtcDateTime
from domain.contracts.tables import Request, RequestState
from domain.evidence import record
from domain.market.months import month_of
from domain.market.readiness import readiness
from domain.notices.notices import tell
from domain.people.staff import Staff
from domain.registration.applications import Application, Stage
from domain.settings import value
from domain.workdays import local_day

MOST_STEPS, FURTHEST, LONGEST = 8, 180, 30


class Audience(StrEnum):
    """Who is prompted: what they have not done yet."""

    UNBOUND = "unbound"  # admitted to the retail market, and without a retail company
    UNDECIDED = "undecided"  # admitted, and may still choose the market
    UNFINISHED = "unfinished"  # began to register, and has not handed it in: a retail user that may be


AUDIENCES: Mapping[str, str] = {
    Audience.UNBOUND: "审核已通过、还没有选定售电公司的用户",
    Audience.UNDECIDED: "审核已通过、还没有选择市场的用户",
    Audience.UNFINISHED: "开始注册、还没有提交的用户",
}
_LACKS: Mapping[str, str] = {
    Audience.UNBOUND: "还没有选定售电公司",
    Audience.UNDECIDED: "还没有选择批发或零售市场",
    Audience.UNFINISHED: "注册还没有提交",
}
_STAGES: Mapping[str, Stage] = {
    Audience.UNBOUND: Stage.AWAITING_RETAILER,
    Audience.UNDECIDED: Stage.AWAITING_MARKET,
    Audience.UNFINISHED: Stage.FILLING,
}


class BadCampaign(ValueError):
    """A campaign cannot be kept so; the text says in Chinese why."""


class Campaign(Base):
    """One campaign. What it says and when is not changed once it runs: it is stopped, and another one is begun."""

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    audience: Mapped[str]
    starts: Mapped[date]
    before: Mapped[date]  # the day that it is all about: the last one on which the user can do it
    steps: Mapped[list[int]] = mapped_column(JSON)  # so many days before it a prompt goes out; the most first
    then: Mapped[str]  # what happens to who has not, as the user is told
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stopped_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def state(self, day: date) -> str:
        """Where it stands on a day, in Chinese."""
        if self.stopped_at is not None:
            return "已停止"
        if day > self.before:
            return "已结束"
        return "进行中" if day >= self.starts else "未开始"

    def step_on(self, day: date) -> int | None:
        """The step that is due on a day: the latest one reached. None before the first and after the end."""
        left = (self.before - day).days
        reached = [step for step in self.steps if left <= step]
        return min(reached) if reached and left >= 0 and self.state(day) == "进行中" else None


class Prompt(Base):
    """That an application's person was prompted in one step of a campaign; `reached` where there was an address."""

    __tablename__ = "campaign_prompts"
    __table_args__ = (UniqueConstraint("campaign_id", "application_id", "step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    step: Mapped[int]
    reached: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    campaign: Mapped[Campaign] = relationship()
    application: Mapped[Application] = relationship()


@dataclass(frozen=True, slots=True)
class Plan:
    """A campaign as an administrator typed it."""

    title: str
    audience: str
    starts: date | None
    before: date | None
    steps: str
    then: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How a campaign goes, in applications: who is still to do it, who was prompted, who could not be reached, who has
    done it since; and by step how many were prompted."""

    waiting: int
    prompted: int
    unreached: int
    done: int
    steps: Sequence[tuple[int, int]]


def begin(session: Session, plan: Plan, staff: Staff, now: datetime) -> Campaign:
    """Keep a campaign, and that it was begun. BadCampaign says what is wrong with it."""
    steps = _steps(plan.steps)
    title, then = " ".join(plan.title.split()), " ".join(plan.then.split()).rstrip("。")
    if not 2 <= len(title) <= LONGEST:
        raise BadCampaign(f"名称要2到{LONGEST}个字")
    if plan.audience not in AUDIENCES:
        raise BadCampaign("请从列表里选择对象")
    if plan.starts is None or plan.before is None:
        raise BadCampaign("请填写开始日期和截止日期")
    if not local_day(now) <= plan.before or not plan.starts <= plan.before:
        raise BadCampaign("截止日期不能早于开始日期，也不能早于今天")
    if not 2 <= len(then) <= LONGEST:
        raise BadCampaign(f"“到期没有办的后果”要2到{LONGEST}个字，用户会原样看到")
    row = Campaign(
        title=title,
        audience=plan.audience,
        starts=plan.starts,
        before=plan.before,
        steps=steps,
        then=then,
        made_by=staff.id,
        made_at=now,
    )
    session.add(row)
    session.flush()
    data = {"title": title, "audience": row.audience, "before": str(row.before), "steps": steps, "then": then}
    record(session, "campaign_begun", ("campaign", row.id), f"staff:{staff.id}", data, now)
    return row


def stop(session: Session, campaign: Campaign, staff: Staff, now: datetime) -> None:
    """No prompt of it goes out any more. A second time changes nothing."""
    if campaign.stopped_at is None:
        campaign.stopped_at, campaign.stopped_by = now, staff.id
        record(session, "campaign_stopped", ("campaign", campaign.id), f"staff:{staff.id}", {}, now)


def campaigns(session: Session) -> list[Campaign]:
    """All of them, the newest first."""
    return list(session.scalars(select(Campaign).order_by(Campaign.id.desc())))


def people_due(session: Session, now: datetime) -> list[tuple[int, int]]:
    """Campaign and contact, for each prompt that is due and was not written yet; none while the switch is off."""
    day = local_day(now)
    if not value(session, "campaigns"):
        return []
    found: list[tuple[int, int]] = []
    for campaign in session.scalars(select(Campaign).where(Campaign.stopped_at.is_(None), Campaign.before >= day)):
        if campaign.step_on(day) is not None:
            query = _still(campaign, day).with_only_columns(Application.contact_id).distinct()
            found += [(campaign.id, contact_id) for contact_id in session.scalars(query)]
    return found


def prompt(session: Session, campaign_id: int, contact_id: int, now: datetime) -> bool:
    """Prompt one person for all their applications that are still due; whether there was anything to say. Who has a
    contract with the rest of its trading unit needs no company."""
    campaign, day = session.get_one(Campaign, campaign_id), local_day(now)
    step = campaign.step_on(day)
    if step is None:
        return False
    due = list(session.scalars(_still(campaign, day).where(Application.contact_id == contact_id)))
    if campaign.audience == Audience.UNBOUND:
        due = [each for each in due if readiness(session, each, month_of(day)).contract is None]
    if not due:
        return False
    told = _tell(session, campaign, step, due, now)
    rows = [Prompt(campaign_id=campaign.id, application_id=each.id, step=step, reached=told, at=now) for each in due]
    session.add_all(rows)
    return True


def progress(session: Session, campaign: Campaign) -> Progress:
    """How the campaign goes now."""
    mine = Prompt.campaign_id == campaign.id
    steps = session.execute(select(Prompt.step, func.count()).where(mine).group_by(Prompt.step)).all()
    everyone = select(Prompt.application_id).where(mine).distinct()
    reached = select(Prompt.application_id).where(mine, Prompt.reached.is_(True)).distinct()
    here = select(func.count()).select_from(Application)
    prompted = session.scalar(select(func.count()).select_from(everyone.subquery())) or 0
    with_address = session.scalar(select(func.count()).select_from(reached.subquery())) or 0
    still = session.scalar(here.where(Application.id.in_(everyone), *_lacking(campaign))) or 0
    return Progress(
        waiting=session.scalar(here.where(*_lacking(campaign))) or 0,
        prompted=prompted,
        unreached=prompted - with_address,
        done=prompted - still,
        steps=sorted(((step, count) for step, count in steps), reverse=True),
    )


def _lacking(campaign: Campaign) -> list[ColumnElement[bool]]:
    """What is true of an application that the campaign is about."""
    asked = exists().where(Request.application_id == Application.id, Request.state == RequestState.OPEN)
    wanted = [Application.stage == _STAGES[campaign.audience], Application.channel.not_in(("batch", "api"))]
    if campaign.audience != Audience.UNFINISHED:
        wanted.pop()  # who was registered by a file or a program chooses like everybody else
    return [*wanted, ~asked] if campaign.audience == Audience.UNBOUND else wanted


def _still(campaign: Campaign, day: date) -> Select[Application]:
    """The applications that this step, or one after it, has not prompted yet."""
    done = exists().where(
        Prompt.campaign_id == campaign.id, Prompt.application_id == Application.id, Prompt.step <= campaign.step_on(day)
    )
    return select(Application).where(*_lacking(campaign), ~done).order_by(Application.id)


def _tell(session: Session, campaign: Campaign, step: int, due: Sequence[Application], now: datetime) -> bool:
    lacks = _LACKS[campaign.audience]
    many = f"有{len(due)}个户号" if len(due) > 1 else ""
    params = {
        "company": _named(due),
        "what": f"{many}{lacks}",
        "day": f"{campaign.before.month}月{campaign.before.day}日",
        "next": campaign.then,
    }
    text = f"{params['company']}{params['what']}，请在{params['day']}前办好，到期{campaign.then}。回复“进度”接着办。"
    key = f"{campaign.id}:{step}:{due[0].contact_id}"
    application = due[0] if due[0].phone_verified_at is not None else None
    return bool(tell(session, "campaign", due[0].contact_id, params, now, key=key, text=text, application=application))


def _named(due: Iterable[Application]) -> str:
    """The company, or the first of several."""
    by_name: dict[str, int] = defaultdict(int)
    for application in due:
        by_name[application.value("name") or "贵单位"] += 1
    names = list(by_name)
    return names[0] if len(names) == 1 else f"{names[0]}等{len(names)}家"


def _steps(text: str) -> list[int]:
    words = [word for word in re.split(r"[,，、;；\s]+", text.strip()) if word]
    if not words or not all(word.isdecimal() and int(word) <= FURTHEST for word in words):
        raise BadCampaign(f"提醒时间要填截止前的天数，0到{FURTHEST}，用逗号分隔，例如 30,14,7,3,1")
    steps = sorted({int(word) for word in words}, reverse=True)
    if len(steps) > MOST_STEPS:
        raise BadCampaign(f"最多提醒{MOST_STEPS}次")
    return steps
