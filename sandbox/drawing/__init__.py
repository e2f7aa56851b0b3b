"""Pictures of business licences and of things that are none, for trying the recognition without anybody's papers."""

from sandbox.drawing.companies import FORMS, sample_company
from sandbox.drawing.effects import PIPELINE
from sandbox.drawing.facts import shown
from sandbox.drawing.licence import LAYOUTS as _LAYOUTS
from sandbox.drawing.licence import draw_licence
from sandbox.drawing.others import KINDS, draw_other
from sandbox.drawing.sheet import TextOverflow

LAYOUTS = tuple(_LAYOUTS)
EFFECTS = tuple(PIPELINE)

__all__ = [
    "EFFECTS",
    "FORMS",
    "KINDS",
    "LAYOUTS",
    "TextOverflow",
    "draw_licence",
    "draw_other",
    "sample_company",
    "shown",
]
