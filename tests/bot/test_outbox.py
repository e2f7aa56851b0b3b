"""What we owe people arrives: once, in order, whatever refuses and whoever dies."""

from __future__ import annotations

from typing import NoReturn

import pytest
from sqlalchemy import select

from bot import outbox
from bot.channels.base import Inbound, Kind, SendError
from bot.channels.sms.inbound import Report
from domain.dialogue.acts import Command
from domain.messages.messages import OutboundMessage, OutState, claim
from domain.people.contacts import Address
from domain.people.staff import Role
from domain.settings import SettingValue
from tests.support.world import OPENID, World
from tests.support.world import approve_newest as approve


class Killed(BaseException):
    """The process dies here: nothing of ours may catch it."""


def rows(world: World, event: str = "") -> list[OutboundMessage]:
    """The rows of an event, oldest first."""
    with world.app.store.read() as session:
        query = select(OutboundMessage).where(OutboundMessage.event == event).order_by(OutboundMessage.id)
        return list(session.scalars(query))


def submitted(world: World) -> None:
    """An application waits for its first review."""
    world.filled_in()
    world.say("确认提交")
    world.staff("handler", Role.HANDLER, "053001")
    world.staff("reviewer", Role.REVIEWER)


def test_each_stage_is_told_by_sms_and_by_wechat(world: World) -> None:
    submitted(world)
    approve(world, "handler")
    approve(world, "reviewer")
    assert [name for _, name, _ in world.sms.sent] == ["code", "submitted", "bureau_passed", "approved"]
    assert [notice["phrase3"] for notice in world.wechat.notices] == ["中心审核", "审核通过"]


def test_a_late_answer_is_pushed_and_only_once(world: World) -> None:
    """The request ended without an answer; the rows leave as a customer-service message."""
    ticket = world.receive(world.text("你好"))
    world.desk._leave_to_push(ticket.inbound_id)
    world.work()
    world.wait(minutes=1)
    assert len(world.wechat.texts) == 1


def test_a_repeated_message_gets_the_same_answer_and_nothing_happens_twice(world: World) -> None:
    first = world.text("我要注册")
    replies = {world.desk.passive_reply(world.desk.receive(first), 5) for _ in range(4)}
    world.wait(minutes=1)
    assert len(replies) == 1
    assert len(rows(world)) == 1
    assert world.wechat.texts == []


def test_a_web_process_that_dies_before_its_turn_loses_nothing(world: World) -> None:
    """The message was kept, nobody worked on it: the sweep takes it up and the answer is pushed."""
    world.desk._start = lambda inbound_id, channel: None  # type: ignore[method-assign]
    world.desk.receive(world.text("我要注册"))
    world.wait(seconds=10)
    assert len(world.wechat.texts) == 1


def test_a_worker_that_dies_in_the_middle_of_an_sms_sends_no_second_one(world: World) -> None:
    """Aliyun took it, then the worker was gone: the report is asked for before anything is sent again."""
    world.filled_in()
    taken = world.sms.send

    def send_and_die(*given: object, **named: object) -> NoReturn:
        taken(*given, **named)  # type: ignore[arg-type]
        raise Killed

    world.sms.send = send_and_die  # type: ignore[assignment, method-assign]
    with pytest.raises(Killed):
        world.say("确认提交")
    world.sms.send = taken  # type: ignore[method-assign]
    world.wait(minutes=1)
    world.wait(minutes=1)
    assert [name for _, name, _ in world.sms.sent] == ["code", "submitted"]
    assert rows(world, "submitted")[0].state == OutState.DELIVERED


def test_a_worker_that_dies_before_an_sms_went_out_sends_it_later(world: World) -> None:
    world.filled_in()

    def die(*given: object, **named: object) -> NoReturn:
        raise Killed

    taken, world.sms.send = world.sms.send, die  # type: ignore[assignment, method-assign]
    with pytest.raises(Killed):
        world.say("确认提交")
    world.sms.send = taken  # type: ignore[method-assign]
    world.wait(minutes=1)
    assert [name for _, name, _ in world.sms.sent] == ["code", "submitted"]


def test_after_a_time_out_the_report_is_asked_for_first(world: World) -> None:
    world.filled_in()
    world.sms.takes_then_breaks = 1
    world.say("确认提交")
    world.wait(minutes=1)
    assert [name for _, name, _ in world.sms.sent] == ["code", "submitted"]
    assert rows(world, "submitted")[0].state == OutState.DELIVERED  # Aliyun said so


@pytest.mark.parametrize("code", ["isp.SYSTEM_ERROR", "Throttling.User"])
def test_what_passes_by_itself_is_tried_again(world: World, code: str) -> None:
    world.filled_in()
    world.sms.refuse = [SendError(code, retry="soon")]
    world.say("确认提交")
    assert len(world.sms.sent) == 1
    world.wait(seconds=20)
    assert len(world.sms.sent) == 2


def test_what_can_never_go_is_given_up_with_its_reason(world: World) -> None:
    world.filled_in()
    world.sms.refuse = [SendError("isv.CUSTOMER_REFUSED", retry="never")]
    world.say("确认提交")
    failed = rows(world, "submitted")[0]
    assert (failed.state, failed.error) == (OutState.FAILED, "isv.CUSTOMER_REFUSED")


def test_an_older_row_that_waits_holds_the_younger_ones_back(world: World) -> None:
    """Notices arrive in the order of the stages, also after trouble."""
    submitted(world)
    world.sms.refuse = [SendError("isp.SYSTEM_ERROR", retry="soon")]
    approve(world, "handler")
    approve(world, "reviewer")
    assert [name for _, name, _ in world.sms.sent] == ["code", "submitted"]
    world.wait(seconds=20)
    assert [name for _, name, _ in world.sms.sent][2:] == ["bureau_passed", "approved"]


