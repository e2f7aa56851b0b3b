"""The foot of a deed: whether it was sealed and signed. “Yes” only for what is seen; out of the picture is “unsure”."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import atan2, cos, sin
from statistics import median

from bot.ocr.fields import FieldReading
from bot.ocr.level import Piece, visual
from bot.ocr.marks import Inks, Mask, Seal, grey_rings, inks_of, near, patch, seals, strokes, without
from bot.ocr.page import Page, Quad, part_of
from bot.ocr.pictures import Pixels
from bot.ocr.prose import Prose

_SIGN = re.compile(r"(签字|签名|签章|签署人|代表签|签[:：])[^。，；年]{0,9}[:：]?[^。，；年]{0,8}$")
_SEAL = re.compile(r"盖章|公章|（章|\(章|[（(]盖|盖[)）]|印章|章[)）]")
_TAKERS = re.compile(r"受托|代理人|被授权|被委托|经办|乙方|承租")
_DAY = re.compile(r"^(日期|签[署订]日期|签订时间|时间)?[:：]?\d{4}年|^(日期|签[署订]日期)")
_SIGN_LABEL = re.compile(r"(签字|签名|签章)([（(]?(或|或者|、|/)?盖章[）)]?)?[）)]?")
_SHORT_PRINT = re.compile(r"方|人|章|字|名|盖|日期|[:：]|\d")
_RIM_YES, _RIM_MAYBE = 0.78, 0.5
_INK_YES, _INK_NO, _TALL = 0.34, 0.1, 0.85  # square heights of a line, and heights


@dataclass(frozen=True, slots=True)
class Foot:
    """What is found below the text: places to be signed, the seals, and where all of it begins."""

    signs: tuple[Piece, ...]
    labels: tuple[Piece, ...]
    top: float
    seals: tuple[Seal, ...]
    inks: Inks
    unit: float


def sealed_and_signed(page: Page, prose: Prose, picture: Pixels, sides: int) -> dict[str, FieldReading]:
    """The fields `seal` and `signature`. `sides`: 2 where both parties must have done it (a lease), else 1."""
    foot = _foot(prose, picture)
    if foot is None:
        unseen = FieldReading("unsure", 0.0, ("out_of_picture",))
        return {"seal": unseen, "signature": unseen}
    return {"seal": _seal(foot, sides), "signature": _signature(foot, prose, page, sides)}


def _foot(prose: Prose, picture: Pixels) -> Foot | None:
    """The foot, None where it is not in the picture: no place to sign or seal and no day below the text."""
    short = [piece for piece in prose.pieces if len(piece.text) <= 20 and not re.search(r"[。，；]", piece.text)]
    labels = [piece for piece in short if _SIGN.search(piece.text) or _SEAL.search(piece.text)]
    days = [piece for piece in short if _DAY.search(piece.text)]
    body = [piece.y for piece in prose.pieces if len(piece.text) > 20]
    below = max(body, default=float("-inf"))
    labels = [piece for piece in labels if piece.y > below]
    days = [piece for piece in days if piece.y > below]
    inks = inks_of(picture)
    found = seals(inks, prose.unit)
    if not labels and not (days and (found or len(prose.pieces) > 4)):
        return None
    signs = [_trimmed(piece) for piece in labels if _SIGN.search(piece.text)]
    top = min(piece.y for piece in (*labels, *days)) - 3 * prose.unit
    return Foot(tuple(signs), tuple(labels), max(top, below + prose.unit * 0.7), tuple(found), inks, prose.unit)


def _seal(foot: Foot, sides: int) -> FieldReading:
    """Seals whose rim is seen; on a copy without colour a ring only makes it unsure."""
    placed = [seal for seal in foot.seals if _at_the_foot(seal, foot)]
    plain = [seal for seal in placed if seal.rim >= _RIM_YES]
    quads = tuple(seal.quad for seal in (plain or placed)[:sides])
    if len(plain) >= sides:
        return FieldReading("yes", round(min(seal.rim for seal in plain[:sides]), 3), (), quads)
    half = [seal for seal in placed if seal.rim >= _RIM_MAYBE]
    if len(half) >= sides:
        return FieldReading("unsure", round(half[sides - 1].rim * 0.6, 3), ("low_score",), quads)
    if not foot.seals and foot.inks.grey and (rings := grey_rings(foot.inks, foot.unit)):
        return FieldReading("unsure", 0.3, ("no_colour",), tuple(ring.quad for ring in rings[:sides]))
    one = ("one_side",) if plain and sides == 2 else ()
    return FieldReading("no", 0.9 if not half else 0.7, one, quads)


def _at_the_foot(seal: Seal, foot: Foot) -> bool:
    """Near a place to seal or sign, or below where the foot begins."""
    middles = [_middle(piece.quad) for piece in foot.labels if piece.quad is not None]
    return not middles or any(near(seal, point, 9 * foot.unit) for point in middles)


def _signature(foot: Foot, prose: Prose, page: Page, sides: int) -> FieldReading:
    own = [sign for sign in foot.signs if sides == 2 or not _TAKERS.search(sign.text)]
    seen = [_signed(foot, prose, sign) for sign in own]
    if foot.inks.grey and not foot.seals and grey_rings(foot.inks, foot.unit):
        return FieldReading("unsure", 0.3, ("no_colour",), _places(own))  # ink of the seal is ink like the pen's
    if len(seen) < sides:
        return _anywhere(foot, prose, sides, seen)
    if sides == 2:
        seen = sorted(seen, key=lambda one: ("no", "unsure", "yes").index(str(one.value)))
        worst = seen[0]
        several = {one.value for one in seen}
        return FieldReading(
            worst.value, worst.confidence, ("one_side",) if several == {"yes", "no"} else worst.doubts, worst.quads
        )
    return max(seen, key=lambda one: ("no", "unsure", "yes").index(str(one.value)))


def _places(pieces: Sequence[Piece]) -> tuple[Quad, ...]:
    return tuple(piece.quad for piece in pieces if piece.quad is not None)


def _signed(foot: Foot, prose: Prose, sign: Piece) -> FieldReading:
    """Whether there is pen ink to the right of a place to sign."""
    label = _label_alone(sign, _pitch(prose))
    if label.quad is None:
        return FieldReading("unsure", 0.0, ("out_of_picture",))
    origin, start = _between(label.quad[1], label.quad[2]), _between(label.quad[0], label.quad[3])
    direction, unit = _angle(start, origin), foot.unit
    room, pen = _room(prose, sign, label, unit), without(foot.inks.dark, _print(prose, sign, unit))
    box = _box(origin, direction, room, 1.5 * unit)
    found = _judged(patch(pen, origin, direction, (room, 3.0 * unit), unit), (box,), _cut_off(box, foot.inks.dark))
    wide = (room + label.right - label.left, 4.4 * unit)
    if found.value == "no" and strokes(patch(pen, start, direction, wide, unit))[0] > _INK_YES:
        return FieldReading("unsure", 0.3, ("low_score",), (box,))  # written near by, not where it belongs
    return found


def _judged(cut: Mask, quads: tuple[Quad, ...], cut_off: bool) -> FieldReading:
    ink, tall = strokes(cut)
    if ink >= _INK_YES and tall >= _TALL:
        return FieldReading("yes", round(min(0.99, 0.6 + ink / 4), 3), (), quads)
    if ink >= _INK_NO:
        return FieldReading("unsure", 0.4, ("low_score",), quads)
    if cut_off:
        return FieldReading("unsure", 0.2, ("out_of_picture",), quads)
    return FieldReading("no", 0.85, (), quads)


def _anywhere(foot: Foot, prose: Prose, sides: int, seen: Sequence[FieldReading]) -> FieldReading:
    """A seal often hides the words 签字; then whatever a pen wrote at the foot makes it unsure, or a weak yes."""
    if sides == 2 and any(one.value == "no" for one in seen):
        return FieldReading("no", 0.5, ("one_side",), seen[0].quads)
    if not foot.labels and not foot.seals:
        return FieldReading("unsure", 0.2, ("out_of_picture",))
    return FieldReading("unsure", 0.3, ("unlabelled",), tuple(quad for one in seen for quad in one.quads))


def _label_alone(sign: Piece, pitch: float) -> Piece:
    """The label without what stands behind it. A box often holds label and signature, its text only the label: so the
    label is as long as its characters are wide elsewhere on the page (`pitch`)."""
    found = re.search(r"[:：]", sign.text) or _SIGN_LABEL.search(sign.text)
    label = sign.part(0, found.end()) if found is not None else sign
    share = pitch * visual(label.text) / max(label.right - label.left, 1.0)
    if share >= 0.97 or label.quad is None:
        return label
    right = label.left + (label.right - label.left) * share
    return replace(label, right=right, quad=part_of(label.quad, 0.0, share))


def _trimmed(sign: Piece) -> Piece:
    """A place to sign without what the other party wrote before it: 张三代表签字."""
    found = re.search(r"法定|代表|负责|委托|受托|代理|甲方|乙方|出租|承租|经办|被?授权|[（(]?签", sign.text)
    return sign.part(found.start()) if found is not None and found.start() else sign


def _pitch(prose: Prose) -> float:
    """How wide a character is printed on this page."""
    long = [piece for piece in prose.pieces if len(piece.text) >= 6 and piece.score > 0.93]
    return median([(piece.right - piece.left) / visual(piece.text) for piece in long] or [prose.unit])


def _room(prose: Prose, sign: Piece, label: Piece, unit: float) -> float:
    """How far to the right a signature may reach: to the next place to sign on the same line."""
    others = [_trimmed(piece) for piece in prose.pieces if abs(piece.y - sign.y) < 1.2 * unit]
    marks = (_SIGN, _SEAL, _DAY)
    right = [
        piece.left
        for piece in others
        if piece.left > label.right + unit and any(mark.search(piece.text) for mark in marks)
    ]
    return max(min([9 * unit, *(each - label.right - 0.3 * unit for each in right)]), 2 * unit)


def _print(prose: Prose, sign: Piece, unit: float) -> list[Quad]:
    """The places of plain print: what is above and below a place to sign is no signature."""
    found, pitch = [], _pitch(prose)
    for piece in prose.pieces:
        printed = piece.score > 0.9 and 0.6 * unit < piece.height < 1.35 * unit
        name = len(piece.text) <= 4 and not _SHORT_PRINT.search(piece.text)  # may well be the signature itself
        if piece.quad is not None and _SIGN.search(piece.text) and piece.y > sign.y - 4 * unit:
            found.append(_label_alone(_trimmed(piece), pitch).quad or piece.quad)
        elif piece.quad is not None and printed and not name:
            found.append(_label_alone(piece, pitch).quad or piece.quad)
    return found


def _middle(quad: Quad) -> tuple[float, float]:
    return sum(x for x, _ in quad) / 4, sum(y for _, y in quad) / 4


def _between(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def _angle(start: tuple[float, float], end: tuple[float, float]) -> float:
    return atan2(end[1] - start[1], end[0] - start[0])


def _box(origin: tuple[float, float], direction: float, wide: float, half: float) -> Quad:
    (x, y), c, s = origin, cos(direction), sin(direction)
    return (
        (x + half * s, y - half * c),
        (x + wide * c + half * s, y + wide * s - half * c),
        (x + wide * c - half * s, y + wide * s + half * c),
        (x - half * s, y + half * c),
    )


def _cut_off(box: Quad, mask: Mask) -> bool:
    """Whether a good part of the place lies outside of the picture."""
    height, width = mask.shape
    beyond = box[1][0] > width + 0.2 * (box[1][0] - box[0][0])
    return bool(beyond or max(y for _, y in box) > height + 4)
