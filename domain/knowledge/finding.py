"""Which article answers a question: shared words and character pairs, weighed by how rare they are. No model, no state.

A question is compared with each way of asking that an article names. The score, 0 to 1, is mostly how much the two
share, and a little how much of the question the article knows at all. Surely found is what scores high and stands clear
of the next one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from math import log

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.knowledge.tables import Article
from domain.questions.words import plain

SURE, CLEAR, POSSIBLE = 0.6, 0.05, 0.38  # measured on the questions of tests/domain/knowledge_questions.py
_UNSURE = SURE - 0.01
MOST = 3  # guesses that are offered
_LONGEST = 120  # characters of a question that are looked at
# What a question has beyond a way of asking tells less against it than what it lacks of it: people explain themselves.
_ALONE, _LACKING, _LEAST = 0.22, 0.6, 0.4
_STRANGE = 0.5  # a part that no article has is half of one that a single article has

# What people here write, and what it is called in the articles. Longer ones first.
_SAME = (
    ("手电公司", "售电公司"), ("受电公司", "售电公司"), ("卖电公司", "售电公司"), ("售电单位", "售电公司"),
    ("营页执照", "营业执照"), ("营业执造", "营业执照"), ("委拖书", "委托书"), ("受权", "授权"), ("套歺", "套餐"),
    ("凤谷", "峰谷"), ("锋谷", "峰谷"), ("风水期", "丰水期"), ("封水期", "丰水期"), ("绿店", "绿电"), ("户耗", "户号"),
    ("验证马", "验证码"), ("半夜", "晚上"), ("夜里", "晚上"), ("哪天", "什么时候"), ("几时", "什么时候"), ("喊", "让"),
    ("哪些人", "谁"), ("哪点", "哪里"), ("哪儿", "哪里"), ("后头", "以后"), ("得不得行", "可以"), ("房东", "产权人"),
    ("合约", "合同"), ("要好久", "要多久"), ("好久能", "多久能"), ("好久整", "多久办"), ("好长时间", "多长时间"),
    ("啥时候", "什么时候"), ("哪阵", "什么时候"), ("咋个", "怎么"), ("咋", "怎么"), ("怎样", "怎么"), ("如何", "怎么"),
    ("啥子", "什么"), ("哪样", "什么"), ("啥", "什么"), ("哪个", "谁"), ("好多", "多少"), ("几多", "多少"),
    ("莫得", "没有"), ("没得", "没有"), ("晓得", "知道"), ("得行", "可以"), ("搞", "办"), ("弄", "办"), ("整", "办"),
    ("资料", "材料"), ("手续", "材料"), ("证件", "材料"), ("钱", "费"), ("违约费", "违约金"), ("罚费", "违约金"),
    ("kva", "千伏安"), ("千瓦安", "千伏安"), ("电站", "电厂"), ("期满", "到期"), ("满期", "到期"), ("解约", "终止"),
)  # fmt: skip
_EMPTY = re.compile(
    "请问|麻烦|一下|你们|我们|咱们|我家|您好|你好|是不是|有没有|的话|这个|那个|到底|[吗嘛呢啊吧呀哦哈么的了您你我他她它是就都也那这想问给在]"
)
_ASKS = ("什么", "怎么", "谁", "多少")  # these alone ask nothing
_BREAKS = re.compile(r"[，,。；;！!？?\s]|另外|顺便|还有")
_SHORTEST, _MOST_CLAUSES = 4, 6
_PARTS = re.compile(r"[a-z0-9.]+|[\u4e00-\u9fff]")


class Certainty(StrEnum):
    """How sure it is that the first article is meant."""

    SURE = "sure"
    UNSURE = "unsure"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Asked:
    """What finding needs of an article."""

    key: str
    version: int
    title: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """An article with how well it answers, 0 to 1; `by` is the way of asking that was nearest."""

    key: str
    title: str
    score: float
    by: str


def find(session: Session, text: str) -> list[Found]:
    """The articles that may answer, the best first. Those that are switched off are not among them."""
    columns = select(Article.key, Article.version, Article.title, Article.words).where(Article.active.is_(True))
    rows = session.execute(columns.order_by(Article.place, Article.id))
    return ranked(tuple(Asked(key, version, title, tuple(words)) for key, version, title, words in rows), text)


def certainty(found: Sequence[Found]) -> Certainty:
    """How sure the first one is."""
    if not found or found[0].score < POSSIBLE:
        return Certainty.NOTHING
    second = found[1].score if len(found) > 1 else 0.0
    sure = found[0].score >= SURE and (found[0].score - second >= CLEAR or found[0].score == 1)
    return Certainty.SURE if sure else Certainty.UNSURE


def offered(found: Sequence[Found]) -> list[Found]:
    """What is offered where it is not sure: two or three that are nearly as good as the best."""
    return [each for each in found[:MOST] if each.score >= max(POSSIBLE * 0.8, found[0].score * 0.6)]


def ranked(articles: tuple[Asked, ...], text: str) -> list[Found]:
    """The articles in the order in which they answer the text, each with its score; none that shares nothing. Where the
    whole finds nothing its clauses are tried, which is never sure: the rest of what was said may change the meaning."""
    index = _index(articles)
    found = _scored(index, articles, text)
    if found and found[0].score < POSSIBLE:
        rows = [*found, *(each for part in _clauses(text) for each in _scored(index, articles, part))]
        best = {each.key: each for each in sorted(rows, key=lambda each: each.score)}
        found = _in_order(replace(each, score=min(each.score, _UNSURE)) for each in best.values())
    return found


def _scored(index: _Index, articles: Sequence[Asked], text: str) -> list[Found]:
    asked = normal(text)
    if not asked:
        return []
    mine = _parts(asked)
    whole = index.weight(mine)
    shared, known = index.shared(mine)
    best: dict[str, tuple[float, str]] = {}
    for way, weight in shared.items():
        like = 1.0 if asked == way.folded else round(_like(weight, whole, way.weight), 6)
        best[way.key] = max(best.get(way.key, (0.0, "")), (like, way.written))

    def found(article: Asked) -> Found:
        like, by = best[article.key]
        return Found(article.key, article.title, round(0.75 * like + 0.25 * known[article.key] / whole, 4), by)

    return _in_order(found(each) for each in articles if each.key in best)


def _in_order(found: Iterable[Found]) -> list[Found]:
    return sorted((each for each in found if each.score > 0), key=lambda each: -each.score)


def _clauses(text: str) -> list[str]:
    """Its clauses that are long enough to be a question."""
    parts = [part for part in _BREAKS.split(text[:_LONGEST]) if len(part.strip()) >= _SHORTEST]
    return parts[:_MOST_CLAUSES] if len(parts) > 1 else []


def normal(text: str) -> str:
    """The text as questions are compared: one width, the articles' own words, without what only fills."""
    words = plain(text)[:_LONGEST]
    for said, meant in _SAME:
        words = words.replace(said, meant)
    kept = "".join(_PARTS.findall(words))
    bare = "".join(part if part in _ASKS else _EMPTY.sub("", part) for part in re.split("(什么|怎么)", kept))
    return kept if bare in ("", *_ASKS) else bare


