"""Seals and signatures on drawn pages: yes only for what is seen, unsure for what is not in the picture."""

from __future__ import annotations

import io

import pytest

from bot.ocr.document import DocumentReading, read_document
from bot.ocr.engine import Reader
from sandbox.drawing import draw_document


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Loading takes seconds: once for all tests of this file."""
    return Reader(under=tmp_path_factory.mktemp("models"))


def read(reader: Reader, kind: str, trap: str, wording: str, **more: int) -> DocumentReading:
    drawn = draw_document(kind, trap=trap, wording=wording, used=("noise",), seed=3, **more)
    content = io.BytesIO()
    drawn.image.convert("RGB").save(content, "JPEG", quality=90)
    return read_document(reader, content.getvalue())


@pytest.mark.parametrize(
    ("kind", "trap", "wording", "seal", "signature"),
    [
        ("letter", "", "form", "yes", "yes"),
        ("letter", "no_seal", "form", "no", "yes"),
        ("letter", "no_signature", "form", "yes", "no"),
        ("letter", "foot_cut_off", "form", "unsure", "unsure"),
        ("lease", "", "contract", "yes", "yes"),
        ("lease", "one_seal", "contract", "no", "yes"),
        ("lease", "no_signature", "contract", "yes", "no"),
        ("lease", "first_page", "contract", "unsure", "unsure"),
    ],
    ids=lambda value: value or "whole",
)
def test_a_seal_and_a_signature_are_found_where_they_are_and_nowhere_else(
    reader: Reader, kind: str, trap: str, wording: str, seal: str, signature: str
) -> None:
    found = read(reader, kind, trap, wording)
    assert (found.kind, found.fields["seal"].value, found.fields["signature"].value) == (kind, seal, signature)


def test_the_place_of_a_seal_is_told_in_the_upright_picture(reader: Reader) -> None:
    """However the phone was held."""
    plain, turned = read(reader, "letter", "", "form"), read(reader, "letter", "", "form", quarter_turns=1)
    assert turned.page.quarter_turns == 3
    assert turned.box("seal") == pytest.approx(plain.box("seal"), abs=0.02)
    assert turned.box("grantor") == pytest.approx(plain.box("grantor"), abs=0.02)


def test_a_licence_beside_a_letter_is_read_as_the_licence(reader: Reader) -> None:
    assert read(reader, "letter", "with_licence", "form").kind == "licence"
