"""The words printed on licences, permits and cards, and which field each announces."""

from __future__ import annotations

import re
from dataclasses import dataclass

FIELDS = ("code", "name", "type", "legal_person", "capital", "established", "term", "address", "scope")

# Longer ones first where one is the beginning or end of another: the table is searched by length.
LABELS: dict[str, str] = {
    "统一社会信用代码": "code",
    "社会信用代码": "code",
    "注册号": "code",
    "营业执照注册号": "code",
    "名称": "name",
    "企业名称": "name",
    "公司名称": "name",
    "字号名称": "name",
    "类型": "type",
    "企业类型": "type",
    "公司类型": "type",
    "主体类型": "type",
    "经济性质": "type",
    "法定代表人": "legal_person",
    "法定代表人姓名": "legal_person",
    "经营者": "legal_person",
    "经营者姓名": "legal_person",
    "负责人": "legal_person",
    "负责人姓名": "legal_person",
    "执行事务合伙人": "legal_person",
    "投资人": "legal_person",
    "投资人姓名": "legal_person",
    "首席代表": "legal_person",
    "注册资本": "capital",
    "注册资金": "capital",
    "出资额": "capital",
    "成员出资总额": "capital",
    "资金数额": "capital",
    "成立日期": "established",
    "注册日期": "established",
    "成立时间": "established",
    "营业期限": "term",
    "经营期限": "term",
    "合伙期限": "term",
    "驻在期限": "term",
    "住所": "address",
    "经营场所": "address",
    "营业场所": "address",
    "主要经营场所": "address",
    "企业住所": "address",
    "驻在场所": "address",
    "经营范围": "scope",
    "业务范围": "scope",
    "经营范围及方式": "scope",
    "许可经营项目": "scope",
    "一般经营项目": "scope",
    # Not ours, but they end what stands before them.
    "实收资本": "",
    "组成形式": "",
    "登记机关": "",
    "发证机关": "",
    "发照机关": "",
    "发照日期": "",
    "发证日期": "",
    "核准日期": "",
    "登记日期": "",
    "年度检验情况": "",
    "重要提示": "",
    "须知": "",
    "隶属企业": "",
    "派出企业名称": "",
}

# A label may be followed by these: 法定代表人（负责人）, 住所（经营场所）.
_SUFFIX = re.compile(r"^\s*[（(](负责人|经营者|经营场所|营业场所|主要经营场所|住所|万元|人民币)[）)]")
_GAP = r"[\s　:：·.]*"
_BY_LENGTH = sorted(LABELS, key=len, reverse=True)
_PATTERNS = {word: re.compile(r"^\s*" + _GAP.join(map(re.escape, word))) for word in _BY_LENGTH}

# Half a label, left over where the other half was not found: taken only where nothing else stands in the piece.
_HALVES = {"名": "名称", "称": "名称", "类": "类型", "型": "类型", "住": "住所", "所": "住所"}

# Single characters that occur in the labels of one field only, and there at its end.
_TELLING = {**_HALVES, "围": "经营范围", "限": "营业期限", "额": "出资额", "者": "经营者"}

# Inside a piece that runs over both columns these begin the right column; what follows must look like their value.
_INNER = re.compile(
    r"(?<=.)(注\s*册\s*资\s*本|成\s*立\s*日\s*期|注\s*册\s*日\s*期|营\s*业\s*期\s*限|合\s*伙\s*期\s*限|出\s*资\s*额)"
    r"(?=\s*[:：]?\s*(?:$|[\d壹贰叁肆伍陆柒捌玖拾佰仟零]|人民币|美元|长期|自))"
)

FOOTERS = re.compile(
    r"信用信息公示|公示系统|年度报告|年报|市场主体应当|企业应当于|每年1月1日|gsxt|www\.|https?[:：]|监制|扫描|二维码"
    r"|了解更多|登记、?备案|许可、?监管|复印无效|与原件一致|仅限|仅供|再次复印|请于每年|即时信息"
)


@dataclass(frozen=True, slots=True)
class Match:
    """A label at the beginning of a text, and how many characters of the text it takes."""

    field: str
    word: str
    length: int


def match_label(text: str) -> Match | None:
    """The label that this text begins with; blanks inside are allowed, and one misread character in long ones."""
    for word in _BY_LENGTH:
        found = _PATTERNS[word].match(text)
        if found and _stands_free(word, text[found.end() :], found.group()):
            return Match(LABELS[word], word, found.end() + _suffix(text[found.end() :]))
    return _nearly(text)


def match_half(text: str) -> Match | None:
    """A label of two characters of which only one was found, alone in its piece."""
    word = _HALVES.get(re.sub(r"[\s　:：]", "", text))
    return Match(LABELS[word], word, len(text)) if word else None


def match_part(text: str) -> Match | None:
    """A label of which some characters are missing (经…围), alone where labels stand. None where several would fit."""
    bare = re.sub(r"[\s　:：]", "", text)
    if bare in _TELLING:
        return Match(LABELS[_TELLING[bare]], _TELLING[bare], len(text))
    fitting = [word for word in _BY_LENGTH if len(bare) >= 2 and _is_part(bare, word)]
    if len({LABELS[word] for word in fitting}) != 1:
        return None
    return Match(LABELS[fitting[-1]], fitting[-1], len(text))


def match_tail(text: str) -> Match | None:
    """The end of a label whose beginning was not found, its value behind it: 称昆明…, 营范围软件…."""
    for word in (word for word in _BY_LENGTH if LABELS[word]):
        for start in range(1, len(word) - 1 if len(word) > 2 else 2):
            if text.startswith(word[start:]) and (len(word) - start > 1 or word in _HALVES.values()):
                return Match(LABELS[word], word, len(word) - start)
    return None


def _is_part(text: str, word: str) -> bool:
    """Whether the characters of the text occur in the word in the same order."""
    rest = iter(word)
    return all(char in rest for char in text)


def find_inner_label(text: str) -> int | None:
    """Where the right column's label begins in a piece that runs over both columns, None where there is none."""
    found = _INNER.search(text)
    return found.start() if found and len(text) <= 60 else None


def _suffix(rest: str) -> int:
    found = _SUFFIX.match(rest)
    return found.end() if found else 0


def _stands_free(word: str, rest: str, printed: str) -> bool:
    """Whether this is the label, not the beginning of a sentence in the scope (“类型…”, “住所地…”, “经营范围中…”)."""
    if not rest or rest[0] in " 　:：(（" or len(printed.strip()) > len(word):
        return True
    return not re.match(r"[以为的地和与或及中内外、，。；;变应须由]", rest)


def _nearly(text: str) -> Match | None:
    """A label of four characters or more with one of them misread, alone in its piece or followed by a blank."""
    head = re.split(r"[\s　:：]", text.strip(), maxsplit=1)[0]
    for word in _BY_LENGTH:
        misread = len(head) == len(word) and sum(a != b for a, b in zip(head, word, strict=True)) == 1
        shorter = len(head) == len(word) - 1 and _is_part(head, word)
        if len(word) >= 4 and (misread or shorter):
            return Match(LABELS[word], word, text.index(head) + len(head))
    return None
