"""The reader of documents, in the words of the domain."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.ocr.document import DocumentReading, read_document
from bot.ocr.engine import Reader
from bot.ocr.page import UnreadablePicture
from domain.registration.readings import Read, Reading

# Of these at least one must have been read: a picture that gives none of them is too blurred to be of use.
_NEEDED: Mapping[str, frozenset[str]] = {
    "licence": frozenset({"code", "name"}),
    "letter": frozenset({"grantor", "grantee", "signed_on"}),
    "lease": frozenset({"lessor", "lessee", "valid_to", "signed_on"}),
    "identity": frozenset({"name", "number", "valid_to"}),
}


class OcrReader:
    """Loads the models once and reads one picture at a time, whichever document it shows."""

    def __init__(self, models: Path, threads: int) -> None:
        self._reader = Reader(under=models, threads=threads)

    def read(self, picture: bytes) -> Reading:
        """What the document says; `trouble` where it cannot be read or is none that a registration needs."""
        try:
            return reading_of(read_document(self._reader, picture))
        except UnreadablePicture as unreadable:
            return Reading(trouble=unreadable.reason)


def reading_of(document: DocumentReading) -> Reading:
    """A document as the domain keeps it: a field that was looked for in vain is there, empty, with its doubt."""
    turns = document.page.quarter_turns
    if document.reason:
        return Reading(trouble=document.reason, kind=document.kind, turns=turns)
    fields = {
        name: Read(field.value or "", field.confidence, field.doubts, document.box(name))
        for name, field in document.fields.items()
        if field.value is not None or field.doubts or document.kind != "licence"
    }
    known = {name for name, read in fields.items() if read.value}
    if not known & _NEEDED[document.kind]:
        return Reading(trouble="blurred", kind=document.kind, turns=turns)
    return Reading(fields, kind=document.kind, turns=turns)
