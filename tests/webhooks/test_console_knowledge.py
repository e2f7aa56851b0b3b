"""The knowledge base on the console: the list, trying a question, editing with a preview, versions."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from bot.channels.base import Kind
from domain.dialogue.acts import Command
from domain.knowledge.articles import shipped
from domain.knowledge.tables import Article, ArticleCount, ArticleVersion
from domain.people.staff import Role
from tests.support.console import Visitor
from tests.support.world import PHONE, World

TYPED = {
    "theme": "合同",
    "title": "合同能传真吗？",
    "text": "不能，{contract_answer_days}个工作日内在这里确认就行。",
    "source": "市场服务规则 C6（留痕）",
    "words": "传真\n 发传真 \n\n传真",
    "place": "5",
    "active": "yes",
}


@pytest.fixture
def zhou(world: World, console: Flask) -> Visitor:
    """The administrator, logged in."""
    return Visitor(console).enter(world, world.staff("zhou", Role.ADMINISTRATOR))


def kept(world: World, key: str) -> Article:
    with world.app.store.read() as session:
        return session.scalars(select(Article).where(Article.key == key)).one()


def versions(world: World) -> int:
    with world.app.store.read() as session:
        return session.scalar(select(func.count()).select_from(ArticleVersion)) or 0


def made(world: World, zhou: Visitor) -> Article:
    zhou.get("/knowledge/new")
    zhou.post("/knowledge/new", key="by_fax", **TYPED)
    return kept(world, "by_fax")


def test_the_list_shows_every_article_and_what_the_filters_leave(zhou: Visitor) -> None:
    assert f"共 <b>{len(shipped())}</b> 篇" in zhou.get("/knowledge")
    page = zhou.get("/knowledge?theme=合同&q=违约金")
    assert "共 <b>1</b> 篇" in page
    assert "合同能提前终止吗" in page
    assert "没有符合条件" in zhou.get("/knowledge?q=火星")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("风水期是哪几个月", ["有把握，直接回答", "丰水期是6、7、8、9、10月", "来源：市场服务规则 B3"]),
        ("我们要增容到800，咋个整", ["没把握，让用户选", "增容或减容以后怎么办？", "最接近的问法"]),
        ("帮我写一首诗", ["没有找到，如实说并提供人工"]),
        ("<script>", ["没有找到"]),
    ],
)
def test_a_question_is_tried_and_shows_how_sure_it_is(zhou: Visitor, asked: str, said: list[str]) -> None:
    """The same function answers in the chat."""
    page = zhou.get(f"/knowledge?ask={asked}")
    assert [words for words in said if words not in page] == []
    assert "<script>" not in page.split("<main")[1]


def test_a_new_article_answers_in_the_chat_at_once(world: World, zhou: Visitor) -> None:
    assert made(world, zhou).words == ["传真", "发传真"]
    reply = world.say("合同能传真吗")
    assert "不能，5个工作日内在这里确认就行。" in reply
    assert "来源：市场服务规则 C6（留痕）" in reply


def test_a_preview_fills_the_settings_in_and_saves_nothing(world: World, zhou: Visitor) -> None:
    before = versions(world)
    zhou.get("/knowledge/new")
    page = zhou.post("/knowledge/new", key="by_fax", act="preview", **TYPED)
    assert "不能，5个工作日内在这里确认就行。" in page
    assert "一条短信放得下，连同来源" in page
    assert "只是预览，没有保存" in page
    assert 'name="key" value="by_fax"' in page
    assert versions(world) == before


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("text", "要{wholesale}千伏安", "没有叫“wholesale”的参数"),
        ("text", "要{wholesale_from_kva千伏安", "花括号没有成对"),
        ("source", "", "“来源”要有"),
        ("title", "办理要多久？", "已经有一篇是这个问题"),
        ("place", "前面", "顺序要填"),
        ("theme", "天气", "请选择分类"),
    ],
)
def test_what_would_not_work_is_refused_and_what_was_typed_stays(
    world: World, zhou: Visitor, field: str, typed: str, words: str
) -> None:
    """At the preview as well as when it is saved."""
    zhou.get("/knowledge/new")
    page = zhou.post("/knowledge/new", 400, key="by_fax", **{**TYPED, field: typed})
    assert words in page
    assert "发传真" in page
    assert words in zhou.post("/knowledge/new", key="by_fax", act="preview", **{**TYPED, field: typed})
    assert versions(world) == len(shipped())


def test_a_key_that_is_taken_is_refused(zhou: Visitor) -> None:
    zhou.get("/knowledge/new")
    assert "已经有一篇的代号" in zhou.post("/knowledge/new", 400, key="how_long", **TYPED)


def test_each_version_stays_with_who_changed_what_and_an_older_one_can_be_taken_up(world: World, zhou: Visitor) -> None:
    article = made(world, zhou)
    path = f"/knowledge/{article.id}"
    zhou.get(path)
    page = zhou.post(path, **{**TYPED, "text": "可以传真。"}, seen="1")
    assert "现在是第 2 版" in page
    assert "<ins>可以传真。</ins>" in page
    assert "zhou" in page
    older = zhou.get(f"{path}?version=1")
    assert "下面是第 1 版的内容" in older
    assert "不能，{contract_answer_days}个工作日内" in older
    zhou.post(path, **TYPED, seen=zhou.field("seen"))
    assert (kept(world, "by_fax").version, kept(world, "by_fax").text) == (3, TYPED["text"])


def test_a_colleagues_change_is_not_written_over(world: World, zhou: Visitor) -> None:
    """Two pages were open: the second hears of the first one's version."""
    article = made(world, zhou)
    path = f"/knowledge/{article.id}"
    zhou.get(path)
    zhou.post(path, **{**TYPED, "text": "可以传真。"}, seen="1")
    assert "同事刚把它改成了第 2 版" in zhou.post(path, 400, **{**TYPED, "text": "随便。随便。"}, seen="1")
    assert kept(world, "by_fax").text == "可以传真。"


