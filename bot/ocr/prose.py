"""A page of prose, field after field or a table, as one text in which every character remembers its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from bot.ocr.labelling import rows_of
from bot.ocr.level import Piece, level
from bot.ocr.page import Page, Quad
from bot.ocr.values import is_date

_NOISE = 0.45  # read worse than this, it is no text but a seal or a signature
_TABLE_LABEL = re.compile(
    r"^(被?(委托|授权|受托)(人|方|单位|企业)|(统一社会)?信用代码|(居民)?身份证(号码?)?|证件号码|(委托|授权)(事项|期限|权限|范围|内容)"
    r"|法定代表人|出租[方人]|承租[方人]|租赁(地址|期限|物)|有效期限?)$"
)
_NEW_PARAGRAPH = re.compile(
    r"^(第[一二三四五六七八九十\d]+条|[一二三四五六七八九十]+、|\d{1,2}[.、]|(被?(委托|授权)|受托|法定代表|统一社会|信用代码|身份证|联系|地址|日期"
    r"|出租|承租|甲方|乙方|有效期|期限|代理人|签)[^：。，]{0,14}：)"
)
_WIDE = str.maketrans("():;,", "（）：；，")


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of the text: what it says, how surely it was read, where it stands."""

    text: str
    score: float
    quads: tuple[Quad, ...]
    weakest: float = 1.0


@dataclass(frozen=True, slots=True)
class Prose:
    """The text, a line break at the end of each paragraph, and for each character the piece it comes from."""

    text: str
    owners: tuple[tuple[int, int], ...]  # for each character: which piece, and which character of it; (-1, 0) for none
    pieces: tuple[Piece, ...]
    unit: float

    def found(self, start: int, end: int) -> Found:
        """What stands between two places of the text."""
        spans: dict[int, list[int]] = {}
        for piece, place in self.owners[start:end]:
            if piece >= 0:
                spans.setdefault(piece, []).append(place)
        parts = [self.pieces[piece].part(min(places), max(places) + 1) for piece, places in spans.items()]
        quads = tuple(part.quad for part in parts if part.quad is not None)
        score = min((self.pieces[piece].score for piece in spans), default=0.0)
        weakest = min((self.pieces[piece].weakest for piece in spans), default=0.0)
        return Found(self.text[start:end], score, quads, weakest)


def prose_of(page: Page) -> Prose:
    """The page's text in the order in which it is read, without what runs across its lines."""
    pieces = [piece for piece in level(page) if piece.score >= _NOISE]
    unit = median([piece.height for piece in pieces if len(piece.text) >= 4] or [1.0])
    straight = [piece for piece in pieces if abs(piece.tilt) < 0.12 or piece.right - piece.left < 2.5 * unit]
    rows = [_with_gaps(row, unit) for row in rows_of(straight)]
    return _joined(_in_table_order(rows, unit), unit)


Row = list[Piece]


def _with_gaps(row: Sequence[Piece], unit: float) -> Row:
    """A row without the specks that seals and pens leave in it."""
    kept = [
        piece for piece in row if len(piece.text) > 1 or piece.score > 0.8 or not "\u3400" <= piece.text <= "\u9fff"
    ]
    return [piece for piece in kept if piece.height > 0.35 * unit]


def _in_table_order(rows: Iterable[Row], unit: float) -> list[Row]:
    """Rows; where labels stand in a column of their own, each with all the lines of its cell."""
    rows = [row for row in rows if row]
    labels = [piece for row in rows for piece in row[:1] if _TABLE_LABEL.match(_plain(piece.text))]
    column = [label for label in labels if sum(abs(label.left - other.left) < 2.5 * unit for other in labels) >= 3]
    if len(column) < 3:
        return rows
    right, bottom = max(label.right for label in column), max(label.y for label in column) + 1.6 * unit
    cells: dict[int, Row] = {id(label): [label] for label in column}
    others = []
    for row in rows:
        inside = [each for each in row if each.left > right - unit and column[0].y - 1.6 * unit < each.y < bottom]
        for piece in inside:
            cells[id(min(column, key=lambda label: abs(label.y - piece.y)))].append(piece)
        rest = [piece for piece in row if piece not in inside and piece not in column]
        others += [rest] if rest else []
    first = next((place for place, row in enumerate(others) if row[0].y > column[0].y), len(others))
    return others[:first] + [cells[id(label)] for label in column] + others[first:]


def _joined(rows: Sequence[Row], unit: float) -> Prose:
    chars: list[str] = []
    owners: list[tuple[int, int]] = []
    pieces: list[Piece] = []

    def put(char: str, piece: int, place: int) -> None:
        chars.append(char)
        owners.append((piece, place))

    for number, row in enumerate(rows):
        table = len(row) > 1 and _TABLE_LABEL.match(_plain(row[0].text)) is not None
        for index, piece in enumerate(row):
            for place, char in enumerate(piece.text):
                said = unicodedata.normalize("NFKC", char).translate(_WIDE)
                for each in "" if said.isspace() else said:
                    put(each, len(pieces), place)
            pieces.append(piece)
            last = index == len(row) - 1
            if not last and (table and index == 0):
                put("：", -1, 0)
            elif not last and not table and row[index + 1].left - piece.right > 3 * unit:
                put("\n", -1, 0)  # another column of the foot
        if number < len(rows) - 1 and not _goes_on(rows, number, unit):
            put("\n", -1, 0)
    return Prose("".join(chars), tuple(owners), tuple(pieces), unit)


def _goes_on(rows: Sequence[Row], number: int, unit: float) -> bool:
    """Whether a paragraph goes on in the next row: this one is full, and the next begins at the left edge."""
    row, following = rows[number], rows[number + 1]
    near = [each for each in rows[max(number - 6, 0) : number + 8] if each[-1].right - each[0].left > 10 * unit]
    if not near or following[0].y - row[0].y > 2.4 * unit:
        return False
    edge, start = max(each[-1].right for each in near), min(each[0].left for each in near)
    full, words = row[-1].right > edge - 2.6 * unit, _plain(following[0].text)
    starts = [start, *(each.left for each in row[1:])]  # at the left edge, or where the value behind a label began
    if "：" in _plain(row[0].text)[:16]:
        starts.append(row[0].part(re.search("[:：]", row[0].text).end()).left)  # type: ignore[union-attr]
    begins = following[0].left < start + 1.3 * unit or any(abs(following[0].left - each) < unit for each in starts)
    fresh = _NEW_PARAGRAPH.match(words) or _TABLE_LABEL.match(words) or is_date(words)
    return full and begins and not fresh


def _plain(text: str) -> str:
    return re.sub(r"[\s　]", "", unicodedata.normalize("NFKC", text)).translate(_WIDE)
