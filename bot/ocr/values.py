"""From what was printed to the form that is stored: dates, terms, brackets, lines joined."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

_NUMERALS = {char: str(digit) for digit, char in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "O": "0"}
_DATE = re.compile(r"([12][\dOoIl]{3})\s*[年.\-/]\s*([\dOoIl]{1,2})\s*[月.\-/]\s*([\dOoIl]{1,2})(?:\s*[日号])?")
_CHINESE_DATE = re.compile(
    r"([一二][〇○零O一二三四五六七八九]{3})年([元一二三四五六七八九十]{1,2})月([一二三四五六七八九十廿卅]{1,3})日"
)
_NO_END = re.compile(r"长期|永久|永续|无固定期限|无限期|不约定期限")
_SENTENCES = (
    "依法须经批准的项目，经相关部门批准后方可开展经营活动",
    "除依法须经批准的项目外，凭营业执照依法自主开展经营活动",
    "具体经营项目以相关部门批准文件或许可证件为准",
    "具体经营项目以审批结果为准",
)
_ONLY_MARKS = re.compile(r"^[\s*＊\-—_/\\.·…:：,，。]*$")
_CHINESE = r"[\u3400-\u9fff（）、，；。：《》“”]"


def join(lines: Sequence[str]) -> str:
    """Lines of one value as one text. Chinese has no blank at a line's end; two Latin words keep theirs."""
    text = ""
    for line in lines:
        line = line.strip()
        latin = text[-1:].isascii() and text[-1:].isalpha() and line[:1].isascii() and line[:1].isalpha()
        text += (" " if latin else "") + line
    return text


def printed(text: str) -> str:
    """As printed: brackets and marks beside Chinese in full width, as licences have them, no blanks there."""
    text = unicodedata.normalize("NFC", text).strip(" 　:：|·•.'‘’`\"")
    text = re.sub(rf"(?<={_CHINESE})[\s　]+|[\s　]+(?={_CHINESE})", "", text)
    return _only_marks_to_empty(_full_width(text))


def name(text: str) -> str:
    """A firm's name: registered with full-width brackets, whatever they look like in print."""
    text = printed(text)
    return text.translate(str.maketrans("()", "（）")) if re.search(r"[\u3400-\u9fff]", text) else text


def scope(text: str) -> str:
    """The business scope: printed, the sentences that every scope ends with mended, ； where its tail was lost."""
    text = printed(text)
    for sentence in _SENTENCES:
        text = _mended(text, sentence)
    text = re.sub(r"^般(?=项目|经营)", "一般", text)
    return re.sub(r"(?<!项目)(?<!事项)(?<!范围)：(?=[\u3400-\u9fff])", "；", text) if "：" in text else text


def _mended(text: str, sentence: str) -> str:
    """The text with this sentence in it where at most one character in eight was misread."""
    size = len(sentence)
    for start in range(len(text) - size + 1):
        part = text[start : start + size]
        if part != sentence and sum(a != b for a, b in zip(part, sentence, strict=True)) * 8 <= size:
            return text[:start] + sentence + text[start + size :]
    return text


def person(text: str) -> str:
    """A person's or a firm's name: no blanks between Chinese characters, one kind of dot inside minority names."""
    text = re.sub(r"(?<=[\u3400-\u9fff])[•・.∙‧]+(?=[\u3400-\u9fff])", "·", printed(text))
    return re.sub(r"^[^\w（]+|[^\w）]+$", "", text)


def amount(text: str) -> str:
    """A capital as printed, blanks out, money marks as they are."""
    text = re.sub(r"[\s　]+", "", printed(text))
    text = _DATE.split(text)[0] or text
    text = re.sub(r"(?<=[元圆整币万亿金])[^元圆整币万亿金（）()]*$", "", text)  # what a stamp left behind it
    return re.sub(r"(?<=\d)[。,，](?=\d{3,6}(?:\D|$))", lambda mark: "." if mark.group() == "。" else ",", text)


def iso_date(text: str) -> str | None:
    """The first date in the text as YYYY-MM-DD, Arabic or Chinese numerals; None where there is none or none such."""
    found = _dates(text)
    return found[0] if found else None


def is_date(text: str) -> bool:
    """Whether the text is one whole date and nothing else."""
    return bool(_DATE.fullmatch(text.strip()) or _CHINESE_DATE.fullmatch(text.strip()))


def term(text: str) -> str | None:
    """The term with ISO dates: 长期, `2012-05-08至2032-05-07`, `2012-05-08至长期`. None for asterisks and the like."""
    text = re.sub(r"[\s　]+", "", text)
    dates, open_end = _dates(text), _NO_END.search(text)
    if len(dates) >= 2:
        return f"{dates[0]}至{dates[1]}"
    if dates and open_end:
        return f"{dates[0]}至{open_end.group()}"
    if open_end:
        return open_end.group()
    if dates and text.endswith("至"):
        return None  # where it ends was not read
    if dates:
        return f"至{dates[0]}" if re.match(r"^[自从]?至", text) else dates[0]
    return None


def _dates(text: str) -> list[str]:
    text = re.sub(r"(?<=[\d年月])[\s　]+|[\s　]+(?=[\d年月日])", "", unicodedata.normalize("NFKC", text))
    found = [(match.start(), *match.groups()) for match in _DATE.finditer(text)]
    found += [(match.start(), *map(_number, match.groups())) for match in _CHINESE_DATE.finditer(text)]
    dates = []
    for _, *parts in sorted(found):
        year, month, day = (int(str(part).translate(str.maketrans("OoIl", "0011"))) for part in parts)
        try:
            dates.append(date(year, month, day).isoformat())
        except ValueError:
            continue
    return dates


def _number(text: str) -> str:
    """二〇一二 → 2012, 元 → 1, 二十三 → 23."""
    if len(text) == 4:
        return "".join(_NUMERALS[char] for char in text)
    text = text.replace("廿", "二十").replace("卅", "三十").replace("元", "一")
    if "十" not in text:
        return _NUMERALS[text]
    tens, _, ones = text.partition("十")
    return str(int(_NUMERALS.get(tens, "1")) * 10 + int(_NUMERALS.get(ones, "0")))


def _full_width(text: str) -> str:
    """One width for all brackets, the one most of them were read in; Chinese marks beside Chinese characters."""
    wide, narrow = len(re.findall(r"[（）]", text)), len(re.findall(r"[()]", text))
    if re.search(_CHINESE, text):
        text = text.translate(str.maketrans("（）", "()") if narrow > wide else str.maketrans("()", "（）"))
    opening, closing = ("(", ")") if "(" in text else ("（", "）")
    if text.count(opening) == text.count(closing) + 1 and not text.endswith(opening):
        text += closing  # the last character of a line is the one most often lost
    for latin, chinese in ((",", "，"), (";", "；"), (":", "：")):
        text = re.sub(rf"(?<={_CHINESE}){latin}|{latin}(?={_CHINESE})", chinese, text)
    return text


def _only_marks_to_empty(text: str) -> str:
    return "" if _ONLY_MARKS.match(text) else text
