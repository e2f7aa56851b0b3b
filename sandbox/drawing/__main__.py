"""Write pictures of licences and of other things, and the truth about them: `python -m sandbox.drawing --help`."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image

from sandbox.drawing import KINDS, draw_licence, sample_company, shown
from sandbox.drawing.licence import fitting_layouts
from sandbox.drawing.others import other

_FIELDS = ("code", "name", "type", "legal_person", "capital", "established", "term", "address", "scope")
_OTHERS_SHARE = 0.15
_LAYOUT_SHARES = {"landscape2019": 60, "portrait2014": 25, "legacy": 15}


def main() -> None:
    """Read the arguments and write the pictures."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.drawing", description=__doc__)
    parser.add_argument("--count", type=int, default=20, help="how many pictures")
    parser.add_argument("--seed", type=int, default=1, help="the same seed writes the same pictures")
    parser.add_argument("--out", type=Path, required=True, help="a folder; made if it does not exist")
    parser.add_argument("--plain", action="store_true", help="flat clean pages, upright, and licences only")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with (given.out / "truth.jsonl").open("w", encoding="utf-8") as lines:
        for image, truth in pictures(given.count, given.seed, given.plain):
            image.save(given.out / truth["file"], quality=90)
            lines.write(json.dumps(truth, ensure_ascii=False) + "\n")


def pictures(count: int, seed: int, plain: bool = False) -> Iterator[tuple[Image.Image, dict[str, Any]]]:
    """Yield pictures with their truth; each depends on the seed and its own number only."""
    for index in range(count):
        random = Random(f"{seed}-{index}")
        if not plain and random.random() < _OTHERS_SHARE:
            image, truth = _other(random)
        else:
            image, truth = _licence(random, plain)
        yield image, {"file": f"{index:04d}.jpg", **truth}


def choose_effects(random: Random) -> tuple[str, ...]:
    """Pick what happens to a licence, as often as it happens to those that people send."""
    paper = [
        name
        for name, share in (("copy_stamp", 0.12), ("seal", 0.08), ("watermark", 0.18), ("fold", 0.12))
        if random.random() < share
    ]
    place = random.choices(
        ([], ["perspective"], ["background"], ["background", "perspective"], ["screen"], ["screen", "perspective"]),
        (10, 52, 14, 10, 6, 8),
    )[0]
    light = [
        name
        for name, share in (("glare", 0.15), ("shadow", 0.45), ("lowlight", 0.08), ("crop", 0.1), ("small", 0.12))
        if random.random() < share
    ]
    blur = ["blur"] if "small" not in light and random.random() < 0.12 else []
    return (*paper, *place, *light, *blur, *(["noise"] if random.random() < 0.9 else []))


def _licence(random: Random, plain: bool) -> tuple[Image.Image, dict[str, Any]]:
    seed = random.getrandbits(31)
    company = sample_company(seed)
    fitting = fitting_layouts(company)
    layout = random.choices(fitting, [_LAYOUT_SHARES[name] for name in fitting])[0]
    effects = () if plain else choose_effects(random)
    turns = 0 if plain else random.choices((0, 1, 2, 3), (80, 8, 5, 7))[0]
    image = draw_licence(company, layout, effects, seed, turns)
    return image, _truth("licence", True, shown(company, layout), layout, effects, turns)


def _other(random: Random) -> tuple[Image.Image, dict[str, Any]]:
    kind = random.choice(KINDS)
    made = other(kind, random.getrandbits(31))
    return made.image, _truth(kind, made.facts is not None, made.facts or {}, made.layout, made.used, 0)


def _truth(
    kind: str, is_licence: bool, facts: dict[str, str | None], layout: str | None, effects: tuple[str, ...], turns: int
) -> dict[str, Any]:
    fields = {name: facts.get(name) for name in _FIELDS}
    drawn = {"kind": kind, "layout": layout, "effects": list(effects), "quarter_turns": turns}
    return {"is_licence": is_licence, **fields, **drawn}


if __name__ == "__main__":
    main()
