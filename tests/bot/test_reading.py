"""The reader's words and the desk's words are the same."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image

import bot.ocr.page
import bot.ocr.pictures
from bot.ocr.kinds import REASONS
from bot.reading import OcrReader
from domain.dialogue.wording import PHOTO_TROUBLES


def test_every_reason_of_the_reader_has_a_helpful_answer() -> None:
    """A reason without words would leave a person without an answer."""
    raised = re.findall(r'UnreadablePicture\("(\w+)"\)', Path(bot.ocr.pictures.__file__).read_text())
    assert set(REASONS) | set(raised) <= set(PHOTO_TROUBLES)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> OcrReader:
    """The real models, loaded once."""
    return OcrReader(tmp_path_factory.mktemp("models"), threads=2)


def test_what_is_no_picture_is_told_so(reader: OcrReader) -> None:
    assert reader.read(b"no picture").trouble == "undecodable"


def test_an_empty_sheet_has_no_text(reader: OcrReader) -> None:
    sheet = io.BytesIO()
    Image.new("RGB", (1200, 900), "white").save(sheet, "JPEG")
    assert reader.read(sheet.getvalue()).trouble == "no_text"