@dataclass(frozen=True, slots=True)
class _Way:
    """One way of asking for an article: as written, as questions are compared, and what its parts weigh together."""

    key: str
    written: str
    folded: str
    weight: float


@dataclass(frozen=True, slots=True)
class _Index:
    """What is worked out once for a set of articles: how rare each part is, and where it stands."""

    rarity: Mapping[str, float]
    ways: Mapping[str, Sequence[_Way]]
    keys: Mapping[str, Collection[str]]

    def weight(self, parts: Iterable[str]) -> float:
        """What the parts weigh together."""
        return sum(self.rarity.get(part, _STRANGE * _size(part)) for part in parts)

    def shared(self, parts: Iterable[str]) -> tuple[Mapping[_Way, float], Mapping[str, float]]:
        """What of these parts stands in each way of asking, and in each article; nothing where none does."""
        ways: dict[_Way, float] = defaultdict(float)
        keys: dict[str, float] = defaultdict(float)
        for part in parts:
            weight = self.rarity.get(part, 0.0)
            for way in self.ways.get(part, ()):
                ways[way] += weight
            for key in self.keys.get(part, ()):
                keys[key] += weight
        return ways, keys


@lru_cache(maxsize=4)
def _index(articles: tuple[Asked, ...]) -> _Index:
    written = [(each.key, words) for each in articles for words in (each.title, *each.words)]
    parts = [_parts(normal(words)) for _, words in written]
    keys: dict[str, set[str]] = defaultdict(set)
    for (key, _), known in zip(written, parts, strict=True):
        for part in known:
            keys[part].add(key)
    most = log(1 + len(articles))
    rarity = {part: _size(part) * log(1 + len(articles) / len(those)) / most for part, those in keys.items()}
    ways: dict[str, list[_Way]] = defaultdict(list)
    for (key, words), known in zip(written, parts, strict=True):
        way = _Way(key, words, normal(words), sum(rarity[part] for part in known))
        for part in known:
            ways[part].append(way)
    return _Index(rarity, ways, keys)


def _like(shared: float, asked: float, way: float) -> float:
    """How much a question and a way of asking share, of both; a very short one shares less than it seems."""
    return shared / (_LEAST + shared + _ALONE * (asked - shared) + _LACKING * (way - shared))


def _parts(text: str) -> frozenset[str]:
    """Characters, pairs of characters side by side, and whole figures and Latin words."""
    units = _PARTS.findall(text)
    return frozenset([*units, *(first + second for first, second in zip(units, units[1:], strict=False))])


def _size(part: str) -> float:
    """A single character says little: many words have it."""
    return 0.35 if len(part) == 1 else 1.0
