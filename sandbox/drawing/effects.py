"""The effects by name, in the order in which they happen to a page."""

from collections.abc import Callable, Sequence
from random import Random

from sandbox.drawing import light, paper_effects, scene
from sandbox.drawing.photo import Photo

Effect = Callable[[Photo, Random], Photo]

PIPELINE: dict[str, Effect] = {
    "copy_stamp": paper_effects.copy_stamp,
    "seal": paper_effects.seal_over_text,
    "watermark": paper_effects.watermark,
    "fold": paper_effects.fold,
    "background": scene.background,
    "screen": scene.screen,
    "perspective": scene.perspective,
    "glare": light.glare,
    "shadow": light.shadow,
    "lowlight": light.lowlight,
    "crop": light.crop,
    "small": light.small,
    "blur": light.blur,
    "noise": light.noise,
}


def apply(photo: Photo, names: Sequence[str], random: Random) -> Photo:
    """Apply the named effects in their natural order, whatever order is given; ValueError for an unknown one."""
    unknown = set(names) - set(PIPELINE)
    if unknown:
        raise ValueError(f"unknown effects: {', '.join(sorted(unknown))}")
    for name, effect in PIPELINE.items():
        if name in names:
            photo = effect(photo, Random(f"{name}-{random.getrandbits(32)}"))
    return photo
