"""Aliyun's pushes through the real desk: kept at once, each item once, whatever is repeated."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from domain.messages.messages import InboundMessage, OutboundMessage, OutState
from tests.support.world import PHONE, World


def reply(number: int, text: str = "进度") -> dict[str, str]:
    """One item as Aliyun pushes it."""
    sent = {"send_time": "2026-11-23 09:00:00", "dest_code": "106900", "sequence_id": str(number)}
    return {"phone_number": f"139{number:08d}", "content": text, **sent}


def push(world: World, http: FlaskClient, kind: str, items: list[dict[str, object]]) -> None:
    """Push, and let the workers do what they are rung for."""
    answer = http.post(f"/sms/{world.settings.sms_callback_secret}/{kind}", json=items)
    assert answer.get_json() == {"code": 0, "msg": "成功"}
    world.work()


def test_a_push_of_many_is_kept_and_each_is_answered_once(world: World, console: Flask) -> None:
    """The same push three times, shuffled, and with an item twice in it."""
    http = console.test_client()
    items = [reply(number) for number in range(10)]
    for again in (items, list(reversed(items)), [*items[5:], *items, items[3]]):
        push(world, http, "reply", again)
    with world.app.store.read() as session:
        assert session.scalar(select(func.count()).select_from(InboundMessage)) == 10
    assert sorted(phone for phone, _, _ in world.sms.sent) == sorted(item["phone_number"] for item in items)


def test_an_item_that_cannot_be_kept_does_not_hold_up_the_others(world: World, console: Flask) -> None:
    """A probe among them is skipped; the rest is kept."""
    push(world, console.test_client(), "reply", [reply(1), {"probe": "?"}, reply(2)])
    with world.app.store.read() as session:
        assert session.scalar(select(func.count()).select_from(InboundMessage)) == 2


def test_reports_of_one_push_settle_their_rows(world: World, console: Flask) -> None:
    """Delivered and failed, and once more: nothing changes by a repeat."""
    world.sms_in("帮助")
    world.sms_in("进度")
    reports = [
        {"phone_number": PHONE, "biz_id": "biz-1", "success": True, "err_code": "DELIVERED", "report_time": ""},
        {"phone_number": PHONE, "biz_id": "biz-2", "success": False, "err_code": "MOBILE_NOT_ON_SERVICE"},
    ]
    for _ in range(2):
        push(world, console.test_client(), "report", reports)
    with world.app.store.read() as session:
        states = [row.state for row in session.scalars(select(OutboundMessage).order_by(OutboundMessage.id))]
    assert states[:2] == [OutState.DELIVERED, OutState.FAILED]
