"""The words of answers, compared exactly: what does not count when two texts are compared, and what only sounds like a
yes. Nothing here guesses: every list is closed, and a test table says what each line of it does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import cache
from random import Random

from opencc import OpenCC

# Courtesies that change nothing. Left out on purpose: 吧 and 呗 (half-hearted), 吗, 么, 呢 and “?” (a question), 嘛.
POLITE = (
    *("谢谢", "谢谢您", "谢谢你", "谢谢了", "谢了", "多谢", "感谢", "非常感谢", "麻烦了", "麻烦您了", "辛苦了"),
    *("哈", "哦", "噢", "喔", "啊", "呀", "哟", "的", "滴", "thanks", "thx"),
)
DONE = ("了", "啦")  # 同意了 is a yes; 算了, 好了, 行了, 不了 are words of their own: two characters must be left
FRIENDLY = (
    *("😊", "🙂", "😀", "😁", "😄", "😃", "😉", "🌹", "👌", "👍", "🙏", "💪", "🤝", "✅", "✔", "☑", "❤"),
    *("[微笑]", "[愉快]", "[呲牙]", "[强]", "[ok]", "[握手]", "[抱拳]", "[合十]", "[玫瑰]", "[胜利]", "[爱心]"),
)
_ENDINGS = sorted((*POLITE, *DONE, *FRIENDLY), key=len, reverse=True)
_AT_THE_ENDS = "。.!~…,、;:'\"“”‘’()"
_NOTHING = re.compile("[\u200b-\u200f\u2060\ufeff\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")  # widths, skin tones, keys
_BETWEEN = re.compile(r"[\s,、;]")

# No look-alikes: no 0 O Q D, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V.
LETTERS, DIGITS = "ACEFHJKMNPRTWXY", "3479"
CODE_LENGTH = 4
_CODE = re.compile(r"(?<![0-9a-z])[0-9a-z]{4}(?![0-9a-z])")
_GLUE = re.compile(r"编号|[\s,、;:.。!()\[\]“”\"'/_-]")

# Who writes one of these has read it, and has not answered.
_READ = (
    *("收到", "知道", "好的收到", "收到好的", "好收到", "嗯收到", "嗯嗯收到", "ok收到", "知晓", "已阅", "明白", "了解"),
    *("知道了", "好的知道了", "我知道了", "明白了", "好的明白", "好的明白了", "了解了", "看到了", "已收到", "我收到了"),
    *("嗯嗯", "嗯嗯嗯", "嗯嗯好", "嗯嗯好的", "嗯好", "哦哦", "好吧", "好吧好吧", "ok", "okok", "行吧", "可以吧"),
    *("嗯嗯我看看", "我看看", "看看", "看看吧", "我先看看", "先看看", "再看看", "我再看看", "看一下", "我看一下"),
    *("考虑一下", "我考虑一下", "考虑考虑", "我考虑考虑", "再考虑一下", "我再考虑一下", "考虑下", "我考虑下", "再考虑"),
    *("想想", "我想想", "想一想", "我想一想", "再想想", "我再想想", "想一下", "我想一下", "商量一下", "我们商量一下"),
    *("研究一下", "我们研究一下", "回头再说", "晚点再说", "晚点说", "等一下", "等等", "等会", "等会儿", "稍等", "不急"),
    *("我问问", "问一下", "我问一下", "问问领导", "我问问领导", "问下领导", "请示一下", "我请示一下", "再说", "再说吧"),
    *("👍", "👌", "🙏", "[强]", "[ok]", "[抱拳]", "[合十]"),
)  # fmt: skip
# What is longer is no answer, whatever it begins with: no option is, and a flood of 的 behind one is no consent.
LONGEST = 200
_YES = "同意|可以|确认|提交|接受|答应|签约|签字|就签|我签|就办|就选|没问题|行$|好$"
_IF = (
    "如果|要是|假如|假设|倘若|只要|除非|前提|条件是|的话|但是|但要|但得|但需|不过|可是|然而|"
    "便宜|优惠|降价|打折|再低|再降|再少|再减|低一点|低点|低一些|少一点|少点|降一点|降点"
)
_ASKS = re.compile(r"[?吗么]|怎么|什么|多少|多久|哪|谁|为何|能不能|可不可以|是不是|行不行|会不会|有没有")
_MOST_OF_A_CONDITION = 60
_AND_THEN = frozenset(
    (
        *("同意", "不同意", "确认", "提交", "确认提交", "是", "不是", "好", "可以", "拒绝", "对", "不对", "行", "取消"),
        *("零售", "零售市场", "批发", "批发市场"),
    )
)


def fold(text: str) -> str:
    """A text as answers are compared: width, case, white space, traditional characters, punctuation around it, and
    polite endings do not count. A question mark does. What is too long for an answer stays as it is."""
    if len(text) > LONGEST:
        return text
    folded = _BETWEEN.sub("", plain(text)).strip(_AT_THE_ENDS)
    folded = folded.removeprefix("回复") if len(folded) > len("回复") else folded
    while (shorter := _without_ending(folded.strip(_AT_THE_ENDS))) != folded:
        folded = shorter
    return folded


def plain(text: str) -> str:
    """The text in one width, lower case and simplified characters, without what is not seen."""
    narrow = _NOTHING.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return narrow if narrow.isascii() else str(_simplifier().convert(narrow))


def number(folded: str) -> int | None:
    """The number of an option, where the text is nothing else."""
    return int(folded) if re.fullmatch(r"[1-9][0-9]?", folded) else None


def is_soft(folded: str) -> bool:
    """The words say that it was read, or will be thought about: no answer."""
    return folded in _soft()


def is_condition(folded: str) -> bool:
    """The words agree only if something else comes true: no answer, and no question of theirs either."""
    if len(folded) > _MOST_OF_A_CONDITION or _ASKS.search(folded):
        return False
    return bool(re.search(_YES, folded) and re.search(_IF, folded))


def new_code(random: Random, taken: Iterable[str]) -> str:
    """A code that is not among those taken, with a letter and a digit: neither a word nor a number."""
    used = set(taken)
    while True:
        code = "".join(random.choices(LETTERS + DIGITS, k=CODE_LENGTH))
        if code not in used and set(code) & set(LETTERS) and set(code) & set(DIGITS):
            return code


def may_name(text: str) -> bool:
    """Whether a text could hold a code at all: a letter and a digit in it. Cheap, and asked of every message."""
    narrow = unicodedata.normalize("NFKC", text)
    return any(each.isascii() and each.isalpha() for each in narrow) and any(each.isdecimal() for each in narrow)


def named(text: str, codes: Iterable[str]) -> tuple[str, str] | None:
    """The code, out of these, that the text names, and what else it says (folded): “同意 7K3F”, “7k3f 1”, “17K3F”."""
    squeezed = _GLUE.sub("", plain(text))
    for code in codes:
        before, found, after = squeezed.partition(code.casefold())
        if found and code and _stands_alone(before, after):
            return code, fold(before + after)
    return None


def names_unknown(text: str, answers: Collection[str] = ()) -> bool:
    """Whether the text has the form of a code, or of one with an answer (these, and those of every day), whoever's
    code that may be."""
    narrow = plain(text)
    squeezed = _GLUE.sub("", narrow)
    words = [squeezed] if re.fullmatch("[0-9a-z]{4}", squeezed) else _CODE.findall(narrow)
    codes = [word for word in words if re.search("[a-z]", word) and re.search("[0-9]", word)]
    if len(codes) != 1:
        return False
    rest = fold(squeezed.replace(codes[0], "", 1))
    return rest == "" or number(rest) is not None or rest in _AND_THEN or rest in answers


def _without_ending(text: str) -> str:
    for ending in _ENDINGS:
        left = len(text) - len(ending)
        if text.endswith(ending) and left >= (2 if ending in DONE else 1):
            return text.removesuffix(ending)
    return text


def _stands_alone(before: str, after: str) -> bool:
    """Next to the code there is no letter or digit, but for one option's number on one side."""
    left = re.search(r"[0-9a-z]+$", before)
    right = re.search(r"^[0-9a-z]+", after)
    glued = [found.group() for found in (left, right) if found is not None]
    return len(glued) <= 1 and all(number(each) is not None for each in glued)


@cache
def _soft() -> frozenset[str]:
    return frozenset(fold(words) for words in _READ)


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")
