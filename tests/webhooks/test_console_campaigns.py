"""Campaigns: an administrator sets the date and the steps, the nightly look prompts, who has chosen is left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from bot import jobs
from bot.channels.base import Kind
from domain.evidence import Evidence, broken_at
from domain.market.campaigns import Prompt
from domain.people.staff import Role
from domain.registration.applications import Application, Stage
from domain.workdays import local_day
from tests.support.console import Visitor, newest, submitted
from tests.support.world import PHONE, World, approve_newest

THEN = "按代理购电价格结算"


@pytest.fixture
def zhou(world: World, console: Flask) -> Visitor:
    """The administrator, logged in, while 王芳's application waits for a retail company."""
    submitted(world)
    world.staff("zhao", Role.HANDLER, "053001")
    world.staff("sun", Role.REVIEWER)
    approve_newest(world, "zhao")
    approve_newest(world, "sun")
    world.say("选择市场")
    world.say("零售市场")
    assert newest(world).stage == Stage.AWAITING_RETAILER
    visitor = Visitor(console).enter(world, world.staff("zhou", Role.ADMINISTRATOR))
    visitor.get("/campaigns")
    return visitor


def begin(world: World, zhou: Visitor, *, status: int = 302, days: int = 20, **changed: str) -> str:
    today = local_day(world.now)
    plan = {
        "title": "年底前选定售电公司",
        "audience": "unbound",
        "starts": today.isoformat(),
        "before": (today + timedelta(days=days)).isoformat(),
        "steps": "14,7,1",
        "then": THEN,
    }
    return zhou.post("/campaigns", status if status != 302 else 200, **{**plan, **changed})


def prompts(world: World) -> list[str]:
    """What campaigns told the phone, oldest first: WeChat's window is closed, and SMS takes over."""
    return [text for text in world.sms.texts() if THEN in text]


def night(world: World, days: int = 1) -> None:
    """So many nights pass, and each time the daily work is done."""
    for _ in range(days):
        world.wait(days=1)
        work(world)


def work(world: World) -> None:
    """The daily work, and what is left of it half an hour later."""
    jobs.daily(world.app)
    world.wait(minutes=31)
    jobs.tend(world.app)
    world.work()


def test_who_has_not_chosen_is_prompted_at_each_step_and_not_between(world: World, zhou: Visitor) -> None:
    assert "活动已开始" in begin(world, zhou)
    night(world, 5)
    assert prompts(world) == []
    night(world)
    (first,) = prompts(world)
    assert "还没有选定售电公司" in first and "回复“进度”接着办" in first
    night(world, 6)
    assert len(prompts(world)) == 1
    night(world)
    assert len(prompts(world)) == 2
    work(world)
    assert len(prompts(world)) == 2
    night(world, 13)
    assert len(prompts(world)) == 3
    page = zhou.get("/campaigns")
    assert "已结束" in page
    assert "提前 14 天：1 个；提前 7 天：1 个；提前 1 天：1 个" in page


def test_of_steps_that_were_missed_only_the_latest_prompts(world: World, zhou: Visitor) -> None:
    begin(world, zhou)
    world.wait(days=15)
    work(world)
    with world.app.store.read() as session:
        assert [row.step for row in session.scalars(select(Prompt))] == [7]
    assert len(prompts(world)) == 1


def test_who_has_chosen_is_left_alone_and_counted(world: World, zhou: Visitor) -> None:
    begin(world, zhou)
    night(world, 6)
    with world.app.store.write() as session:
        session.scalars(select(Application)).one().stage = Stage.AWAITING_CERTIFICATE
    night(world, 7)
    assert len(prompts(world)) == 1
    assert "提醒过 <b>1</b> 个，其中 <b>1</b> 个提醒后已办" in zhou.get("/campaigns")


def test_one_person_with_several_accounts_gets_one_prompt(world: World, zhou: Visitor) -> None:
    begin(world, zhou)
    with world.app.store.write() as session:
        first = session.scalars(select(Application)).one()
        twin = Application(contact_id=first.contact_id, number="ZC2", stage=first.stage, bureau_id=first.bureau_id)
        twin.stage_since = twin.created_at = twin.updated_at = twin.submitted_at = world.now
        session.add(twin)
    night(world, 6)
    (told,) = prompts(world)
    assert "有2个户号还没有选定售电公司" in told
    with world.app.store.read() as session:
        assert len(session.scalars(select(Prompt)).all()) == 2


def test_a_stopped_campaign_and_a_closed_switch_prompt_nobody(world: World, zhou: Visitor) -> None:
    begin(world, zhou)
    zhou.get("/settings")
    zhou.post("/settings", name="campaigns", value="关")
    night(world, 6)
    assert prompts(world) == []
    zhou.get("/settings")
    zhou.post("/settings", name="campaigns", value="开")
    zhou.get("/campaigns")
    assert "已停止" in zhou.post("/campaigns/1/stop")
    zhou.post("/campaigns/1/stop")
    night(world, 6)
    assert prompts(world) == []
    with world.app.store.read() as session:
        facts = session.scalars(select(Evidence.what).where(Evidence.about_kind == "campaign")).all()
        assert list(facts) == ["campaign_begun", "campaign_stopped"]
        assert broken_at(session) is None


def test_who_asked_for_no_notices_gets_none_and_is_counted_as_not_reached(world: World, zhou: Visitor) -> None:
    begin(world, zhou)
    world.sms_in("TD", phone=PHONE)
    world.write(Kind.UNFOLLOW)
    night(world, 6)
    assert prompts(world) == []
    assert "<b>1</b> 个没有可送达的渠道" in zhou.get("/campaigns")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"before": "2026-01-01"}, "截止日期不能早于"),
        ({"before": ""}, "请填写开始日期和截止日期"),
        ({"steps": "下周"}, "提醒时间要填截止前的天数"),
        ({"steps": "9,8,7,6,5,4,3,2,1"}, "最多提醒8次"),
        ({"audience": "everybody"}, "请从列表里选择对象"),
        ({"then": ""}, "到期没有办的后果"),
    ],
)
def test_a_plan_that_cannot_be_says_why_and_keeps_what_was_typed(
    world: World, zhou: Visitor, changed: dict[str, str], said: str
) -> None:
    page = begin(world, zhou, status=400, **changed)
    assert said in page
    assert 'value="年底前选定售电公司"' in page


def test_a_draft_that_nobody_handed_in_is_prompted_by_its_own_campaign(world: World, zhou: Visitor) -> None:
    """A retail user that may be; and those of the other kind are not told."""
    world.say("再登记一个户号")
    begin(world, zhou, audience="unfinished")
    night(world, 6)
    (told,) = prompts(world)
    assert "注册还没有提交" in told
