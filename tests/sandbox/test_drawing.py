"""The drawn pictures: the same every time, true to what is said of them, nothing running out of its place."""

import json
import subprocess
import sys
from itertools import combinations, product
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image
from stdnum import numdb
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

from sandbox.drawing import (
    EFFECTS,
    FORMS,
    KINDS,
    LAYOUTS,
    TextOverflow,
    draw_licence,
    draw_other,
    sample_company,
    shown,
    words,
)
from sandbox.drawing.__main__ import pictures
from sandbox.drawing.effects import apply
from sandbox.drawing.fonts import FACES, font
from sandbox.drawing.licence import draw_sheet
from sandbox.drawing.numbers import in_capitals, make_identity_number
from sandbox.drawing.others import other
from sandbox.drawing.photo import Photo, photo_of
from sandbox.drawing.sheet import Box, wrap

FIELDS = {"code", "name", "type", "legal_person", "capital", "established", "term", "address", "scope"}
ROOT = Path(__file__).parents[2]


def same(first: Image.Image, second: Image.Image) -> bool:
    return first.size == second.size and first.tobytes() == second.tobytes()


def overlap(first: Box, second: Box) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


# --- companies ---------------------------------------------------------------------------------------------------


def test_the_codes_of_sample_companies_satisfy_both_their_checks() -> None:
    """GB 32100 for the whole by another implementation; GB 11714 for the organisation code inside, worked out here."""
    values = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
    for seed in range(400):
        code = sample_company(seed)["uscc"]
        assert uscc.is_valid(code), code
        total = sum(values[c] * w for c, w in zip(code[8:16], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
        assert code[16] == "0123456789X"[(11 - total % 11) % 11], code


def test_old_numbers_have_fifteen_digits_with_a_valid_check_and_only_old_companies_have_one() -> None:
    numbers = [(c["old_number"], c["established"]) for c in map(sample_company, range(400))]
    assert any(number for number, _ in numbers)
    for number, established in numbers:
        assert bool(number) == (established < "2015-10-01")
        assert not number or (len(number) == 15 and mod_11_10.is_valid(number))


def test_samples_cover_every_form_and_every_kind_of_term() -> None:
    samples = [sample_company(seed) for seed in range(200)]
    assert {company["legal_person_title"] for company in samples} == {
        "法定代表人", "负责人", "执行事务合伙人", "经营者", "投资人",
    }  # fmt: skip
    assert {company["term"][10:11] or company["term"] for company in samples} == {"", "长期", "至"}
    assert max(len(company["scope"]) for company in samples) > 200
    assert any("（" in company["name"] for company in samples)


def test_the_same_seed_gives_the_same_company() -> None:
    assert sample_company(7) == sample_company(7)
    assert sample_company(7) != sample_company(8)


@pytest.mark.parametrize(
    ("ten_thousands", "text"),
    [
        (10, "壹拾"),
        (508, "伍佰零捌"),
        (1680, "壹仟陆佰捌拾"),
        (10_000, "壹亿"),
        (20_800, "贰亿零捌佰"),
        (56_000, "伍亿陆仟"),
    ],
)
def test_sums_are_written_in_capital_numerals(ten_thousands: int, text: str) -> None:
    assert in_capitals(ten_thousands) == text


def test_every_font_has_a_glyph_for_every_word() -> None:
    """A missing glyph prints a box, which no recognition can read."""
    text = {*words.SURNAMES, *words.GIVEN, *"".join(words.BRANDS), *"".join(words.LONG_NAMES), *"".join(words.SITES)}
    for face in FACES:
        style = font(face, 40)
        missing = bytes(style.getmask("\U000f1234"))
        assert [c for c in sorted(text) if ord(c) > 0x7F and bytes(style.getmask(c)) == missing] == []


# --- pages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("layout", "form"), list(product(LAYOUTS, FORMS)))
def test_no_text_leaves_the_page_or_runs_into_another(layout: str, form: str) -> None:
    for seed in range(3):
        sheet = draw_sheet(sample_company(seed, form), layout, seed)
        fields = {
            n: b for n, b in sheet.placed.items() if n.removesuffix("_label") in {*FIELDS, "composition", "title"}
        }
        for name, box in fields.items():
            assert box[0] >= 60 and box[1] >= 60, name
            assert box[2] <= sheet.image.width - 60 and box[3] <= sheet.image.height - 90, name
        for (name, box), (name2, box2) in combinations(fields.items(), 2):
            assert not overlap(box, box2), (name, name2, seed)
        assert "authority" not in sheet.placed or not overlap(sheet.placed["authority"], fields["scope"])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_field_that_is_said_to_be_shown_stands_on_the_page(layout: str) -> None:
    for form in FORMS:
        company = sample_company(11, form)
        sheet, truth = draw_sheet(company, layout, 3), shown(company, layout)
        assert {key for key, value in truth.items() if value is not None} == FIELDS & set(sheet.placed)


def test_a_sole_traders_licence_names_no_capital_and_a_landscape_one_needs_no_term() -> None:
    trader = shown(sample_company(1, "sole_trader"), "landscape2019")
    assert trader["capital"] is None and trader["term"] is None
    company = {**sample_company(1, "company"), "term": ""}
    assert shown(company, "landscape2019")["term"] is None


def test_the_legacy_layout_bears_the_old_number() -> None:
    company = {**sample_company(1, "company"), "old_number": "440301103097413"}
    assert shown(company, "legacy")["code"] == "440301103097413"
    assert shown({**company, "old_number": ""}, "legacy")["code"] == company["uscc"]


def test_a_record_that_cannot_fit_is_refused_rather_than_cut() -> None:
    company = {**sample_company(1, "company"), "scope": "售电业务；" * 900}
    with pytest.raises(TextOverflow, match="scope"):
        draw_licence(company, "portrait2014", ())


def test_lines_neither_begin_with_a_closing_mark_nor_end_with_an_opening_one() -> None:
    style = font("serif", 20)
    for text, width in product(
        ("甲乙丙丁（戊己）。庚辛；（壬癸）；、子", "《甲》（乙）《丙》（丁）"), range(80, 240, 7)
    ):
        lines = wrap(text, style, width)
        assert "".join(lines) == text
        assert all(line[0] not in "）。；、》" and line[-1] not in "（《" for line in lines)


# --- photographs -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_arguments_give_the_same_pixels(layout: str) -> None:
    company = sample_company(3)
    picture = draw_licence(company, layout, seed=5)
    assert same(picture, draw_licence(company, layout, seed=5))
    assert not same(picture, draw_licence(company, layout, seed=6))


def test_quarter_turns_turn_the_same_picture() -> None:
    company = sample_company(4)
    upright = np.asarray(draw_licence(company, "portrait2014", ("noise",), 2))
    for turns in range(4):
        turned = draw_licence(company, "portrait2014", ("noise",), 2, quarter_turns=turns)
        assert np.array_equal(np.rot90(upright, turns), np.asarray(turned))


@pytest.fixture(scope="module")
def page() -> Photo:
    return photo_of(draw_sheet(sample_company(5, "company"), "landscape2019", 1), "某公司")


@pytest.mark.parametrize("effect", EFFECTS)
def test_every_effect_changes_the_picture_and_keeps_the_fields_in_it(effect: str, page: Photo) -> None:
    for seed in range(2):
        photo = apply(page, (effect,), Random(seed))
        assert photo.pixels.dtype == np.uint8
        assert photo.pixels.shape != page.pixels.shape or not np.array_equal(photo.pixels, page.pixels)
        height, width = photo.pixels.shape[:2]
        assert (photo.safe >= -1).all() and (photo.safe <= [width + 1, height + 1]).all()


def test_all_effects_together_leave_the_fields_in_the_picture(page: Photo) -> None:
    photo = apply(page, EFFECTS, Random(1))
    assert photo.pixels.shape[1] == 900
    assert (photo.safe >= -1).all() and (photo.safe <= [photo.pixels.shape[1] + 1, photo.pixels.shape[0] + 1]).all()


def test_an_unknown_effect_kind_or_layout_is_refused() -> None:
    with pytest.raises(ValueError, match="sepia"):
        draw_licence(sample_company(1), effects=("sepia",))
    with pytest.raises(ValueError, match="passport"):
        draw_other("passport")
    with pytest.raises(ValueError, match="papyrus"):
        draw_licence(sample_company(1), "papyrus")


# --- other things ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_other_kind_draws_the_same_again_and_only_pictures_with_a_licence_have_facts(kind: str) -> None:
    made = other(kind, 3, sample_company(9))
    assert same(made.image, draw_other(kind, 3, sample_company(9)))
    assert min(made.image.size) >= 500
    assert (made.facts is not None) == (kind in {"two_documents", "mosaic"})


def test_a_mosaic_hides_what_the_truth_leaves_out() -> None:
    for seed in range(3):
        company = sample_company(seed, "company")
        made = other("mosaic", seed, company)
        assert made.facts is not None and made.layout is not None
        hidden = {key for key, value in shown(company, made.layout).items() if value and made.facts[key] is None}
        assert 1 <= len(hidden) <= 3


def test_identity_numbers_are_of_a_region_that_does_not_exist() -> None:
    for seed in range(20):
        found = numdb.get("cn/loc").info(make_identity_number(Random(seed), "19800512"))
        assert not any("county" in region for _, region in found)


# --- sets of pictures --------------------------------------------------------------------------------------------


def test_the_program_writes_pictures_and_a_complete_truth(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox.drawing", "--count", "4", "--seed", "3", "--out", str(tmp_path / "set")]
    subprocess.run(command, cwd=ROOT, check=True)
    lines = [json.loads(line) for line in (tmp_path / "set" / "truth.jsonl").read_text("utf-8").splitlines()]
    assert len(lines) == 4
    for line in lines:
        assert {"file", "is_licence", "kind", "layout", "effects", "quarter_turns"} | FIELDS == set(line)
        assert Image.open(tmp_path / "set" / line["file"]).format == "JPEG"


def test_plain_sets_hold_flat_upright_licences_only() -> None:
    for image, truth in pictures(4, seed=2, plain=True):
        assert truth["is_licence"] and truth["effects"] == [] and truth["quarter_turns"] == 0
        assert image.size in {(2000, 1414), (1414, 2000)}
        assert truth["code"] and truth["name"] and truth["legal_person"] and truth["address"] and truth["scope"]
