"""Both markets are explained before the choice; the change by wish; and what a changed capacity opens (B1, C5)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from bot.capacity import read_capacities
from bot.channels.base import Kind
from domain.figures import FIGURES
from domain.market.capacity import deadline_of
from domain.market.capacity_changes import CapacityChange, ChangeState
from domain.people.authority import Level
from domain.people.staff import Role, Staff
from domain.questions.questions import Question
from domain.registration.applications import Stage
from domain.sources.lookups import Where
from domain.workdays import local_day
from tests.bot.test_open_questions import choosing_a_market, facts, questions, sms, stages
from tests.bot.test_proxy_authorisations import speaks
from tests.bot.test_question_safety import confirm_code, setting
from tests.support.contracts import ZHANG, open_market
from tests.support.world import ACCOUNT, ARCHIVE, World

COLLEAGUE = "13933334444"
LEAST = int(FIGURES["wholesale_from_kva"].default)


def in_wholesale(world: World) -> None:
    """王芳's company has chosen the wholesale market."""
    choosing_a_market(world)
    world.say("批发市场")


@pytest.fixture
def wholesale(world: World) -> World:
    in_wholesale(world)
    return world


@pytest.fixture
def retail(world: World) -> World:
    """王芳's company has chosen the retail market, and its account has become a small one since."""
    choosing_a_market(world)
    world.say("零售市场")
    read(world, LEAST - 1)
    return world


def read(world: World, kva: int) -> None:
    """The archive says this capacity from now on, and a day later it is read; what is owed goes out."""
    world.sources.accounts[ACCOUNT] = replace(ARCHIVE, capacity_kva=Decimal(kva))
    world.wait(days=1, hours=1)
    read_capacities(world.app)
    world.wait(minutes=2)


def changes(world: World) -> list[CapacityChange]:
    """What became of each change of capacity, the oldest first."""
    with world.app.store.read() as session:
        return list(session.scalars(select(CapacityChange).order_by(CapacityChange.id)))


def asked(world: World) -> list[Question]:
    return [each for each in questions(world) if each.purpose == "market_change"]


def test_both_markets_are_explained_and_what_follows_is_said_before_the_choice(world: World) -> None:
    text = choosing_a_market(world).text
    retail, wholesale = text.partition("【零售市场】")[2].split("【批发市场】")
    assert (retail.count("· "), wholesale.count("· ")) == (3, 3)
    for word in ("数字证书", "电子签章", "交易中心", "办好之前不能交易"):
        assert word in wholesale


def test_who_has_chosen_retail_is_led_to_the_packages(world: World) -> None:
    choosing_a_market(world)
    assert "选售电公司" in world.say("零售市场")
    assert [each.who.partition(":")[0] for each in facts(world, "chose_retail")] == ["contact"]


def test_a_wholesale_user_goes_to_retail_by_wish(wholesale: World) -> None:
    assert "要转吗" in wholesale.say("选择市场")
    assert stages(wholesale) == [Stage.AWAITING_CERTIFICATE]
    assert "选售电公司" in wholesale.say("转到零售市场")
    assert stages(wholesale) == [Stage.AWAITING_RETAILER]
    assert len(facts(wholesale, "changed_to_retail")) == 1


def test_a_retail_user_without_a_contract_goes_to_wholesale_and_back_no_other_way_than_by_an_answer(
    world: World,
) -> None:
    choosing_a_market(world)
    world.say("零售市场")
    assert "数字证书" in world.say("选择市场")
    world.say("留在零售市场")
    assert stages(world) == [Stage.AWAITING_RETAILER]
    world.say("选择市场")
    world.say("转到批发市场")
    assert stages(world) == [Stage.AWAITING_CERTIFICATE]


def test_a_contract_must_end_before_the_user_goes_to_wholesale(world: World) -> None:
    market = open_market(world)
    market.choose("P1001")
    market.sign()
    market.accept(ZHANG)
    assert "到期或提前终止之后" in market.say("选择市场")
    assert asked(world) == []


def test_a_contract_that_was_signed_meanwhile_stands_against_the_answer(world: World) -> None:
    market = open_market(world)
    market.say("选择市场")
    market.choose("P1001")
    market.sign()
    market.accept(ZHANG)
    assert "到期或提前终止之后" in market.say("转到批发市场")
    assert stages(world) == [Stage.REGISTERED]


