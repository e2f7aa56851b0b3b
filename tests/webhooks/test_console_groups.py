"""Groups, batches and the trading unit on the console, through its own pages."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from domain.evidence import Evidence
from domain.groups.batches import Batch, RowState, rows_of
from domain.people.staff import Role
from domain.registration.applications import Application
from domain.settings import SettingValue
from tests.support.console import Visitor, newest
from tests.support.groups import account, admitted, more_accounts
from tests.support.sheets import accounts_file
from tests.support.world import COMPANY, PHONE, World


@pytest.fixture
def first(world: World) -> int:
    """The representative registration."""
    return admitted(world)


@pytest.fixture
def administrator(world: World, console: Flask, first: int) -> Visitor:
    return Visitor(console).enter(world, world.staff("admin", Role.ADMINISTRATOR))


def number(world: World, application_id: int) -> str:
    with world.app.store.read() as session:
        return session.get_one(Application, application_id).number or ""


def test_staff_send_a_file_and_the_person_is_asked(world: World, administrator: Visitor) -> None:
    """Whoever brings it, nothing is submitted before the person's own yes."""
    more_accounts(world, [account(1)])
    administrator.get("/batches")
    shown = administrator.post("/batches", phone=PHONE, file=(BytesIO(accounts_file([account(1)])), "代传.xlsx"))
    assert "核对完会请本人确认" in shown
    world.work()
    assert "要提交这1户吗" in world.wechat.texts[-1]
    with world.app.store.read() as session:
        batch = session.scalars(select(Batch)).one()
        assert (batch.staff is not None, [row.state for row in rows_of(session, batch.id)]) == (True, [RowState.READY])
    assert "代传.xlsx" in administrator.get("/batches")
    assert account(1) in administrator.get(f"/batches/{batch.id}")
    assert administrator.client.get(f"/console/batches/{batch.id}/result.xlsx").data.startswith(b"PK")


@pytest.mark.parametrize(("phone", "says"), [("13900000000", "还没有在服务台验证过"), ("123", "手机号")])
def test_a_phone_that_speaks_for_nobody_gets_no_file(
    world: World, administrator: Visitor, phone: str, says: str
) -> None:
    administrator.get("/batches")
    assert says in administrator.post("/batches", phone=phone, file=(BytesIO(accounts_file([account(1)])), "x.xlsx"))
    with world.app.store.read() as session:
        assert session.scalars(select(Batch)).all() == []


def test_a_bureau_sees_only_the_files_that_it_sent(world: World, console: Flask, administrator: Visitor) -> None:
    more_accounts(world, [account(1)])
    administrator.get("/batches")
    administrator.post("/batches", phone=PHONE, file=(BytesIO(accounts_file([account(1)])), "代传.xlsx"))
    bureau = Visitor(console).enter(world, world.staff("yang", Role.HANDLER, bureau="053001"))
    assert "代传.xlsx" not in bureau.get("/batches")
    bureau.get("/batches/1", status=404)


def test_a_group_is_made_shown_and_dissolved_with_evidence(world: World, administrator: Visitor, first: int) -> None:
    administrator.get("/groups")
    shown = administrator.post("/groups", name="滇星集团", number=number(world, first))
    assert "滇星集团" in shown and COMPANY.name in shown
    page = administrator.get("/groups/1")
    assert "昆明供电局" in page and number(world, first) in page and "牵头" in page
    assert "已经在一个集团里" in administrator.post("/groups/1/change", act="add", number=number(world, first))
    member = administrator.field("member")
    administrator.post("/groups/1/change", act="choose", member=member, number=number(world, first))
    assert "集团已解散" in administrator.post("/groups/1/change", act="remove", member=member)
    with world.app.store.read() as session:
        kept = session.scalars(select(Evidence.what).where(Evidence.about_kind == "group")).all()
    assert list(kept) == ["group_joined", "representative_chosen", "group_left"]


def test_the_trading_unit_is_changed_only_after_its_effect_was_shown(world: World, administrator: Visitor) -> None:
    """Saving it on the settings page leads to the preview; the button there saves."""
    administrator.get("/settings")
    shown = administrator.post("/settings", name="trading_unit", value="统一社会信用代码")
    assert "还没有保存" in shown and "改为按“统一社会信用代码”" in shown
    with world.app.store.read() as session:
        assert session.get(SettingValue, "trading_unit") is None
    administrator.post("/settings", name="trading_unit", value="统一社会信用代码", sure="yes")
    with world.app.store.read() as session:
        assert session.get_one(SettingValue, "trading_unit").value == "统一社会信用代码"


def test_the_preview_says_what_becomes_one_and_what_falls_apart(world: World, administrator: Visitor) -> None:
    """Two accounts of one company: one unit then, and two again when it is set back."""
    more_accounts(world, [account(1)])
    world.say(account(1))
    world.say("确认提交")
    shown = administrator.get("/settings/trading-unit?value=集团")
    assert "还没有建集团" in shown and "没有冲突" in shown
    shown = administrator.get("/settings/trading-unit?value=统一社会信用代码")
    assert "同一统一社会信用代码下的户号合并交易" in shown and "还没有建集团" not in shown
    assert "由现在几个单元合成的：1 个" in shown and "要拆成几个的：0 个" in shown
    administrator.post("/settings", name="trading_unit", value="统一社会信用代码", sure="yes")
    shown = administrator.get("/settings/trading-unit?value=户号")
    assert "由现在几个单元合成的：0 个" in shown and "要拆成几个的：1 个" in shown
    assert 'data-label="现在" class="number">1<' in shown and 'data-label="改后" class="number">2<' in shown


def test_a_reviewer_sees_the_trading_unit_and_whose_licence_counts(
    world: World, administrator: Visitor, first: int
) -> None:
    """An account of a group has no picture of its own: the page says which registration has."""
    more_accounts(world, [account(1)])
    world.say(account(1))
    world.say("确认提交")
    shown = administrator.get(f"/applications/{newest(world).id}")
    assert "交易单元：本户号单独交易" in shown and f"执照用典型注册户 {number(world, first)} 的" in shown


@pytest.mark.parametrize("path", ["/groups", "/groups/1", "/settings/trading-unit?value=集团"])
def test_groups_are_the_administrators_alone(world: World, console: Flask, path: str) -> None:
    Visitor(console).enter(world, world.staff("chen", Role.REVIEWER)).get(path, status=403)
