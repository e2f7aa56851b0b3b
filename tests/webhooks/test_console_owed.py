"""Conditional admission on the console: the list of what is owed, and what staff do about it on the order's page."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from domain.evidence import Evidence
from domain.people.staff import Role
from domain.registration.applications import Photo
from domain.rules.rules import Rule
from domain.supplements.supplements import Supplement
from tests.support.console import Visitor, submitted
from tests.support.world import World

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 2_000_000  # larger than other forms may be


@pytest.fixture
def owing(world: World) -> int:
    """An order that owes a letter until 7 December; its id."""
    with world.app.store.write() as session:
        words = {"problem": "没有委托书。", "suggestion": "请拍照发来。", "severity": "supplementable"}
        session.add(Rule(name="没有委托书", condition="not letter_photo", document="letter", **words))
    return submitted(world)


@pytest.fixture
def zhao(console: Flask, world: World, owing: int) -> Visitor:
    """A handler of the bureau, logged in."""
    return Visitor(console).enter(world, world.staff("zhao", Role.HANDLER, "053001"))


def item(world: World) -> Supplement:
    with world.app.store.read() as session:
        return session.scalars(select(Supplement)).one()


def act(visitor: Visitor, application_id: int, world: World, what: str, **fields: object) -> str:
    visitor.get(f"/applications/{application_id}")
    path = f"/applications/{application_id}/owed/{item(world).id}"
    return visitor.post(path, act=what, **fields)  # type: ignore[arg-type]


def test_the_list_says_what_until_when_and_what_follows(zhao: Visitor) -> None:
    page = zhao.get("/owed")
    assert "授权委托书" in page
    assert "2026-12-07" in page
    assert "等用户补 1" in page
    assert "逾期 0" in page


def test_the_ways_to_look_at_it_are_links(zhao: Visitor, world: World) -> None:
    """Four working days ahead nothing is soon, three ahead it is, and late it is red."""
    assert "没有快到期的材料" in zhao.get("/owed?show=soon")
    world.now += timedelta(days=9)
    assert "2026-12-07" in zhao.get("/owed?show=soon")
    assert "橙色提醒" in zhao.get("/owed?show=open")
    world.now += timedelta(days=9)
    assert "红色超期" in zhao.get("/owed?show=open")
    assert "没有逾期的材料" in zhao.get("/owed?show=overdue")  # the night's work has not acted yet


def test_an_unknown_way_to_look_shows_what_is_open(zhao: Visitor) -> None:
    assert "2026-12-07" in zhao.get("/owed?show=%27--")


def test_the_orders_page_shows_it_and_a_waiver_needs_a_reason(zhao: Visitor, owing: int, world: World) -> None:
    assert "期限 2026-12-07" in zhao.get(f"/applications/{owing}")
    assert "请写明为什么可以免交" in act(zhao, owing, world, "waive")
    assert item(world).state == "open"
    page = act(zhao, owing, world, "waive", remark="老板本人来办")
    assert "已免交" in page
    assert "老板本人来办" in page
    assert item(world).state == "waived"


def test_the_day_is_put_off(zhao: Visitor, owing: int, world: World) -> None:
    assert "请选延到哪一天" in act(zhao, owing, world, "extend", remark="产权人出差", until="later")
    assert "期限 2026-12-18" in act(zhao, owing, world, "extend", remark="产权人出差", until="2026-12-18")


def test_a_paper_brought_to_the_counter_is_handed_in(zhao: Visitor, owing: int, world: World) -> None:
    file = (BytesIO(PICTURE), "letter.png")
    page = act(zhao, owing, world, "hand_in", remark="窗口交来原件", file=file)
    assert "已收下" in page
    assert item(world).state == "accepted"
    with world.app.store.read() as session:
        photo = session.scalars(select(Photo).where(Photo.kind == "letter")).one()
        assert world.app.photos.read(photo.file) == PICTURE
        assert "supplement_accepted" in session.scalars(select(Evidence.what)).all()


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"<svg>"], ids=["nothing", "a pdf", "an svg"])
def test_what_is_no_picture_is_refused(zhao: Visitor, owing: int, world: World, content: bytes) -> None:
    page = act(zhao, owing, world, "hand_in", remark="窗口交来原件", file=(BytesIO(content), "x"))
    assert "请选一张照片" in page
    assert item(world).state == "open"


def test_a_picture_that_was_refused_is_not_kept(zhao: Visitor, owing: int, world: World) -> None:
    before = len(list(world.app.photos.folder.iterdir()))
    act(zhao, owing, world, "hand_in", remark=" ", file=(BytesIO(PICTURE), "letter.png"))
    assert len(list(world.app.photos.folder.iterdir())) == before


def test_another_bureau_finds_nothing_there(console: Flask, world: World, owing: int) -> None:
    stranger = Visitor(console).enter(world, world.staff("qian", Role.HANDLER, "053003"))
    assert "授权委托书" not in stranger.get("/owed")
    stranger.get("/owed")
    stranger.post(f"/applications/{owing}/owed/{item(world).id}", 404, act="waive", remark="x")
    assert item(world).state == "open"


def test_an_item_of_another_order_is_not_there(zhao: Visitor, owing: int, world: World) -> None:
    zhao.get(f"/applications/{owing}")
    zhao.post(f"/applications/{owing}/owed/{item(world).id + 1}", 404, act="waive", remark="x")
    zhao.post(f"/applications/{owing}/owed/{item(world).id}", 404, act="no such thing", remark="x")
