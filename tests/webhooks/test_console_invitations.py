"""The trading centre invites companies by SMS; a “1” begins; nobody is invited twice or against their will."""

from __future__ import annotations

import pytest
from flask import Flask

from domain.people.staff import Role
from domain.registration.applications import Stage
from tests.support.console import Visitor, newest
from tests.support.world import COMPANY, PHONE, World

OTHER = "13900001111"


@pytest.fixture
def reviewer(world: World, console: Flask) -> Visitor:
    """A reviewer of the trading centre, logged in."""
    return Visitor(console).enter(world, world.staff("sun", Role.REVIEWER))


def invite(visitor: Visitor, world: World, lines: str) -> str:
    """Paste a list and send it; the page that follows."""
    visitor.get("/invitations")
    shown = visitor.post("/invitations/send", lines=lines)
    world.wait(seconds=5)
    return shown


def test_an_invited_company_answers_1_and_begins(world: World, reviewer: Visitor) -> None:
    """The SMS names the company and ends as a promotion must; the list shows sent, answered, begun."""
    shown = invite(reviewer, world, f"{PHONE} {COMPANY.name}\n{OTHER}，云南某某化工有限公司")
    assert "已写入2条" in shown
    assert [phone for phone, _, _ in world.sms.sent] == [PHONE, OTHER]
    text = world.sms.texts()[0]
    assert text.startswith(COMPANY.name) and text.endswith("拒收请回复R")
    world.sms_in("1")
    assert "18位统一社会信用代码" in world.sms.texts()[-1]
    assert newest(world).stage == Stage.FILLING
    listed = reviewer.get("/invitations")
    assert listed.count("已开始") == 1
    assert "138****4321" in listed and PHONE not in listed


def test_the_word_register_begins_as_well(world: World, reviewer: Visitor) -> None:
    invite(reviewer, world, f"{PHONE} {COMPANY.name}")
    world.sms_in("注册")
    assert newest(world).stage == Stage.FILLING


def test_nobody_is_invited_twice_in_a_while(world: World, reviewer: Visitor) -> None:
    """30 days, unless the setting says otherwise; twice in one list is twice, too."""
    shown = invite(reviewer, world, f"{PHONE} {COMPANY.name}\n{PHONE} {COMPANY.name}")
    assert "30天内已经邀请过" in shown
    assert "30天内已经邀请过" in invite(reviewer, world, f"{PHONE} {COMPANY.name}")
    assert len(world.sms.sent) == 1
    world.wait(days=31)
    invite(reviewer, world, f"{PHONE} {COMPANY.name}")
    assert len(world.sms.sent) == 2


def test_who_said_no_is_not_invited_again(world: World, reviewer: Visitor) -> None:
    """R ends it for good, also after the days are over."""
    invite(reviewer, world, f"{PHONE} {COMPANY.name}")
    world.sms_in("R")
    world.wait(days=60)
    assert "对方已退订" in invite(reviewer, world, f"{PHONE} {COMPANY.name}")
    assert [name for _, name, _ in world.sms.sent].count("invite") == 1


def test_who_is_at_it_already_is_not_invited(world: World, reviewer: Visitor) -> None:
    world.sms_in("我要注册")
    assert "已经在办理" in invite(reviewer, world, f"{PHONE} {COMPANY.name}")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (COMPANY.name, "没有找到手机号"),
        (PHONE, "没有找到单位名称"),
        ("12345 云南某某化工有限公司", "没有找到手机号"),
        (f"{PHONE} 公司", "没有找到单位名称"),
    ],
)
def test_a_line_that_cannot_be_read_comes_back_with_the_reason(
    world: World, reviewer: Visitor, line: str, why: str
) -> None:
    """The others are sent; what came back can be mended and sent again."""
    shown = invite(reviewer, world, f"{line}\n{OTHER}\t云南某某化工有限公司")
    assert why in shown and "已写入1条" in shown
    assert len(world.sms.sent) == 1


def test_more_than_fifty_lines_are_refused_whole(world: World, reviewer: Visitor) -> None:
    lines = "\n".join(f"139{number:08d} 云南某某化工有限公司" for number in range(51))
    assert "一次最多50行" in invite(reviewer, world, lines)
    assert world.sms.sent == []


def test_at_night_an_invitation_waits_for_the_morning(world: World, reviewer: Visitor) -> None:
    """Nobody is woken by it."""
    world.wait(hours=14)  # 23 o'clock
    reviewer.get("/")
    invite(reviewer, world, f"{PHONE} {COMPANY.name}")
    assert world.sms.sent == []
    world.wait(hours=10)
    assert len(world.sms.sent) == 1


def test_a_bureau_invites_nobody(world: World, console: Flask) -> None:
    """Neither the page nor the form."""
    handler = Visitor(console).enter(world, world.staff("zhao", Role.HANDLER, "053001"))
    assert "邀请注册" not in handler.last
    handler.get("/invitations", 403)
    handler.get("/")
    handler.post("/invitations/send", 403, lines=f"{PHONE} {COMPANY.name}")
    assert world.sms.sent == []
