"""Urging by hand on the console, one order or many; and the pages that say what became of messages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from domain.evidence import Evidence
from domain.messages.messages import OutboundMessage, OutState
from domain.notices import outages
from domain.people.staff import Role, Staff
from domain.registration.applications import Application, Stage
from domain.settings import SettingValue
from tests.support.console import Visitor, submitted
from tests.support.world import World


@pytest.fixture
def bureau(world: World) -> World:
    """A bureau whose people have phones, and one order that waits there."""
    submitted(world)
    for login, role, phone in (("zhao", Role.HANDLER, "13800000001"), ("qian", Role.PRINCIPAL, "13800000002")):
        world.staff(login, role, "053001")
        with world.app.store.write() as session:
            session.scalars(select(Staff).where(Staff.login == login)).one().phone = phone
    world.sms.sent.clear()
    return world


@pytest.fixture
def qian(bureau: World, console: Flask) -> Visitor:
    """The bureau's principal."""
    return Visitor(console).enter(bureau, staff_id(bureau, "qian"))


@pytest.fixture
def sun(bureau: World, console: Flask) -> Iterator[Visitor]:
    """A reviewer of the trading centre."""
    yield Visitor(console).enter(bureau, bureau.staff("sun", Role.REVIEWER))


def staff_id(world: World, login: str) -> int:
    with world.app.store.read() as session:
        return session.scalars(select(Staff.id).where(Staff.login == login)).one()


def told(world: World) -> list[tuple[str, str]]:
    """Phone and text of what staff got."""
    world.work()
    return [(to, text) for (to, _, _), text in zip(world.sms.sent, world.sms.texts(), strict=True)]


def another(world: World) -> int:
    """A second order at the same bureau."""
    with world.app.store.write() as session:
        first = session.scalars(select(Application)).first()
        assert first is not None
        row = Application(
            contact_id=first.contact_id,
            number="ZC20261123000099",
            stage=Stage.BUREAU_REVIEW,
            bureau_id=first.bureau_id,
            stage_since=world.now,
            created_at=world.now,
            updated_at=world.now,
            submitted_at=world.now,
        )
        session.add(row)
        session.flush()
        return row.id


def test_a_principal_urges_the_handlers_from_the_order(bureau: World, qian: Visitor) -> None:
    another(bureau)  # of which nobody is urged
    qian.get("/applications/1")
    page = qian.post("/urge", order="1", **{"from": "order"})
    assert "已催办 1 份，通知了zhao" in page
    assert "由 qian 催办" in page
    assert [phone for phone, _ in told(bureau)] == ["13800000001"]
    assert "昆明供电局qian催办：有1份工单" in told(bureau)[0][1]


def test_the_centre_urges_handlers_and_principals_and_one_person_gets_one_message_for_many_orders(
    bureau: World, sun: Visitor
) -> None:
    second = another(bureau)
    sun.get("/?show=bureau")
    assert f'name="order" value="{second}"' in sun.last
    assert "已催办 2 份" in sun.post("/urge", order=["1", str(second)])
    assert [phone for phone, _ in told(bureau)] == ["13800000001", "13800000002"]
    assert all("有2份工单" in text for _, text in told(bureau))


def test_the_same_order_is_urged_once_in_the_minutes_of_the_setting(bureau: World, qian: Visitor) -> None:
    qian.get("/applications/1")
    qian.post("/urge", order="1")
    assert "60分钟内已催过" in qian.post("/urge", order="1")
    assert len(told(bureau)) == 1
    bureau.now += timedelta(minutes=61)
    assert "已催办 1 份" in qian.post("/urge", order="1")
    assert len(told(bureau)) == 2


def test_that_somebody_was_urged_is_evidence_and_shown_in_the_queue(bureau: World, sun: Visitor) -> None:
    sun.get("/?show=bureau")
    sun.post("/urge", order="1")
    assert "09:00 催过" in sun.get("/?show=bureau")
    with bureau.app.store.read() as session:
        kept = session.scalars(select(Evidence).where(Evidence.what == "urged")).all()
    assert [row.data["to"] for row in kept] == [staff_id(bureau, "zhao"), staff_id(bureau, "qian")]


