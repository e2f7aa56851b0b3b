"""What a person who has never heard of any of this writes: each answer fits what was said, and nothing is lost."""

from __future__ import annotations

import pytest

from bot.channels.base import Kind
from domain.dialogue.acts import Command, Values
from domain.identifiers import mask_phone
from domain.registration.applications import Stage
from tests.support.tenants import newest
from tests.support.world import ACCOUNT, PHONE, World

SECOND = "0530018971360050"


@pytest.mark.parametrize(
    ("said", "taken_for", "answer"),
    [
        ("你们这些骗子", "what_is_this", "银行卡"),
        ("委托书要怎么写", "which_documents", "落款盖公章"),
        ("房东会不会知道我办了这个", "tenant_or_payer", "产权人（和租户）会收到短信"),
        ("到期不管会怎样", "renew", "按原条款续签"),
        ("为哪样要验证码，怕是骗子哦", "code_not_received", "证明是您本人"),
    ],
)
def test_a_question_gets_its_article_whatever_it_was_taken_for(
    world: World, said: str, taken_for: str, answer: str
) -> None:
    """What the knowledge base surely answers is answered from it, not by a command that only sounds alike."""
    world.rasa.taught[said] = Command(taken_for)
    assert answer in world.say(said)


@pytest.mark.parametrize(
    ("said", "taken_for", "answer"),
    [("要哪些材料啊", "which_documents", "只要三样"), ("我们是租的", "kind_tenant", "按租户办理")],
)
def test_a_wish_is_still_a_wish(world: World, said: str, taken_for: str, answer: str) -> None:
    world.rasa.taught[said] = Command(taken_for)
    assert answer in world.say(said)


@pytest.mark.parametrize("said", ["什么破系统", "你们是傻逼吗"])
def test_who_is_cross_gets_an_apology_and_the_way_to_a_person(world: World, said: str) -> None:
    """And is not told of power cuts."""
    world.rasa.taught["什么破系统"] = Command("out_of_scope")  # the other one is not understood
    answer = world.say(said)
    assert "对不住" in answer and "人工" in answer
    assert "95598" not in answer


def test_a_voice_message_is_told_how_to_speak_all_the_same(world: World) -> None:
    assert "话筒" in (world.write(Kind.VOICE) or "")


def test_who_asks_what_was_noted_sees_it_and_goes_on(world: World) -> None:
    """Every value so far, the phone masked; nothing of what is missing."""
    world.say("我要注册")
    world.say(ACCOUNT)
    world.rasa.taught[f"李梅，{PHONE}"] = Values({"person_name": "李梅", "phone": PHONE})
    world.say(f"李梅，{PHONE}")
    answer = world.say("我填了什么")
    assert f"户号：{ACCOUNT}（您填写）" in answer and f"李梅，{mask_phone(PHONE)}" in answer
    assert "—" not in answer and PHONE not in answer
    assert "接着填写" in answer


@pytest.mark.parametrize("said", ["算了不转了", "不用人工了"])
def test_who_does_not_want_a_person_any_more_is_served_at_once(world: World, said: str) -> None:
    """In their own words: silence until Monday would be the answer otherwise."""
    world.say("人工")
    assert "转回自动服务台" in world.say(said)


def test_keeping_a_value_does_not_cancel_the_registration(world: World) -> None:
    """“算了还是原来那个” while a right value is asked for means the value."""
    world.photo()
    world.say("1")
    world.say(ACCOUNT)
    world.rasa.taught["算了还是原来那个"] = Command("cancel")
    assert "不改了" in world.say("返回")
    assert "好的，不改" in world.say("算了还是原来那个")
    assert newest(world).value("account_number") == ACCOUNT


@pytest.mark.parametrize("said", ["先不取消", "不要取消"])
def test_not_to_cancel_goes_on_with_the_form(world: World, said: str) -> None:
    world.say("我要注册")
    world.say("取消")
    assert "营业执照" in world.say(said)
    assert newest(world).stage == Stage.FILLING


def test_of_several_account_numbers_the_first_is_taken_and_the_others_are_not_lost(world: World) -> None:
    world.photo()
    world.say("1")
    said = f"{ACCOUNT}，{SECOND}这两个"
    world.rasa.taught[said] = Values({"account_number": SECOND}, text=said, said={"account_number": [ACCOUNT, SECOND]})
    answer = world.say(said)
    assert f"先登记{ACCOUNT}" in answer and "批量注册" in answer
    assert newest(world).value("account_number") == ACCOUNT


def test_who_has_many_meters_and_none_registered_hears_how_to_begin(world: World) -> None:
    answer = world.say("集团户号")
    assert "不用一个个填" in answer and "一张表格" in answer
    assert "我要注册" in answer


def test_a_question_about_the_contact_is_no_name(world: World) -> None:
    world.photo()
    world.say("1")
    world.say(ACCOUNT)
    answer = world.say("联系人写谁？写老板还是写我")
    assert "接电话" in answer
    assert "请问联系人" in answer
    world.say("王芳")
    world.rasa.taught["老板电话还是我的电话？"] = Values(text="老板电话还是我的电话？")
    assert "接电话" in world.say("老板电话还是我的电话？")
    world.say(PHONE)
    assert newest(world).value("contact_name") == "王芳"
