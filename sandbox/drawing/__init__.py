"""Pictures of business licences, of the other documents of a registration and of things that are neither, for trying
the recognition without anybody's papers."""

from sandbox.drawing.companies import FORMS, sample_company
from sandbox.drawing.documents import DOCUMENTS, TRAPS, WORDINGS, draw_document
from sandbox.drawing.effects import PIPELINE
from sandbox.drawing.facts import shown
from sandbox.drawing.licence import LAYOUTS as _LAYOUTS
from sandbox.drawing.licence import draw_licence
from sandbox.drawing.others import KINDS, draw_other
from sandbox.drawing.sheet import TextOverflow

LAYOUTS = tuple(_LAYOUTS)
EFFECTS = tuple(PIPELINE)

__all__ = [
    "DOCUMENTS",
    "EFFECTS",
    "FORMS",
    "KINDS",
    "LAYOUTS",
    "TRAPS",
    "WORDINGS",
    "TextOverflow",
    "draw_document",
    "draw_licence",
    "draw_other",
    "sample_company",
    "shown",
]
