"""The other documents of a registration, as photographs with their truth: letter, lease, identity card.

`python -m sandbox.drawing.documents --count 20 --out DIR` writes pictures and `truth.jsonl`.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from sandbox.drawing import effects, identity, leases, letters, scene, words
from sandbox.drawing.companies import sample_company
from sandbox.drawing.licence import draw_sheet, fitting_layouts
from sandbox.drawing.numbers import make_identity_number
from sandbox.drawing.photo import Photo, photo_of
from sandbox.drawing.sheet import Sheet

DOCUMENTS = ("letter", "lease", "identity")
WORDINGS: Mapping[str, tuple[str, ...]] = {
    "letter": tuple(letters.WORDINGS),
    "lease": tuple(leases.WORDINGS),
    "identity": ("front", "back"),
}
TRAPS: Mapping[str, tuple[str, ...]] = {
    "letter": (
        "no_seal", "no_signature", "seal_over_date", "no_end", "expired", "by_hand", "grey_copy", "foot_cut_off",
        "askew", "with_licence",
    ),
    "lease": (
        "no_seal", "one_seal", "no_signature", "first_page", "second_page", "expired", "by_hand", "grey_copy", "askew",
    ),
    "identity": ("expired", "wrong_number"),
}  # fmt: skip
USUAL = ("perspective", "shadow", "noise")
_MATTERS = (
    "户号{account}的电力市场注册、绑定及相关手续",
    "电力零售市场用户注册及购售电合同签订事宜",
    "用电户号{account}参与电力市场化交易的注册业务",
    "电力市场入市注册、资料提交和信息变更手续",
)
_PERIODS = ("from_to", "dates", "until", "duration", "open")


@dataclass(frozen=True)
class Drawn:
    """A picture of a document and the truth about it, by the names that a reading gives its fields."""

    image: Image.Image
    kind: str
    truth: dict[str, str]
    wording: str
    trap: str
    used: tuple[str, ...]
    quarter_turns: int


def draw_document(
    kind: str,
    facts: Mapping[str, str] | None = None,
    *,
    wording: str = "",
    trap: str = "",
    used: Sequence[str] | None = None,
    seed: int = 0,
    quarter_turns: int = 0,
    today: date = date(2026, 3, 16),
) -> Drawn:
    """Draw one of DOCUMENTS; the same arguments give the same pixels. What `facts` leave open is made up by the seed.

    ValueError for an unknown kind, wording or trap, or a text that cannot fit.
    """
    if kind not in DOCUMENTS or (wording and wording not in WORDINGS[kind]) or (trap and trap not in TRAPS[kind]):
        raise ValueError(f"unknown document: {kind} {wording} {trap}".strip())
    random = Random(f"document-{kind}-{seed}")
    wording = wording or random.choice([each for each in WORDINGS[kind] if trap != "wrong_number" or each == "front"])
    known = {**_FACTS[kind](random, trap, today), **{key: str(value) for key, value in (facts or {}).items()}}
    sheet, truth = _SHEETS[kind](known, wording, trap, random)
    chosen = tuple(USUAL if used is None else used)
    photo = _photo(sheet, known, trap, random, seed)
    if trap == "grey_copy":
        photo = _grey(photo)
    photo = effects.apply(photo, [name for name in chosen if trap != "with_licence" or name != "background"], random)
    turned = Image.fromarray(np.rot90(photo.pixels, quarter_turns % 4).copy())
    return Drawn(turned, kind, truth, wording, trap, chosen, quarter_turns)


def _letter_facts(random: Random, trap: str, today: date) -> dict[str, str]:
    company, agent = (
        sample_company(random.getrandbits(31), "company"),
        sample_company(random.getrandbits(31), "company"),
    )
    to_company = random.random() < 0.3
    years = random.choice((1, 1, 2, 3))
    age = random.randint(400 + 366 * years, 900 + 366 * years) if trap == "expired" else random.randint(1, 40)
    signed = today - timedelta(days=age)
    account = f"05{random.randrange(10**14):014d}"
    period = random.choice(_PERIODS[:4] if trap == "expired" else _PERIODS)
    return {
        "grantor": company["name"],
        "grantor_code": company["uscc"],
        "head": _person(random),
        "grantee": agent["name"] if to_company else _person(random),
        "grantee_code": agent["uscc"] if to_company else "",
        "grantee_id": agent["uscc"] if to_company else _identity_number(random),
        "matter": random.choice(_MATTERS).format(account=account),
        "period": "none" if trap == "no_end" else period,
        "years": "一二三"[years - 1],
        "signed_on": signed.isoformat(),
        "valid_from": signed.isoformat(),
        "valid_to": _later(signed, years).isoformat(),
    }


def _letter(facts: dict[str, str], wording: str, trap: str, random: Random) -> tuple[Sheet, dict[str, str]]:
    seal = {"no_seal": "none", "seal_over_date": "seal_low"}.get(trap, "seal")
    sign = "blank" if trap == "no_signature" else "sign"
    deed = letters.draw(facts, wording, random, trap == "by_hand", seal, sign)
    truth = {name: facts[name] for name in ("grantor", "grantor_code", "grantee", "grantee_id", "matter", "signed_on")}
    style = facts["period"]
    truth["valid_from"] = facts["valid_from"] if style in ("from_to", "dates", "duration") else ""
    truth["valid_to"] = facts["valid_to"] if style in ("from_to", "dates", "until", "duration") else ""
    if style == "open":
        truth["valid_from"] = facts["signed_on"]
    truth |= {"seal": "no" if trap == "no_seal" else "yes", "signature": "no" if trap == "no_signature" else "yes"}
    if trap == "grey_copy":
        truth["seal"] = "unsure"
    if trap == "foot_cut_off":
        deed.sheet.image = deed.sheet.image.crop((0, 0, deed.sheet.image.width, 1200))
        for name in ("seal", "signature", "signed_on"):
            deed.sheet.placed.pop(name, None)
        truth |= {"seal": "unsure", "signature": "unsure", "signed_on": ""}
        if style == "duration":
            truth |= {"valid_from": "", "valid_to": ""}
        if style == "open":
            truth["valid_from"] = ""
    return deed.sheet, truth


def _lease_facts(random: Random, trap: str, today: date) -> dict[str, str]:
    lessor, lessee = (sample_company(random.getrandbits(31), "company") for _ in range(2))
    years = random.choice((2, 3, 5))
    age = random.randint(60, 700) + (366 * years if trap == "expired" else 0)
    begin = today - timedelta(days=age)
    return {
        "lessor": lessor["name"],
        "lessee": lessee["name"],
        "lessor_head": _person(random),
        "lessee_head": _person(random),
        "address": lessor["address"],
        "years": str(years),
        "valid_from": begin.isoformat(),
        "valid_to": "",
        "signed_on": (begin - timedelta(days=random.randint(0, 30))).isoformat(),
    }


def _lease(facts: dict[str, str], wording: str, trap: str, random: Random) -> tuple[Sheet, dict[str, str]]:
    begin, years = date.fromisoformat(facts["valid_from"]), int(facts["years"])
    last = _later(begin, years) - timedelta(days=0 if wording == "agreement" else 1)  # counted, or as it is written
    facts["valid_to"] = last.isoformat() if wording == "agreement" or not facts["valid_to"] else facts["valid_to"]
    sealed = {"no_seal": "none", "one_seal": "first"}.get(trap, "both")
    signed = "none" if trap == "no_signature" else "both"
    page = {"first_page": "first", "second_page": "second"}.get(trap, "whole")
    deed = leases.draw(facts, wording, random, trap == "by_hand", sealed, signed, page)
    named = ("lessor", "lessee", "address", "valid_from", "valid_to")
    truth = {name: "" if page == "second" else facts[name] for name in named}
    truth["signed_on"] = "" if page == "first" else facts["signed_on"]
    truth["seal"] = "unsure" if page == "first" or trap == "grey_copy" else "yes" if sealed == "both" else "no"
    truth["signature"] = "unsure" if page == "first" else "yes" if signed == "both" else "no"
    return deed.sheet, truth


def _identity_facts(random: Random, trap: str, today: date) -> dict[str, str]:
    begin = today - timedelta(days=random.randint(60, 3000) + (7400 if trap == "expired" else 0))
    years = random.choice((10, 20)) if trap != "expired" else 20
    end = "" if trap != "expired" and random.random() < 0.15 else _later(begin, years).isoformat()
    number = _identity_number(random)
    if trap == "wrong_number":
        number = number[:-1] + ("0" if number[-1] != "0" else "1")
    place = random.choice(words.PLACES)
    return {
        "name": _person(random),
        "number": number,
        "office": f"{place[2]}公安局{place[3]}分局",
        "address": f"{place[1]}{place[2]}{place[3]}{random.choice(place[4])}{random.randint(1, 300)}号",
        "valid_from": begin.isoformat(),
        "valid_to": end,
    }


def _identity(facts: dict[str, str], wording: str, trap: str, random: Random) -> tuple[Sheet, dict[str, str]]:
    front = {"name": facts["name"], "number": facts["number"], "valid_to": "", "side": "front"}
    back = {"name": "", "number": "", "valid_to": facts["valid_to"], "side": "back"}
    return identity.draw(facts, wording, random), front if wording == "front" else back


_FACTS = {"letter": _letter_facts, "lease": _lease_facts, "identity": _identity_facts}
_SHEETS = {"letter": _letter, "lease": _lease, "identity": _identity}


def _photo(sheet: Sheet, facts: Mapping[str, str], trap: str, random: Random, seed: int) -> Photo:
    """The page alone, turned askew, or beside the licence of who wrote it."""
    page = photo_of(sheet, facts.get("grantor") or facts.get("lessor") or facts.get("name", ""))
    if trap == "with_licence":
        company = {**sample_company(seed, "company"), "name": facts["grantor"], "uscc": facts["grantor_code"]}
        return scene.together(photo_of(draw_sheet(company, fitting_layouts(company)[0], seed), ""), page, random)
    if trap == "askew":
        return scene.askew(page, random)
    return page


def _grey(photo: Photo) -> Photo:
    grey = np.asarray(Image.fromarray(photo.pixels).convert("L").convert("RGB"))
    return replace(photo, pixels=grey.copy())


def _person(random: Random) -> str:
    return random.choice(words.SURNAMES) + "".join(random.sample(words.GIVEN, random.choice((1, 2, 2))))


def _identity_number(random: Random) -> str:
    """Like an identity number with its check digit, of a region that does not exist: it can be nobody's."""
    head = make_identity_number(
        random, f"{random.randint(1962, 2001)}{random.randint(1, 12):02d}{random.randint(1, 28):02d}"
    )
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(head[:17]))
    return head[:17] + "10X98765432"[total % 11]