def test_a_small_user_cannot_go_to_wholesale(retail: World) -> None:
    assert "只能在零售市场" in retail.say("选择市场")
    assert asked(retail) == []


def test_a_fall_below_the_threshold_asks_the_wholesale_user_once_and_says_what_silence_does(wholesale: World) -> None:
    read(wholesale, LEAST - 1)
    (question,) = asked(wholesale)
    assert "不答复：转到零售市场" in question.text
    day = local_day(question.asked_at)
    with wholesale.app.store.read() as session:
        assert question.deadline == deadline_of(session, day)
    read(wholesale, LEAST - 1)
    read(wholesale, LEAST - 2)
    assert [each.id for each in asked(wholesale)] == [question.id]
    first = facts(wholesale, "capacity_changed")[0].data
    assert (first["old"], first["new"]) == (str(ARCHIVE.capacity_kva), str(LEAST - 1))
    assert first["source"] == "marketing"
    assert any(f"{LEAST - 1}千伏安" in text for text in wholesale.sms.texts())


def test_the_threshold_itself_is_enough(wholesale: World) -> None:
    read(wholesale, LEAST)
    assert asked(wholesale) == []
    assert len(facts(wholesale, "capacity_changed")) == 1


def test_silence_moves_the_user_to_retail_once(wholesale: World) -> None:
    read(wholesale, LEAST - 1)
    wholesale.wait(days=60)
    wholesale.wait(days=1)
    assert stages(wholesale) == [Stage.AWAITING_RETAILER]
    assert [each.who for each in facts(wholesale, "changed_to_retail")] == ["system"]


def unfollowed(world: World) -> None:
    """王芳 follows the account no more: what goes to her goes by SMS."""
    world.write(Kind.UNFOLLOW)
    read(world, LEAST - 1)
    assert any(f"{LEAST - 1}千伏安" in text for text in world.sms.texts())


def test_silence_moves_nobody_whom_no_message_has_reached(wholesale: World) -> None:
    unfollowed(wholesale)
    wholesale.reported(False)
    wholesale.wait(days=60)
    wholesale.wait(days=1)
    assert stages(wholesale) == [Stage.AWAITING_CERTIFICATE]
    assert facts(wholesale, "changed_to_retail") == []
    (kept,) = facts(wholesale, "silence_not_reached")
    assert [(each["channel"], each["state"]) for each in kept.data["tried"]] == [("sms", "failed")]
    assert [each.data["answer"] for each in facts(wholesale, "silence")] == [""]
    assert [each.state for each in changes(wholesale)] == [ChangeState.UNREACHED]


def test_that_an_sms_was_sent_is_no_proof_that_it_arrived(wholesale: World) -> None:
    unfollowed(wholesale)
    wholesale.wait(days=60)
    assert stages(wholesale) == [Stage.AWAITING_CERTIFICATE]
    assert not any("办理" in text for text in wholesale.sms.texts()[-2:])


def test_silence_moves_the_same_user_once_one_message_has_reached_them(wholesale: World) -> None:
    unfollowed(wholesale)
    wholesale.reported(True)
    wholesale.wait(days=60)
    assert stages(wholesale) == [Stage.AWAITING_RETAILER]
    assert facts(wholesale, "silence_not_reached") == []
    assert [(each.state, each.answer) for each in changes(wholesale)] == [(ChangeState.SILENT, "retail")]


def test_one_of_several_who_was_reached_is_enough(wholesale: World) -> None:
    speaks(wholesale, COLLEAGUE, Level.SIGN)
    unfollowed(wholesale)
    wholesale.reported(False)
    wholesale.reported(True, phone=COLLEAGUE)
    wholesale.wait(days=60)
    assert stages(wholesale) == [Stage.AWAITING_RETAILER]


def test_who_comes_after_the_time_and_was_not_reached_still_chooses(wholesale: World) -> None:
    unfollowed(wholesale)
    wholesale.reported(False)
    wholesale.wait(days=60)
    wholesale.say("选择市场")
    assert "选售电公司" in wholesale.say("转到零售市场")
    assert [(each.state, each.answer) for each in changes(wholesale)] == [(ChangeState.ANSWERED, "retail")]


def test_silence_changes_nothing_where_the_setting_says_so(wholesale: World) -> None:
    setting(wholesale, "capacity_silence", "市场不变")
    read(wholesale, LEAST - 1)
    assert "不答复：市场不变" in asked(wholesale)[0].text
    wholesale.wait(days=60)
    assert stages(wholesale) == [Stage.AWAITING_CERTIFICATE]


