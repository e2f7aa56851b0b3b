"""The pictures of an application as a reviewer looks at them: by document, with what was read and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from domain.identifiers import InvalidIdentifier, mask_identity, normalise_identity
from domain.registration.applications import FIELD_NAMES, Application, Photo
from domain.registration.licences import SURE
from domain.registration.papers import paper_name
from domain.registration.readings import MARK_NAMES, OTHER_DOCUMENTS, DocumentKind, Read, Reading
from webhooks.console.words import DOUBTS

LABELS: Mapping[str, Mapping[str, str]] = {
    DocumentKind.LICENCE: FIELD_NAMES,
    DocumentKind.LETTER: {
        "grantor": "委托方", "grantor_code": "委托方代码", "grantee": "受托方", "grantee_id": "受托方证件号",
        "matter": "委托事项", "valid_from": "生效日期", "valid_to": "截止日期", "signed_on": "签署日期",
        "seal": "盖章", "signature": "签字",
    },
    DocumentKind.LEASE: {
        "lessor": "出租方", "lessee": "承租方", "address": "租赁地址", "valid_from": "租期自", "valid_to": "租期至",
        "signed_on": "签订日期", "seal": "双方盖章", "signature": "双方签字",
    },
    DocumentKind.IDENTITY: {"name": "姓名", "number": "号码", "valid_to": "有效期至", "side": "哪一面"},
}  # fmt: skip
SIDES: Mapping[str, str] = {"front": "人像面", "back": "国徽面"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field as it was read: how sure (good, doubt, bad for not found), why not, and where it stands."""

    name: str
    label: str
    value: str
    certainty: str
    doubts: str
    box: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: by how many quarters it is to be turned clockwise, and its fields."""

    photo: Photo
    turns: int
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of one party, with its pictures, the newest first."""

    title: str
    pictures: tuple[Picture, ...]


def papers_of(application: Application) -> list[Paper]:
    """The documents whose pictures are kept: the licence first, what was of no use last."""
    kept = [photo for photo in reversed(application.photos) if photo.file]
    order = [*DocumentKind, ""]
    key = {photo.id: (order.index(photo.kind) if photo.kind in order else len(order), photo.party) for photo in kept}
    ordered = sorted(kept, key=lambda photo: (key[photo.id], -photo.id))
    return [
        Paper(_title(pictures[0]), tuple(_picture(photo) for photo in pictures))
        for pictures in (list(group) for _, group in groupby(ordered, key=lambda photo: key[photo.id]))
    ]


def _title(photo: Photo) -> str:
    if photo.kind:
        return paper_name(photo.kind, photo.party)
    known = Reading.from_json(photo.reading or {}).kind if photo.reading else ""
    return OTHER_DOCUMENTS.get(known, "其他照片")


def _picture(photo: Photo) -> Picture:
    reading = Reading.from_json(photo.reading or {})
    labels = LABELS.get(photo.kind, {})
    fields = [_field(name, label, reading.fields[name]) for name, label in labels.items() if name in reading.fields]
    return Picture(photo, -reading.turns % 4, tuple(field for field in fields if field.value or field.doubts))


def _field(name: str, label: str, read: Read) -> Field:
    doubts = "，".join(DOUBTS.get(word, word) for word in read.doubts)
    certainty = "bad" if not read.value or read.value == "no" else "good"
    if certainty == "good" and (read.doubts or read.confidence < SURE or read.value == "unsure"):
        certainty = "doubt"
    return Field(name, label, _shown(name, read.value), certainty, doubts, " ".join(str(each) for each in read.box))


def _shown(name: str, value: str) -> str:
    """The value as a reviewer reads it; a person's number shows its beginning and its end only."""
    if name in ("seal", "signature"):
        return MARK_NAMES.get(value, value)
    if name == "side":
        return SIDES.get(value, value)
    if name == "number" or (name == "grantee_id" and _is_personal(value)):
        return mask_identity(value)
    return value


def _is_personal(number: str) -> bool:
    """Whether a number is a person's; one that was misread counts as such unless it looks like a company's code."""
    try:
        return bool(normalise_identity(number))
    except InvalidIdentifier:
        return not any(char.isalpha() and char not in "xX" for char in number)
