"""The language of a rule's condition: a small part of rule-engine's, so that nothing typed there can hang the service.

What may be written is listed, everything else is refused before it is read: rule-engine works constants out while it
reads, and a regular expression or a shift by a large number can then run for minutes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import rule_engine  # type: ignore[import-untyped]

MOST = 500  # characters of a condition
DEEPEST = 20  # brackets within brackets
ATTRIBUTES = ("length", "is_empty", "starts_with", "ends_with", "days", "year", "month", "day")
_WORDS = re.compile(r"(?P<prefix>[a-zA-Z]?)(\"[^\"\\\n]*\"|'[^'\\\n]*')|(?P<word>\.?\s*[a-zA-Z_][a-zA-Z0-9_]*)")
_SIGNS = re.compile(
    r"[0-9]{1,12}(\.[0-9]{1,6})?(?![0-9a-zA-Z.])|==|!=|<=|>=|<(?!<)|>(?!>)|\?\?|[()\[\],+-]|\*(?!\*)|/(?!/)|\s+"
)
_NOT_OURS = ("for", "if", "elif", "else", "while", "inf", "nan")


class BadRule(ValueError):
    """A condition that cannot be read, or that fails on an application; the text says in Chinese where."""


class CannotJudge(Exception):
    """A condition cannot be worked out on these facts; the text says in English why."""


def check_condition(condition: str) -> None:
    """BadRule when the condition cannot be read, or uses what conditions may not."""
    _compiled(condition)


def symbols(condition: str) -> frozenset[str]:
    """The names that a condition asks. BadRule where it cannot be read."""
    return _compiled(condition)[1]


def applies(condition: str, facts: Mapping[str, Any]) -> bool:
    """Whether the condition holds on these facts; a fact that is not there is null. CannotJudge where it fails."""
    try:
        return bool(_compiled(condition)[0].matches(facts))
    except BadRule as bad:
        raise CannotJudge(str(bad)) from None
    except Exception as error:  # an operator that meets null raises whatever Python raises
        raise CannotJudge(getattr(error, "message", "") or type(error).__name__) from None


@lru_cache(maxsize=1024)
def _compiled(condition: str) -> tuple[rule_engine.Rule, frozenset[str]]:
    """Reading costs ten times as much as judging, so it is done once for each text, whatever its version."""
    _look_through(condition)
    context = rule_engine.Context(default_value=None)
    try:
        rule = rule_engine.Rule(condition, context=context)
    except rule_engine.errors.EngineError as error:
        raise BadRule(f"条件写法有误：{_in_chinese(error)}") from None
    except (ValueError, OverflowError, ArithmeticError, RecursionError):
        raise BadRule("条件写法有误：里面有算不出来的数或日期") from None
    return rule, frozenset(context.symbols)


def _look_through(condition: str) -> None:
    """BadRule at the first thing that conditions may not hold."""
    if len(condition) > MOST:
        raise BadRule(f"条件写法有误：太长，最多{MOST}个字")
    at = depth = 0
    while at < len(condition):
        found = _WORDS.match(condition, at) or _SIGNS.match(condition, at)
        if found is None:
            raise BadRule(f"条件写法有误：第{at + 1}个字“{condition[at : at + 3]}”起不能用，可用的写法见下方")
        _check_word(found.groupdict(), found.group())
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(found.group(), 0)
        if depth > DEEPEST:
            raise BadRule(f"条件写法有误：括号套得太深，最多{DEEPEST}层")
        at = found.end()


def _check_word(parts: Mapping[str, str | None], text: str) -> None:
    if parts.get("prefix") not in (None, "", "d", "t"):
        raise BadRule(f'条件写法有误：{text} 前面的字母不能用（日期写 d"2026-01-31"）')
    word = (parts.get("word") or "").strip()
    if word in _NOT_OURS:
        raise BadRule(f"条件写法有误：不能用 {word}")
    if word.startswith(".") and word.lstrip(". \t\n") not in ATTRIBUTES:
        raise BadRule(f"条件写法有误：{word} 不能用，可用的有：{'、'.join('.' + each for each in ATTRIBUTES)}")


def _in_chinese(error: rule_engine.errors.EngineError) -> str:
    """What the library says, in the words of the console."""
    if found := re.search(r"line \d+:(\d+)", error.message or ""):
        return f"第{int(found[1])}个字附近读不懂"
    if "EOF" in (error.message or ""):
        return "没有写完"
    if isinstance(error, rule_engine.errors.EvaluationError):
        return "两边的内容不能这样比较或计算"
    return "读不懂"
