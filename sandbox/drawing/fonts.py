"""Chinese fonts, from the mplfonts wheel (found without importing it: importing it would pull in matplotlib)."""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

FACES = {"serif": "NotoSerifCJKsc-Regular.otf", "sans": "NotoSansCJKsc-Regular.otf", "hei": "SimHei.ttf"}


@lru_cache(maxsize=1)
def _folder() -> Path:
    spec = find_spec("mplfonts")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the wheel mplfonts is not installed")
    return Path(spec.submodule_search_locations[0]) / "fonts"


@lru_cache(maxsize=128)
def font(face: str, size: int) -> ImageFont.FreeTypeFont:
    """Return one of FACES at a size in pixels."""
    return ImageFont.truetype(str(_folder() / FACES[face]), size)