def test_at_most_five_pushes_follow_a_message_and_the_rest_waits_for_the_next(world: World) -> None:
    world.rasa.taught["要多久？"] = Command("how_long")
    for _ in range(8):
        world.desk._leave_to_push(world.receive(world.text("要多久？")).inbound_id)
    with world.app.store.write() as session:
        session.scalars(select(Address)).one().pushes_left = 0
    world.work()
    world.wait(minutes=1)
    assert world.wechat.texts == []
    assert {row.state for row in rows(world)} == {OutState.HELD}
    world.say("要多久？")
    assert 0 < len(world.wechat.texts) <= 5
    assert OutState.HELD not in {row.state for row in rows(world)}


def test_texts_that_wait_together_travel_in_one_push(world: World) -> None:
    for _ in range(3):
        ticket = world.receive(world.text("你好"))
        world.desk._leave_to_push(ticket.inbound_id)
    world.work()
    assert len(world.wechat.texts) == 1


def test_a_window_that_wechat_has_closed_is_believed(world: World) -> None:
    world.wechat.refuse = [SendError("45015", retry="later")]
    ticket = world.receive(world.text("你好"))
    world.desk._leave_to_push(ticket.inbound_id)
    world.work()
    with world.app.store.read() as session:
        assert session.scalars(select(Address)).one().pushes_left == 0


def test_a_pushed_text_of_a_dead_worker_goes_out_again_and_says_so(world: World) -> None:
    ticket = world.receive(world.text("你好"))
    world.desk._leave_to_push(ticket.inbound_id)

    def die(*given: object) -> NoReturn:
        raise Killed

    taken, world.wechat.send_text = world.wechat.send_text, die  # type: ignore[assignment, method-assign]
    with pytest.raises(Killed):
        world.work()
    world.wechat.send_text = taken  # type: ignore[method-assign]
    world.wait(minutes=1)
    assert len(world.wechat.texts) == 1
    assert "可能重复" in world.wechat.texts[0]


def test_a_report_closes_its_row_also_when_it_is_faster_than_we_are(world: World) -> None:
    world.filled_in()
    world.say("确认提交")
    row = rows(world, "submitted")[0]
    world.desk.delivery(Report("unknown-biz", "13887654321", True, "DELIVERED", f"row-{row.id}", None))
    assert rows(world, "submitted")[0].state == OutState.DELIVERED


def test_who_has_stopped_notices_gets_none_but_still_the_codes(world: World) -> None:
    submitted(world)
    world.sms_in("TD")
    approve(world, "handler")
    assert "bureau_passed" not in [name for _, name, _ in world.sms.sent]


def test_without_a_template_a_notice_is_pushed_inside_the_window(world: World) -> None:
    with world.app.store.write() as session:
        session.get_one(SettingValue, "wechat_template_progress").value = ""
    submitted(world)
    approve(world, "handler")
    assert any("已通过供电局审核" in text for text in world.wechat.texts)


def test_an_unfollower_is_told_by_sms_only(world: World) -> None:
    submitted(world)
    world.write(Kind.UNFOLLOW, openid=OPENID)
    approve(world, "handler")
    assert world.wechat.notices == []
    assert world.sms.sent[-1][1] == "bureau_passed"


def test_two_workers_cannot_claim_the_same_row(world: World) -> None:
    world.say("你好")
    with world.app.store.write() as session:
        row = session.scalars(select(OutboundMessage)).one()
        row.state = OutState.PENDING
        row_id = row.id
    with world.app.store.write() as session:
        assert claim(session, row_id, world.now)
    with world.app.store.write() as session:
        assert not claim(session, row_id, world.now)


def test_a_sweep_without_work_says_nothing_and_changes_nothing(world: World) -> None:
    world.say("你好")
    before = [(row.id, row.state) for row in rows(world)]
    world.wait(hours=1)
    assert [(row.id, row.state) for row in rows(world)] == before
    assert outbox.settle_stuck(world.app) == 0


def test_a_long_answer_is_split_at_its_lines(world: World) -> None:
    world.say("你好")
    with world.app.store.write() as session:
        row = session.scalars(select(OutboundMessage)).one()
        row.state, row.via, row.due_at = OutState.PENDING, "", world.now
        row.body = {"text": "\n".join(["一行三十个汉字，一行三十个汉字，一行三十个汉字，完。"] * 60), "options": []}
    world.wait(seconds=1)
    assert len(world.wechat.texts) > 1
    assert all(len(text.encode()) <= 2048 and text.endswith("完。") for text in world.wechat.texts)


def test_a_notice_that_no_template_takes_is_given_up_and_holds_up_nobody(world: World) -> None:
    submitted(world)
    with world.app.store.write() as session:
        session.add(
            OutboundMessage(
                address_id=1,
                event="odd",
                body={"text": "", "template": "progress", "fields": {"amount1": "很多"}},
                due_at=world.now,
                created_at=world.now,
            )
        )
    approve(world, "handler")
    assert rows(world, "odd")[0].error == "field_does_not_fit"
    assert len(world.wechat.notices) == 1


def test_a_photo_that_takes_longer_is_said_to_have_arrived_and_its_result_is_pushed_once(world: World) -> None:
    ticket = world.receive(Inbound("wechat", "photo-1", OPENID, Kind.PHOTO, media_id="media-1"))
    assert "照片收到了" in (world.desk.passive_reply(ticket, 0) or "")
    world.work()
    world.wait(minutes=1)
    assert len(world.wechat.texts) == 1
    assert "请核对" in world.wechat.texts[0]
