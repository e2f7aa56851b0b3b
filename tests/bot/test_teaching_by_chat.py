"""What people write is kept with how it was read, and what they do next tells what they meant."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from actions.acts import reading_of
from bot import jobs
from bot.channels.base import Kind
from domain.dialogue.acts import Command
from domain.settings import SettingValue
from domain.teaching.hearing import Reading
from domain.teaching.tables import Heard
from tests.support.world import PHONE, World

UNCLEAR = "那个啥子咋个整"


def rows(world: World) -> list[Heard]:
    with world.app.store.read() as session:
        return list(session.scalars(select(Heard).order_by(Heard.id)))


def unclear(world: World, said: str = UNCLEAR, guesses: tuple[str, ...] = ("usage", "to_retail")) -> str:
    """Somebody writes what Rasa is unsure about; the reply."""
    world.rasa.taught[said] = Command("unsure_what", said, guesses=guesses)
    return world.say(said)


def taught_sure(world: World, said: str, intent: str = "usage") -> str:
    world.rasa.taught[said] = Command(intent)
    return world.say(said)


@pytest.fixture(autouse=True)
def no_sample(world: World) -> None:
    """Only what these tests are about is listed."""
    sample(world, 0)


def sample(world: World, percent: int) -> None:
    with world.app.store.write() as session:
        session.merge(SettingValue(name="teach_percent", value=percent))


def test_what_rasa_was_unsure_about_is_kept_with_its_guesses_and_where_it_was_said(world: World) -> None:
    world.say("我要注册")
    unclear(world)
    (row,) = rows(world)
    assert (row.intent, row.text, row.masked, row.listed) == ("unsure_what", UNCLEAR, UNCLEAR, True)
    assert row.guesses == [["usage", 0.4], ["to_retail", 0.3]]
    assert (row.channel, row.role, row.asking, row.stage) == ("wechat", "user", "licence", "filling")
    assert (row.label, row.next) == ("", "offered")


def test_its_words_are_sealed_in_the_store(world: World) -> None:
    unclear(world)
    with world.app.store.read() as session:
        sealed = session.execute(text("SELECT text, masked, same FROM heard")).one()
    assert UNCLEAR not in "".join(sealed)


def test_a_tap_on_a_guess_is_a_label_by_the_person(world: World) -> None:
    assert "转到零售市场" in unclear(world)
    world.write(Kind.TEXT, "转到零售市场", "cmd:to_retail")
    (row,) = rows(world)
    assert (row.next, row.label, row.label_by) == ("tapped", "to_retail", "person")


def test_the_number_of_a_guess_is_one_too_and_so_are_its_words(world: World) -> None:
    unclear(world)
    world.say("1")
    unclear(world)
    world.say("转到零售市场")
    assert [row.label for row in rows(world)] == ["usage", "to_retail"]


@pytest.mark.parametrize("choice", ["cmd:help", ""])
def test_none_of_them_is_noted_and_leaves_the_label_to_staff(world: World, choice: str) -> None:
    """Tapped or typed."""
    unclear(world)
    world.write(Kind.TEXT, "都不是", choice)
    assert [(row.next, row.label) for row in rows(world) if row.listed] == [("none", "")]


def test_another_tap_later_labels_nothing(world: World) -> None:
    """Only what comes right after it counts, and only what was offered."""
    unclear(world)
    world.say("我的进度")
    world.write(Kind.TEXT, "转到零售市场", "cmd:market")
    assert [(row.next, row.label) for row in rows(world)] == [("offered", "")]


def test_words_that_were_not_offered_label_nothing(world: World) -> None:
    """The knowledge base had an answer; what the person wants next is another thing."""
    unclear(world, "电费咋个看")
    world.say("我的用电量")
    assert [(row.next, row.label) for row in rows(world)] == [("", "")]


@pytest.mark.parametrize("wants", ["人工", "找个活人"])
def test_a_sure_message_is_listed_when_the_person_wants_staff_at_once(world: World, wants: str) -> None:
    world.rasa.taught[wants] = Command("human")
    taught_sure(world, f"我叫王小芳，电话{PHONE}，用电咋个看")
    world.say(wants)
    row = rows(world)[0]
    assert (row.next, row.listed, row.intent) == ("human", True, "usage")
    assert row.masked == "我叫【姓名】,电话【手机】,用电咋个看"


def test_staff_wanted_much_later_say_nothing_about_the_message(world: World) -> None:
    taught_sure(world, "用电咋个看")
    world.wait(minutes=11)
    world.say("人工")
    assert [(row.next, row.listed, row.text) for row in rows(world)] == [("", False, "")]


def test_a_sure_message_is_counted_without_its_words_and_with_them_in_the_sample(world: World) -> None:
    taught_sure(world, "用电咋个看")
    sample(world, 100)
    taught_sure(world, "用电咋个看")
    assert [(row.listed, row.text) for row in rows(world)] == [(False, ""), (True, "用电咋个看")]


def test_names_that_rasa_found_or_the_application_has_are_hidden(world: World) -> None:
    world.filled_in()
    said = "滇星机械咋个整王芳说的"
    world.rasa.places[said] = (("公司", 0, 4),)
    unclear(world, said)
    assert rows(world)[-1].masked == "【公司】咋个整【姓名】说的"


def test_what_is_nothing_but_a_value_is_not_listed(world: World) -> None:
    """A form takes it, and nobody learns from it."""
    unclear(world, f"王小芳 {PHONE}")
    assert [(row.listed, row.text, row.masked) for row in rows(world)] == [(False, "", "")]


def test_the_answer_is_the_same_and_a_repeat_is_kept_once(world: World) -> None:
    inbound = world.text(UNCLEAR)
    replies = []
    for _ in range(2):
        ticket = world.receive(inbound)
        replies.append(world.desk.passive_reply(ticket, 5))
    assert replies[0] == replies[1]
    assert len(rows(world)) == 1


def test_all_of_it_is_deleted_when_messages_are_emptied(world: World) -> None:
    unclear(world)
    world.wait(hours=24 * 179)
    unclear(world, "还有这个咋个整")
    world.wait(hours=48)
    jobs.daily(world.app)
    assert [row.text for row in rows(world)] == ["还有这个咋个整"]
    with world.app.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Heard)) == 1


def test_what_rasa_sends_with_a_message_is_what_is_kept() -> None:
    """A message as the action server gets it: guesses too unlikely to be offered, and other values, are left out."""
    message = {
        "text": "王小芳户号0530010686818433咋个整",
        "intent_ranking": [
            {"name": "nlu_fallback", "confidence": 0.6},
            {"name": "usage", "confidence": 0.31},
            {"name": "progress", "confidence": 0.05},
        ],
        "entities": [
            {"entity": "person_name", "value": "王小芳", "start": 0, "end": 3},
            {"entity": "account_number", "value": "0530010686818433", "start": 5, "end": 21},
        ],
        "metadata": {"inbound_id": 1, "asking": "account_number", "open": [], "role": "user", "stage": "filling"},
    }
    kept = Reading("unsure_what", (("usage", 0.31),), (("姓名", 0, 3),), "account_number", "filling", "user")
    assert reading_of("unsure_what", message) == kept
