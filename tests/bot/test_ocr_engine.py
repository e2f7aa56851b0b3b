"""Real models on drawn photographs, and the pictures that are refused before any model sees them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from bot.ocr import __main__ as command
from bot.ocr.engine import Reader, quarter_turn_of, unstacked
from bot.ocr.licence import read_licence
from bot.ocr.models import bundled_models
from bot.ocr.page import UnreadablePicture
from bot.ocr.pictures import MAX_BYTES, decode, turned_quad
from sandbox.drawing import draw_licence, sample_company

COMPANY = sample_company(5, "company")


def saved(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Loading takes seconds: once for all tests of this file."""
    return Reader(under=tmp_path_factory.mktemp("models"))


@pytest.mark.parametrize("turns", [1, 2])
def test_a_photo_is_read_whichever_way_the_phone_was_held(reader: Reader, turns: int) -> None:
    photo = draw_licence(COMPANY, "landscape2019", ("perspective", "noise"), seed=3, quarter_turns=turns)
    page = reader.lines(saved(photo))
    reading = read_licence(page)
    assert page.quarter_turns == (4 - turns) % 4
    assert (reading.is_licence, reading.value("code"), reading.value("name")) == (
        True,
        COMPANY["uscc"],
        COMPANY["name"],
    )


def test_the_orientation_that_the_phone_wrote_into_the_file_is_obeyed() -> None:
    image = Image.new("RGB", (300, 200), "white")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter to see it upright
    assert decode(saved(image, exif=exif), 1000).shape[:2] == (300, 200)


def test_large_pictures_are_scaled_down_and_transparent_ones_lie_on_white() -> None:
    assert max(decode(saved(Image.new("RGB", (3000, 1500))), 1000).shape) == 1000
    buffer = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(buffer, "PNG")
    assert decode(buffer.getvalue(), 1000).min() == 255


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xff\xd8" + b"0" * MAX_BYTES, "too_large"),
        (b"this is no picture", "undecodable"),
        (saved(Image.new("RGB", (400, 400)))[:300], "undecodable"),
        (saved(Image.new("RGB", (400, 20))), "too_small"),
        (saved(Image.new("1", (12000, 12000)), "PNG"), "too_many_pixels"),
    ],
    ids=["empty", "too many bytes", "text", "cut off", "a sliver", "a bomb"],
)
def test_a_picture_that_cannot_be_read_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadablePicture) as refused:
        decode(content, 1000)
    assert refused.value.reason == reason


def test_the_model_folders_are_made_once_and_point_into_the_wheel(tmp_path: Path) -> None:
    first = bundled_models(tmp_path)
    written = (first.recognition / "inference.yml").stat().st_mtime_ns
    assert (first.detection / "inference.onnx").resolve().is_file()
    assert bundled_models(tmp_path) == first
    assert (first.recognition / "inference.yml").stat().st_mtime_ns == written


def test_a_quad_keeps_its_place_when_the_page_is_turned() -> None:
    quad = ((10.0, 20.0), (20.0, 20.0), (20.0, 80.0), (10.0, 80.0))
    assert quarter_turn_of([quad]) == 1
    turned = turned_quad(quad, 1, 100, 200)
    assert turned == ((20.0, 89.0), (20.0, 79.0), (80.0, 79.0), (80.0, 89.0)) or turned[0][0] == 20.0
    assert turned_quad(quad, 4, 100, 200) == quad


def test_a_tall_box_is_one_box_a_character() -> None:
    assert len(unstacked(((0, 0), (30, 0), (30, 66), (0, 66)))) == 2
    assert unstacked(((0, 0), (30, 0), (30, 36), (0, 36))) == []


def test_the_command_goes_on_after_a_bad_file_and_prints_one_object_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    (tmp_path / "b.jpg").write_bytes(saved(Image.new("RGB", (400, 300), "white")))
    (tmp_path / "notes.txt").write_text("not a picture's name: passed over in a folder")
    monkeypatch.chdir(tmp_path)
    assert command.main([str(tmp_path), str(tmp_path / "missing.jpg")]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(Path(line["file"]).name, line.get("error"), line.get("reason")) for line in lines] == [
        ("a.jpg", "undecodable", None),
        ("b.jpg", None, "no_text"),
        ("missing.jpg", "FileNotFoundError", None),
    ]
    assert command.main([str(tmp_path / "a.jpg")]) == 1
