"""`python -m bot.ocr FILE…`: one JSON object a line for each picture, the way the service desk reads documents."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bot.ocr.document import DocumentReading, read_document
from bot.ocr.fields import DOUBTS
from bot.ocr.kinds import REASONS
from bot.ocr.page import UnreadablePicture

_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"}


def as_json(file: str, reading: DocumentReading) -> dict[str, Any]:
    """One picture's line: which document it is, fields null where absent; confidence and place of those present; doubts
    as word and sentence."""
    present = {name: field for name, field in reading.fields.items() if field.value is not None}
    doubted = {name: field.doubts for name, field in reading.fields.items() if field.doubts}
    return {
        "file": file,
        "kind": reading.kind,
        **({"reason": reading.reason, "message": REASONS[reading.reason]} if reading.reason else {}),
        **{name: field.value for name, field in reading.fields.items()},
        "confidence": {name: field.confidence for name, field in present.items()},
        "places": {name: reading.box(name) for name in present},
        "doubts": {
            name: [{"word": word, "sentence": DOUBTS[word]} for word in words] for name, words in doubted.items()
        },
    }


def pictures(paths: Iterable[str]) -> list[Path]:
    """The files named, and for a folder the pictures in it and below, by name."""
    found: list[Path] = []
    for path in map(Path, paths):
        inside = (
            sorted(each for each in path.rglob("*") if each.suffix.lower() in _SUFFIXES) if path.is_dir() else [path]
        )
        found.extend(inside)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where at least one file could be read."""
    parser = argparse.ArgumentParser(prog="licence", description="Read documents; one JSON object a line.")
    parser.add_argument("files", nargs="+", metavar="FILE", help="pictures, or folders of pictures")
    parser.add_argument("--threads", type=int, default=2, help="processor threads to use (default 2)")
    options = parser.parse_args(arguments)
    from bot.ocr.engine import Reader  # here: loading takes seconds, --help should not

    reader, good = Reader(threads=options.threads), 0
    for path in pictures(options.files):
        try:
            line = as_json(str(path), read_document(reader, path.read_bytes()))
            good += 1
        except UnreadablePicture as refused:
            line = {"file": str(path), "error": refused.reason}
        except OSError as failed:
            line = {"file": str(path), "error": type(failed).__name__}
        print(json.dumps(line, ensure_ascii=False), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
