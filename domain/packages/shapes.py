"""The standard shape of a day and the seasons, as the settings have them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from domain.packages.bills import Shape
from domain.settings import figure, value


def standard(session: Session) -> Shape:
    """What bills assume where nothing else is known."""
    return Shape(
        peak=figure(session, "shape_peak"),
        valley=figure(session, "shape_valley"),
        wet=_numbers(value(session, "wet_months")),
        level=_numbers(value(session, "level_months")),
    )


def _numbers(text: int | bool | str) -> frozenset[int]:
    return frozenset(int(word) for word in str(text).split(",") if word)