def test_what_is_switched_off_answers_nobody_until_it_is_on_again(world: World, zhou: Visitor) -> None:
    article = kept(world, "fixed_price")
    zhou.get("/knowledge")
    assert "已停用，立即生效" in zhou.post(f"/knowledge/{article.id}/active", active="no")
    assert "市场涨跌都不变" not in world.say("固定价套餐是什么意思？")
    zhou.post(f"/knowledge/{article.id}/active", active="yes")
    assert "市场涨跌都不变" in world.say("固定价套餐是什么意思？")


def test_an_article_that_is_not_there_is_not_there(zhou: Visitor) -> None:
    zhou.get("/knowledge/999", 404)
    zhou.get("/knowledge")
    zhou.post("/knowledge/999", 404, **TYPED)
    zhou.post("/knowledge/999/active", 404, active="no")


def asks(world: World, text: str, intent: str = "rules_question") -> str:
    world.rasa.taught[text] = Command(intent)
    return world.say(text)


def counted(page: str) -> dict[str, tuple[int, int]]:
    """The titles of the list in their order, with how often each was answered lately and ever."""
    title, number = r'data-label="问题"><a [^>]*>([^<]+)</a>', r'" class="number" data-sum>(\d+)<'
    rows = re.findall(f"{title}.*?近30天{number}.*?累计{number}", page, re.S)
    return {title: (int(recent), int(ever)) for title, recent, ever in rows}


def test_the_list_says_how_often_each_was_the_answer_and_sorts_by_it(world: World, zhou: Visitor) -> None:
    """Asked word for word, in own words or by a tap. What is older than thirty days counts in the sum alone."""
    world.say("办理要多久")
    asks(world, "变压器要多大才能进批发")
    asks(world, "变压器要多大才能进批发")
    world.write(Kind.TEXT, "多大容量可以选批发市场？", "cmd:knowledge:who_may_choose")
    assert counted(zhou.get("/knowledge"))["多大容量可以选批发市场？"] == (3, 3)
    found = counted(zhou.get("/knowledge?sort=asked"))
    assert list(found.items())[:2] == [("多大容量可以选批发市场？", (3, 3)), ("办理要多久？", (1, 1))]
    assert len(found) == len(shipped())
    assert "直接回答 <b>4</b> 次" in zhou.last
    world.now += timedelta(days=30)
    world.say("办理要多久")
    found = counted(zhou.get("/knowledge?sort=asked&theme=市场"))
    assert found["多大容量可以选批发市场？"] == (0, 3)
    assert counted(zhou.get("/knowledge?sort=asked"))["办理要多久？"] == (1, 2)
    assert "2026-12：1 次</li><li>2026-11：1 次" in zhou.get(f"/knowledge/{kept(world, 'how_long').id}")


def test_what_no_article_answers_is_counted_and_its_words_are_a_tap_away(world: World, zhou: Visitor) -> None:
    """Without who asked and without what is somebody's; it was understood, so that nobody has to label it."""
    asks(world, f"帮我写一首诗，{PHONE}")
    asks(world, "我们要增容到800，咋个整")
    page = zhou.get("/knowledge")
    assert "让用户选 <b>1</b> 次，没有文章可答 <b>1</b> 次" in page
    assert 'href="/console/heard?show=unanswered">没答上的问题（1）' in page
    page = zhou.get("/heard?show=unanswered")
    assert "帮我写一首诗,【手机】" in page
    assert PHONE not in page.split("<summary>原文</summary>")[0]
    assert "一首诗" not in zhou.get("/heard")
    with world.app.store.read() as session:
        assert {column.name for column in ArticleCount.__table__.columns} == {"id", "key", "day", "times"}
        assert session.query(ArticleCount).count() == 2