def test_a_handler_urges_nobody(bureau: World, console: Flask) -> None:
    zhao = Visitor(console).enter(bureau, staff_id(bureau, "zhao"))
    assert 'id="urge"' not in zhao.get("/")
    assert "现在不能催办" in zhao.post("/urge", order="1")
    assert told(bureau) == []


def test_another_bureaus_order_is_not_there(bureau: World, console: Flask) -> None:
    stranger = Visitor(console).enter(bureau, bureau.staff("wu", Role.PRINCIPAL, "053102"))
    stranger.get("/")
    assert "不能由您催办" in stranger.post("/urge", order="1")
    assert told(bureau) == []


def test_nothing_ticked_is_said_so(qian: Visitor) -> None:
    qian.get("/")
    assert "请先勾选" in qian.post("/urge")


def test_who_has_no_phone_is_named(bureau: World, qian: Visitor) -> None:
    with bureau.app.store.write() as session:
        session.scalars(select(Staff).where(Staff.login == "zhao")).one().phone = None
    qian.get("/")
    assert "zhao没有可用的手机或微信" in qian.post("/urge", order="1")


def test_a_switch_turns_urging_off(bureau: World, qian: Visitor) -> None:
    with bureau.app.store.write() as session:
        session.add(SettingValue(name="notice_urged", value=False))
    qian.get("/")
    qian.post("/urge", order="1")
    assert told(bureau) == []


# What became of messages


def test_the_messages_of_a_person_are_shown_both_ways_without_their_words(bureau: World, qian: Visitor) -> None:
    page = qian.get("/applications/1/messages")
    assert "提交成功通知" in page
    assert "照片" in page
    assert "138****4321" in page
    assert "我要注册" not in page


def test_a_stranger_does_not_see_them(bureau: World, console: Flask) -> None:
    stranger = Visitor(console).enter(bureau, bureau.staff("wu", Role.PRINCIPAL, "053102"))
    stranger.get("/applications/1/messages", 404)


def test_messages_are_listed_by_reason_and_by_state_and_counted_by_day(bureau: World, sun: Visitor) -> None:
    with bureau.app.store.write() as session:
        for state, error in (
            (OutState.FAILED, "isv.AMOUNT_NOT_ENOUGH"),
            (OutState.FAILED, "45002"),
            (OutState.EXPIRED, ""),
        ):
            session.add(
                OutboundMessage(
                    address_id=1,
                    event="approved",
                    state=state,
                    error=error,
                    body={"text": "x"},
                    due_at=bureau.now,
                    created_at=bureau.now,
                )
            )
    page = sun.get("/messages")
    assert 'title="45002"><span class="cut">文字太长</span> <span class="tally">1</span>' in page
    assert "余额不足" in page
    assert "2026-11-23" in page
    assert "余额不足，请充值后重发 <code>" not in sun.get("/messages?reason=45002")
    assert "文字太长" in sun.last
    assert "过了时效" in sun.get("/messages?state=expired")
    assert "已重新排队" in sun.post(f"/messages/{newest_message(bureau)}/again")


def newest_message(world: World) -> int:
    with world.app.store.read() as session:
        return session.scalars(select(OutboundMessage.id).order_by(OutboundMessage.id.desc())).first() or 0


def test_the_catalogue_is_shown_to_administrators_with_its_switches(bureau: World, console: Flask) -> None:
    admin = Visitor(console).enter(bureau, bureau.staff("zhou", Role.ADMINISTRATOR))
    page = admin.get("/notices")
    assert "工单超期提醒负责人" in page
    assert "21:00–08:00" in page
    assert page.count('<td data-label="开关" class="nowrap"><a') >= 4


def test_every_page_says_which_way_out_is_shut_until_it_is_mended(bureau: World, qian: Visitor) -> None:
    with bureau.app.store.write() as session:
        outages.failed(session, outages.SMS_GATE, "isv.AMOUNT_NOT_ENOUGH", True, bureau.now)
    assert "短信暂停发送：短信账户余额不足" in qian.get("/")
    with bureau.app.store.write() as session:
        outages.succeeded(session, outages.SMS_GATE, bureau.now)
    assert "暂停发送" not in qian.get("/")
