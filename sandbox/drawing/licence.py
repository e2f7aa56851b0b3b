"""Whole pictures of licences: a layout, then what happened to the paper and the photograph."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from sandbox.drawing import effects as photo_effects
from sandbox.drawing import landscape, legacy, portrait
from sandbox.drawing.photo import photo_of
from sandbox.drawing.sheet import Sheet


@dataclass(frozen=True)
class Layout:
    """How one generation of licences is drawn and when it was issued."""

    draw: Callable[[Mapping[str, Any], Random, str], Sheet]
    first: date
    last: date


LAYOUTS: dict[str, Layout] = {
    "landscape2019": Layout(landscape.draw, date(2019, 3, 1), date(2026, 3, 1)),
    "portrait2014": Layout(portrait.draw, date(2015, 10, 1), date(2019, 2, 28)),
    "legacy": Layout(legacy.draw, date(2005, 1, 1), date(2015, 9, 30)),
}


def fitting_layouts(company: Mapping[str, Any]) -> list[str]:
    """Return the layouts under which a company could have got a licence: not those that ended before it began."""
    established = date.fromisoformat(str(company["established"]))
    return [name for name, layout in LAYOUTS.items() if established <= layout.last]


def draw_sheet(company: Mapping[str, Any], layout: str, seed: int) -> Sheet:
    """Draw the page alone, flat and clean. ValueError for an unknown layout or a text that cannot fit."""
    if layout not in LAYOUTS:
        raise ValueError(f"unknown layout: {layout}")
    chosen, random = LAYOUTS[layout], Random(f"sheet-{seed}-{company['uscc']}")
    earliest = max(chosen.first, date.fromisoformat(str(company["established"])))
    issued = earliest + timedelta(days=random.randrange(max((chosen.last - earliest).days, 1)))
    return chosen.draw(company, random, issued.isoformat())


def draw_licence(
    company: Mapping[str, Any],
    layout: str = "landscape2019",
    effects: Sequence[str] = ("perspective", "shadow", "noise"),
    seed: int = 0,
    quarter_turns: int = 0,
) -> Image.Image:
    """Return a picture of a company's licence in one of LAYOUTS with some of EFFECTS, turned anticlockwise.

    The same arguments give the same pixels. ValueError for an unknown layout or effect, or a text that cannot fit.
    """
    page = photo_of(draw_sheet(company, layout, seed), str(company["name"]))
    photo = photo_effects.apply(page, effects, Random(f"photo-{seed}"))
    return Image.fromarray(np.rot90(photo.pixels, quarter_turns % 4).copy())
