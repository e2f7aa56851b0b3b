"""Questions about the rules in WeChat and by SMS: the reviewed answer with its source, taps, an honest word."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.channels.base import Kind
from domain import settings
from domain.dialogue.acts import Command, Values
from domain.knowledge.articles import Draft, filled, save, shipped, switch
from domain.knowledge.tables import THEMES, Article
from domain.messages.messages import OutboundMessage
from domain.people.staff import Role
from tests.support.world import World


def asks(world: World, text: str) -> str:
    """A question that Rasa takes for one about the rules; the reply in WeChat."""
    world.rasa.taught[text] = Command("rules_question")
    return world.say(text)


def edited(world: World, key: str, **changed: object) -> None:
    staff = world.staff("zhou", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        article = session.scalars(select(Article).where(Article.key == key)).one()
        save(session, article.id, Draft(**{**Draft.of(article).values(), **changed}), staff, world.now)


@pytest.mark.parametrize("key", shipped())
def test_every_articles_own_question_gets_that_article_and_its_source(world: World, key: str) -> None:
    """Typed word for word it needs no understanding."""
    reply = world.say(shipped()[key].title)
    with world.app.store.read() as session:
        assert filled(session, shipped()[key].text) in reply.replace("＆", "&")
    assert f"来源：{shipped()[key].source}" in reply
    assert world.rasa.heard == []


def test_a_question_in_ones_own_words_is_answered_with_the_settings(world: World) -> None:
    reply = asks(world, "变压器要多大才能进批发")
    assert "受电容量315千伏安及以上（刚好315也算）" in reply
    assert "来源：市场服务规则 B1" in reply


def test_a_changed_setting_changes_the_answer(world: World) -> None:
    """Nothing has to be edited twice."""
    staff = world.staff("zhou", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        settings.change(session, "wholesale_from_kva", "400", staff, world.now)
        settings.change(session, "wet_months", "5,6,7", staff, world.now)
    assert "受电容量400千伏安及以上（刚好400也算）" in world.say("多大容量可以选批发市场？")
    assert "315" not in world.say("谁可以注册？")
    assert "丰水期是5、6、7月" in world.say("丰水期、枯水期是哪几个月？")


def test_an_edited_article_is_what_is_said_from_then_on(world: World) -> None:
    edited(world, "how_long", text="一般{admission_days}天，年底会慢一点。")
    assert "一般2天，年底会慢一点。" in world.say("办理要多久")


def test_an_answer_is_kept_with_the_version_that_it_was(world: World) -> None:
    """So that it can be said later which words somebody was given."""
    world.say("办理要多久")
    edited(world, "how_long", text="一般{admission_days}天。")
    world.say("办理要多久")
    with world.app.store.read() as session:
        rows = session.scalars(select(OutboundMessage).order_by(OutboundMessage.id)).all()
    assert [row.body["article"] for row in rows] == ["how_long/1", "how_long/2"]


def test_an_unsure_question_is_asked_back_with_taps_and_a_tap_answers(world: World) -> None:
    reply = asks(world, "我们下个月要增容到800，咋个整")
    assert "您问的是哪一个？" in reply
    assert "msgmenuid=cmd:knowledge:capacity_changed" in reply
    assert "找人工" in reply
    assert "系统每24小时" in world.write(Kind.TEXT, "增容或减容以后怎么办？", "cmd:knowledge:capacity_changed")


def test_what_no_article_answers_is_said_honestly_and_staff_are_offered(world: World) -> None:
    reply = asks(world, "贵州的企业可以来吗")
    assert "没有可靠的答案，不敢乱说" in reply
    assert "msgmenuid=cmd:human" in reply


def test_the_list_leads_by_part_to_every_question(world: World) -> None:
    """Two taps from “常见问题” to an answer; long parts have more pages."""
    reply = world.say("常见问题")
    assert [f"cmd:knowledge:~{number}" in reply for number in range(1, len(THEMES) + 1)] == [True] * len(THEMES)
    seen = []
    for number in range(1, len(THEMES) + 1):
        for page in range(4):
            shown = world.write(Kind.TEXT, "更多", f"cmd:knowledge:~{number}.{page}") or ""
            seen += [key for key in shipped() if f'msgmenuid=cmd:knowledge:{key}"' in shown]
    assert sorted(seen) == sorted(shipped())


@pytest.mark.parametrize("argument", ["~0", "~99", "~x", "~1.99", "~", "nothing", "~1.x", "~1.²", "'; drop"])
def test_a_tap_that_names_nothing_does_no_harm(world: World, argument: str) -> None:
    assert world.write(Kind.TEXT, "看看", f"cmd:knowledge:{argument}")


def test_the_form_goes_on_after_the_answer(world: World) -> None:
    """Also after one that was not sure: there the words are asked for, as the taps belong to the form."""
    world.say("我要注册")
    world.photo()
    world.say("1")
    reply = asks(world, "丰水期是哪几个月份")
    assert "丰水期是6、7、8、9、10月" in reply
    assert "请发16位户号" in reply
    reply = asks(world, "我们下个月要增容到800，咋个整")
    assert "您问的是“增容或减容以后怎么办？" in reply
    assert "请发16位户号" in reply
    assert "系统每24小时" in world.say("增容或减容以后怎么办")


def test_what_rasa_did_not_understand_is_answered_where_an_article_surely_does(world: World) -> None:
    """In a form only what is asked as a question: other words may be what the form waits for."""
    assert "来源：" in world.say("保底分成咋个算的")
    world.say("我要注册")
    world.photo()
    world.say("1")
    reply = world.say("保底分成咋个算的")
    assert "来源：" in reply and "请发16位户号" in reply
    assert "来源：" not in world.say("保底分成")


def test_a_question_beside_a_value_is_answered_and_the_value_taken(world: World) -> None:
    text = "户号0530010686818433，丰水期是哪几个月"
    world.rasa.taught[text] = Values(
        {"account_number": "0530010686818433"}, text=text, also=Command("rules_question", text)
    )
    world.say("我要注册")
    world.photo()
    world.say("1")
    assert "6、7、8、9、10月" in world.say(text)


def test_a_question_that_is_unsure_beside_another_wish_is_asked_back_in_words(world: World) -> None:
    """Taps of two questions under one message would have two meanings."""
    text = "我要注册，还有我们下个月要增容到800，咋个整"
    world.rasa.taught[text] = Command("register", also=Command("rules_question", text))
    reply = world.say(text)
    assert "“增容或减容以后怎么办？”吗？回复其中一句就行。" in reply
    assert "msgmenuid=cmd:knowledge" not in reply
    assert "营业执照" in reply


def test_a_tapped_guess_and_the_menu_lead_to_the_list(world: World) -> None:
    """Nothing was asked yet that could be answered."""
    assert "想了解哪方面" in world.write(Kind.TEXT, "常见问题", "cmd:rules_question")
    assert "想了解哪方面" in world.write(Kind.CLICK, "knowledge")


def test_the_menus_button_explains_retail_and_wholesale(world: World) -> None:
    assert "零售市场：由售电公司代理" in (world.write(Kind.CLICK, "rules_question") or "")
    assert "零售市场：由售电公司代理" in world.say("零售和批发")


def test_what_is_switched_off_is_no_answer_any_more(world: World) -> None:
    """Not by its command, its question, or a tap that still stands on a screen."""
    staff = world.staff("zhou", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        article = session.scalars(select(Article).where(Article.key == "how_long")).one()
        switch(session, article.id, False, staff, world.now)
    assert "没有可靠的答案" in world.say("办理要多久")
    assert "没有可靠的答案" in world.write(Kind.TEXT, "办理要多久？", "cmd:knowledge:how_long")


def test_by_sms_a_short_answer_is_whole_and_a_long_one_has_a_link(world: World) -> None:
    world.sms_in("帮助")
    world.sms_in("丰水期、枯水期是哪几个月？")
    assert "丰水期是6、7、8、9、10月" in world.sms.texts()[-1]
    assert "来源：市场服务规则 B3" in world.sms.texts()[-1]
    world.sms_in("推荐套餐是按什么排的？")  # no room for its source
    assert "先后抽签" in world.sms.texts()[-1]
    assert "来源" not in world.sms.texts()[-1]
    world.sms_in("增容或减容以后怎么办？")
    assert "/l/" in world.sms.texts()[-1]
    assert "全文在页面上" in world.sms.texts()[-1]
