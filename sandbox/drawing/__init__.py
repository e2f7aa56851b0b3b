"""Pictures of business licences and of things that are none, for trying the recognition without anybody's papers."""

from sandbox.drawing.companies import FORMS, sample_company
from sandbox.drawing.effects import PIPELINE
from sandbox.drawing.facts import shown
from sandbox.drawing.licence import LAYOUTS, draw_licence
from sandbox.drawing.sheet import TextOverflow

EFFECTS = tuple(PIPELINE)

__all__ = ["EFFECTS", "FORMS", "LAYOUTS", "TextOverflow", "draw_licence", "sample_company", "shown"]