def _later(day: date, years: int) -> date:
    """The same day some years later: the last day of a period counted in years."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def pictures(count: int, seed: int, plain: bool = False) -> Iterator[tuple[Image.Image, dict[str, Any]]]:
    """Yield pictures of all kinds with their truth; many are traps. Each depends on its own number only."""
    for index in range(count):
        random = Random(f"documents-{seed}-{index}")
        kind = DOCUMENTS[(0, 0, 1, 1, 2)[index % 5]]
        trap = random.choice(TRAPS[kind]) if random.random() < 0.4 and not plain else ""
        used = () if plain else _effects(random)
        turns = 0 if plain else random.choices((0, 1, 2, 3), (84, 6, 4, 6))[0]
        drawn = draw_document(kind, trap=trap, used=used, seed=random.getrandbits(31), quarter_turns=turns)
        told = "licence" if trap == "with_licence" else kind
        truth = {"file": f"{index:04d}.jpg", "kind": told, "drawn": kind, "fields": drawn.truth}
        more = {"wording": drawn.wording, "trap": trap, "effects": list(drawn.used), "quarter_turns": turns}
        yield drawn.image, {**truth, **more}


def _effects(random: Random) -> tuple[str, ...]:
    place = random.choices(((), ("perspective",), ("background",), ("background", "perspective")), (15, 55, 15, 15))[0]
    shares = (("fold", 0.2), ("glare", 0.08), ("shadow", 0.5), ("lowlight", 0.08), ("small", 0.12), ("blur", 0.08))
    return (*place, *(name for name, share in shares if random.random() < share), "noise")


def main() -> None:
    """Read the arguments and write the pictures."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.drawing.documents", description=__doc__)
    parser.add_argument("--count", type=int, default=20, help="how many pictures")
    parser.add_argument("--seed", type=int, default=1, help="the same seed writes the same pictures")
    parser.add_argument("--out", type=Path, required=True, help="a folder; made if it does not exist")
    parser.add_argument("--plain", action="store_true", help="flat clean pages, upright, without traps")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with (given.out / "truth.jsonl").open("w", encoding="utf-8") as lines:
        for image, truth in pictures(given.count, given.seed, given.plain):
            image.convert("RGB").save(given.out / truth["file"], quality=90)
            lines.write(json.dumps(truth, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