def test_an_answer_by_sms_needs_the_code(wholesale: World) -> None:
    read(wholesale, LEAST - 1)
    sms(wholesale, f"{asked(wholesale)[0].code} 转到零售市场")
    assert stages(wholesale) == [Stage.AWAITING_CERTIFICATE]
    sms(wholesale, confirm_code(wholesale))
    assert stages(wholesale) == [Stage.AWAITING_RETAILER]


def test_a_capacity_that_rises_again_takes_the_question_back(wholesale: World) -> None:
    read(wholesale, LEAST - 1)
    read(wholesale, LEAST)
    assert asked(wholesale) == []
    wholesale.wait(days=60)
    assert stages(wholesale) == [Stage.AWAITING_CERTIFICATE]


def test_a_rise_to_the_threshold_asks_the_retail_user_and_silence_leaves_them(retail: World) -> None:
    read(retail, LEAST)
    (question,) = asked(retail)
    assert "数字证书和电子签章" in question.text and "不答复：留在零售市场" in question.text
    retail.wait(days=60)
    assert stages(retail) == [Stage.AWAITING_RETAILER]
    assert asked(retail) == []


def test_who_has_not_chosen_yet_has_no_choice_any_more_below_the_threshold(world: World) -> None:
    choosing_a_market(world)
    read(world, LEAST - 1)
    assert stages(world) == [Stage.AWAITING_RETAILER]
    world.say("批发市场")
    assert stages(world) == [Stage.AWAITING_RETAILER]


def test_a_system_that_is_down_has_said_nothing_and_is_asked_again_soon(wholesale: World) -> None:
    wholesale.sources.down.add(Where.MARKETING)
    read(wholesale, LEAST - 1)
    assert facts(wholesale, "capacity_changed") == []
    wholesale.sources.down.clear()
    wholesale.wait(minutes=15)
    read_capacities(wholesale.app)
    assert len(asked(wholesale)) == 1


def test_nobody_is_asked_about_more_often_than_the_setting_says(wholesale: World) -> None:
    read(wholesale, LEAST)
    before = len(wholesale.sources.asked)
    read_capacities(wholesale.app)
    assert len(wholesale.sources.asked) == before


def centre(world: World) -> None:
    """Two reviewers and an administrator of the trading centre, each with a phone."""
    for number, (login, role) in enumerate(
        (("chen", Role.REVIEWER), ("sun", Role.REVIEWER), ("zhou", Role.ADMINISTRATOR))
    ):
        staff_id = world.staff(login, role)
        with world.app.store.write() as session:
            session.get_one(Staff, staff_id).phone = f"1380000000{number}"


def told(world: World, phone: str) -> list[str]:
    """What a phone was told as staff."""
    return [params["text"] for to, name, params in world.sms.sent if to == phone and name == "staff_alert"]


def test_the_centre_hears_that_a_user_stays_in_wholesale_with_too_little_capacity(wholesale: World) -> None:
    centre(wholesale)
    read(wholesale, LEAST - 1)
    wholesale.say("留在批发市场")
    for phone in ("13800000000", "13800000001"):
        (text,) = told(wholesale, phone)
        assert f"{LEAST - 1}千伏安" in text and "留在批发市场" in text
    assert told(wholesale, "13800000002") == []


def test_who_stays_in_wholesale_by_an_answer_to_their_own_wish_is_no_news(wholesale: World) -> None:
    centre(wholesale)
    wholesale.say("选择市场")
    wholesale.say("留在批发市场")
    assert told(wholesale, "13800000000") == []


def test_the_centre_hears_that_somebody_was_not_reached(wholesale: World) -> None:
    centre(wholesale)
    unfollowed(wholesale)
    wholesale.reported(False)
    wholesale.wait(days=60)
    wholesale.wait(days=1)
    assert [text for text in told(wholesale, "13800000000") if "没能通知到" in text] == told(wholesale, "13800000001")
    assert len(told(wholesale, "13800000001")) == 1


def test_where_no_reviewer_can_be_told_the_administrators_are(wholesale: World) -> None:
    centre(wholesale)
    with wholesale.app.store.write() as session:
        session.execute(update(Staff).where(Staff.role == Role.REVIEWER).values(phone=""))
    read(wholesale, LEAST - 1)
    wholesale.say("留在批发市场")
    assert len(told(wholesale, "13800000002")) == 1
