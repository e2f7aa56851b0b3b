"""The Chinese font that the product draws with: Noto Sans CJK SC (SIL Open Font License), from the mplfonts wheel."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

SANS = "NotoSansCJKsc-Regular.otf"


@cache
def sans() -> Path:
    """The font's file. The wheel is looked up and not imported: it would set up a program's whole matplotlib."""
    spec = find_spec("mplfonts")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the wheel mplfonts is not installed")
    return Path(spec.submodule_search_locations[0]) / "fonts" / SANS
