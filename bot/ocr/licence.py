"""A business licence, read: every field with its value, how sure we are, and what to doubt."""

from __future__ import annotations

from dataclasses import dataclass

from bot.ocr.documents import licence_alone
from bot.ocr.fields import FieldReading, read_fields
from bot.ocr.kinds import REASONS, Kind, kind_of
from bot.ocr.labels import FIELDS
from bot.ocr.layout import take_apart
from bot.ocr.page import Page


@dataclass(frozen=True, slots=True)
class LicenceReading:
    """What a picture says. Without `is_licence` no field has a value, and `reason` and `why_not` say why."""

    is_licence: bool
    fields: dict[str, FieldReading]
    reason: str = ""

    @property
    def why_not(self) -> str:
        """For the person who sent the picture, in Chinese; empty for a licence."""
        return REASONS.get(self.reason, "")

    def value(self, field: str) -> str | None:
        """The value of one of FIELDS, None where it was not found."""
        return self.fields[field].value


def read_licence(page: Page) -> LicenceReading:
    """The fields of the licence on this page. A value that may be wrong carries a doubt; none is ever invented."""
    form = take_apart(page)
    kind = kind_of(form)
    if kind.reason in ("several_documents", "other_document") and (alone := licence_alone(page)):
        form, kind = take_apart(alone), Kind(True)
    if not kind.is_licence:
        return LicenceReading(False, {field: FieldReading(None, 0.0, ()) for field in FIELDS}, kind.reason)
    return LicenceReading(True, read_fields(form))
