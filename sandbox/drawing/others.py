"""Pictures that are no licence, or not quite one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from sandbox.drawing import chat, effects, papers, scene
from sandbox.drawing.companies import sample_company
from sandbox.drawing.facts import shown
from sandbox.drawing.licence import draw_sheet, fitting_layouts
from sandbox.drawing.photo import Photo, photo_of
from sandbox.drawing.sheet import Sheet

_PAPERS: dict[str, Callable[[Mapping[str, Any], Random], Sheet]] = {
    "food_permit": papers.food_permit,
    "id_card": papers.id_card,
    "account_permit": papers.account_permit,
    "tax_certificate": papers.tax_certificate,
    "electricity_bill": papers.electricity_bill,
    "chat_screenshot": chat.chat_screenshot,
}
KINDS = (*_PAPERS, "two_documents", "mosaic", "blank_desk")
_MASKABLE = ("code", "legal_person", "name", "address", "scope", "capital")


@dataclass(frozen=True)
class Other:
    """A picture and what can be read in it: `facts` is None where there is no licence, a masked field is None in it."""

    image: Image.Image
    facts: dict[str, str | None] | None
    layout: str | None = None
    used: tuple[str, ...] = ()


def draw_other(kind: str, seed: int = 0, company: Mapping[str, Any] | None = None) -> Image.Image:
    """Return a picture of one of KINDS, about a company (fictional unless given); ValueError for an unknown kind."""
    return other(kind, seed, company).image


def other(kind: str, seed: int = 0, company: Mapping[str, Any] | None = None) -> Other:
    """Draw as `draw_other` does, and tell what can be read."""
    if kind not in KINDS:
        raise ValueError(f"unknown kind of picture: {kind}")
    random, about = Random(f"{kind}-{seed}"), company or sample_company(seed)
    if kind == "blank_desk":
        return Other(_blank_desk(random), None)
    if kind == "mosaic":
        return _mosaic(about, random, seed)
    if kind == "two_documents":
        return _two_documents(about, random, seed)
    page = photo_of(_PAPERS[kind](about, random), str(about["name"]))
    used = () if kind == "chat_screenshot" else _some_effects(random, foldable=kind != "id_card")
    return Other(Image.fromarray(effects.apply(page, used, random).pixels), None, used=used)


def _some_effects(random: Random, foldable: bool) -> tuple[str, ...]:
    ground = random.choice((("perspective",), ("background",), ("background", "perspective")))
    more = ("shadow", "glare", "blur", "small", *(("fold",) if foldable else ()))
    return (*ground, *random.sample(more, random.choice((0, 1, 2))), "noise")


def _blank_desk(random: Random) -> Image.Image:
    ground = scene.desk(random, 1440, 1920)
    scene.clutter(ground, random, 420)
    page = Photo(ground, np.zeros((4, 2), np.float32), staged=True)
    return Image.fromarray(effects.apply(page, ("shadow", "blur", "noise"), random).pixels)


def _mosaic(company: Mapping[str, Any], random: Random, seed: int) -> Other:
    """A licence on which the sender has hidden one to three fields, by pixels or a bar."""
    layout = random.choice(fitting_layouts(company))
    sheet = draw_sheet(company, layout, seed)
    hidden = random.sample([name for name in _MASKABLE if name in sheet.placed], random.randint(1, 3))
    for name in hidden:
        left, top, right, bottom = sheet.placed[name]
        box = (left - 6, top - 8, right + 6, bottom + 10)
        if random.random() < 0.25:
            sheet.pen.rectangle(box, fill=(20, 20, 20))
            continue
        part = sheet.image.crop(box)
        coarse = part.resize((max(part.width // 36, 1), max(part.height // 30, 1)), Image.Resampling.BOX)
        sheet.image.paste(coarse.resize(part.size, Image.Resampling.NEAREST), box[:2])
    used = random.choice((("noise",), ("perspective", "noise"), ("perspective", "shadow", "noise")))
    photo = effects.apply(photo_of(sheet, str(company["name"])), used, random)
    facts = {key: None if key in hidden else value for key, value in shown(company, layout).items()}
    return Other(Image.fromarray(photo.pixels), facts, layout, used)


def _two_documents(company: Mapping[str, Any], random: Random, seed: int) -> Other:
    """A company's licence and another paper of the same company on one desk."""
    layout = random.choice(fitting_layouts(company))
    second = random.choice((papers.food_permit, papers.account_permit, papers.id_card))
    sheets = [draw_sheet(company, layout, seed), second(company, random)]
    random.shuffle(sheets)
    pages = [photo_of(sheet, str(company["name"])) for sheet in sheets]
    photo = effects.apply(scene.together(pages[0], pages[1], random), ("shadow", "noise"), random)
    return Other(Image.fromarray(photo.pixels), shown(company, layout), layout, ("background", "shadow", "noise"))
