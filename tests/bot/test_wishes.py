"""What understanding leads to: Rasa's pick, with its doubts and a second wish, through the action and back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.acts import act_of
from domain.dialogue.dialogue import EXACT
from domain.dialogue.understood import label_of, understood
from domain.people.contacts import Address
from domain.people.staff import Role, Staff
from domain.questions.words import fold
from tests.support.console import newest, submitted
from tests.support.contracts import Market, open_market
from tests.support.world import ACCOUNT, World

INTENTS = [
    name
    for each in yaml.safe_load((Path(__file__).parents[2] / "nlu/assistant/intents.yml").read_text())["intents"]
    for name in each
]


def heard(world: World, text: str, intent: str, **message: Any) -> str:
    """王芳 writes, Rasa picks the intent, and the action does what it does; what she reads."""
    metadata = {"wishes": message.pop("wishes", [])}
    picked = {"text": text, "entities": [], "intent_ranking": [], "metadata": metadata, **message}
    world.app.rasa.taught[text] = act_of(intent, picked)
    return world.say(text)


def ranking(**confidences: float) -> list[dict[str, Any]]:
    """A ranking as Rasa gives it, behind the fallback that won."""
    guesses = [{"name": name, "confidence": sure} for name, sure in confidences.items()]
    return [{"name": "nlu_fallback", "confidence": 0.35}, *guesses]


@pytest.fixture
def market(world: World) -> Market:
    return open_market(world)


@pytest.mark.parametrize("intent", INTENTS)
def test_every_intent_gets_an_answer_from_somebody_new(world: World, intent: str) -> None:
    """Whatever is understood, nobody is left with “没看懂”."""
    said = heard(world, "这是一句话", intent)
    assert said and (intent in ("inform", "correct") or "没看懂" not in said)


@pytest.mark.parametrize("intent", INTENTS)
def test_every_intent_gets_an_answer_from_who_has_a_contract_to_choose(market: Market, intent: str) -> None:
    """The same in the retail market."""
    said = heard(market.world, "这是一句话", intent)
    assert said and (intent in ("inform", "correct") or "没看懂" not in said)


@pytest.mark.parametrize("intent", [each for each in INTENTS if label_of(each)])
def test_what_a_guess_is_called_can_be_typed(intent: str) -> None:
    """The words on the tap, typed, mean the same command as the tap."""
    assert EXACT[fold(label_of(intent))] == understood(intent, "").name


def test_an_unclear_message_gets_two_or_three_guesses_to_tap(world: World) -> None:
    """The unlikely ones are left out, and one command is offered once."""
    guesses = ranking(my_contract=0.3, renew=0.25, not_renew=0.2, usage=0.15, forecast=0.02)
    said = heard(world, "合同那个", "unsure_what", intent_ranking=guesses)
    assert "您是想" in said
    assert re.findall(r">([^<]+)</a>", said) == ["我的合同", "续约", "到期不续约", "都不是"]


def test_in_a_form_a_guess_is_named_and_the_form_goes_on(world: World) -> None:
    """A number belongs to the question of the form; the guess is words."""
    world.say("我要注册")
    said = heard(world, "那个怎么整", "unsure_what", intent_ranking=ranking(how_to_photograph=0.3, progress=0.2))
    assert "怎么拍执照”或“我的进度" in said and "营业执照" in said


def test_two_questions_in_one_message_are_both_answered(world: World) -> None:
    """In one go, whichever Rasa took for the main one."""
    said = heard(
        world, "要多久，要哪些材料", "how_long", wishes=[["how_long", "要多久"], ["which_documents", "要哪些材料"]]
    )
    assert "工作日" in said and "营业执照照片" in said


def test_a_question_beside_a_step_is_answered_first(world: World) -> None:
    """The last words are the step's question, so that the next answer has one meaning."""
    said = heard(
        world, "我要注册，收不收费", "register", wishes=[["register", "我要注册"], ["rules_question", "收不收费"]]
    )
    assert said.index("不收费") < said.index("请拍一张营业执照")


def test_of_two_steps_one_is_done_and_the_other_is_named(market: Market) -> None:
    """Nothing is lost: the words that bring the second about are there."""
    said = heard(
        market.world,
        "先把合同停了，再退出市场",
        "end_early",
        wishes=[["end_early", "先把合同停了"], ["leave_market", "再退出市场"]],
    )
    assert "您还说到“退出市场”" in said


def test_values_are_taken_in_whatever_else_is_asked(world: World) -> None:
    """A question beside a value loses neither."""
    world.say("我要注册")
    number = {"entity": "account_number", "value": ACCOUNT}
    text = f"要多久 户号{ACCOUNT}"
    said = heard(world, text, "how_long", entities=[number], wishes=[["how_long", "要多久"], ["inform", "户号"]])
    assert "工作日" in said and newest(world).value("account_number") == number["value"]


def test_a_named_company_is_shown_with_its_packages(market: Market) -> None:
    """By the part of its name that people say."""
    said = heard(market.world, "我们想签云岭那家", "choose_company")
    assert "云岭售电" in said and "省心月月享" in said and "滇源" not in said


def test_companies_are_listed_without_a_favourite(market: Market) -> None:
    """With what is known of each."""
    said = heard(market.world, "有哪些售电公司", "list_companies")
    assert "滇源售电有限公司" in said and "云岭售电有限公司" in said and "不分先后" in said


def test_a_package_is_shown_by_the_code_in_a_sentence(market: Market) -> None:
    """Full width and small letters too."""
    assert "安心固定价" in heard(market.world, "我就要ｐ１００１这个", "choose_package")


def test_two_codes_in_a_sentence_are_compared(market: Market) -> None:
    """On the same months."""
    said = heard(market.world, "P1001跟P2001哪个划算嘛", "compare_packages")
    assert "P1001" in said and "P2001" in said


def test_who_is_in_the_retail_market_already_hears_so(market: Market) -> None:
    """Nothing is asked that is so already."""
    assert "已经在零售市场" in heard(market.world, "我要走零售", "to_retail")
    assert "要转吗" in heard(market.world, "想去批发", "to_wholesale")


def test_to_approve_in_free_words_changes_nothing(world: World) -> None:
    """A reviewer hears what waits and where it is done; a user hears who decides."""
    submitted(world)
    assert "审核人员决定" in heard(world, "这件给他过", "staff_approve")
    staff = world.staff("zhao", Role.HANDLER, "053001")
    with world.app.store.write() as session:
        session.get_one(Staff, staff).contact_id = (
            session.query(Address.contact_id).filter_by(channel="wechat").scalar()
        )
    said = heard(world, "给他过嘛", "staff_approve")
    assert "聊天里不改变任何申请" in said and "等您审核的有1件" in said


def test_context_travels_with_the_message(market: Market) -> None:
    """Who speaks and how far they are, and nothing personal."""
    market.world.say("随便说一句")
    told = market.world.app.rasa.heard[-1]
    assert (told["role"], told["stage"], told["asking"]) == ("user", "unbound", "")
