"""The knowledge base: what ships, that its figures are settings, how questions find their article."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from domain.evidence import Evidence
from domain.figures import FIGURES
from domain.knowledge import articles
from domain.knowledge.articles import BadArticle, Draft, faults, filled, make, save, ship, shipped, unknown_placeholders
from domain.knowledge.finding import Asked, Certainty, certainty, find, offered, ranked
from domain.knowledge.history import versions_of
from domain.knowledge.tables import THEMES, Article, ArticleVersion
from domain.people.staff import Role
from domain.questions.words import plain
from tests.domain.knowledge_questions import ASKED, LATER, UNANSWERED
from tests.support.world import World

ARTICLES = tuple(Asked(key, 1, draft.title, draft.words) for key, draft in shipped().items())
GOOD = Draft("合同", "合同能传真吗？", "不能，在这里确认就行。", "市场服务规则 C6（留痕）", ("传真",))


def outcome(text: str) -> tuple[Certainty, list[str]]:
    """How sure it is, and the articles that would be answered or offered."""
    found = ranked(ARTICLES, text)
    sure = certainty(found)
    return sure, [found[0].key] if sure == Certainty.SURE else [each.key for each in offered(found)]


# --- what ships ---


def test_every_shipped_article_may_be_kept_as_it_is(world: World) -> None:
    """Title, text, source, words and placeholders: the console would take each of them."""
    with world.app.store.read() as session:
        ids = {row.key: row.id for row in session.scalars(select(Article))}
        assert {key: faults(session, draft, ids[key]) for key, draft in shipped().items()} == dict.fromkeys(ids, {})
    assert {draft.theme for draft in shipped().values()} == set(THEMES)


def test_every_placeholder_is_a_setting_and_is_filled(world: World) -> None:
    """No brace reaches a user."""
    assert {key: unknown_placeholders(draft.text) for key, draft in shipped().items()} == {key: [] for key in shipped()}
    with world.app.store.read() as session:
        for draft in shipped().values():
            assert "{" not in filled(session, draft.text)
            assert "{" not in draft.source


def test_no_figure_that_is_a_setting_is_written_out() -> None:
    """315 and the days come from the settings alone, so that they cannot disagree."""
    written = [key for key, draft in shipped().items() if str(FIGURES["wholesale_from_kva"].default) in draft.text]
    assert written == []


def test_shipping_again_changes_nothing_and_leaves_what_was_edited(world: World) -> None:
    """An upgrade never takes an administrator's words away."""
    staff = world.staff("zhou", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        article = session.scalars(select(Article).where(Article.key == "how_long")).one()
        save(session, article.id, replace(Draft.of(article), text="很快，两天。"), staff, world.now)
    with world.app.store.write() as session:
        ship(session)
    with world.app.store.read() as session:
        article = session.scalars(select(Article).where(Article.key == "how_long")).one()
        assert (article.text, article.version) == ("很快，两天。", 2)
        versions = session.scalars(select(ArticleVersion)).all()
        assert len(versions) == len(shipped()) + 1


def test_an_article_that_nobody_edited_follows_the_product(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a new version without an author."""
    newer = {**shipped(), "how_long": replace(shipped()["how_long"], title="办好要多久？")}
    monkeypatch.setattr(articles, "shipped", lambda: newer)
    with world.app.store.write() as session:
        ship(session)
    with world.app.store.read() as session:
        article = session.scalars(select(Article).where(Article.key == "how_long")).one()
        written = versions_of(session, article.id)
        assert article.title == "办好要多久？"
        assert [(row.version.version, row.version.staff_id) for row in written] == [(2, None), (1, None)]


# --- writing ---


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"text": "要{wholesale_from}千伏安"}, "text", "没有叫“wholesale_from”的参数"),
        ({"text": "要{wholesale_from_kva千伏安"}, "text", "花括号没有成对"),
        ({"text": "要{wholesale_from_kva.real}千伏安"}, "text", "没有叫"),
        ({"text": "要{wholesale_from_kva!r}千伏安"}, "text", "没有叫"),
        ({"text": "短"}, "text", "4 到 400"),
        ({"source": ""}, "source", "“来源”要有"),
        ({"title": "办理要多久"}, "title", "已经有一篇"),
        ({"theme": "天气"}, "theme", "请选择分类"),
        ({"words": ("长" * 31,)}, "words", "太长"),
        ({"place": 1000}, "place", "0 到 999"),
    ],
)
def test_what_would_not_work_is_refused_in_chinese(world: World, changed: dict, field: str, words: str) -> None:
    """And named by its field, so that it can be mended."""
    staff = world.staff("zhou", Role.ADMINISTRATOR)
    with world.app.store.write() as session, pytest.raises(BadArticle) as refused:
        make(session, "by_fax", replace(GOOD, **changed), staff, world.now)
    assert list(refused.value.faults) == [field]
    assert words in refused.value.faults[field]


def test_each_change_is_a_version_with_its_author_and_is_evidence(world: World) -> None:
    """Made, changed, switched off: three versions; saving the same again is none."""
    staff = world.staff("zhou", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        article = make(session, "by_fax", GOOD, staff, world.now)
        save(session, article.id, replace(GOOD, text="不能传真。"), staff, world.now)
        save(session, article.id, replace(GOOD, text="不能传真。"), staff, world.now)
        articles.switch(session, article.id, False, staff, world.now)
        written = versions_of(session, article.id)
        assert [(row.version.version, row.version.staff_id, row.version.active) for row in written] == [
            (3, staff, False),
            (2, staff, True),
            (1, staff, True),
        ]
        known = session.scalars(select(Evidence.what).where(Evidence.about_kind == "article")).all()
    assert known == ["article_made", "article_changed", "article_changed"]


def test_a_key_is_taken_once_and_is_plain(world: World) -> None:
    """Commands and taps name it."""
    staff = world.staff("zhou", Role.ADMINISTRATOR)
    for key, words in (("how_long", "已经有一篇"), ("要多久", "小写英文"), ("a:b", "小写英文"), ("@x", "小写英文")):
        with world.app.store.write() as session, pytest.raises(BadArticle, match=words):
            make(session, key, GOOD, staff, world.now)


# --- finding ---


@pytest.mark.parametrize(("key", "draft"), shipped().items())
def test_each_way_of_asking_finds_its_own_article_surely(key: str, draft: Draft) -> None:
    """The question, and every other way that the article names."""
    for words in (draft.title, *draft.words):
        assert outcome(words) == (Certainty.SURE, [key]), words


def test_questions_as_people_type_them_find_their_article() -> None:
    """41 in the dialect and with the slips of here: 35 at once, 6 among two or three taps, none wrong."""
    said = [(outcome(text), key) for text, key in ASKED]
    sure = sum(found == (Certainty.SURE, [key]) for found, key in said)
    offered_right = sum(certain == Certainty.UNSURE and key in keys for (certain, keys), key in said)
    assert len(said) >= 40
    assert (sure, offered_right) >= (35, 0)
    assert sure + offered_right == len(said)


def test_questions_that_nothing_was_tuned_on_are_never_answered_wrongly() -> None:
    """33 written afterwards: 15 at once, 14 among the taps, 4 with an honest “I do not know” or the wrong taps."""
    said = [(outcome(text), key) for text, key in LATER]
    sure = sum(found == (Certainty.SURE, [key]) for found, key in said)
    offered_right = sum(certain == Certainty.UNSURE and key in keys for (certain, keys), key in said)
    wrong = [(keys, key) for (certain, keys), key in said if certain == Certainty.SURE and keys != [key]]
    assert wrong == []
    assert sure >= 15
    assert sure + offered_right >= 29


def test_none_of_those_questions_is_a_way_of_asking_that_an_article_names() -> None:
    """Else the shares above would say nothing."""
    named = {plain(words).rstrip("?") for each in ARTICLES for words in (each.title, *each.words)}
    assert [text for text, _ in (*ASKED, *LATER) if plain(text).rstrip("?") in named] == []


@pytest.mark.parametrize("text", UNANSWERED)
def test_what_no_article_answers_is_never_answered_surely(text: str) -> None:
    """At the most it is asked what was meant."""
    assert outcome(text)[0] != Certainty.SURE


def test_where_the_right_article_is_missing_another_one_seldom_answers_for_sure() -> None:
    """Each article taken out, all its ways of asking put: 12 of 420 get a neighbour's answer."""
    wrong = [
        words
        for key, draft in shipped().items()
        for words in (draft.title, *draft.words)
        if certainty(ranked(tuple(each for each in ARTICLES if each.key != key), words)) == Certainty.SURE
    ]
    assert len(wrong) <= 12, wrong


@pytest.mark.parametrize("text", ["", "？？？", "😀", "的", "什么", "怎么", "a" * 5000, "{name}", "1"])
def test_what_is_no_question_finds_nothing_surely(text: str) -> None:
    """And costs nothing to ask."""
    assert outcome(text)[0] != Certainty.SURE


def test_what_is_switched_off_is_not_found(world: World) -> None:
    """The next message already does not see it."""
    staff = world.staff("zhou", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        article = session.scalars(select(Article).where(Article.key == "fixed_price")).one()
        assert find(session, "固定价")[0].key == "fixed_price"
        articles.switch(session, article.id, False, staff, world.now)
        assert "fixed_price" not in [each.key for each in find(session, "固定价")]
