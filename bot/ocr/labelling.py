"""Which pieces of text are labels. One may lie in several pieces, share one with its value, or be found in part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from bot.ocr.labels import Match, find_inner_label, match_half, match_label, match_part, match_tail
from bot.ocr.level import Piece

_WIDEST = 7  # heights from the beginning of a label to that of its value, where every label shares a piece with one


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label: the field it announces ("" for one that only ends others), and where it stands."""

    field: str
    word: str
    place: Piece
    joined: bool = False  # its value stood in the same piece: where the label ends is a guess


@dataclass(frozen=True, slots=True)
class _Zone:
    """A strip of the page in which labels stand below one another."""

    left: float
    right: float

    def holds(self, piece: Piece, unit: float) -> bool:
        return piece.left > self.left - unit and piece.right < self.right + 0.7 * unit


def find_labels(pieces: Sequence[Piece], unit: float) -> tuple[list[Label], list[Piece]]:
    """The labels, and the pieces that are none. `unit`: the height of a usual line.

    What is plainly a label shows where labels stand; what stands there too and holds a part of one is one as well.
    """
    labels, rest = _plain_labels(rows_of(pieces))
    for zone in _zones(labels, unit):
        found, rest = _labels_in(zone, labels, rest, unit)
        labels += found
    return sorted(labels, key=lambda label: (label.place.y, label.place.left)), rest


def _zones(labels: Sequence[Label], unit: float) -> list[_Zone]:
    named = [label for label in labels if label.field not in ("code", "")]
    whole = [label.place for label in named if not label.joined]
    zones: list[_Zone] = []
    for place in whole:
        column = [other for other in whole if abs(other.left - place.left) < 1.5 * unit]
        if not any(abs(zone.left - place.left) < 3 * unit for zone in zones):
            zones.append(_Zone(median(each.left for each in column), max(each.right for each in column)))
    for place in [label.place for label in named if label.joined]:
        column = [label.place for label in named if abs(label.place.left - place.left) < 1.5 * unit]
        if len(column) >= 3 and not any(abs(zone.left - place.left) < 3 * unit for zone in zones):
            zones.append(_Zone(place.left, place.left + _WIDEST * unit))
    return zones


def _labels_in(
    zone: _Zone, labels: Sequence[Label], rest: Sequence[Piece], unit: float
) -> tuple[list[Label], list[Piece]]:
    found: list[Label] = []
    others: list[Piece] = []
    for row in rows_of(rest):
        inside = [piece for piece in row if zone.holds(piece, unit) and len(piece.text) <= 4]
        others += [piece for piece in row if piece not in inside]
        taken = any(
            abs(label.place.y - piece.y) < 0.6 * unit
            for piece in inside
            for label in labels
            if zone.holds(label.place, unit)
        )
        match = None if taken or not inside else match_part("".join(piece.text for piece in inside))
        if match:
            found.append(Label(match.field, match.word, replace(inside[0], left=zone.left, right=zone.right)))
    for piece in list(others):
        lined_up = sum(abs(other.left - piece.left) < 0.6 * unit for other in rest) > 2
        starts_inside = zone.left - unit < piece.left < zone.right - 0.4 * unit
        if starts_inside and piece.right > zone.right + 0.7 * unit and not lined_up:
            match = match_tail(piece.text)
            if match and match.length < len(piece.text):
                found.append(
                    Label(match.field, match.word, replace(piece, left=zone.left, right=zone.right), joined=True)
                )
                others[others.index(piece)] = _without(piece, match.length)
    return found, others


def _without(piece: Piece, length: int) -> Piece:
    """The piece without the label at its beginning."""
    rest = piece.part(length)
    return replace(rest, text=rest.text.lstrip(" :："))


def rows_of(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces that stand on one line, from left to right."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.y):
        for row in reversed(rows[-4:]):
            last = min(row, key=lambda other: abs(other.right - piece.left))
            if abs(last.y - piece.y) < 0.45 * min(last.height, piece.height):
                row.append(piece)
                break
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.left) for row in rows]


def _plain_labels(rows: Sequence[Sequence[Piece]]) -> tuple[list[Label], list[Piece]]:
    """Labels, and the pieces that are none. A label may lie in several pieces (名 · 称) or share one with its value."""
    labels: list[Label] = []
    rest: list[Piece] = []
    for row in rows:
        queue = list(row)
        while queue:
            taken = _label_at(queue)
            if taken is None:
                piece = queue.pop(0)
                inner = find_inner_label(piece.text)
                if inner is None:
                    rest.append(piece)
                else:
                    rest.append(piece.part(0, inner))
                    queue.insert(0, piece.part(inner))
                continue
            label, used, remainder = taken
            labels.append(label)
            del queue[:used]
            if remainder is not None:
                rest.append(remainder)
    return labels, rest


def _label_at(queue: Sequence[Piece]) -> tuple[Label, int, Piece | None] | None:
    """The label that begins with the first piece of the row: it, how many pieces it took, and what was left over."""
    for used in (1, 2, 3, 4, 5, 6):
        pieces = queue[:used]
        if len(pieces) < used or any(len(piece.text) > 4 for piece in pieces[:-1]):
            break
        match = match_label("".join(piece.text for piece in pieces))
        before = sum(len(piece.text) for piece in pieces[:-1])
        if match is not None and match.length > before and _close(pieces, len(match.word)):
            return _made(match, pieces, match.length - before)
    half = match_half(queue[0].text)
    return _made(half, queue[:1], half.length) if half else None


def _made(match: Match, pieces: Sequence[Piece], length: int) -> tuple[Label, int, Piece | None]:
    last = pieces[-1]
    joined = length < len(last.text)
    height = min(piece.height for piece in pieces)  # the box of a single character is often too tall
    place = replace(pieces[0], text=match.word, right=last.part(0, length).right, height=height)
    remainder = _without(last, length) if joined else None
    label = Label(match.field, match.word, place, joined)
    return label, len(pieces), remainder if remainder and remainder.text else None


def _close(pieces: Sequence[Piece], characters: int) -> bool:
    """Near enough to be one label, which is as wide as the widest on its page: 名 and 称 may stand six apart."""
    return all(
        after.left - before.right < (9 if characters == 2 else 4) * max(before.height, after.height)
        for before, after in zip(pieces, pieces[1:], strict=False)
    )
