"""Proxies on the console: an administrator adds one, hands a key out, looks, lifts; others see nothing of it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from domain.evidence import Evidence
from domain.people.staff import Role
from domain.proxies import conduct
from domain.proxies.tables import MarkKind, Proxy, ProxyKey
from domain.settings import SettingValue
from tests.support.console import Visitor
from tests.support.proxies import NAME, Program, program
from tests.support.world import World


@pytest.fixture
def admin(console: Flask, world: World) -> Visitor:
    """The administrator, logged in."""
    return Visitor(console).enter(world, world.staff("admin", Role.ADMINISTRATOR))


def test_a_key_is_shown_once_and_opens_the_door(admin: Visitor, world: World) -> None:
    """From the form to the first request."""
    admin.get("/proxies")
    admin.post("/proxies/add", kind="retailer", code="R001", name=NAME)
    shown = admin.post("/proxies/1/keys", name="生产系统", scope=["read", "register"], days="180")
    key = re.search(r"dk_[0-9A-Za-z]{48}", shown)
    assert key is not None and "只显示这一次" in shown
    assert key.group() not in admin.get("/proxies/1")
    me = Program(world, key.group(), 1).get("/me").json
    assert me["name"] == NAME and me["scopes"] == ["read", "register"]


def test_a_wrong_wish_says_what_is_wrong(admin: Visitor, world: World) -> None:
    """Nothing is made."""
    program(world)
    admin.get("/proxies/1")
    assert "至少选一项权限" in admin.post("/proxies/1/keys", name="x", days="10")
    assert "不是网络地址" in admin.post("/proxies/1/keys", name="x", scope="read", days="10", networks="家里")
    assert "1 到 365 天" in admin.post("/proxies/1/keys", name="x", scope="read", days="4000")
    with world.app.store.read() as session:
        assert session.query(ProxyKey).count() == 1


def test_a_key_is_revoked_by_a_click(admin: Visitor, world: World) -> None:
    """And the program is told so."""
    proxy = program(world)
    admin.get("/proxies/1")
    assert "已撤销" in admin.post("/proxies/1/keys/1/revoke")
    assert proxy.get("/me").json["code"] == "key_revoked"


def test_every_figure_leads_to_its_list(admin: Visitor, world: World) -> None:
    """The score, each fact, what was said; an unfounded one is taken back with a reason."""
    program(world)
    with world.app.store.write() as session:
        row = session.get_one(Proxy, 1)
        conduct.mark(session, row, MarkKind.COMPLAINT, "contact:1", world.now, said="没经我同意就填了资料")
    shown = admin.get("/proxies/1")
    assert "<b>95</b> 分" in shown and "1件，每件扣5分" in shown
    assert "没经我同意就填了资料" in admin.get("/proxies/1/facts/complaint")
    admin.post("/proxies/1/marks/1/take-back", why="投诉的是另一家")
    assert "<b>100</b> 分" in admin.get("/proxies/1")


def test_a_blocked_proxy_is_lifted_with_a_reason(admin: Visitor, world: World) -> None:
    """The page says why it was blocked, and what the lift does."""
    program(world)
    with world.app.store.write() as session:
        for _ in range(3):
            conduct.mark(session, session.get_one(Proxy, 1), MarkKind.FALSE_DOCUMENT, "staff:1", world.now, said="假的")
    assert "信用过低，已暂停" in admin.get("/proxies")
    admin.get("/proxies/1")
    assert "重新计算" in admin.post("/proxies/1/lift", why="已整改，复查合格")
    assert "信用过低，已暂停" not in admin.get("/proxies")


def test_a_reviewer_sees_who_filed_and_marks_false_documents(console: Flask, world: World) -> None:
    """On the application's page: the proxy, the user's yes, and the mark."""
    proxy = program(world)
    done = proxy.submitted()
    reviewer = Visitor(console).enter(world, world.staff("li", Role.HANDLER, "053001"))
    shown = reviewer.get(f"/applications/{done['id']}")
    assert NAME in shown and "已授权" in shown and "运营商核验相符" in shown
    reviewer.post(f"/applications/{done['id']}/false-documents", said="营业执照是拼图")
    assert proxy.get("/me").json["conduct"]["score"] == 80


def test_a_return_that_is_taken_back_takes_the_word_of_false_documents_back(console: Flask, world: World) -> None:
    """The wrong order was returned: its proxy is as it was, and not blocked for it."""
    with world.app.store.write() as session:
        session.merge(SettingValue(name="conduct_block", value=90))
        session.merge(SettingValue(name="merge_seconds", value=60))
    proxy = program(world)
    done = proxy.submitted()
    world.wait(minutes=3)
    reviewer = Visitor(console).enter(world, world.staff("li", Role.HANDLER, "053001"))
    reviewer.decide(done["id"], "return", reason="营业执照是拼图", false_papers="yes")
    assert proxy.get("/me").json["conduct"] | {"points": [], "since": ""} == {
        "score": 80, "state": "blocked", "submitted": 1, "points": [], "since": ""
    }  # fmt: skip
    assert "已撤回" in reviewer.post(f"/applications/{done['id']}/undo")
    assert proxy.get("/me").json["conduct"]["score"] == 100
    assert proxy.get("/me").json["conduct"]["state"] == "well"
    with world.app.store.read() as session:
        assert "proxy_mark_taken_back" in session.scalars(select(Evidence.what)).all()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.HANDLER])
def test_the_pages_are_the_administrators_alone(console: Flask, world: World, role: Role) -> None:
    """Nobody else makes keys."""
    program(world)
    other = Visitor(console).enter(world, world.staff("other", role, "053001" if role == Role.HANDLER else ""))
    other.get("/proxies", 403)
    other.get("/proxies/1", 403)
    assert "/console/proxies" not in other.get("/")
