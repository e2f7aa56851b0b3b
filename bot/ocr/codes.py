"""The code of a licence: found wherever it is printed, believed only where its check digits hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.ocr.labels import FOOTERS
from bot.ocr.layout import Form
from bot.ocr.level import Piece
from domain.identifiers import InvalidIdentifier, compact, normalise_registration_number, normalise_uscc, repair_uscc

_LABEL = re.compile(r"^.*?(?:统一社会信用代码|信用代码|注册号|登记证号|编号)\s*[:：]?")
_COPY = re.compile(r"[（(]?\s*[副正]\s*本\s*[）)]?|[（(]\s*[副正]?\s*本?|[副正]\s*[）)]|[（(]?\d\s*[-—/]\s*\d[）)]?$")
_SURE_SCORE = 0.85
_SURE_CHARACTER = 0.4


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code and how far it may be trusted: `doubt` is "" where both check digits hold on what was plainly read."""

    code: str | None
    score: float
    doubt: str


def find_code(form: Form) -> FoundCode:
    """The best code on the page, and whether check digits, score or a second code make it doubtful."""
    found: dict[str, FoundCode] = {}
    for text, score in dict.fromkeys(_candidates(form)):  # the same text may stand in several pieces
        reading = _judge(text, score)
        if reading is not None and (reading.code not in found or _rank(reading) > _rank(found[str(reading.code)])):
            found[str(reading.code)] = reading
    if not found:
        return FoundCode(None, 0.0, "incomplete" if _half_read(form) else "not_found")
    best = max(found.values(), key=_rank)
    sure = [reading for reading in found.values() if _rank(reading)[0] >= 3 and len(str(reading.code)) == 18]
    if len(sure) > 1:
        return FoundCode(best.code, best.score, "several")
    return best


def _candidates(form: Form) -> Iterable[tuple[str, float]]:
    """Every text on the page that may hold a code: pieces alone, then neighbours on one line joined."""
    near = [
        piece for label, value in zip(form.labels, form.values, strict=True) if label.field == "code" for piece in value
    ]
    pieces = [piece for piece in (*near, *form.pieces) if not FOOTERS.search(piece.text)]
    for piece in pieces:
        yield piece.text, _sure(piece)
    parts = [piece for piece in pieces if re.search(r"[0-9A-Za-z]{2}", piece.text)]
    for row in _rows(parts):
        yield "".join(piece.text for piece in row), min(_sure(piece) for piece in row)


def _sure(piece: Piece) -> float:
    """The score of the line, unless one character of it is little more than a guess."""
    return piece.score if piece.weakest >= _SURE_CHARACTER else min(piece.score, piece.weakest)


def _rows(parts: list[Piece]) -> list[list[Piece]]:
    rows: list[list[Piece]] = []
    for piece in sorted(set(parts), key=lambda piece: (piece.left, piece.y)):
        for row in rows:
            last = row[-1]
            if (
                abs(last.y - piece.y) < 0.5 * piece.height
                and -piece.height < piece.left - last.right < 4 * piece.height
            ):
                row.append(piece)
                break
        else:
            rows.append([piece])
    return [row for row in rows if len(row) > 1]


def _judge(text: str, score: float) -> FoundCode | None:
    """What this text says as a code, None where it holds none."""
    bare = compact(_COPY.sub("", _LABEL.sub("", text)))
    runs = re.findall(r"[0-9A-Z]{13,22}", bare) or re.findall(r"[0-9A-Z]{13,22}", re.sub(r"[^0-9A-Z]", "", bare))
    for run in runs:
        reading = _judge_run(run, score)
        if reading is not None:
            return reading
    return None


def _judge_run(run: str, score: float) -> FoundCode | None:
    windows = [run[start : start + 18] for start in range(len(run) - 17)]
    for window in windows:
        if _holds(window):
            return FoundCode(window, score, "" if score >= _SURE_SCORE and len(run) == 18 else "low_score")
    if len(run) == 15 and run.isdigit():
        return FoundCode(run, score, "" if _holds_old(run) and score >= _SURE_SCORE else "check_failed")
    if len(run) == 18 and sum(char.isdigit() for char in run) >= 8 and run[0] in "19ANY5LI":
        repair = repair_uscc(run)
        if repair is None:
            return FoundCode(run, score * 0.4, "check_failed")
        if not repair.unique:
            return FoundCode(repair.code, score * 0.5, "ambiguous")
        sure = repair.forced and score >= _SURE_SCORE
        return FoundCode(repair.code, score * (0.95 if sure else 0.7), "" if sure else "repaired")
    return None


def _rank(reading: FoundCode) -> tuple[int, float]:
    order = {"": 4, "low_score": 3, "repaired": 2, "ambiguous": 1, "check_failed": 0}
    return order.get(reading.doubt, 0), reading.score


def _half_read(form: Form) -> bool:
    return any(label.field == "code" for label in form.labels)


def _holds(code: str) -> bool:
    try:
        return normalise_uscc(code) == code
    except InvalidIdentifier:
        return False


def _holds_old(number: str) -> bool:
    try:
        return normalise_registration_number(number) == number
    except InvalidIdentifier:
        return False
