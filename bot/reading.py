"""The reader of licences, in the words of the domain."""

from __future__ import annotations

from pathlib import Path

from bot.ocr.engine import Reader
from bot.ocr.licence import read_licence
from bot.ocr.page import UnreadablePicture
from domain.readings import Read, Reading


class OcrLicenceReader:
    """Loads the models once and reads one picture at a time."""

    def __init__(self, models: Path, threads: int) -> None:
        self._reader = Reader(under=models, threads=threads)

    def read(self, picture: bytes) -> Reading:
        """What the licence says; `trouble` where it cannot be read or is no licence."""
        try:
            read = read_licence(self._reader.lines(picture))
        except UnreadablePicture as unreadable:
            return Reading(trouble=unreadable.reason)
        if not read.is_licence:
            return Reading(trouble=read.reason)
        fields = {
            name: Read(field.value, field.confidence, field.doubts)
            for name, field in read.fields.items()
            if field.value is not None
        }
        return Reading(fields) if {"code", "name"} & set(fields) else Reading(trouble="blurred")
