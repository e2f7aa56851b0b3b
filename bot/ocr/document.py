"""A picture of any document of a registration, read: which one it is, and its fields with their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.ocr import identities, leases, letters
from bot.ocr.engine import Reader
from bot.ocr.fields import FieldReading
from bot.ocr.foot import sealed_and_signed
from bot.ocr.licence import read_licence
from bot.ocr.page import Page
from bot.ocr.pictures import Pixels
from bot.ocr.prose import prose_of
from bot.ocr.what import document_of, other_word

DOCUMENTS = ("licence", "letter", "lease", "identity")


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """What a picture says. `kind`: one of DOCUMENTS, or with a `reason` what else it may be, "" for unknown."""

    kind: str
    fields: Mapping[str, FieldReading]
    page: Page
    reason: str = ""

    def box(self, name: str) -> tuple[float, ...]:
        """Where a field stands in the upright picture; () where its place is not known."""
        return self.page.box(self.fields[name].quads)


def read_document(reader: Reader, image: bytes) -> DocumentReading:
    """The document in the picture. A licence beside another paper is read alone. Raises `UnreadablePicture`."""
    return document_in(*reader.view(image))


def document_in(page: Page, picture: Pixels) -> DocumentReading:
    """The document on a page whose lines were read already."""
    licence = read_licence(page)
    if licence.is_licence:
        return DocumentReading("licence", licence.fields, page)
    prose = prose_of(page)
    kind = document_of(prose)
    if kind == "letter":
        return DocumentReading(kind, letters.read_letter(prose) | sealed_and_signed(page, prose, picture, 1), page)
    if kind == "lease":
        return DocumentReading(kind, leases.read_lease(prose) | sealed_and_signed(page, prose, picture, 2), page)
    if kind == "identity":
        return DocumentReading(kind, identities.read_identity(prose), page)
    return DocumentReading(other_word(prose.text), {}, page, licence.reason)
